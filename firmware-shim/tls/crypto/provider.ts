/**
 * The one seam through which the TLS engine reaches cryptography. Two implementations stand behind it and
 * pass the same tests: `noble.ts` (runs everywhere) and `emulator/node-crypto.ts` (node:crypto's synchronous
 * calls, where there is a Node). All calls are synchronous, because the board's TLS is.
 */

/** Hash algorithms of the ESP32's TLS profile. SHA-1 appears only in certificates that are then refused. */
export type HashName = "sha1" | "sha256" | "sha384" | "sha512";

/** Curves by their RFC 8422 names. */
export type CurveName = "secp256r1" | "secp384r1" | "secp521r1";

/** What keys are agreed on over: X25519 (RFC 7748) besides the curves that also sign. */
export type GroupName = CurveName | "x25519";

/** A running hash. `digest()` may be called more than once; it does not end the hash. */
export interface RunningHash {
  update(data: Uint8Array): void;
  digest(): Uint8Array;
}

/** An AEAD cipher with a fixed key and tag length (RFC 5116). */
export interface AeadKey {
  /** Returns ciphertext followed by the tag. `nonce` is 12 bytes. */
  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Returns the plaintext, or undefined when the tag does not fit. */
  open(nonce: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** A block cipher with blocks of 16 bytes in CBC mode, without padding (NIST SP 800-38A section 6.2). */
export interface CbcKey {
  /** `plaintext` is whole blocks. */
  encrypt(iv: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** `ciphertext` is whole blocks. */
  decrypt(iv: Uint8Array, ciphertext: Uint8Array): Uint8Array;
}

/** An ECDH key pair. */
export interface EcdhKeyPair {
  /** Uncompressed point, 0x04 || X || Y; for X25519 the 32 bytes of RFC 7748. */
  readonly publicKey: Uint8Array;
  /**
   * The shared X coordinate, field-size bytes (leading zeros kept, RFC 8422 section 5.10), or undefined when
   * the peer's point is not a valid uncompressed point of the curve. For X25519 undefined also where the secret is
   * all zero (RFC 8446 section 7.4.2).
   */
  deriveSharedSecret(peerPublicKey: Uint8Array): Uint8Array | undefined;
}

/** RSA public key as big-endian bytes. */
export interface RsaPublicKey {
  readonly type: "rsa";
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** EC public key as an uncompressed point. */
export interface EcPublicKey {
  readonly type: "ec";
  readonly curve: CurveName;
  readonly point: Uint8Array;
}

export type PublicKey = RsaPublicKey | EcPublicKey;

/** RSAPrivateKey (RFC 8017 appendix A.1.2) as big-endian bytes. */
export interface RsaPrivateKey {
  readonly type: "rsa";
  readonly modulus: Uint8Array;
  readonly publicExponent: Uint8Array;
  readonly privateExponent: Uint8Array;
  readonly prime1: Uint8Array;
  readonly prime2: Uint8Array;
  readonly exponent1: Uint8Array;
  readonly exponent2: Uint8Array;
  readonly coefficient: Uint8Array;
}

/** EC private key. */
export interface EcPrivateKey {
  readonly type: "ec";
  readonly curve: CurveName;
  /** Big-endian scalar of field size, 1 to n - 1. */
  readonly secretKey: Uint8Array;
}

export type PrivateKey = RsaPrivateKey | EcPrivateKey;

export interface CryptoProvider {
  readonly name: "noble" | "node";
  randomBytes(length: number): Uint8Array;
  createHash(hash: HashName): RunningHash;
  hash(hash: HashName, data: Uint8Array): Uint8Array;
  hmac(hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** `key` is 16 or 32 bytes. */
  aesGcm(key: Uint8Array): AeadKey;
  /** RFC 8439; `key` is 32 bytes. */
  chacha20Poly1305(key: Uint8Array): AeadKey;
  /** `key` is 16 or 32 bytes; `tagLength` is 8 for the CCM_8 suites. */
  aesCcm(key: Uint8Array, tagLength: 8 | 16): AeadKey;
  /** `key` is 16 or 32 bytes. */
  aesCbc(key: Uint8Array): CbcKey;
  /** `key` is 16, 24 or 32 bytes. */
  ariaGcm(key: Uint8Array): AeadKey;
  /** `key` is 16, 24 or 32 bytes. */
  ariaCbc(key: Uint8Array): CbcKey;
  generateEcdhKeyPair(group: GroupName): EcdhKeyPair;
  /** The key pair of a certificate's key, for static ECDH. */
  ecdhKeyPair(key: EcPrivateKey): EcdhKeyPair;
  /** RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2). False for any malformed key or signature; never throws. */
  verifyRsaPkcs1(key: RsaPublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean;
  /** ECDSA with a DER-encoded signature (RFC 3279 section 2.2.3). False when malformed; never throws. */
  verifyEcdsa(key: EcPublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean;
  /** ECDSA; the signature is DER. */
  signEcdsa(key: EcPrivateKey, hash: HashName, message: Uint8Array): Uint8Array;
  /**
   * RSA's public operation (RFC 8017 section 5.1.1) on a number of the modulus's length, to the same length.
   * Undefined for a number that is not below the modulus, and for a malformed key.
   */
  rsaPublic(key: RsaPublicKey, number: Uint8Array): Uint8Array | undefined;
  /** RSA's private operation (RFC 8017 section 5.1.2), blinded; likewise. */
  rsaPrivate(key: RsaPrivateKey, number: Uint8Array): Uint8Array | undefined;
}
