/**
 * Which code mbedTLS gives for a signature that does not verify. The provider only says that it does not; mbedTLS
 * tells a malformed one from a wrong one.
 */

import type { PublicKey, RsaPublicKey } from "./crypto/provider.ts";
import { trimLeadingZeros } from "./crypto/rsa.ts";
import { ERR } from "./errors.ts";

const TAG_INTEGER = 0x02;
const TAG_SEQUENCE = 0x30;

/** The code for a signature that the provider has found bad, by the kind of key. */
export function signatureErrorCode(key: PublicKey, signature: Uint8Array): number {
  return key.type === "rsa" ? rsaErrorCode(key, signature) : ecdsaErrorCode(signature);
}

/** `rsa_verify_wrap` and `mbedtls_rsa_public`: a signature that is no number below the modulus fails earlier. */
function rsaErrorCode(key: RsaPublicKey, signature: Uint8Array): number {
  const modulus = trimLeadingZeros(key.modulus);
  if (signature.length < modulus.length) return ERR.RSA_VERIFY_FAILED;
  const number = signature.subarray(0, modulus.length);
  for (let index = 0; index < modulus.length; index++) {
    const difference = (number[index] ?? 0) - (modulus[index] ?? 0);
    if (difference < 0) return ERR.RSA_VERIFY_FAILED;
    if (difference > 0) break;
  }
  return ERR.RSA_PUBLIC_FAILED + ERR.MPI_BAD_INPUT_DATA;
}

/** `mbedtls_ecdsa_read_signature`: SEQUENCE { INTEGER r, INTEGER s }, nothing after it. */
function ecdsaErrorCode(signature: Uint8Array): number {
  const sequence = readTag(signature, 0, TAG_SEQUENCE);
  if (typeof sequence === "number") return ERR.ECP_BAD_INPUT_DATA + sequence;
  if (sequence.end !== signature.length) return ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_LENGTH_MISMATCH;
  const r = readTag(signature, sequence.start, TAG_INTEGER);
  if (typeof r === "number") return ERR.ECP_BAD_INPUT_DATA + r;
  const s = readTag(signature, r.end, TAG_INTEGER);
  if (typeof s === "number") return ERR.ECP_BAD_INPUT_DATA + s;
  return ERR.ECP_VERIFY_FAILED;
}

/** `mbedtls_asn1_get_tag`: where the content starts and ends, or an ASN.1 error code. */
function readTag(bytes: Uint8Array, offset: number, tag: number): { start: number; end: number } | number {
  if (offset >= bytes.length) return ERR.ASN1_OUT_OF_DATA;
  if (bytes[offset] !== tag) return ERR.ASN1_UNEXPECTED_TAG;
  const first = bytes[offset + 1];
  if (first === undefined) return ERR.ASN1_OUT_OF_DATA;
  let start = offset + 2;
  let length = first;
  if (first & 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) return ERR.ASN1_INVALID_LENGTH;
    if (bytes.length - (offset + 1) <= count) return ERR.ASN1_OUT_OF_DATA;
    length = bytes.subarray(start, start + count).reduce((value, byte) => value * 256 + byte, 0);
    start += count;
  }
  if (length > bytes.length - start) return ERR.ASN1_OUT_OF_DATA;
  return { start, end: start + length };
}
