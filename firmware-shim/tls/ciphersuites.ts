/**
 * The cipher suites compiled into the ESP32's mbedTLS, in its order of preference.
 *
 * Identifiers are IANA's, names and preference those of Mbed TLS 3.6 (`ssl_ciphersuites.c`) with ESP-IDF's options.
 * The whole list is what `SSLContext.get_ciphers()` shows.
 */

import type { HashName } from "./crypto/provider.ts";

export type KeyExchange =
  | "ecdhe-ecdsa"
  | "ecdhe-rsa"
  | "ecdhe-psk"
  | "ecdh-ecdsa"
  | "ecdh-rsa"
  | "rsa"
  | "rsa-psk"
  | "psk";

type KeyLength = "128" | "256";
export type Cipher =
  | `aes-${KeyLength}-${"gcm" | "ccm" | "ccm-8" | "cbc"}`
  | `aria-${KeyLength}-${"gcm" | "cbc"}`;

/** What distinguishes a suite from the others. */
export interface CipherSuite {
  readonly id: number;
  /** mbedTLS's name, which MicroPython shows and takes. */
  readonly name: string;
  readonly keyExchange: KeyExchange;
  readonly cipher: Cipher;
  /** The MAC's hash for CBC; for AEAD ciphers the hash that the suite's name ends with, or SHA-256. */
  readonly hash: HashName;
  /** The hash of the PRF and of the transcript: SHA-384 where the suite says so, else SHA-256 (RFC 5246 section 5). */
  readonly prfHash: "sha256" | "sha384";
}

type Row = readonly [id: number, name: string, keyExchange: KeyExchange, cipher: Cipher, hash: HashName];

