/**
 * The crypto seam on node:crypto's synchronous calls, which run in OpenSSL: thirty times noble's speed, for
 * boards that run in Node. It accepts and refuses what `firmware-shim/tls/crypto/noble.ts` does.
 */

import {
  type CipherCCMTypes,
  type CipherChaCha20Poly1305Types,
  type CipherGCMTypes,
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHmac,
  createHash as createNodeHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hash as hashOnce,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { FIELD_LENGTH, GCM_TAG_LENGTH, X25519_KEY_LENGTH } from "../firmware-shim/tls/crypto/limits.ts";
import type {
  AeadKey,
  CbcKey,
  CryptoProvider,
  CurveName,
  EcdhKeyPair,
  EcPrivateKey,
  EcPublicKey,
  HashName,
  PrivateKey,
  RsaPrivateKey,
  RsaPublicKey,
  RunningHash,
} from "../firmware-shim/tls/crypto/provider.ts";
import { isRsaVerificationKey, trimLeadingZeros } from "../firmware-shim/tls/crypto/rsa.ts";

/** OpenSSL calls secp256r1 by its ANSI X9.62 name. */
const OPENSSL_CURVES = { secp256r1: "prime256v1", secp384r1: "secp384r1", secp521r1: "secp521r1" } as const;

/** DER of SubjectPublicKeyInfo up to the point (RFC 5480 section 2), one per curve. */
const EC_SPKI_PREFIX: Record<CurveName, Uint8Array> = {
  secp256r1: Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"),
  secp384r1: Buffer.from("3076301006072a8648ce3d020106052b81040022036200", "hex"),
  secp521r1: Buffer.from("30819b301006072a8648ce3d020106052b8104002303818600", "hex"),
};

/** A Uint8Array over the same memory: a Buffer's `slice` shares memory where an array's copies. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

function createHash(hash: HashName): RunningHash {
  const state = createNodeHash(hash);
  return {
    update: (data) => {
      state.update(data);
    },
    // digest() ends a node hash; a copy is ended instead, because TLS hashes its transcript midway.
    digest: () => plain(state.copy().digest()),
  };
}

function chacha20Poly1305(key: Uint8Array): AeadKey {
  const algorithm: CipherChaCha20Poly1305Types = "chacha20-poly1305";
  const ownKey = key.slice();
  const options = { authTagLength: GCM_TAG_LENGTH };
  return {
    seal: (nonce, additionalData, plaintext) => {
      const cipher = createCipheriv(algorithm, ownKey, nonce, options);
      cipher.setAAD(additionalData, { plaintextLength: plaintext.length });
      const sealed = new Uint8Array(plaintext.length + GCM_TAG_LENGTH);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return sealed;
    },
    open: (nonce, additionalData, sealed) => {
      const length = sealed.length - GCM_TAG_LENGTH;
      if (length < 0) return undefined;
      const decipher = createDecipheriv(algorithm, ownKey, nonce, options);
      decipher.setAAD(additionalData, { plaintextLength: length });
      decipher.setAuthTag(sealed.subarray(length));
      const plaintext = decipher.update(sealed.subarray(0, length));
      try {
        decipher.final();
      } catch {
        return undefined; // OpenSSL throws on a tag that does not fit
      }
      return plain(plaintext);
    },
  };
}

/** @param name - The cipher's, without length and mode: "aes" or "aria". */
function gcm(name: "aes" | "aria", key: Uint8Array): AeadKey {
  // Node's types know AES only; OpenSSL has ARIA too.
  const algorithm = `${name}-${key.length * 8}-gcm` as CipherGCMTypes;
  const ownKey = key.slice();
  return {
    seal: (nonce, additionalData, plaintext) => {
      const cipher = createCipheriv(algorithm, ownKey, nonce);
      cipher.setAAD(additionalData);
      const sealed = new Uint8Array(plaintext.length + GCM_TAG_LENGTH);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return sealed;
    },
    open: (nonce, additionalData, sealed) => {
      const length = sealed.length - GCM_TAG_LENGTH;
      if (length < 0) return undefined;
      const decipher = createDecipheriv(algorithm, ownKey, nonce);
      decipher.setAAD(additionalData);
      decipher.setAuthTag(sealed.subarray(length));
      const plaintext = decipher.update(sealed.subarray(0, length));
      try {
        decipher.final();
      } catch {
        return undefined; // OpenSSL throws on a tag that does not fit
      }
      return plain(plaintext);
    },
  };
}

function aesCcm(key: Uint8Array, tagLength: 8 | 16): AeadKey {
  const algorithm: CipherCCMTypes = key.length === 16 ? "aes-128-ccm" : "aes-256-ccm";
  const ownKey = key.slice();
  const options = { authTagLength: tagLength };
  return {
    seal: (nonce, additionalData, plaintext) => {
      const cipher = createCipheriv(algorithm, ownKey, nonce, options);
      cipher.setAAD(additionalData, { plaintextLength: plaintext.length });
      const sealed = new Uint8Array(plaintext.length + tagLength);
      sealed.set(cipher.update(plaintext));
      cipher.final();
      sealed.set(cipher.getAuthTag(), plaintext.length);
      return sealed;
    },
    open: (nonce, additionalData, sealed) => {
      const length = sealed.length - tagLength;
      if (length < 0) return undefined;
      const decipher = createDecipheriv(algorithm, ownKey, nonce, options);
      decipher.setAuthTag(sealed.subarray(length));
      decipher.setAAD(additionalData, { plaintextLength: length });
      try {
        const plaintext = decipher.update(sealed.subarray(0, length));
        decipher.final();
        return plain(plaintext);
      } catch {
        return undefined; // OpenSSL throws on a tag that does not fit
      }
    },
  };
}

/** @param name - The cipher's, without length and mode: "aes" or "aria". */
function cbc(name: "aes" | "aria", key: Uint8Array): CbcKey {
  const algorithm = `${name}-${key.length * 8}-cbc`;
  const ownKey = key.slice();
  return {
    encrypt: (iv, plaintext) => {
      const cipher = createCipheriv(algorithm, ownKey, iv).setAutoPadding(false);
      return plain(cipher.update(plaintext));
    },
    decrypt: (iv, ciphertext) => {
      const decipher = createDecipheriv(algorithm, ownKey, iv).setAutoPadding(false);
      return plain(decipher.update(ciphertext));
    },
  };
}

function isUncompressedPoint(curve: CurveName, point: Uint8Array): boolean {
  return point.length === 1 + 2 * FIELD_LENGTH[curve] && point[0] === 0x04;
}

/**
 * An ECDH key pair: of the given private scalar, or a fresh one.
 *
 * @param secretKey - Big-endian scalar of field size, 1 to n - 1; anything else throws.
 */
export function nodeEcdhKeyPair(curve: CurveName, secretKey?: Uint8Array): EcdhKeyPair {
  const ecdh = createECDH(OPENSSL_CURVES[curve]);
  if (secretKey === undefined) ecdh.generateKeys();
  else ecdh.setPrivateKey(secretKey);
  return {
    publicKey: plain(ecdh.getPublicKey()),
    deriveSharedSecret: (peerPublicKey) => {
      if (!isUncompressedPoint(curve, peerPublicKey)) return undefined;
      try {
        return plain(ecdh.computeSecret(peerPublicKey));
      } catch {
        return undefined; // the point is not on the curve
      }
    },
  };
}

/** DER of PrivateKeyInfo and SubjectPublicKeyInfo for X25519 up to the key (RFC 8410 sections 4 and 7). */
const X25519_PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const X25519_SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/** An X25519 key pair: of the given private key of 32 bytes, or a fresh one. */
export function nodeX25519KeyPair(secretKey: Uint8Array = randomBytes(X25519_KEY_LENGTH)): EcdhKeyPair {
  const pkcs8 = Buffer.concat([X25519_PKCS8_PREFIX, secretKey]);
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: plain(spki.subarray(X25519_SPKI_PREFIX.length)),
    deriveSharedSecret: (peerPublicKey) => {
      if (peerPublicKey.length !== X25519_KEY_LENGTH) return undefined;
      const peer = Buffer.concat([X25519_SPKI_PREFIX, peerPublicKey]);
      try {
        const publicKey = createPublicKey({ key: peer, format: "der", type: "spki" });
        return plain(diffieHellman({ privateKey, publicKey }));
      } catch {
        return undefined; // the secret is all zero
      }
    },
  };
}

