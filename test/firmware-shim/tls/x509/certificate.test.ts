import { describe, expect, test } from "vitest";
import { type Certificate, parseCertificate } from "../../../../firmware-shim/tls/x509/certificate.ts";
import { InvalidCertificateError } from "../../../../firmware-shim/tls/x509/errors.ts";
import {
  at,
  basicConstraints,
  dnsNames,
  element,
  extension,
  extKeyUsage,
  generalName,
  integer,
  issue,
  keyPair,
  keyUsage,
  NULL,
  name,
  oid,
  type Request,
  sequence,
  subjectAltName,
  TRUE,
  text,
} from "./issue.ts";

const key = keyPair("prime256v1", "key");
const base: Request = { subject: "subject", issuer: "issuer", key, signer: key };

const make = (changes: Partial<Request> = {}): Certificate =>
  parseCertificate(issue({ ...base, ...changes }));

/** mbedTLS's code for the certificate, 0 when it parses. */
function codeOf(der: Uint8Array): number {
  try {
    parseCertificate(der);
    return 0;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidCertificateError);
    return (error as InvalidCertificateError).code;
  }
}

const codeWith = (changes: Partial<Request>): number => codeOf(issue({ ...base, ...changes }));
const codeWithExtensions = (...extensions: Uint8Array[]): number => codeWith({ extensions });

describe("fields", () => {
  test("a plain version 3 certificate", () => {
    const der = issue({
      ...base,
      notBefore: at("2024-02-29T12:34:56Z"),
      notAfter: at("2050-01-01T00:00:00Z"),
    });
    const certificate = parseCertificate(der);
    expect(certificate.der).toStrictEqual(der);
    expect(certificate.version).toBe(3);
    expect(certificate.serial).toStrictEqual(Uint8Array.of(1));
    expect(certificate.signatureAlgorithm).toStrictEqual({ key: "ec", hash: "sha256" });
    expect(certificate.issuer.commonName).toBe("issuer");
    expect(certificate.subject.commonName).toBe("subject");
    expect(Buffer.from(certificate.subject.der)).toStrictEqual(name("subject"));
    expect(certificate.notBefore).toBe(1709210096);
    expect(certificate.notAfter).toBe(2524608000);
    expect(certificate.subjectPublicKey).toMatchObject({ type: "ec", curve: "secp256r1" });
    expect(certificate.tbs[0]).toBe(0x30);
    expect(certificate.basicConstraints).toBeUndefined();
    expect(certificate.keyUsage).toBeUndefined();
    expect(certificate.extKeyUsage).toBeUndefined();
    expect(certificate.subjectAltName).toBeUndefined();
    expect(certificate.nsCertType).toBeUndefined();
  });

  test("extensions", () => {
    const certificate = make({
      extensions: [
        basicConstraints(true, 3),
        keyUsage(0x06, 0x80),
        extKeyUsage("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"),
        subjectAltName(generalName(2, "a.example"), generalName(7, Uint8Array.of(10, 0, 0, 1))),
        extension("2.16.840.1.113730.1.1", false, element(0x03, Buffer.of(4, 0x40))),
        extension("1.2.3.4", false, Buffer.of(1, 2, 3)),
      ],
    });
    expect(certificate.basicConstraints).toStrictEqual({ cA: true, pathLenConstraint: 3 });
    expect(certificate.keyUsage).toBe(0x8006);
    expect(certificate.extKeyUsage).toStrictEqual(["2b06010505070301", "2b06010505070302"]);
    expect(certificate.subjectAltName).toStrictEqual([
      { type: 2, value: new Uint8Array(Buffer.from("a.example")) },
      { type: 7, value: Uint8Array.of(10, 0, 0, 1) },
    ]);
    expect(certificate.nsCertType).toBe(0x40);
  });

  test.each([
    ["prime256v1", "secp256r1", 65],
    ["secp384r1", "secp384r1", 97],
    ["secp521r1", "secp521r1", 133],
  ] as const)("a key on %s", (kind, curve, length) => {
    const { subjectPublicKey } = make({ key: keyPair(kind, "key") });
    if (subjectPublicKey.type !== "ec") throw new Error("not an EC key");
    expect(subjectPublicKey.curve).toBe(curve);
    expect(subjectPublicKey.point).toHaveLength(length);
  });

  test("an RSA key, without leading zeros", () => {
    const { subjectPublicKey } = make({ key: keyPair("rsa2048", "key") });
    if (subjectPublicKey.type !== "rsa") throw new Error("not an RSA key");
    expect(subjectPublicKey.modulus).toHaveLength(256);
    expect(subjectPublicKey.exponent).toStrictEqual(Uint8Array.of(1, 0, 1));
  });

  test("a compressed point is decompressed", () => {
    const { subjectPublicKey } = make();
    if (subjectPublicKey.type !== "ec") throw new Error("not an EC key");
    const { point } = subjectPublicKey;
    const compressed = Buffer.of(2 + (point[64]! & 1), ...point.subarray(1, 33));
    const algorithm = sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"));
    const spki = sequence(algorithm, element(0x03, Buffer.of(0), compressed));
    expect(make({ spki }).subjectPublicKey).toStrictEqual(subjectPublicKey);
  });

  test("a curve below P-256 parses as an unsupported key, Ed25519 does not parse", () => {
    expect(make({ key: keyPair("secp256k1", "key") }).subjectPublicKey).toStrictEqual({
      type: "unsupported",
    });
    expect(codeWith({ key: keyPair("ed25519", "key") })).toBe(-0x3c80);
    expect(codeWith({ signer: keyPair("ed25519", "key") })).toBe(-0x2600 - 0x2e);
  });

  test("version 1 has no extensions; an empty subject is allowed, an empty issuer is not", () => {
    expect(make({ version: 1 }).version).toBe(1);
    expect(codeWith({ version: 1, extensions: [dnsNames("a")] })).toBe(-0x2180 - 0x66);
    expect(codeWith({ version: 4 })).toBe(-0x2580);
    expect(make({ subject: sequence() }).subject.attributes).toStrictEqual([]);
    expect(codeWith({ issuer: sequence() })).toBe(-0x2380 - 0x60);
  });

  test("names in other encodings", () => {
    expect(make({ subject: name("Grüße") }).subject.commonName).toBe("Grüße");
    expect(make({ subject: name("plain", 0x13) }).subject.commonName).toBe("plain");
    const latin1 = sequence(element(0x31, sequence(oid("2.5.4.3"), element(0x14, Buffer.from([0xe9])))));
    expect(make({ subject: latin1 }).subject.commonName).toBe("é");
    expect(codeWith({ subject: name("number", 0x02) })).toBe(-0x2380 - 0x62);
  });

  test("what follows the certificate is left aside", () => {
    const der = issue(base);
    expect(parseCertificate(Uint8Array.of(...der, 0, 1, 2)).der).toStrictEqual(der);
  });
});