const ROWS: readonly Row[] = [
  [0xc02c, "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384", "ecdhe-ecdsa", "aes-256-gcm", "sha384"],
  [0xc030, "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384", "ecdhe-rsa", "aes-256-gcm", "sha384"],
  [0xc0ad, "TLS-ECDHE-ECDSA-WITH-AES-256-CCM", "ecdhe-ecdsa", "aes-256-ccm", "sha256"],
  [0xc024, "TLS-ECDHE-ECDSA-WITH-AES-256-CBC-SHA384", "ecdhe-ecdsa", "aes-256-cbc", "sha384"],
  [0xc028, "TLS-ECDHE-RSA-WITH-AES-256-CBC-SHA384", "ecdhe-rsa", "aes-256-cbc", "sha384"],
  [0xc00a, "TLS-ECDHE-ECDSA-WITH-AES-256-CBC-SHA", "ecdhe-ecdsa", "aes-256-cbc", "sha1"],
  [0xc014, "TLS-ECDHE-RSA-WITH-AES-256-CBC-SHA", "ecdhe-rsa", "aes-256-cbc", "sha1"],
  [0xc0af, "TLS-ECDHE-ECDSA-WITH-AES-256-CCM-8", "ecdhe-ecdsa", "aes-256-ccm-8", "sha256"],
  [0xc05d, "TLS-ECDHE-ECDSA-WITH-ARIA-256-GCM-SHA384", "ecdhe-ecdsa", "aria-256-gcm", "sha384"],
  [0xc061, "TLS-ECDHE-RSA-WITH-ARIA-256-GCM-SHA384", "ecdhe-rsa", "aria-256-gcm", "sha384"],
  [0xc049, "TLS-ECDHE-ECDSA-WITH-ARIA-256-CBC-SHA384", "ecdhe-ecdsa", "aria-256-cbc", "sha384"],
  [0xc04d, "TLS-ECDHE-RSA-WITH-ARIA-256-CBC-SHA384", "ecdhe-rsa", "aria-256-cbc", "sha384"],
  [0xc02b, "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256", "ecdhe-ecdsa", "aes-128-gcm", "sha256"],
  [0xc02f, "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256", "ecdhe-rsa", "aes-128-gcm", "sha256"],
  [0xc0ac, "TLS-ECDHE-ECDSA-WITH-AES-128-CCM", "ecdhe-ecdsa", "aes-128-ccm", "sha256"],
  [0xc023, "TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA256", "ecdhe-ecdsa", "aes-128-cbc", "sha256"],
  [0xc027, "TLS-ECDHE-RSA-WITH-AES-128-CBC-SHA256", "ecdhe-rsa", "aes-128-cbc", "sha256"],
  [0xc009, "TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA", "ecdhe-ecdsa", "aes-128-cbc", "sha1"],
  [0xc013, "TLS-ECDHE-RSA-WITH-AES-128-CBC-SHA", "ecdhe-rsa", "aes-128-cbc", "sha1"],
  [0xc0ae, "TLS-ECDHE-ECDSA-WITH-AES-128-CCM-8", "ecdhe-ecdsa", "aes-128-ccm-8", "sha256"],
  [0xc05c, "TLS-ECDHE-ECDSA-WITH-ARIA-128-GCM-SHA256", "ecdhe-ecdsa", "aria-128-gcm", "sha256"],
  [0xc060, "TLS-ECDHE-RSA-WITH-ARIA-128-GCM-SHA256", "ecdhe-rsa", "aria-128-gcm", "sha256"],
  [0xc048, "TLS-ECDHE-ECDSA-WITH-ARIA-128-CBC-SHA256", "ecdhe-ecdsa", "aria-128-cbc", "sha256"],
  [0xc04c, "TLS-ECDHE-RSA-WITH-ARIA-128-CBC-SHA256", "ecdhe-rsa", "aria-128-cbc", "sha256"],
  [0xc038, "TLS-ECDHE-PSK-WITH-AES-256-CBC-SHA384", "ecdhe-psk", "aes-256-cbc", "sha384"],
  [0xc036, "TLS-ECDHE-PSK-WITH-AES-256-CBC-SHA", "ecdhe-psk", "aes-256-cbc", "sha1"],
  [0xc071, "TLS-ECDHE-PSK-WITH-ARIA-256-CBC-SHA384", "ecdhe-psk", "aria-256-cbc", "sha384"],
  [0xc037, "TLS-ECDHE-PSK-WITH-AES-128-CBC-SHA256", "ecdhe-psk", "aes-128-cbc", "sha256"],
  [0xc035, "TLS-ECDHE-PSK-WITH-AES-128-CBC-SHA", "ecdhe-psk", "aes-128-cbc", "sha1"],
  [0xc070, "TLS-ECDHE-PSK-WITH-ARIA-128-CBC-SHA256", "ecdhe-psk", "aria-128-cbc", "sha256"],
  [0x009d, "TLS-RSA-WITH-AES-256-GCM-SHA384", "rsa", "aes-256-gcm", "sha384"],
  [0xc09d, "TLS-RSA-WITH-AES-256-CCM", "rsa", "aes-256-ccm", "sha256"],
  [0x003d, "TLS-RSA-WITH-AES-256-CBC-SHA256", "rsa", "aes-256-cbc", "sha256"],
  [0x0035, "TLS-RSA-WITH-AES-256-CBC-SHA", "rsa", "aes-256-cbc", "sha1"],
  [0xc032, "TLS-ECDH-RSA-WITH-AES-256-GCM-SHA384", "ecdh-rsa", "aes-256-gcm", "sha384"],
  [0xc02a, "TLS-ECDH-RSA-WITH-AES-256-CBC-SHA384", "ecdh-rsa", "aes-256-cbc", "sha384"],
  [0xc00f, "TLS-ECDH-RSA-WITH-AES-256-CBC-SHA", "ecdh-rsa", "aes-256-cbc", "sha1"],
  [0xc02e, "TLS-ECDH-ECDSA-WITH-AES-256-GCM-SHA384", "ecdh-ecdsa", "aes-256-gcm", "sha384"],
  [0xc026, "TLS-ECDH-ECDSA-WITH-AES-256-CBC-SHA384", "ecdh-ecdsa", "aes-256-cbc", "sha384"],
  [0xc005, "TLS-ECDH-ECDSA-WITH-AES-256-CBC-SHA", "ecdh-ecdsa", "aes-256-cbc", "sha1"],
  [0xc0a1, "TLS-RSA-WITH-AES-256-CCM-8", "rsa", "aes-256-ccm-8", "sha256"],
  [0xc05f, "TLS-ECDH-ECDSA-WITH-ARIA-256-GCM-SHA384", "ecdh-ecdsa", "aria-256-gcm", "sha384"],
  [0xc063, "TLS-ECDH-RSA-WITH-ARIA-256-GCM-SHA384", "ecdh-rsa", "aria-256-gcm", "sha384"],
  [0xc051, "TLS-RSA-WITH-ARIA-256-GCM-SHA384", "rsa", "aria-256-gcm", "sha384"],
  [0xc04b, "TLS-ECDH-ECDSA-WITH-ARIA-256-CBC-SHA384", "ecdh-ecdsa", "aria-256-cbc", "sha384"],
  [0xc04f, "TLS-ECDH-RSA-WITH-ARIA-256-CBC-SHA384", "ecdh-rsa", "aria-256-cbc", "sha384"],
  [0xc03d, "TLS-RSA-WITH-ARIA-256-CBC-SHA384", "rsa", "aria-256-cbc", "sha384"],
  [0x009c, "TLS-RSA-WITH-AES-128-GCM-SHA256", "rsa", "aes-128-gcm", "sha256"],
  [0xc09c, "TLS-RSA-WITH-AES-128-CCM", "rsa", "aes-128-ccm", "sha256"],
  [0x003c, "TLS-RSA-WITH-AES-128-CBC-SHA256", "rsa", "aes-128-cbc", "sha256"],
  [0x002f, "TLS-RSA-WITH-AES-128-CBC-SHA", "rsa", "aes-128-cbc", "sha1"],
  [0xc031, "TLS-ECDH-RSA-WITH-AES-128-GCM-SHA256", "ecdh-rsa", "aes-128-gcm", "sha256"],
  [0xc029, "TLS-ECDH-RSA-WITH-AES-128-CBC-SHA256", "ecdh-rsa", "aes-128-cbc", "sha256"],
  [0xc00e, "TLS-ECDH-RSA-WITH-AES-128-CBC-SHA", "ecdh-rsa", "aes-128-cbc", "sha1"],
  [0xc02d, "TLS-ECDH-ECDSA-WITH-AES-128-GCM-SHA256", "ecdh-ecdsa", "aes-128-gcm", "sha256"],
  [0xc025, "TLS-ECDH-ECDSA-WITH-AES-128-CBC-SHA256", "ecdh-ecdsa", "aes-128-cbc", "sha256"],
  [0xc004, "TLS-ECDH-ECDSA-WITH-AES-128-CBC-SHA", "ecdh-ecdsa", "aes-128-cbc", "sha1"],
  [0xc0a0, "TLS-RSA-WITH-AES-128-CCM-8", "rsa", "aes-128-ccm-8", "sha256"],
  [0xc05e, "TLS-ECDH-ECDSA-WITH-ARIA-128-GCM-SHA256", "ecdh-ecdsa", "aria-128-gcm", "sha256"],
  [0xc062, "TLS-ECDH-RSA-WITH-ARIA-128-GCM-SHA256", "ecdh-rsa", "aria-128-gcm", "sha256"],
  [0xc050, "TLS-RSA-WITH-ARIA-128-GCM-SHA256", "rsa", "aria-128-gcm", "sha256"],
  [0xc04a, "TLS-ECDH-ECDSA-WITH-ARIA-128-CBC-SHA256", "ecdh-ecdsa", "aria-128-cbc", "sha256"],
  [0xc04e, "TLS-ECDH-RSA-WITH-ARIA-128-CBC-SHA256", "ecdh-rsa", "aria-128-cbc", "sha256"],
  [0xc03c, "TLS-RSA-WITH-ARIA-128-CBC-SHA256", "rsa", "aria-128-cbc", "sha256"],
  [0x00ad, "TLS-RSA-PSK-WITH-AES-256-GCM-SHA384", "rsa-psk", "aes-256-gcm", "sha384"],
  [0x00b7, "TLS-RSA-PSK-WITH-AES-256-CBC-SHA384", "rsa-psk", "aes-256-cbc", "sha384"],
  [0x0095, "TLS-RSA-PSK-WITH-AES-256-CBC-SHA", "rsa-psk", "aes-256-cbc", "sha1"],
  [0xc06f, "TLS-RSA-PSK-WITH-ARIA-256-GCM-SHA384", "rsa-psk", "aria-256-gcm", "sha384"],
  [0xc069, "TLS-RSA-PSK-WITH-ARIA-256-CBC-SHA384", "rsa-psk", "aria-256-cbc", "sha384"],
  [0x00ac, "TLS-RSA-PSK-WITH-AES-128-GCM-SHA256", "rsa-psk", "aes-128-gcm", "sha256"],
  [0x00b6, "TLS-RSA-PSK-WITH-AES-128-CBC-SHA256", "rsa-psk", "aes-128-cbc", "sha256"],
  [0x0094, "TLS-RSA-PSK-WITH-AES-128-CBC-SHA", "rsa-psk", "aes-128-cbc", "sha1"],
  [0xc06e, "TLS-RSA-PSK-WITH-ARIA-128-GCM-SHA256", "rsa-psk", "aria-128-gcm", "sha256"],
  [0xc068, "TLS-RSA-PSK-WITH-ARIA-128-CBC-SHA256", "rsa-psk", "aria-128-cbc", "sha256"],
  [0x00a9, "TLS-PSK-WITH-AES-256-GCM-SHA384", "psk", "aes-256-gcm", "sha384"],
  [0xc0a5, "TLS-PSK-WITH-AES-256-CCM", "psk", "aes-256-ccm", "sha256"],
  [0x00af, "TLS-PSK-WITH-AES-256-CBC-SHA384", "psk", "aes-256-cbc", "sha384"],
  [0x008d, "TLS-PSK-WITH-AES-256-CBC-SHA", "psk", "aes-256-cbc", "sha1"],
  [0xc0a9, "TLS-PSK-WITH-AES-256-CCM-8", "psk", "aes-256-ccm-8", "sha256"],
  [0xc06b, "TLS-PSK-WITH-ARIA-256-GCM-SHA384", "psk", "aria-256-gcm", "sha384"],
  [0xc065, "TLS-PSK-WITH-ARIA-256-CBC-SHA384", "psk", "aria-256-cbc", "sha384"],
  [0x00a8, "TLS-PSK-WITH-AES-128-GCM-SHA256", "psk", "aes-128-gcm", "sha256"],
  [0xc0a4, "TLS-PSK-WITH-AES-128-CCM", "psk", "aes-128-ccm", "sha256"],
  [0x00ae, "TLS-PSK-WITH-AES-128-CBC-SHA256", "psk", "aes-128-cbc", "sha256"],
  [0x008c, "TLS-PSK-WITH-AES-128-CBC-SHA", "psk", "aes-128-cbc", "sha1"],
  [0xc0a8, "TLS-PSK-WITH-AES-128-CCM-8", "psk", "aes-128-ccm-8", "sha256"],
  [0xc06a, "TLS-PSK-WITH-ARIA-128-GCM-SHA256", "psk", "aria-128-gcm", "sha256"],
  [0xc064, "TLS-PSK-WITH-ARIA-128-CBC-SHA256", "psk", "aria-128-cbc", "sha256"],
];

