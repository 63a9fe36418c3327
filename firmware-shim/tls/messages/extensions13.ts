/**
 * Extensions of TLS 1.3: RFC 8446 section 4.2, and which of them a message may have
 * (`mbedtls_ssl_tls13_check_received_extension`).
 */

import { concatenate, encodeUint, encodeUint16List, encodeVector } from "../bytes.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { VERSION_TLS13 } from "../record/content-type.ts";
import { EXTENSION_TYPES, type ExtensionName, encodeExtension } from "./extensions.ts";

/** PskKeyExchangeMode with (EC)DHE: section 4.2.9. mbedTLS can do the one without, too. */
export const PSK_DHE_KE = 1;

/** A ClientHello's supported_versions: section 4.2.1. */
export function encodeSupportedVersions(versions: readonly number[]): Uint8Array {
  return encodeExtension("supported_versions", encodeVector(1, encodeUint16List(versions)));
}

/** A server's supported_versions. */
export function encodeSelectedVersion(): Uint8Array {
  return encodeExtension("supported_versions", encodeUint(VERSION_TLS13, 2));
}

/** A KeyShareEntry: section 4.2.8. */
export function encodeKeyShareEntry(group: number, publicKey: Uint8Array): Uint8Array {
  return concatenate(encodeUint(group, 2), encodeVector(2, publicKey));
}

/** A client's PskIdentity and the length of its binder: section 4.2.11. */
export interface OfferedPsk {
  readonly identity: Uint8Array;
  readonly obfuscatedTicketAge: number;
  readonly binderLength: number;
}

/** A pre_shared_key extension with one identity, its binder still zero. */
export function encodePreSharedKey({ identity, obfuscatedTicketAge, binderLength }: OfferedPsk): Uint8Array {
  const entry = concatenate(encodeVector(2, identity), encodeUint(obfuscatedTicketAge, 4));
  const binders = encodeVector(1, new Uint8Array(binderLength));
  return encodeExtension("pre_shared_key", encodeVector(2, entry), encodeVector(2, binders));
}

/** Bytes of a list of binders with one. */
export function bindersLength(binderLength: number): number {
  return 2 + 1 + binderLength;
}

const types = (...names: readonly ExtensionName[]): ReadonlySet<number> =>
  new Set(names.map((name) => EXTENSION_TYPES[name]));

const ALLOWED = {
  ServerHello: types("key_share", "pre_shared_key", "supported_versions"),
  HelloRetryRequest: types("key_share", "cookie", "supported_versions"),
  EncryptedExtensions: types(
    "server_name",
    "max_fragment_length",
    "supported_groups",
    "use_srtp",
    "heartbeat",
    "application_layer_protocol_negotiation",
    "client_certificate_type",
    "server_certificate_type",
    "early_data",
    "record_size_limit",
  ),
  Certificate: types("status_request", "signed_certificate_timestamp"),
} as const;

/** Of these messages unknown extensions are ignored; known ones that do not belong there are not. */
const FORBIDDEN = {
  ClientHello: types("oid_filters"),
  CertificateRequest: types(
    "server_name",
    "max_fragment_length",
    "supported_groups",
    "use_srtp",
    "heartbeat",
    "application_layer_protocol_negotiation",
    "client_certificate_type",
    "server_certificate_type",
    "padding",
    "key_share",
    "pre_shared_key",
    "psk_key_exchange_modes",
    "early_data",
    "cookie",
    "supported_versions",
    "post_handshake_auth",
    "record_size_limit",
  ),
} as const;

/**
 * Judges an extension that answers one of ours.
 *
 * @param sent - The extensions of the message that it answers.
 * @throws MbedTlsError illegal_parameter for one that the message must not have, mbedTLS's answer to unknown ones as
 * well; unsupported_extension for one that was not asked for.
 */
export function checkAnswer(message: keyof typeof ALLOWED, type: number, sent: ReadonlySet<number>): void {
  if (!ALLOWED[message].has(type)) throw illegalExtension(message, type);
  if (sent.has(type)) return;
  throw new MbedTlsError(ERR.SSL_UNSUPPORTED_EXTENSION, {
    alert: "unsupported_extension",
    reason: `extension ${type} in ${message} was not asked for`,
  });
}

/** Judges an extension of a message that may ask for anything. @throws MbedTlsError illegal_parameter. */
export function checkRequest(message: keyof typeof FORBIDDEN, type: number): void {
  if (FORBIDDEN[message].has(type)) throw illegalExtension(message, type);
}

function illegalExtension(message: string, type: number): MbedTlsError {
  return illegalParameter(`extension ${type} in ${message}`);
}

/** `MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER`, alert illegal_parameter. */
export function illegalParameter(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter", reason });
}

/** `MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE`, alert handshake_failure. */
export function handshakeFailure(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure", reason });
}
