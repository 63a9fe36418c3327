/**
 * The one seam through which the TLS engine reaches cryptography. Two implementations stand behind it and
 * pass the same tests: `noble.ts` (runs everywhere) and `emulator/node-crypto.ts` (node:crypto's synchronous
 * calls, where there is a Node). All calls are synchronous, because the board's TLS is.
 */

/** Hash algorithms of the ESP32's TLS profile. SHA-1 appears only in certificates that are then refused. */
export type HashName = "sha1" | "sha256" | "sha384" | "sha512";

/** Curves by their RFC 8422 names. */
export type CurveName = "secp256r1" | "secp384r1" | "secp521r1";

/** A running hash. `digest()` may be called more than once; it does not end the hash. */
export interface RunningHash {
  update(data: Uint8Array): void;
  digest(): Uint8Array;
}

/** AES-GCM with a fixed key and 16-byte tags (RFC 5116). */
export interface AeadKey {
  /** Returns ciphertext followed by the 16-byte tag. `nonce` is 12 bytes. */
  seal(nonce: Uint8Array, additionalData: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Returns the plaintext, or undefined when the tag does not fit. */
  open(nonce: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** An ephemeral ECDH key pair. */
export interface EcdhKeyPair {
  /** Uncompressed point, 0x04 || X || Y. */
  readonly publicKey: Uint8Array;
  /**
   * The shared X coordinate, field-size bytes (leading zeros kept, RFC 8422 section 5.10), or undefined when
   * the peer's point is not a valid uncompressed point of the curve.
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

export interface CryptoProvider {
  readonly name: "noble" | "node";
  randomBytes(length: number): Uint8Array;
  createHash(hash: HashName): RunningHash;
  hash(hash: HashName, data: Uint8Array): Uint8Array;
  hmac(hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** `key` is 16 or 32 bytes. */
  aesGcm(key: Uint8Array): AeadKey;
  generateEcdhKeyPair(curve: CurveName): EcdhKeyPair;
  /** RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2). False for any malformed key or signature; never throws. */
  verifyRsaPkcs1(key: RsaPublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean;
  /** ECDSA with a DER-encoded signature (RFC 3279 section 2.2.3). False when malformed; never throws. */
  verifyEcdsa(key: EcPublicKey, hash: HashName, message: Uint8Array, signature: Uint8Array): boolean;
}
