/** What an `SSLContext` holds: the configuration that its connections share (`mbedtls_ssl_config`). */

import { CIPHER_SUITES, type CipherSuite, cipherSuiteFromName, usesPsk } from "./ciphersuites.ts";
import { CIPHER_SUITES_13, type CipherSuite13, cipherSuite13FromName } from "./ciphersuites13.ts";
import type { PrivateKey } from "./crypto/provider.ts";
import { ERR } from "./errors.ts";
import { MAX_PLAINTEXT_OUT, MAX_PSK_LENGTH } from "./limits.ts";
import type { SessionCache } from "./server12/session-cache.ts";
import type { SessionTickets } from "./server12/session-tickets.ts";
import { type Certificate, parseCertificates } from "./x509/certificate.ts";
import { type ParsedPrivateKey, parsePrivateKey } from "./x509/private-key.ts";

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

/** mbedTLS keeps the mode in a byte. */
export const VERIFY_MODE_MASK = 0xff;

/**
 * What a callback returns that does not know its answer yet: the operation then gives "want-answer", and
 * `TlsConnection.answer` brings it. So Python answers, into which the engine cannot call.
 */
export type Later = "later";

/**
 * Judges one certificate of a chain: `SSLContext.verify_callback`. Gets its DER and its depth (0 is the peer's own)
 * and returns 0 to go on, or the error code that ends the handshake. It must not throw.
 */
export type VerifyCallback = (der: Uint8Array, depth: number) => number | Later;

/** A client's pre-shared key and the identity that goes with it. */
export interface Psk {
  readonly identity: Uint8Array;
  readonly key: Uint8Array;
}

/**
 * Finds the key for an identity that a client presents: `SSLContext.server_psk_keys`. Undefined where there is none.
 * It must not throw: MicroPython swallows whatever the mapping raises.
 */
export type PskLookup = (identity: Uint8Array) => Uint8Array | undefined | Later;

/** MaxFragmentLength (RFC 6066 section 4): 512 to 4096 bytes; 0 leaves the extension out. */
export type MaxFragmentLengthCode = 0 | 1 | 2 | 3 | 4;

/** A connection reads its context while it works, as mbedTLS does: changes reach connections under way. */
export class TlsContext {
  readonly isServer: boolean;
  readonly isDatagram: boolean;
  /** `CERT_NONE`, `CERT_OPTIONAL` or `CERT_REQUIRED`, but MicroPython stores any integer. */
  verifyMode: number;
  verifyCallback: VerifyCallback | undefined;
  /**
   * Whether handshakes after the first are taken part in (`mbedtls_ssl_conf_renegotiation`). MicroPython leaves it
   * off, as mbedTLS does.
   */
  renegotiation = false;
  /**
   * Whether TLS 1.3 may be used besides TLS 1.2 (`mbedtls_ssl_conf_max_tls_version`), which the ESP32's mbedTLS is built
   * without. To be set before `setCiphers`.
   */
  tls13 = false;
  /** What a client asks for (`mbedtls_ssl_conf_max_frag_len`); MicroPython asks for nothing. */
  maxFragmentLength: MaxFragmentLengthCode = 0;
  /** A server's tickets (`mbedtls_ssl_conf_session_tickets_cb`); MicroPython has none. */
  sessionTickets: SessionTickets | undefined;
  /** A server's sessions (`mbedtls_ssl_conf_session_cache`); MicroPython keeps none. */
  sessionCache: SessionCache | undefined;
  /** The secret of a DTLS server's cookies (`mbedtls_ssl_cookie_setup`), made when it is needed. */
  cookieKey: Uint8Array | undefined;
  #trusted: readonly Certificate[] = [];
  #cipherSuites: readonly CipherSuite[] = CIPHER_SUITES;
  #cipherSuites13: readonly CipherSuite13[] = CIPHER_SUITES_13;
  #ciphersChosen = false;
  #ownCertificates: readonly Certificate[] = [];
  #privateKey: PrivateKey | undefined;
  #psk: Psk | undefined;
  #pskLookup: PskLookup | undefined;

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

  /** The chain to show, the own certificate first; empty without `loadCertChain`. */
  get ownCertificates(): readonly Certificate[] {
    return this.#ownCertificates;
  }

  /** The key of the first of `ownCertificates`, if it fits; that is not looked at. */
  get privateKey(): PrivateKey | undefined {
    return this.#privateKey;
  }

  get psk(): Psk | undefined {
    return this.#psk;
  }

  get pskLookup(): PskLookup | undefined {
    return this.#pskLookup;
  }

  /** Whether a server can use PSK suites (`ssl_conf_has_psk_or_cb`). */
  get hasPskOrLookup(): boolean {
    return this.#psk !== undefined || this.#pskLookup !== undefined;
  }

