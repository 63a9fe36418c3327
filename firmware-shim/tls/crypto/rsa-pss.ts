/**
 * RSASSA-PSS (RFC 8017 section 8.1) as TLS 1.3 uses it: MGF1 with the message's hash, and a salt as long as the
 * hash (RFC 8446 section 4.2.3).
 */

import { concatenate, encodeUint, equalConstantTime } from "../bytes.ts";
import type { CryptoProvider, HashName, RsaPrivateKey, RsaPublicKey } from "./provider.ts";
import { bitLength, trimLeadingZeros } from "./rsa.ts";

const TRAILER = 0xbc;
const HASH_PREFIX = new Uint8Array(8);

/** What the modulus leaves room for: EMSA-PSS works on one bit less than it has. */
interface Encoding {
  /** Bytes of the encoded message. */
  readonly length: number;
  /** The bits of its first byte that may be set. */
  readonly firstByteMask: number;
}

function encodingFor(modulus: Uint8Array): Encoding {
  const bits = bitLength(modulus) - 1;
  const length = Math.ceil(bits / 8);
  return { length, firstByteMask: 0xff >> (8 * length - bits) };
}

/** MGF1: RFC 8017 appendix B.2.1, laid over the data. */
function mask(crypto: CryptoProvider, hash: HashName, seed: Uint8Array, data: Uint8Array): Uint8Array {
  const masked = new Uint8Array(data.length);
  for (let offset = 0, counter = 0; offset < data.length; counter++) {
    const block = crypto.hash(hash, concatenate(seed, encodeUint(counter, 4)));
    for (let index = 0; index < block.length && offset < data.length; index++, offset++) {
      masked[offset] = data[offset]! ^ block[index]!;
    }
  }
  return masked;
}

function digestWithSalt(
  crypto: CryptoProvider,
  hash: HashName,
  digest: Uint8Array,
  salt: Uint8Array,
): Uint8Array {
  return crypto.hash(hash, concatenate(HASH_PREFIX, digest, salt));
}

/** Signs a message. Undefined when the key is too short for hash and salt, or is none. */
export function signRsaPss(
  crypto: CryptoProvider,
  key: RsaPrivateKey,
  hash: HashName,
  message: Uint8Array,
): Uint8Array | undefined {
  const modulus = trimLeadingZeros(key.modulus);
  const { length, firstByteMask } = encodingFor(modulus);
  const digest = crypto.hash(hash, message);
  const saltLength = digest.length;
  const zeros = length - saltLength - digest.length - 2;
  if (zeros < 0) return undefined;
  const salt = crypto.randomBytes(saltLength);
  const salted = digestWithSalt(crypto, hash, digest, salt);
  const block = concatenate(new Uint8Array(zeros), Uint8Array.of(1), salt);
  const masked = mask(crypto, hash, salted, block);
  masked[0]! &= firstByteMask;
  const encoded = concatenate(masked, salted, Uint8Array.of(TRAILER));
  return crypto.rsaPrivate(key, concatenate(new Uint8Array(modulus.length - length), encoded));
}

/**
 * Whether the key has made the signature, with a salt as long as the hash. False for any malformed key or signature;
 * never throws.
 */
export function verifyRsaPss(
  crypto: CryptoProvider,
  key: RsaPublicKey,
  hash: HashName,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const modulus = trimLeadingZeros(key.modulus);
  if (signature.length !== modulus.length) return false;
  const { length, firstByteMask } = encodingFor(modulus);
  const whole = crypto.rsaPublic(key, signature);
  if (!whole || whole.length < length) return false;
  const encoded = whole.subarray(whole.length - length);
  if (whole.length > length && whole[0] !== 0) return false;
  const digest = crypto.hash(hash, message);
  const blockLength = length - digest.length - 1;
  const zeros = blockLength - digest.length - 1;
  if (zeros < 0 || encoded[length - 1] !== TRAILER || (encoded[0]! & ~firstByteMask) !== 0) return false;
  const salted = encoded.subarray(blockLength, length - 1);
  const block = mask(crypto, hash, salted, encoded.subarray(0, blockLength));
  block[0]! &= firstByteMask;
  if (block.subarray(0, zeros).some((byte) => byte !== 0) || block[zeros] !== 1) return false;
  return equalConstantTime(salted, digestWithSalt(crypto, hash, digest, block.subarray(zeros + 1)));
}
