import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCertificates } from "../../../../firmware-shim/tls/x509/certificate.ts";
import { FLAG } from "../../../../firmware-shim/tls/x509/flags.ts";
import { verifyChain } from "../../../../firmware-shim/tls/x509/verify.ts";
import { providers } from "../crypto/providers.ts";
import { keyPair } from "./issue.ts";

const crypto = providers.find(({ name }) => name === "node")!.crypto;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "breadbox-x509-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
}

/** `openssl req -x509` signs with the issuer's key where `signer` names one. */
function issueWithOpenssl(
  algorithm: readonly string[],
  name: string,
  extensions: string[],
  signer?: string,
): void {
  const ca = signer === undefined ? ["-x509"] : ["-x509", "-CA", `${signer}.pem`, "-CAkey", `${signer}.key`];
  const added = extensions.flatMap((line) => ["-addext", line]);
  const key = ["-newkey", ...algorithm, "-nodes", "-keyout", `${name}.key`];
  openssl("req", ...ca, ...key, "-out", `${name}.pem`, "-subj", `/O=Lab/CN=${name}`, "-days", "30", ...added);
}

const read = (name: string) => parseCertificates(new Uint8Array(readFileSync(join(directory, name))));

describe.each([
  ["rsa", ["rsa:2048"]],
  ["p256", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]],
  ["p384", ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]],
  ["p521", ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"]],
])("OpenSSL's chain of three, %s", (kind, algorithm) => {
  const [root, intermediate, leaf] = ["root", "inter", "leaf"].map((rank) => `${kind}-${rank}`) as [
    string,
    string,
    string,
  ];

  beforeAll(() => {
    const ca = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
    issueWithOpenssl(algorithm, root, ca);
    issueWithOpenssl(algorithm, intermediate, ca, root);
    const names = "subjectAltName=DNS:host.example,IP:192.0.2.1,IP:2001:db8::1,email:a@b,URI:urn:x,RID:1.2.3";
    issueWithOpenssl(
      algorithm,
      leaf,
      [
        names,
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=digitalSignature",
        "extendedKeyUsage=serverAuth",
        "nsCertType=server",
      ],
      intermediate,
    );
  });

  test("verifies, and fails for another name, time or CA", () => {
    const chain = [...read(`${leaf}.pem`), ...read(`${intermediate}.pem`)];
    const trusted = read(`${root}.pem`);
    const { notBefore, notAfter } = chain[0]!;
    const flags = (hostname: string, now = notBefore) =>
      verifyChain({ crypto, chain, trusted, hostname, now }).flags;
    expect(flags("host.example")).toBe(0);
    expect(flags("192.0.2.1")).toBe(0);
    expect(flags("2001:db8::1")).toBe(0);
    expect(flags("other.example")).toBe(FLAG.BADCERT_CN_MISMATCH);
    expect(flags("host.example", notAfter + 1)).toBe(FLAG.BADCERT_EXPIRED);
    expect(flags("host.example", trusted[0]!.notBefore - 1)).toBe(FLAG.BADCERT_FUTURE);
    const untrusted = { crypto, chain, trusted: [chain[1]!], hostname: "host.example", now: notBefore };
    expect(verifyChain(untrusted).flags).toBe(0);
    expect(verifyChain({ ...untrusted, trusted: [] }).flags).toBe(FLAG.BADCERT_NOT_TRUSTED);
  });

  test("reads the same fields as OpenSSL does", () => {
    for (const name of [root, intermediate, leaf]) {
      const [certificate] = read(`${name}.pem`);
      const reference = new X509Certificate(readFileSync(join(directory, `${name}.pem`)));
      expect(Buffer.from(certificate!.der).equals(reference.raw)).toBe(true);
      expect(certificate!.notBefore).toBe(Date.parse(reference.validFrom) / 1000);
      expect(certificate!.notAfter).toBe(Date.parse(reference.validTo) / 1000);
      expect(Buffer.from(certificate!.serial).toString("hex").replace(/^00/, "").toUpperCase()).toBe(
        reference.serialNumber,
      );
      expect(certificate!.subject.commonName).toBe(name);
      expect(certificate!.basicConstraints?.cA ?? false).toBe(reference.ca);
    }
  });

  test("the DER file is read as well as the PEM file", () => {
    openssl("x509", "-in", `${leaf}.pem`, "-outform", "DER", "-out", `${leaf}.der`);
    expect(read(`${leaf}.der`)).toStrictEqual(read(`${leaf}.pem`));
    openssl("x509", "-in", `${leaf}.pem`, "-text", "-out", `${leaf}-text.pem`);
    expect(read(`${leaf}-text.pem`)).toStrictEqual(read(`${leaf}.pem`));
  });
});

test("a certificate of node-forge, which issues the lab's", () => {
  const pemKey = keyPair("rsa2048", "forge").privateKey.export({ type: "pkcs8", format: "pem" });
  const privateKey = forge.pki.privateKeyFromPem(pemKey.toString());
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  certificate.serialNumber = "01";
  certificate.validity.notBefore = new Date("2026-01-01T00:00:00Z");
  certificate.validity.notAfter = new Date("2027-01-01T00:00:00Z");
  const attributes = [{ name: "commonName", value: "Breadbox lab CA" }];
  certificate.setSubject(attributes);
  certificate.setIssuer(attributes);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
    { name: "authorityKeyIdentifier", keyIdentifier: true, authorityCertIssuer: true, serialNumber: "01" },
    { name: "subjectAltName", altNames: [{ type: 2, value: "host.example" }] },
  ]);
  certificate.sign(privateKey, forge.md.sha256.create());
  const [parsed] = parseCertificates(new Uint8Array(Buffer.from(forge.pki.certificateToPem(certificate))));
  expect(parsed!.notBefore).toBe(1767225600);
  const options = { crypto, chain: [parsed!], trusted: [parsed!], hostname: "HOST.example", now: 1767225600 };
  expect(verifyChain(options)).toMatchObject({ flags: 0, error: 0 });
  expect(verifyChain({ ...options, now: 946684800 }).flags).toBe(FLAG.BADCERT_FUTURE);
});
