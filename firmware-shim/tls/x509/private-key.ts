/** Private keys: `mbedtls_pk_parse_key` of mbedTLS 3.6's `pkparse.c`, without a password. */

import { isEcSecretKey } from "../crypto/ec.ts";
import { FIELD_LENGTH } from "../crypto/limits.ts";
import type { CurveName, EcPrivateKey, PrivateKey, RsaPrivateKey } from "../crypto/provider.ts";
import { isRsaPublicKey, trimLeadingZeros } from "../crypto/rsa.ts";
import { ERR } from "../errors.ts";
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from "./algorithm.ts";
import { contextTag, DerReader, TAG } from "./der.ts";
import { InvalidCertificateError } from "./errors.ts";
import { CURVE_OIDS, OID, oidKey } from "./oids.ts";
import { readPemBlock } from "./pem.ts";

/** How a key was written down. */
export type PrivateKeyFormat = "pem" | "pkcs8" | "pkcs1" | "sec1";

export interface ParsedPrivateKey {
  readonly key: PrivateKey;
  readonly format: PrivateKeyFormat;
}

const PEM_LABELS = [
  ["RSA PRIVATE KEY", readRsaPrivateKey],
  ["EC PRIVATE KEY", readEcPrivateKey],
  ["PRIVATE KEY", readPrivateKeyInfo],
] as const;

/** Tried one after the other, as mbedTLS does. */
const DER_FORMATS = [
  ["pkcs8", readPrivateKeyInfo],
  ["pkcs1", readRsaPrivateKey],
  ["sec1", readEcPrivateKey],
] as const;

/**
 * Parses a key: PEM with one of three labels, or DER of PKCS#8, PKCS#1 or SEC 1.
 *
 * @throws InvalidCertificateError, and nothing else. MicroPython says "invalid key" whatever is wrong with it, so
 * the code is not always mbedTLS's.
 */
export function parsePrivateKey(data: Uint8Array): ParsedPrivateKey {
  for (const [label, read] of PEM_LABELS) {
    const der = readPemBlock(data, label);
    if (der) return { key: read(der), format: "pem" };
  }
  for (const [format, read] of DER_FORMATS) {
    try {
      return { key: read(data.slice()), format };
    } catch (error) {
      if (!(error instanceof InvalidCertificateError)) throw error;
    }
  }
  throw invalid();
}

function invalid(): InvalidCertificateError {
  return new InvalidCertificateError(ERR.PK_KEY_INVALID_FORMAT);
}

/** PrivateKeyInfo (RFC 5208 section 5). Attributes after the key are an error, as they are there. */
function readPrivateKeyInfo(der: Uint8Array): PrivateKey {
  const info = new DerReader(der).enter(TAG.SEQUENCE);
  if (info.integer() !== 0) throw new InvalidCertificateError(ERR.PK_KEY_INVALID_VERSION);
  const algorithm = readAlgorithmIdentifier(info);
  const key = info.element(TAG.OCTET_STRING);
  if (info.offset !== der.length) throw invalid();
  if (algorithm.oid === OID.rsaEncryption) {
    if (!algorithm.hasNoParameters) throw new InvalidCertificateError(ERR.PK_INVALID_ALG);
    return readRsaPrivateKey(key);
  }
  if (algorithm.oid !== OID.ecPublicKey && algorithm.oid !== OID.ecDH) {
    throw new InvalidCertificateError(ERR.PK_UNKNOWN_PK_ALG);
  }
  return readEcPrivateKey(key, curveOf(algorithm));
}

function curveOf({ parametersTag, parameters }: AlgorithmIdentifier): CurveName {
  if (parametersTag !== TAG.OID) throw new InvalidCertificateError(ERR.PK_FEATURE_UNAVAILABLE);
  return curveFromOid(parameters);
}

function curveFromOid(content: Uint8Array): CurveName {
  const curve = CURVE_OIDS.get(oidKey(content) as Parameters<typeof CURVE_OIDS.get>[0]);
  if (curve === undefined) throw new InvalidCertificateError(ERR.PK_UNKNOWN_NAMED_CURVE);
  return curve;
}

/**
 * RSAPrivateKey (RFC 8017 appendix A.1.2). As in `mbedtls_rsa_parse_key`, no number may be 0, and whether they fit
 * each other is not looked at.
 */
function readRsaPrivateKey(der: Uint8Array): RsaPrivateKey {
  const sequence = new DerReader(der).enterLast(TAG.SEQUENCE);
  if (sequence.integer() !== 0) throw new InvalidCertificateError(ERR.RSA_BAD_INPUT_DATA);
  const number = (): Uint8Array => {
    const value = trimLeadingZeros(sequence.element(TAG.INTEGER));
    if (value.length === 0) throw new InvalidCertificateError(ERR.RSA_BAD_INPUT_DATA);
    return value;
  };
  const key: RsaPrivateKey = {
    type: "rsa",
    modulus: number(),
    publicExponent: number(),
    privateExponent: number(),
    prime1: number(),
    prime2: number(),
    exponent1: number(),
    exponent2: number(),
    coefficient: number(),
  };
  if (!isRsaPublicKey(key.modulus, key.publicExponent)) {
    throw new InvalidCertificateError(ERR.RSA_KEY_CHECK_FAILED);
  }
  sequence.expectEnd();
  return key;
}

/**
 * ECPrivateKey (RFC 5915 section 3). The public key, where there is one, is not compared with the private one, and
 * what follows is left aside.
 *
 * @param curve - From PrivateKeyInfo; parameters in the key itself take its place.
 */
function readEcPrivateKey(der: Uint8Array, curve?: CurveName): EcPrivateKey {
  const sequence = new DerReader(der).enter(TAG.SEQUENCE);
  if (sequence.integer() !== 1) throw new InvalidCertificateError(ERR.PK_KEY_INVALID_VERSION);
  const secret = trimLeadingZeros(sequence.element(TAG.OCTET_STRING));
  let named = curve;
  if (sequence.peekTag() === contextTag(0, "constructed")) {
    const parameters = sequence.enter(contextTag(0, "constructed"));
    named = curveFromOid(parameters.element(TAG.OID));
    parameters.expectEnd();
  }
  if (named === undefined) throw invalid();
  if (sequence.peekTag() === contextTag(1, "constructed")) {
    sequence.enter(contextTag(1, "constructed")).octetAlignedBitString();
  }
  const length = FIELD_LENGTH[named];
  if (secret.length > length) throw invalid();
  const secretKey = new Uint8Array(length);
  secretKey.set(secret, length - secret.length);
  if (!isEcSecretKey(named, secretKey)) throw new InvalidCertificateError(ERR.ECP_INVALID_KEY);
  return { type: "ec", curve: named, secretKey };
}
