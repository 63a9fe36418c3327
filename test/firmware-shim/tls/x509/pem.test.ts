import { expect, test } from "vitest";
import { parseCertificates } from "../../../../firmware-shim/tls/x509/certificate.ts";
import { InvalidCertificateError } from "../../../../firmware-shim/tls/x509/errors.ts";
import { issue, keyPair, pem } from "./issue.ts";

const key = keyPair("prime256v1", "key");
const one = issue({ subject: "one", issuer: "one", key, signer: key });
const two = issue({ subject: "two", issuer: "two", key, signer: key });

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const subjects = (data: string | Uint8Array): (string | undefined)[] =>
  parseCertificates(typeof data === "string" ? bytes(data) : data).map(({ subject }) => subject.commonName);

test("one certificate in DER, with and without something behind it", () => {
  expect(subjects(one)).toStrictEqual(["one"]);
  expect(subjects(Uint8Array.of(...one, 0))).toStrictEqual(["one"]);
  expect(subjects(Uint8Array.of(...one, ...two))).toStrictEqual(["one"]);
});

test("PEM: one, a bundle, text around, line ends", () => {
  expect(subjects(pem(one))).toStrictEqual(["one"]);
  expect(subjects(pem(one) + pem(two))).toStrictEqual(["one", "two"]);
  expect(subjects(`# one\n${pem(one)}\n# two\n${pem(two)}rest`)).toStrictEqual(["one", "two"]);
  expect(subjects(pem(one, "\r\n"))).toStrictEqual(["one"]);
  expect(subjects(pem(one).trimEnd())).toStrictEqual(["one"]);
  expect(subjects(pem(one).replace("CERTIFICATE-----\n", "CERTIFICATE----- \n"))).toStrictEqual(["one"]);
  const body = pem(one).split("\n").slice(1, -2).join("");
  expect(subjects(`-----BEGIN CERTIFICATE-----\n${body}-----END CERTIFICATE-----`)).toStrictEqual(["one"]);
});

test("a text ends at its first NUL", () => {
  expect(subjects(`${pem(one)}\0${pem(two)}`)).toStrictEqual(["one"]);
});

test("DER inside PEM may be followed by something too", () => {
  expect(subjects(pem(Uint8Array.of(...one, 1, 2, 3)))).toStrictEqual(["one"]);
});

test("a block without its footer ends the bundle, as in mbedTLS", () => {
  expect(subjects(pem(one) + pem(two).replace("-----END", "----END"))).toStrictEqual(["one"]);
});

const damaged = pem(two).replace(/\n(.)/, "\n*$1");

test.each<[string, string]>([
  ["another kind of block", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
  ["one bad certificate after a good one", pem(one) + damaged],
  ["one bad certificate before a good one", damaged + pem(one)],
  ["a certificate cut short", pem(one) + pem(two.subarray(0, -1))],
  ["no newline after the header", pem(one).replace("\n", "")],
  ["no footer", pem(one).replace("-----END", "----END")],
  ["the footer first", `-----END CERTIFICATE-----\n${pem(one)}`],
  ["nothing inside", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"],
  ["only a line end inside", "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n"],
  ["a space within a line", pem(one).replace(/\n(..)/, "\n$1 ")],
  ["a tab", pem(one).replace(/\n(..)/, "\n\t$1")],
  ["padding within", pem(one).replace(/\n(..)/, "\n$1==")],
  ["a digit too few", pem(one).replace(/\n./, "\n")],
  ["encrypted", pem(one).replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n")],
  ["empty", ""],
  ["plain text", "hello"],
])("refused: %s", (_what, text) => {
  expect(() => subjects(text)).toThrow(InvalidCertificateError);
});

test("long runs of spaces take no time to speak of", () => {
  const spaces = `-----BEGIN CERTIFICATE-----\n${" ".repeat(300_000)}x\n-----END CERTIFICATE-----\n`;
  expect(() => subjects(spaces)).toThrow(InvalidCertificateError);
});
