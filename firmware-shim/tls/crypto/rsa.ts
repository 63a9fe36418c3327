/**
 * RSA arithmetic over BigInt, and RSASSA-PKCS1-v1_5 verification. Verification handles public values only, so it
 * need not run in constant time. The private operation cannot: JavaScript's BigInt takes the time that its values
 * take. It is blinded, so that the time tells nothing of the number operated on.
 */

import { RSA_MAX_EXPONENT_BITS, RSA_MAX_MODULUS_BITS, RSA_MIN_MODULUS_BITS } from "./limits.ts";
import type { HashName, RsaPrivateKey, RsaPublicKey } from "./provider.ts";

/** DER of `DigestInfo` up to the digest itself (RFC 8017 section 9.2, note 1). */
const DIGEST_INFO_PREFIX: Record<HashName, readonly number[]> = {
  sha1: [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14],
  sha256: [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
  ],
  sha384: [
    0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00,
    0x04, 0x30,
  ],
  sha512: [
    0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00,
    0x04, 0x40,
  ],
};

/** Big-endian bytes without leading zeros. */
export function trimLeadingZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}

/** Bits of a big-endian number, leading zeros not counted; 0 for zero (`mbedtls_mpi_bitlen`). */
export function bitLength(bytes: Uint8Array): number {
  const trimmed = trimLeadingZeros(bytes);
  const first = trimmed[0];
  return first === undefined ? 0 : (trimmed.length - 1) * 8 + (32 - Math.clz32(first));
}

function isOdd(bytes: Uint8Array): boolean {
  return ((bytes[bytes.length - 1] ?? 0) & 1) === 1;
}

function compareNumbers(a: Uint8Array, b: Uint8Array): number {
  const left = trimLeadingZeros(a);
  const right = trimLeadingZeros(b);
  if (left.length !== right.length) return left.length - right.length;
  for (let i = 0; i < left.length; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether mbedTLS takes the numbers as an RSA public key at all (`mbedtls_rsa_check_pubkey`): an odd modulus
 * of 128 to 8192 bits, an odd exponent of at least 3 and below the modulus. It says nothing of strength.
 */
export function isRsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): boolean {
  const bits = bitLength(modulus);
  return (
    bits >= RSA_MIN_MODULUS_BITS &&
    bits <= RSA_MAX_MODULUS_BITS &&
    isOdd(modulus) &&
    isOdd(exponent) &&
    bitLength(exponent) >= 2 &&
    compareNumbers(exponent, modulus) < 0
  );
}

/** Whether signatures are checked with this key: a key, with an exponent of at most 64 bits. */
export function isRsaVerificationKey(key: RsaPublicKey): boolean {
  return isRsaPublicKey(key.modulus, key.exponent) && bitLength(key.exponent) <= RSA_MAX_EXPONENT_BITS;
}

function toBigInt(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

function toBytes(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(length * 2, "0");
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** EMSA-PKCS1-v1_5 (RFC 8017 section 9.2), or undefined when `length` is too small for the hash. */
export function encodeEmsaPkcs1(hash: HashName, digest: Uint8Array, length: number): Uint8Array | undefined {
  const prefix = DIGEST_INFO_PREFIX[hash];
  const infoLength = prefix.length + digest.length;
  if (length < infoLength + 11) return undefined;
  const encoded = new Uint8Array(length).fill(0xff);
  encoded[0] = 0x00;
  encoded[1] = 0x01;
  encoded[length - infoLength - 1] = 0x00;
  encoded.set(prefix, length - infoLength);
  encoded.set(digest, length - digest.length);
  return encoded;
}

/**
 * RSASSA-PKCS1-v1_5 verification of a digest (RFC 8017 section 8.2.2), by comparing whole encodings, as
 * `mbedtls_rsa_rsassa_pkcs1_v15_verify` does: nothing in the padding or in `DigestInfo` is parsed, so there
 * is nothing lenient to exploit. The signature has to be as long as the modulus.
 */
export function verifyRsaPkcs1Digest(
  key: RsaPublicKey,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!isRsaVerificationKey(key)) return false;
  const length = trimLeadingZeros(key.modulus).length;
  if (signature.length !== length) return false;
  const expected = encodeEmsaPkcs1(hash, digest, length);
  const encoded = rsaPublicOperation(key, signature);
  return encoded?.every((byte, i) => byte === expected?.[i]) ?? false;
}

/** RSAEP: RFC 8017 section 5.1.1, as `CryptoProvider.rsaPublic` says. */
export function rsaPublicOperation(key: RsaPublicKey, number: Uint8Array): Uint8Array | undefined {
  if (!isRsaVerificationKey(key)) return undefined;
  const modulus = toBigInt(key.modulus);
  const representative = toBigInt(number);
  if (representative >= modulus) return undefined;
  const length = trimLeadingZeros(key.modulus).length;
  return toBytes(modularPower(representative, toBigInt(key.exponent), modulus), length);
}

/**
 * RSADP and RSASP1 by the Chinese remainder theorem: RFC 8017 section 5.1.2. The result is checked with the public
 * exponent, as `mbedtls_rsa_private` does: a wrong one would give the key away.
 */
export function rsaPrivateOperation(
  key: RsaPrivateKey,
  number: Uint8Array,
  randomBytes: (length: number) => Uint8Array,
): Uint8Array | undefined {
  const length = trimLeadingZeros(key.modulus).length;
  const modulus = toBigInt(key.modulus);
  const exponent = toBigInt(key.publicExponent);
  const representative = toBigInt(number);
  if (representative >= modulus) return undefined;
  const blind = (toBigInt(randomBytes(length)) % (modulus - 1n)) + 1n;
  const blinded = (representative * modularPower(blind, exponent, modulus)) % modulus;
  const result = remainderPower(key, blinded);
  if (modularPower(result, exponent, modulus) !== blinded) return undefined;
  const unblind = modularInverse(blind, modulus);
  return unblind === undefined ? undefined : toBytes((result * unblind) % modulus, length);
}

function remainderPower(key: RsaPrivateKey, base: bigint): bigint {
  const [p, q] = [toBigInt(key.prime1), toBigInt(key.prime2)];
  const m1 = modularPower(base, toBigInt(key.exponent1), p);
  const m2 = modularPower(base, toBigInt(key.exponent2), q);
  const difference = (((m1 - m2) % p) + p) % p;
  return m2 + q * ((difference * toBigInt(key.coefficient)) % p);
}

/** Undefined where there is none, which for a modulus of two large primes does not happen. */
function modularInverse(value: bigint, modulus: bigint): bigint | undefined {
  let [a, b] = [value, modulus];
  let [x, y] = [1n, 0n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - quotient * y];
  }
  return a === 1n ? ((x % modulus) + modulus) % modulus : undefined;
}
