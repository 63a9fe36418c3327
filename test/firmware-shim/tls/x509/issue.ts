/**
 * Issues certificates for the tests, element by element, so that a test can make any of them wrong. Keys and
 * signatures are node:crypto's. That other people's certificates are read alike is `interop.test.ts`'s business.
 */

import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export type KeyKind =
  | "rsa1024"
  | "rsa2048"
  | "prime256v1"
  | "secp384r1"
  | "secp521r1"
  | "secp256k1"
  | "ed25519";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const keys = new Map<string, KeyPair>();

/** A key pair, the same for the same kind and name within a test file. */
export function keyPair(kind: KeyKind, name: string): KeyPair {
  const id = `${kind} ${name}`;
  const known = keys.get(id);
  if (known !== undefined) return known;
  const pair = kind.startsWith("rsa")
    ? generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(3)) })
    : kind === "ed25519"
      ? generateKeyPairSync("ed25519")
      : generateKeyPairSync("ec", { namedCurve: kind });
  keys.set(id, pair);
  return pair;
}

export function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.from(
    content.length
      .toString(16)
      .padStart(6, "0")
      .replace(/^(00)+/, ""),
    "hex",
  );
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => element(0x30, ...parts);
export const integer = (value: number): Buffer =>
  element(0x02, Buffer.from((value >= 0x80 ? "00" : "") + value.toString(16).padStart(2, "0"), "hex"));
export const text = (value: string, tag = 0x0c): Buffer => element(tag, Buffer.from(value));
export const TRUE = element(0x01, Buffer.of(0xff));
export const NULL = element(0x05);

export function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split(".").map(Number) as [number, number, ...number[]];
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.of(first * 40 + second, ...bytes));
}

export function name(commonName: string, tag?: number): Buffer {
  return sequence(element(0x31, sequence(oid("2.5.4.3"), text(commonName, tag))));
}

/** A Time as RFC 5280 has it: UTCTime until 2049. */
export function time(seconds: number): Buffer {
  const digits = new Date(seconds * 1000).toISOString().replace(/[-:T]|\.\d+/g, "");
  return digits < "2050" ? text(digits.slice(2), 0x17) : text(digits, 0x18);
}

/** "2030-01-01T00:00:00Z" in seconds since 1970. */
export const at = (iso: string): number => Date.parse(iso) / 1000;

const SIGNATURE_OIDS: Record<string, string> = {
  "rsa md5": "1.2.840.113549.1.1.4",
  "rsa sha1": "1.2.840.113549.1.1.5",
  "rsa sha256": "1.2.840.113549.1.1.11",
  "rsa sha384": "1.2.840.113549.1.1.12",
  "rsa sha512": "1.2.840.113549.1.1.13",
  "ec sha1": "1.2.840.10045.4.1",
  "ec sha256": "1.2.840.10045.4.3.2",
  "ec sha384": "1.2.840.10045.4.3.3",
  "ec sha512": "1.2.840.10045.4.3.4",
  "ed25519 sha512": "1.3.101.112",
};

export const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), element(0x04, value));

export const basicConstraints = (cA: boolean, pathLen?: number): Buffer =>
  extension(
    "2.5.29.19",
    true,
    sequence(...(cA ? [TRUE] : []), ...(pathLen === undefined ? [] : [integer(pathLen)])),
  );
/** `bits` as the bytes of the BIT STRING. */
export const keyUsage = (...bits: number[]): Buffer =>
  extension("2.5.29.15", true, element(0x03, Buffer.of(0, ...bits)));
export const extKeyUsage = (...purposes: string[]): Buffer =>
  extension("2.5.29.37", false, sequence(...purposes.map(oid)));
export const generalName = (type: number, value: Uint8Array | string): Buffer =>
  element(0x80 | type, Buffer.from(value as string));
export const subjectAltName = (...names: Uint8Array[]): Buffer =>
  extension("2.5.29.17", false, sequence(...names));
export const dnsNames = (...names: string[]): Buffer =>
  subjectAltName(...names.map((dnsName) => generalName(2, dnsName)));

export interface Request {
  readonly subject: string | Uint8Array;
  readonly issuer: string | Uint8Array;
  readonly key: KeyPair;
  readonly signer: KeyPair;
  readonly hash?: string;
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Absent: version 3 with these extensions; undefined in `version` 1: none. */
  readonly extensions?: readonly Uint8Array[];
  readonly version?: number;
  readonly serial?: Uint8Array;
  /** Replaces SubjectPublicKeyInfo. */
  readonly spki?: Uint8Array;
  /** Put in place of the signature algorithm outside of the signed part. */
  readonly outerAlgorithm?: Uint8Array;
}

export const NOT_BEFORE = at("2024-01-01T00:00:00Z");
export const NOT_AFTER = at("2034-01-01T00:00:00Z");

/** The certificate in DER. */
export function issue(request: Request): Uint8Array {
  const { key, signer, hash = "sha256", version = 3 } = request;
  const signerType = signer.privateKey.asymmetricKeyType!;
  const id = oid(SIGNATURE_OIDS[`${signerType} ${signerType === "ed25519" ? "sha512" : hash}`]!);
  const algorithm = sequence(id, ...(signerType === "rsa" ? [NULL] : []));
  const dn = (value: string | Uint8Array) => (typeof value === "string" ? name(value) : value);
  const extensions = request.extensions ?? [];
  const tbs = sequence(
    ...(version === 1 ? [] : [element(0xa0, integer(version - 1))]),
    request.serial ?? integer(1),
    algorithm,
    dn(request.issuer),
    sequence(time(request.notBefore ?? NOT_BEFORE), time(request.notAfter ?? NOT_AFTER)),
    dn(request.subject),
    request.spki ?? key.publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length === 0 ? [] : [element(0xa3, sequence(...extensions))]),
  );
  const signature = sign(signerType === "ed25519" ? null : hash, tbs, signer.privateKey);
  const certificate = sequence(
    tbs,
    request.outerAlgorithm ?? algorithm,
    element(0x03, Buffer.of(0), signature),
  );
  return new Uint8Array(certificate);
}

export function pem(der: Uint8Array, lineEnd = "\n"): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g)!;
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join(lineEnd);
}

/** A certificate authority: extensions of a CA, its own key. */
export const CA_EXTENSIONS: readonly Uint8Array[] = [basicConstraints(true), keyUsage(0x06)];
