import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

/** Kinds of keys that the lab issues certificates for; the first is the default. RSA 1024 is there to be refused. */
export const KEY_KINDS = ["p256", "p384", "p521", "rsa2048", "rsa3072", "rsa4096", "rsa1024"] as const;

export type KeyKind = (typeof KEY_KINDS)[number];

const CURVES: Readonly<Record<string, string>> = {
  p256: "prime256v1",
  p384: "secp384r1",
  p521: "secp521r1",
};

export function generateKey(kind: KeyKind): KeyObject {
  const namedCurve = CURVES[kind];
  if (namedCurve !== undefined) return generateKeyPairSync("ec", { namedCurve }).privateKey;
  return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(3)) }).privateKey;
}

/** How a private key is written: the format of its own kind, PKCS#1 or SEC 1, or PKCS#8, which has any. */
export type KeyFormat = "traditional" | "pkcs8";

export function exportKey(key: KeyObject, format: KeyFormat, encoding: "pem"): string;
export function exportKey(key: KeyObject, format: KeyFormat, encoding: "der"): Uint8Array;
export function exportKey(key: KeyObject, format: KeyFormat, encoding: "pem" | "der"): string | Uint8Array {
  const traditional = key.asymmetricKeyType === "rsa" ? "pkcs1" : "sec1";
  const type = format === "pkcs8" ? "pkcs8" : traditional;
  const exported: string | Buffer = key.export({ type, format: encoding } as never);
  return exported;
}

/** A private key in PEM, of any of the formats. */
export const importKey = (text: string): KeyObject => createPrivateKey(text);

/** SubjectPublicKeyInfo in DER. */
export const publicKeyInfo = (key: KeyObject): Uint8Array =>
  createPublicKey(key as never).export({ type: "spki", format: "der" });
