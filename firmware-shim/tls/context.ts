/** What an `SSLContext` holds: the configuration that its connections share (`mbedtls_ssl_config`). */

import { CIPHER_SUITES, type CipherSuite, cipherSuiteFromName } from "./ciphersuites.ts";
import { ERR } from "./errors.ts";
import { type Certificate, parseCertificates } from "./x509/certificate.ts";

export const PROTOCOL_TLS_CLIENT = 0;
export const PROTOCOL_TLS_SERVER = 1;
export const PROTOCOL_DTLS_CLIENT = 2;
export const PROTOCOL_DTLS_SERVER = 3;

/** Bits of a protocol, `MP_ENDPOINT_IS_SERVER` and `MP_TRANSPORT_IS_DTLS`; others are ignored. */
const PROTOCOL_SERVER_BIT = 1;
const PROTOCOL_DATAGRAM_BIT = 2;

export const CERT_NONE = 0;
export const CERT_OPTIONAL = 1;
export const CERT_REQUIRED = 2;

/**
 * Judges one certificate of a chain: `SSLContext.verify_callback`. Gets its DER and its depth (0 is the peer's own)
 * and returns 0 to go on, or the error code that ends the handshake. It must not throw: who has an exception to
 * pass on keeps it and returns a code.
 */
export type VerifyCallback = (der: Uint8Array, depth: number) => number;

/** A connection reads its context while it works, as mbedTLS does: changes reach connections under way. */
export class TlsContext {
  readonly isServer: boolean;
  readonly isDatagram: boolean;
  /** `CERT_NONE`, `CERT_OPTIONAL` or `CERT_REQUIRED`, but MicroPython stores any integer. */
  verifyMode: number;
  verifyCallback: VerifyCallback | undefined;
  #trusted: readonly Certificate[] = [];
  #cipherSuites: readonly CipherSuite[] = CIPHER_SUITES;

  /** @param protocol - One of the `PROTOCOL_` values. */
  constructor(protocol: number) {
    this.isServer = (protocol & PROTOCOL_SERVER_BIT) !== 0;
    this.isDatagram = (protocol & PROTOCOL_DATAGRAM_BIT) !== 0;
    this.verifyMode = this.isServer ? CERT_NONE : CERT_REQUIRED;
  }

  /** The trusted certificates. */
  get caChain(): readonly Certificate[] {
    return this.#trusted;
  }

  /** The suites that may be used, most preferred first; not all of them need be implemented. */
  get cipherSuites(): readonly CipherSuite[] {
    return this.#cipherSuites;
  }

  /**
   * Adds trusted certificates, PEM or DER.
   *
   * @returns 0, or `MBEDTLS_ERR_X509_BAD_INPUT_DATA` for data that is not certificates, whatever is wrong with it.
   */
  loadVerifyLocations(data: Uint8Array): number {
    try {
      this.#trusted = [...this.#trusted, ...parseCertificates(data)];
      return 0;
    } catch {
      return ERR.X509_BAD_INPUT_DATA;
    }
  }

  /**
   * Sets the suites, by mbedTLS's names, in order of preference.
   *
   * @returns 0, or `MBEDTLS_ERR_SSL_BAD_CONFIG` for an empty list or an unknown name, which change nothing.
   */
  setCiphers(names: readonly string[]): number {
    const suites: CipherSuite[] = [];
    for (const name of names) {
      const suite = cipherSuiteFromName(name);
      if (!suite) return ERR.SSL_BAD_CONFIG;
      suites.push(suite);
    }
    if (suites.length === 0) return ERR.SSL_BAD_CONFIG;
    this.#cipherSuites = suites;
    return 0;
  }

  /** `get_ciphers()`: every suite of the ESP32, whatever `setCiphers` was given. */
  static cipherNames(): string[] {
    return CIPHER_SUITES.map((suite) => suite.name);
  }
}