/** All suites of the ESP32, most preferred first. */
export const CIPHER_SUITES: readonly CipherSuite[] = ROWS.map(([id, name, keyExchange, cipher, hash]) => ({
  id,
  name,
  keyExchange,
  cipher,
  hash,
  prfHash: hash === "sha384" ? "sha384" : "sha256",
}));

const byId = new Map(CIPHER_SUITES.map((suite) => [suite.id, suite]));
const byName = new Map(CIPHER_SUITES.map((suite) => [suite.name, suite]));

/** The suite with that IANA identifier (`mbedtls_ssl_ciphersuite_from_id`), or undefined. */
export function cipherSuiteFromId(id: number): CipherSuite | undefined {
  return byId.get(id);
}

/** The suite with that mbedTLS name (`mbedtls_ssl_get_ciphersuite_id`), or undefined. Case matters. */
export function cipherSuiteFromName(name: string): CipherSuite | undefined {
  return byName.get(name);
}

/** Whether the suite's key exchange needs elliptic curves (`mbedtls_ssl_ciphersuite_uses_ec`). */
export function usesEllipticCurves(suite: CipherSuite): boolean {
  return suite.keyExchange.startsWith("ecdh");
}

/** Whether each connection makes a curve key of its own (`mbedtls_ssl_ciphersuite_uses_ecdhe`). */
export function usesEphemeralKeys(suite: CipherSuite): boolean {
  return suite.keyExchange.startsWith("ecdhe");
}

