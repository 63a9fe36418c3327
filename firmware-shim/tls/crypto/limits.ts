/** Limits of the cryptography, in one place. Both providers keep to them, so that both accept the same keys. */

/** Smallest RSA modulus, in bits, that mbedTLS takes as a key at all (`mbedtls_rsa_check_pubkey`). */
export const RSA_MIN_MODULUS_BITS = 128;

/** Largest RSA modulus, in bits: `MBEDTLS_MPI_MAX_SIZE` is 1024 bytes. */
export const RSA_MAX_MODULUS_BITS = 8192;

/**
 * Largest public exponent, in bits, that a signature is checked with. mbedTLS has no such limit; without one
 * a hostile certificate could keep the BigInt arithmetic busy for seconds. OpenSSL's limit for large moduli
 * (`OPENSSL_RSA_MAX_PUBEXP_BITS`) is the same 64, and certificate authorities use 3 and 65537.
 */
export const RSA_MAX_EXPONENT_BITS = 64;

/** AES-GCM tag of every TLS cipher suite that uses it, in bytes (RFC 5288 section 3). */
export const GCM_TAG_LENGTH = 16;

/** AES-GCM nonce of TLS 1.2, in bytes: 4 of salt and 8 explicit ones (RFC 5288 section 3). */
export const GCM_NONCE_LENGTH = 12;

/** Bytes of both keys of X25519, and of its shared secret (RFC 7748 section 5). */
export const X25519_KEY_LENGTH = 32;

/** Bytes of a field element (a coordinate) of each curve: ceil(field bits / 8). */
export const FIELD_LENGTH = { secp256r1: 32, secp384r1: 48, secp521r1: 66 } as const;