describe("dates", () => {
  const withTime = (notBefore: Uint8Array): Uint8Array => {
    // The same certificate with another notBefore: lengths differ, so the DER is put together again.
    const { issuer, subject } = make();
    const spki = key.publicKey.export({ type: "spki", format: "der" });
    const algorithm = sequence(oid("1.2.840.10045.4.3.2"));
    const validity = sequence(notBefore, text("20341231235959Z", 0x18));
    const tbs = sequence(
      element(0xa0, integer(2)),
      integer(1),
      algorithm,
      issuer.der,
      validity,
      subject.der,
      spki,
    );
    return sequence(tbs, algorithm, element(0x03, Buffer.of(0, 0x30, 0)));
  };
  const secondsOf = (value: string, tag: number): number =>
    parseCertificate(withTime(text(value, tag))).notBefore;

  test.each([
    ["000101000000Z", 0x17, 946684800],
    ["491231235959Z", 0x17, 2524607999],
    ["500101000000Z", 0x17, -631152000],
    ["700101000000", 0x17, 0],
    ["19691231235959Z", 0x18, -1],
    ["20000229000000Z", 0x18, 951782400],
    ["99991231235959", 0x18, 253402300799],
  ])("%s", (value, tag, seconds) => {
    expect(secondsOf(value, tag)).toBe(seconds);
  });

  test.each([
    ["0001010000Z", 0x17],
    ["000101000000+0100", 0x17],
    ["000101000000z", 0x17],
    ["230229000000Z", 0x17],
    ["19000229000000Z", 0x18],
    ["20001301000000Z", 0x18],
    ["20000001000000Z", 0x18],
    ["20000100000000Z", 0x18],
    ["20000431000000Z", 0x18],
    ["20000101240000Z", 0x18],
    ["20000101006000Z", 0x18],
    ["20000101000060Z", 0x18],
    ["2000010100000xZ", 0x18],
    ["20000101000000.0Z", 0x18],
  ])("%s is refused", (value, tag) => {
    expect(codeOf(withTime(text(value, tag)))).toBe(-0x2400);
  });
});