/** `mbedtls_ssl_ciphersuite_uses_psk` */
export function usesPsk(suite: CipherSuite): boolean {
  return suite.keyExchange.endsWith("psk");
}

/** Whether the server sends a certificate (`mbedtls_ssl_ciphersuite_uses_srv_cert`). */
export function usesServerCertificate(suite: CipherSuite): boolean {
  return suite.keyExchange !== "psk" && suite.keyExchange !== "ecdhe-psk";
}

/** Whether the server may ask for a certificate (`mbedtls_ssl_ciphersuite_cert_req_allowed`). */
export function allowsCertificateRequest(suite: CipherSuite): boolean {
  return !usesPsk(suite);
}

/** What signs ServerKeyExchange, or undefined where it is not signed (`mbedtls_ssl_get_ciphersuite_sig_alg`). */
export function serverSignature(suite: CipherSuite): "rsa" | "ecdsa" | undefined {
  if (suite.keyExchange === "ecdhe-rsa") return "rsa";
  return suite.keyExchange === "ecdhe-ecdsa" ? "ecdsa" : undefined;
}

/**
 * The kind of key in the server's certificate, or undefined without one (`mbedtls_ssl_get_ciphersuite_sig_pk_alg`).
 * ECDH-RSA asks for a curve key in a certificate with an RSA signature; mbedTLS does not look at the signature.
 */
export function serverKeyType(suite: CipherSuite): "rsa" | "ec" | undefined {
  switch (suite.keyExchange) {
    case "rsa":
    case "rsa-psk":
    case "ecdhe-rsa":
      return "rsa";
    case "ecdhe-ecdsa":
    case "ecdh-ecdsa":
    case "ecdh-rsa":
      return "ec";
    case "psk":
    case "ecdhe-psk":
      return undefined;
  }
}
