/** SubjectPublicKeyInfo, after `mbedtls_pk_parse_subpubkey` of mbedTLS's `pkparse.c`. */

import { decodeEcPoint } from "../crypto/ec.ts";
import type { PublicKey, RsaPublicKey } from "../crypto/provider.ts";
import { isRsaPublicKey, trimLeadingZeros } from "../crypto/rsa.ts";
import { ERR } from "../errors.ts";
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from "./algorithm.ts";
import { DerReader, TAG } from "./der.ts";
import { InvalidCertificateError, within } from "./errors.ts";
import { CURVE_OIDS, OID, oidKey, WEAK_CURVE_OIDS } from "./oids.ts";

/** A key that parses, but that nothing is verified with: a curve below P-256, or a key for ECDH alone. */
export interface UnsupportedPublicKey {
  readonly type: "unsupported";
}

export type SubjectPublicKey = PublicKey | UnsupportedPublicKey;

/** RSAPublicKey (RFC 8017 appendix A.1.1); both numbers are taken as unsigned, as `mbedtls_rsa_parse_pubkey` does. */
function readRsaPublicKey(der: Uint8Array): RsaPublicKey {
  return within(ERR.PK_INVALID_PUBKEY, () => {
    const outer = new DerReader(der);
    const sequence = outer.enter(TAG.SEQUENCE);
    if (!outer.atEnd) throw new InvalidCertificateError(ERR.PK_INVALID_PUBKEY);
    const modulus = trimLeadingZeros(sequence.element(TAG.INTEGER));
    const exponent = trimLeadingZeros(sequence.element(TAG.INTEGER));
    if (!isRsaPublicKey(modulus, exponent)) throw new InvalidCertificateError(ERR.PK_INVALID_PUBKEY);
    sequence.expectEnd();
    return { type: "rsa", modulus, exponent };
  });
}

function readEcPublicKey(algorithm: AlgorithmIdentifier, encoded: Uint8Array): SubjectPublicKey {
  // MBEDTLS_PK_PARSE_EC_EXTENDED also takes curves written out as parameters, which RFC 5480 forbids.
  if (algorithm.parametersTag !== TAG.OID) throw new InvalidCertificateError(ERR.PK_FEATURE_UNAVAILABLE);
  const curveOid = oidKey(algorithm.parameters);
  if (WEAK_CURVE_OIDS.has(curveOid)) return { type: "unsupported" };
  const curve = CURVE_OIDS.get(curveOid as Parameters<typeof CURVE_OIDS.get>[0]);
  if (curve === undefined) throw new InvalidCertificateError(ERR.PK_UNKNOWN_NAMED_CURVE);
  const point = decodeEcPoint(curve, encoded);
  if (point === undefined) throw new InvalidCertificateError(ERR.ECP_INVALID_KEY);
  return algorithm.oid === OID.ecDH ? { type: "unsupported" } : { type: "ec", curve, point };
}

/**
 * Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7): RSA, or EC with a named curve. Compressed points are
 * decompressed. Any other algorithm (DSA, Ed25519, RSASSA-PSS keys) is an error, as it is there.
 */
export function readSubjectPublicKeyInfo(reader: DerReader): SubjectPublicKey {
  const info = within(ERR.PK_KEY_INVALID_FORMAT, () => reader.enter(TAG.SEQUENCE));
  const algorithm = within(ERR.PK_INVALID_ALG, () => readAlgorithmIdentifier(info));
  const isEc = algorithm.oid === OID.ecPublicKey || algorithm.oid === OID.ecDH;
  if (!isEc && algorithm.oid !== OID.rsaEncryption) throw new InvalidCertificateError(ERR.PK_UNKNOWN_PK_ALG);
  if (!isEc && !algorithm.hasNoParameters) throw new InvalidCertificateError(ERR.PK_INVALID_ALG);
  const key = within(ERR.PK_INVALID_PUBKEY, () => {
    const bits = info.octetAlignedBitString();
    info.expectEnd();
    return bits;
  });
  return isEc ? readEcPublicKey(algorithm, key) : readRsaPublicKey(key);
}
