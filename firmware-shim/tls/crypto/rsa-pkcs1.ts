/** What TLS 1.2 does with an RSA private key: RSASSA-PKCS1-v1_5 and RSAES-PKCS1-v1_5 (RFC 8017 sections 7.2 and 8.2). */

import type { CryptoProvider, HashName, RsaPrivateKey, RsaPublicKey } from "./provider.ts";
import { encodeEmsaPkcs1, trimLeadingZeros } from "./rsa.ts";

/** Fewest bytes around an encrypted message: 00 02, eight of padding, 00. */
const ENCRYPTION_OVERHEAD = 11;

/** Signs a message. Undefined when the key is too short for the hash, or is none. */
export function signRsaPkcs1(
  crypto: CryptoProvider,
  key: RsaPrivateKey,
  hash: HashName,
  message: Uint8Array,
): Uint8Array | undefined {
  const length = trimLeadingZeros(key.modulus).length;
  const encoded = encodeEmsaPkcs1(hash, crypto.hash(hash, message), length);
  return encoded && crypto.rsaPrivate(key, encoded);
}

/** Encrypts a message: section 7.2.1. Undefined when the key is too short for it, or is none. */
export function encryptRsaPkcs1(
  crypto: CryptoProvider,
  key: RsaPublicKey,
  message: Uint8Array,
): Uint8Array | undefined {
  const length = trimLeadingZeros(key.modulus).length;
  if (message.length > length - ENCRYPTION_OVERHEAD) return undefined;
  const encoded = new Uint8Array(length);
  encoded[1] = 2;
  encoded.set(nonZeroBytes(crypto, length - message.length - 3), 2);
  encoded.set(message, length - message.length);
  return crypto.rsaPublic(key, encoded);
}

function nonZeroBytes(crypto: CryptoProvider, length: number): Uint8Array {
  const bytes = crypto.randomBytes(length);
  for (let index = 0; index < length; index++) {
    while (bytes[index] === 0) bytes[index] = crypto.randomBytes(1)[0]!;
  }
  return bytes;
}

/**
 * Decrypts a premaster secret. Whatever is wrong with it, the caller gets random bytes in its place and nobody the
 * difference, not even by time: RFC 5246 section 7.4.7.1, `ssl_parse_encrypted_pms` in mbedTLS. The handshake then
 * fails at the peer's Finished. Otherwise a server would answer questions about what others have encrypted
 * (Bleichenbacher's attack, and ROBOT).
 *
 * @param version - The two bytes that the secret has to start with.
 * @param length - Bytes of the secret: 48.
 */
export function decryptPreMasterSecret(
  crypto: CryptoProvider,
  key: RsaPrivateKey | undefined,
  ciphertext: Uint8Array,
  version: number,
  length: number,
): Uint8Array {
  const random = crypto.randomBytes(length);
  const decrypted = key && crypto.rsaPrivate(key, ciphertext);
  // Which key there is, and whether the ciphertext is a number below the modulus, is no secret.
  if (!decrypted || decrypted.length < length + ENCRYPTION_OVERHEAD) return random;
  const start = decrypted.length - length;
  let wrong = decrypted[0]! | (decrypted[1]! ^ 2) | decrypted[start - 1]!;
  for (let index = 2; index < start - 1; index++) wrong |= isZero(decrypted[index]!);
  wrong |= decrypted[start]! ^ (version >> 8);
  wrong |= decrypted[start + 1]! ^ (version & 0xff);
  const mask = isZero(wrong) - 1; // all ones when anything is wrong
  return random.map((byte, index) => (byte & mask) | (decrypted[start + index]! & ~mask));
}

/** 1 for the byte 0, else 0, without a branch. */
function isZero(byte: number): number {
  return ((byte - 1) >>> 31) & 1;
}