  /** The suites of TLS 1.3 that may be used, most preferred first; none where it is not used. */
  get cipherSuites13(): readonly CipherSuite13[] {
    return this.tls13 && !this.isDatagram ? this.#cipherSuites13 : [];
  }

  /** The suites of TLS 1.2 that may be used, most preferred first. */
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
   * Adds certificates to the own chain and sets their key, each PEM or DER: `ssl_context_load_key`.
   *
   * A key can be set once. A second call fails and takes the key away, except for DER that is not PKCS#8: so it is
   * with `mbedtls_pk_parse_key`, which MicroPython calls on a context in use.
   *
   * @returns 0, `MBEDTLS_ERR_PK_BAD_INPUT_DATA` ("invalid key") or `MBEDTLS_ERR_X509_BAD_INPUT_DATA` ("invalid
   * cert"), whatever is wrong with them. The key is looked at first, and stays where the certificate is bad.
   */
  loadCertChain(certificates: Uint8Array, key: Uint8Array): number {
    const hadKey = this.#privateKey !== undefined;
    this.#privateKey = undefined;
    const parsed = tryParseKey(key);
    if (!parsed || (hadKey && (parsed.format === "pem" || parsed.format === "pkcs8"))) {
      return ERR.PK_BAD_INPUT_DATA;
    }
    this.#privateKey = parsed.key;
    try {
      this.#ownCertificates = [...this.#ownCertificates, ...parseCertificates(certificates)];
      return 0;
    } catch {
      return ERR.X509_BAD_INPUT_DATA;
    }
  }

  /**
   * Sets identity and key, once both are known: `mbedtls_ssl_conf_psk` and `ssl_context_set_psk`. From then on only
   * PSK suites are used, unless `setCiphers` has chosen.
   *
   * @returns 0, `MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE` where they are set already, or
   * `MBEDTLS_ERR_SSL_BAD_INPUT_DATA` for an empty one or one that is too long.
   */
  setPsk(identity: Uint8Array, key: Uint8Array): number {
    if (this.#psk) return ERR.SSL_FEATURE_UNAVAILABLE;
    if (key.length === 0 || key.length > MAX_PSK_LENGTH) return ERR.SSL_BAD_INPUT_DATA;
    if (identity.length === 0 || identity.length > MAX_PLAINTEXT_OUT) return ERR.SSL_BAD_INPUT_DATA;
    this.#psk = { identity: identity.slice(), key: key.slice() };
    this.#restrictToPsk();
    return 0;
  }

  /** Sets `server_psk_keys`; a lookup that finds nothing stands for None. Restricts the suites as `setPsk` does. */
  setServerPskKeys(lookup: PskLookup): void {
    this.#pskLookup = lookup;
    this.#restrictToPsk();
  }

  /** `ssl_context_restrict_to_psk_ciphersuites` */
  #restrictToPsk(): void {
    if (this.#ciphersChosen) return;
    this.#ciphersChosen = true;
    this.#cipherSuites = CIPHER_SUITES.filter(usesPsk);
    this.#cipherSuites13 = [];
  }

  /**
   * Sets the suites, by mbedTLS's names, in order of preference.
   *
   * @returns 0, or `MBEDTLS_ERR_SSL_BAD_CONFIG` for an empty list or an unknown name, which change nothing.
   */
  setCiphers(names: readonly string[]): number {
    const suites: CipherSuite[] = [];
    const suites13: CipherSuite13[] = [];
    // MicroPython has its list by then, empty as it may stay.
    if (names.length > 0) this.#ciphersChosen = true;
    for (const name of names) {
      const suite = cipherSuiteFromName(name);
      const suite13 = this.tls13 ? cipherSuite13FromName(name) : undefined;
      if (suite) suites.push(suite);
      else if (suite13) suites13.push(suite13);
      else return ERR.SSL_BAD_CONFIG;
    }
    if (suites.length + suites13.length === 0) return ERR.SSL_BAD_CONFIG;
    this.#cipherSuites = suites;
    this.#cipherSuites13 = suites13;
    return 0;
  }

  /**
   * `get_ciphers()`: every suite of the ESP32, whatever `setCiphers` was given; before them those of TLS 1.3 where that
   * may be used (`mbedtls_ssl_list_ciphersuites`).
   */
  static cipherNames(tls13 = false): string[] {
    return [...(tls13 ? CIPHER_SUITES_13 : []), ...CIPHER_SUITES].map((suite) => suite.name);
  }
}

function tryParseKey(data: Uint8Array): ParsedPrivateKey | undefined {
  try {
    return parsePrivateKey(data);
  } catch {
    return undefined;
  }
}