/** DER of tag, length and content; the length in its shortest form. */
function derElement(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}

function derUnsignedInteger(value: Uint8Array): Buffer {
  const trimmed = trimLeadingZeros(value);
  const needsZero = (trimmed[0] ?? 0x80) >= 0x80;
  return derElement(0x02, needsZero ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed);
}

function rsaKeyObject(key: RsaPublicKey): KeyObject {
  const numbers = [derUnsignedInteger(key.modulus), derUnsignedInteger(key.exponent)];
  return createPublicKey({ key: derElement(0x30, Buffer.concat(numbers)), format: "der", type: "pkcs1" });
}

function verifyRsaPkcs1(key: RsaPublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array) {
  if (!isRsaVerificationKey(key)) return false;
  try {
    return verify(hash, message, rsaKeyObject(key), signature);
  } catch {
    return false;
  }
}

function verifyEcdsa(key: EcPublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isUncompressedPoint(key.curve, key.point)) return false;
  try {
    const spki = Buffer.concat([EC_SPKI_PREFIX[key.curve], key.point]);
    return verify(hash, message, createPublicKey({ key: spki, format: "der", type: "spki" }), signature);
  } catch {
    return false; // OpenSSL throws on points that are not on the curve
  }
}

const VERSION_0 = Buffer.of(0x02, 0x01, 0x00);
const VERSION_1 = Buffer.of(0x02, 0x01, 0x01);

