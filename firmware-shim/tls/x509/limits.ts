/** Limits of certificate verification: mbedTLS's default profile with ESP-IDF's options. */

/** Most intermediates between leaf and trusted root: `MBEDTLS_X509_MAX_INTERMEDIATE_CA`. */
export const MAX_INTERMEDIATE_CA = 8;

/** Fewest bits of an RSA key: `rsa_min_bitlen` of `mbedtls_x509_crt_profile_default`. */
export const RSA_MIN_BITS = 2048;
