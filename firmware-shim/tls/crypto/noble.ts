/**
 * The crypto seam on @noble/curves, @noble/hashes and @noble/ciphers: audited, synchronous, and the same in
 * Node, a worker and a page. It is what a board in a browser runs on.
 */

import { cbc, gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { aesCcm } from "./aes-ccm.ts";
import { ariaCbc, ariaGcm } from "./aria-modes.ts";
import { FIELD_LENGTH, GCM_TAG_LENGTH, X25519_KEY_LENGTH } from "./limits.ts";
import type {
  AeadKey,
  CbcKey,
  CryptoProvider,
  CurveName,
  EcdhKeyPair,
  EcPrivateKey,
  EcPublicKey,
  HashName,
  RunningHash,
} from "./provider.ts";
import { rsaPrivateOperation, rsaPublicOperation, verifyRsaPkcs1Digest } from "./rsa.ts";

const HASHES = { sha1, sha256, sha384, sha512 } as const;
const CURVES = { secp256r1: p256, secp384r1: p384, secp521r1: p521 } as const;

function createHash(hash: HashName): RunningHash {
  const state = HASHES[hash].create();
  return {
    update: (data) => {
      state.update(data);
    },
    // noble's digest() ends a hash; a copy is ended instead, because TLS hashes its transcript midway.
    digest: () => state.clone().digest(),
  };
}

function aesGcm(key: Uint8Array): AeadKey {
  const ownKey = key.slice();
  return {
    seal: (nonce, additionalData, plaintext) => gcm(ownKey, nonce, additionalData).encrypt(plaintext),
    open: (nonce, additionalData, sealed) => {
      if (sealed.length < GCM_TAG_LENGTH) return undefined;
      try {
        return gcm(ownKey, nonce, additionalData).decrypt(sealed);
      } catch {
        return undefined; // noble throws on a tag that does not fit
      }
    },
  };
}

function chacha20Poly1305(key: Uint8Array): AeadKey {
  const ownKey = key.slice();
  return {
    seal: (nonce, additionalData, plaintext) =>
      chacha20poly1305(ownKey, nonce, additionalData).encrypt(plaintext),
    open: (nonce, additionalData, sealed) => {
      if (sealed.length < GCM_TAG_LENGTH) return undefined;
      try {
        return chacha20poly1305(ownKey, nonce, additionalData).decrypt(sealed);
      } catch {
        return undefined; // noble throws on a tag that does not fit
      }
    },
  };
}

function aesCbc(key: Uint8Array): CbcKey {
  const ownKey = key.slice();
  const options = { disablePadding: true };
  return {
    encrypt: (iv, plaintext) => cbc(ownKey, iv, options).encrypt(plaintext),
    decrypt: (iv, ciphertext) => cbc(ownKey, iv, options).decrypt(ciphertext),
  };
}

function isUncompressedPoint(curve: CurveName, point: Uint8Array): boolean {
  return point.length === 1 + 2 * FIELD_LENGTH[curve] && point[0] === 0x04;
}

/**
 * The ECDH key pair of a given private scalar.
 *
 * @param secretKey - Big-endian scalar of field size, 1 to n - 1; anything else throws.
 */
export function nobleEcdhKeyPair(curve: CurveName, secretKey: Uint8Array): EcdhKeyPair {
  const group = CURVES[curve];
  return {
    publicKey: group.getPublicKey(secretKey, false),
    deriveSharedSecret: (peerPublicKey) => {
      if (!isUncompressedPoint(curve, peerPublicKey)) return undefined;
      try {
        return group.getSharedSecret(secretKey, peerPublicKey, false).slice(1, 1 + FIELD_LENGTH[curve]);
      } catch {
        return undefined; // the point is not on the curve
      }
    },
  };
}

/** The X25519 key pair of a given private key of 32 bytes. */
export function nobleX25519KeyPair(secretKey: Uint8Array): EcdhKeyPair {
  return {
    publicKey: x25519.getPublicKey(secretKey),
    deriveSharedSecret: (peerPublicKey) => {
      if (peerPublicKey.length !== X25519_KEY_LENGTH) return undefined;
      try {
        return x25519.getSharedSecret(secretKey, peerPublicKey);
      } catch {
        return undefined; // the secret is all zero
      }
    },
  };
}

function verifyEcdsa(key: EcPublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isUncompressedPoint(key.curve, key.point)) return false;
  const digest = HASHES[hash](message);
  try {
    // Low-S is a rule of blockchains; X.509 and TLS signatures may have any s.
    const options = { prehash: false, lowS: false, format: "der" } as const;
    return CURVES[key.curve].verify(signature, digest, key.point, options);
  } catch {
    return false; // noble throws on malformed points and signatures
  }
}

/** RFC 6979 chooses the signature's secret number, as mbedTLS does on an ESP32. */
function signEcdsa(key: EcPrivateKey, hash: HashName, message: Uint8Array): Uint8Array {
  const options = { prehash: false, lowS: false, format: "der" } as const;
  return CURVES[key.curve].sign(HASHES[hash](message), key.secretKey, options);
}

/**
 * Makes the provider.
 *
 * @param randomBytes - Source of cryptographically secure random bytes; gets the number of bytes wanted.
 */
export function createNobleCrypto(randomBytes: (n: number) => Uint8Array): CryptoProvider {
  return {
    name: "noble",
    randomBytes,
    createHash,
    hash: (hash, data) => HASHES[hash](data),
    hmac: (hash, key, data) => hmac(HASHES[hash], key, data),
    aesGcm,
    chacha20Poly1305,
    aesCcm,
    aesCbc,
    ariaGcm,
    ariaCbc,
    generateEcdhKeyPair: (curve) => {
      if (curve === "x25519") return nobleX25519KeyPair(randomBytes(X25519_KEY_LENGTH));
      const { lengths, utils } = CURVES[curve];
      return nobleEcdhKeyPair(curve, utils.randomSecretKey(randomBytes(lengths.seed!)));
    },
    ecdhKeyPair: (key) => nobleEcdhKeyPair(key.curve, key.secretKey),
    verifyRsaPkcs1: (key, hash, message, signature) =>
      verifyRsaPkcs1Digest(key, hash, HASHES[hash](message), signature),
    verifyEcdsa,
    signEcdsa,
    rsaPublic: rsaPublicOperation,
    rsaPrivate: (key, number) => rsaPrivateOperation(key, number, randomBytes),
  };
}