/** Parsing a key takes OpenSSL longer than using it. */
const keyObjects = new WeakMap<PrivateKey, KeyObject>();

/** @throws where OpenSSL does not take it for a key. */
function privateKeyObject(key: PrivateKey): KeyObject {
  const known = keyObjects.get(key);
  if (known) return known;
  const der = key.type === "rsa" ? encodeRsaPrivateKey(key) : encodeEcPrivateKey(key);
  const made = createPrivateKey({ key: der, format: "der", type: key.type === "rsa" ? "pkcs1" : "sec1" });
  keyObjects.set(key, made);
  return made;
}

/** RSAPrivateKey: RFC 8017 appendix A.1.2. */
function encodeRsaPrivateKey(key: RsaPrivateKey): Buffer {
  const { modulus, publicExponent, privateExponent, prime1, prime2, exponent1, exponent2, coefficient } = key;
  const numbers = [
    modulus,
    publicExponent,
    privateExponent,
    prime1,
    prime2,
    exponent1,
    exponent2,
    coefficient,
  ];
  return derElement(0x30, Buffer.concat([VERSION_0, ...numbers.map(derUnsignedInteger)]));
}

/** ECPrivateKey (RFC 5915 section 3); the curve's identifier is cut out of its SubjectPublicKeyInfo. */
function encodeEcPrivateKey(key: EcPrivateKey): Buffer {
  const spki = EC_SPKI_PREFIX[key.curve];
  const algorithm = spki.indexOf(0x06, spki.indexOf(0x06) + 1);
  const curve = spki.subarray(algorithm, algorithm + 2 + (spki[algorithm + 1] ?? 0));
  const content = [VERSION_1, derElement(0x04, key.secretKey), derElement(0xa0, curve)];
  return derElement(0x30, Buffer.concat(content));
}

function rsaPublic(key: RsaPublicKey, number: Uint8Array): Uint8Array | undefined {
  if (!isRsaVerificationKey(key)) return undefined;
  try {
    return plain(publicEncrypt({ key: rsaKeyObject(key), padding: constants.RSA_NO_PADDING }, number));
  } catch {
    return undefined; // the number is not below the modulus
  }
}

function rsaPrivate(key: RsaPrivateKey, number: Uint8Array): Uint8Array | undefined {
  try {
    return plain(privateDecrypt({ key: privateKeyObject(key), padding: constants.RSA_NO_PADDING }, number));
  } catch {
    return undefined;
  }
}

/** Makes the provider. Randomness comes from OpenSSL's generator. */
export function createNodeCrypto(): CryptoProvider {
  return {
    name: "node",
    randomBytes: (length) => plain(randomBytes(length)),
    createHash,
    hash: (hash, data) => plain(hashOnce(hash, data, "buffer")),
    hmac: (hash, key, data) => plain(createHmac(hash, key).update(data).digest()),
    aesGcm: (key) => gcm("aes", key),
    chacha20Poly1305,
    aesCcm,
    aesCbc: (key) => cbc("aes", key),
    ariaGcm: (key) => gcm("aria", key),
    ariaCbc: (key) => cbc("aria", key),
    generateEcdhKeyPair: (group) => (group === "x25519" ? nodeX25519KeyPair() : nodeEcdhKeyPair(group)),
    ecdhKeyPair: (key) => nodeEcdhKeyPair(key.curve, key.secretKey),
    verifyRsaPkcs1,
    verifyEcdsa,
    signEcdsa: (key, hash, message) => plain(sign(hash, message, privateKeyObject(key))),
    rsaPublic,
    rsaPrivate,
  };
}
