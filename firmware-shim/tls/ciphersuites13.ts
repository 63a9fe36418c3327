/**
 * The cipher suites of TLS 1.3 (RFC 8446 appendix B.4), with mbedTLS's names and in its order of preference
 * (`ciphersuite_preference` in ssl_ciphersuites.c).
 */

import type { AeadKey, CryptoProvider } from "./crypto/provider.ts";

export interface CipherSuite13 {
  readonly id: number;
  /** mbedTLS's name, which MicroPython shows and takes. */
  readonly name: string;
  /** Of the transcript and of HKDF. */
  readonly hash: "sha256" | "sha384";
  /** Bytes of `hash`. */
  readonly hashLength: number;
  /** Bytes of a key. */
  readonly keyLength: number;
  /** Bytes that sealing adds. */
  readonly tagLength: 8 | 16;
  readonly createKey: (crypto: CryptoProvider, key: Uint8Array) => AeadKey;
}

/** All suites of TLS 1.3, most preferred first. */
export const CIPHER_SUITES_13: readonly CipherSuite13[] = [
  {
    id: 0x1303,
    name: "TLS1-3-CHACHA20-POLY1305-SHA256",
    hash: "sha256",
    hashLength: 32,
    keyLength: 32,
    tagLength: 16,
    createKey: (crypto, key) => crypto.chacha20Poly1305(key),
  },
  {
    id: 0x1302,
    name: "TLS1-3-AES-256-GCM-SHA384",
    hash: "sha384",
    hashLength: 48,
    keyLength: 32,
    tagLength: 16,
    createKey: (crypto, key) => crypto.aesGcm(key),
  },
  {
    id: 0x1301,
    name: "TLS1-3-AES-128-GCM-SHA256",
    hash: "sha256",
    hashLength: 32,
    keyLength: 16,
    tagLength: 16,
    createKey: (crypto, key) => crypto.aesGcm(key),
  },
  {
    id: 0x1304,
    name: "TLS1-3-AES-128-CCM-SHA256",
    hash: "sha256",
    hashLength: 32,
    keyLength: 16,
    tagLength: 16,
    createKey: (crypto, key) => crypto.aesCcm(key, 16),
  },
  {
    id: 0x1305,
    name: "TLS1-3-AES-128-CCM-8-SHA256",
    hash: "sha256",
    hashLength: 32,
    keyLength: 16,
    tagLength: 8,
    createKey: (crypto, key) => crypto.aesCcm(key, 8),
  },
];

/** The suite with that IANA identifier, or undefined. */
export function cipherSuite13FromId(id: number): CipherSuite13 | undefined {
  return CIPHER_SUITES_13.find((suite) => suite.id === id);
}

/** The suite with that mbedTLS name, or undefined. Case matters. */
export function cipherSuite13FromName(name: string): CipherSuite13 | undefined {
  return CIPHER_SUITES_13.find((suite) => suite.name === name);
}
