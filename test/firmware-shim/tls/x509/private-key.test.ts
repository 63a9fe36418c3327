/** Private keys as Python hands them to load_cert_chain. */

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { InvalidCertificateError } from "../../../../firmware-shim/tls/x509/errors.ts";
import { parsePrivateKey } from "../../../../firmware-shim/tls/x509/private-key.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
const jwk = (key: KeyObject) => key.export({ format: "jwk" });
const base64Url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

const der = (key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1") =>
  new Uint8Array(key.export({ format: "der", type } as { format: "der"; type: "pkcs8" }));
const pem = (key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1") =>
  new Uint8Array(Buffer.from(key.export({ format: "pem", type } as { format: "pem"; type: "pkcs8" })));

describe("a key that is one", () => {
  test.each([
    ["pkcs1", der(rsa, "pkcs1")],
    ["pkcs8", der(rsa, "pkcs8")],
    ["pem", pem(rsa, "pkcs1")],
    ["pem", pem(rsa, "pkcs8")],
  ] as const)("RSA, %s", (format, data) => {
    const parsed = parsePrivateKey(data);
    expect(parsed.format).toBe(format);
    if (parsed.key.type !== "rsa") throw new Error("no RSA key");
    const { n, e, d, p, q, dp, dq, qi } = jwk(rsa);
    expect(base64Url(parsed.key.modulus)).toBe(n);
    expect(base64Url(parsed.key.publicExponent)).toBe(e);
    expect(base64Url(parsed.key.privateExponent)).toBe(d);
    expect([parsed.key.prime1, parsed.key.prime2].map(base64Url)).toEqual([p, q]);
    expect([parsed.key.exponent1, parsed.key.exponent2].map(base64Url)).toEqual([dp, dq]);
    expect(base64Url(parsed.key.coefficient)).toBe(qi);
  });

  test.each([
    ["sec1", der(ec, "sec1")],
    ["pkcs8", der(ec, "pkcs8")],
    ["pem", pem(ec, "sec1")],
    ["pem", pem(ec, "pkcs8")],
  ] as const)("EC, %s", (format, data) => {
    const parsed = parsePrivateKey(data);
    expect(parsed.format).toBe(format);
    if (parsed.key.type !== "ec") throw new Error("no EC key");
    expect(parsed.key.curve).toBe("secp384r1");
    expect(base64Url(parsed.key.secretKey)).toBe(jwk(ec).d);
  });

  test("with a certificate, or text, before it", () => {
    const text = Buffer.concat([Buffer.from("hello\n-----BEGIN CERTIFICATE-----\n"), pem(ec, "sec1")]);
    expect(parsePrivateKey(new Uint8Array(text)).key.type).toBe("ec");
  });

  test("of RFC 9500, without its public key, with leading zeros, with bytes after it", () => {
    // RFC 9500 section 2.3, testECCP256: scalar and curve.
    const scalar = "e6cb5bdd80aa45ae9c95e8c15476679ffec953c16851e711e743939589c64fc1";
    const curve = "a00a06082a8648ce3d030107";
    const hex = (content: string) => `30${(content.length / 2).toString(16)}${content}`;
    for (const secret of [`0420${scalar}`, `0422${"00".repeat(2)}${scalar}`]) {
      const bytes = Buffer.from(`${hex(`020101${secret}${curve}`)}dead`, "hex");
      const { key } = parsePrivateKey(new Uint8Array(bytes));
      expect(key.type === "ec" && Buffer.from(key.secretKey).toString("hex")).toBe(scalar);
    }
  });
});

describe("a key that is none", () => {
  const encrypted = (type: "pkcs1" | "pkcs8") =>
    rsa.export({ format: "pem", type, cipher: "aes-256-cbc", passphrase: "x" } as never) as unknown as string;
  const x25519 = generateKeyPairSync("x25519").privateKey;
  const p224 = generateKeyPairSync("ec", { namedCurve: "secp224r1" }).privateKey;
  const inPkcs1 = (position: number, value: number) => der(rsa, "pkcs1").with(position, value);
  const zeroScalar = der(ec, "sec1").fill(0, 8, 8 + 48);

  test.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array(0)],
    ["a text", new Uint8Array(Buffer.from("key"))],
    ["encrypted, PKCS#1", new Uint8Array(Buffer.from(encrypted("pkcs1")))],
    ["encrypted, PKCS#8", new Uint8Array(Buffer.from(encrypted("pkcs8")))],
    ["X25519", der(x25519, "pkcs8")],
    ["on secp224r1", der(p224, "sec1")],
    ["a version that is not 0", inPkcs1(6, 1)],
    ["RSA with bytes after it", new Uint8Array([...der(rsa, "pkcs1"), 0])],
    ["PKCS#8 with bytes after it", new Uint8Array([...der(rsa, "pkcs8"), 0])],
    ["a scalar of 0", zeroScalar],
    ["PEM whose base64 is broken", pem(ec, "sec1").with(40, 0x21)],
    ["a PEM block that does not end", pem(ec, "sec1").subarray(0, -10)],
    [
      "a public key",
      new Uint8Array(Buffer.from("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n")),
    ],
  ])("%s", (_, data) => {
    expect(() => parsePrivateKey(data)).toThrow(InvalidCertificateError);
  });

  test("cut anywhere, and with any byte changed, nothing but that error comes", () => {
    for (const whole of [der(rsa, "pkcs1"), der(ec, "sec1"), der(ec, "pkcs8")]) {
      for (let index = 0; index < whole.length; index++) {
        expect(() => parsePrivateKey(whole.subarray(0, index))).toThrow(InvalidCertificateError);
        try {
          parsePrivateKey(whole.with(index, whole[index]! ^ 0x81));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidCertificateError);
        }
      }
    }
  });
});