describe("extensions that do not parse", () => {
  const INVALID = -0x2500;

  test("critical ones that mbedTLS does not know, nameConstraints among them", () => {
    const nameConstraints = sequence(element(0xa0, sequence(generalName(2, "example"))));
    expect(codeWithExtensions(extension("2.5.29.30", true, nameConstraints))).toBe(INVALID - 0x62);
    expect(codeWithExtensions(extension("2.5.29.30", false, nameConstraints))).toBe(0);
    expect(codeWithExtensions(extension("1.2.3.4", true, NULL))).toBe(INVALID - 0x62);
  });

  test("policies: any are let pass, critical ones only when anyPolicy", () => {
    const policies = (id: string) => sequence(sequence(oid(id)));
    expect(codeWithExtensions(extension("2.5.29.32", false, policies("2.23.140.1.2.1")))).toBe(0);
    expect(codeWithExtensions(extension("2.5.29.32", true, policies("2.23.140.1.2.1")))).toBe(-0x2080);
    expect(codeWithExtensions(extension("2.5.29.32", true, policies("2.5.29.32.0")))).toBe(0);
    expect(codeWithExtensions(extension("2.5.29.32", false, sequence()))).toBe(INVALID - 0x66);
  });

  test.each<[string, number, Uint8Array[]]>([
    ["the same twice", INVALID, [dnsNames("a"), dnsNames("b")]],
    ["an address of five bytes", -0x2800, [subjectAltName(generalName(7, "12345"))]],
    ["a name of another class", INVALID - 0x62, [subjectAltName(text("a"))]],
    [
      "subjectAltName that is too short",
      INVALID - 0x66,
      [extension("2.5.29.17", false, Buffer.of(0x30, 0, 0))],
    ],
    ["no extKeyUsage", INVALID - 0x64, [extKeyUsage()]],
    ["extKeyUsage of another type", INVALID - 0x62, [extension("2.5.29.37", false, sequence(NULL))]],
    ["keyUsage without bits", INVALID - 0x60, [extension("2.5.29.15", true, element(0x03))]],
    [
      "keyUsage with nine unused bits",
      INVALID - 0x64,
      [extension("2.5.29.15", true, element(0x03, Buffer.of(9, 0)))],
    ],
    [
      "a negative pathLen",
      INVALID - 0x64,
      [extension("2.5.29.19", true, sequence(TRUE, element(2, Buffer.of(0xff))))],
    ],
    [
      "a pathLen of INT_MAX",
      INVALID - 0x64,
      [extension("2.5.29.19", true, sequence(TRUE, element(2, Buffer.of(0x7f, 0xff, 0xff, 0xff))))],
    ],
    [
      "two bytes of nsCertType",
      INVALID - 0x64,
      [extension("2.16.840.1.113730.1.1", false, keyUsageBits(1, 2))],
    ],
  ])("%s", (_what, code, extensions) => {
    expect(codeWithExtensions(...extensions)).toBe(code);
  });
});

function keyUsageBits(...bits: number[]): Uint8Array {
  return element(0x03, Buffer.of(0, ...bits));
}

test("other faults have mbedTLS's codes", () => {
  const der = issue(base);
  expect(codeOf(new Uint8Array())).toBe(-0x2180);
  expect(codeOf(Uint8Array.of(0x30))).toBe(-0x2180);
  expect(codeOf(Uint8Array.of(0x30, 0x80, 0, 0))).toBe(-0x2180);
  expect(codeOf(der.subarray(0, -1))).toBe(-0x2180);
  expect(codeWith({ serial: element(0x04, Buffer.of(1)) })).toBe(-0x2280 - 0x62);
  expect(codeWith({ outerAlgorithm: sequence(oid("1.2.840.10045.4.3.3")) })).toBe(-0x2680);
  const algorithm = sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"));
  const offCurve = sequence(algorithm, element(0x03, Buffer.of(0, 4), new Uint8Array(64).fill(1)));
  expect(codeWith({ spki: offCurve })).toBe(-0x4c80);
  const rsa = sequence(oid("1.2.840.113549.1.1.1"), NULL);
  const even = sequence(element(2, new Uint8Array(256).fill(0x7e)), integer(3));
  expect(codeWith({ spki: sequence(rsa, element(0x03, Buffer.of(0), even)) })).toBe(-0x3b00);
});
