/** Limits of what stands in for ESP-IDF under Python, with their units and reasons. */

/**
 * Bytes of ESP-IDF's heap for TLS, the only thing that is counted there. A choice: on the chip it depends on what else
 * there is, Python's heap among it. With it five connections fit that stay open, and a few certificates; a sixth does
 * not.
 */
export const SYSTEM_HEAP_BYTES = 136 * 1024;

/**
 * Bytes that a certificate takes of it besides its DER, about: an mbedtls_x509_crt of 400 bytes, its key, and a node
 * for each part of its names (estimated from Mbed TLS 3.6's structures on 32 bits).
 */
export const CERTIFICATE_HEAP_BYTES = 1024;

/** Bytes that a private key takes, about: the eight numbers of an RSA key of 2048 bits, 1.2 KB, in their structures. */
export const KEY_HEAP_BYTES = 1536;
