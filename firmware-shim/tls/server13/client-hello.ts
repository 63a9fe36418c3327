/** A client's hello, as a TLS 1.3 server reads it: `ssl_tls13_parse_client_hello` in mbedTLS's ssl_tls13_server.c. */

import { ByteReader } from "../bytes.ts";
import type { CipherSuite13 } from "../ciphersuites13.ts";
import type { TlsContext } from "../context.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { RANDOM_LENGTH, SESSION_ID_LENGTH } from "../limits.ts";
import { decodeSignatureSchemes } from "../messages/certificate-request13.ts";
import { EXTENSION_TYPES, NAMED_GROUPS } from "../messages/extensions.ts";
import { checkRequest, handshakeFailure, illegalParameter, PSK_DHE_KE } from "../messages/extensions13.ts";
import { findExtension } from "../messages/server-hello13.ts";
import { VERSION_TLS12, VERSION_TLS13 } from "../record/content-type.ts";
import { checkServerName } from "../server12/client-hello.ts";

/** Fewest bytes of a ClientHello's body. */
const MIN_CLIENT_HELLO_LENGTH = 38;
const COMPRESSION_NULL = 0;
const PSK_KE = 0;
const MAX_PSK_MODES = 2;

export interface KeyShare {
  readonly group: number;
  readonly publicKey: Uint8Array;
}

/** What the extensions say, as far as mbedTLS looks at them. */
export interface ClientOffer13 {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuites: readonly number[];
  /** The first suite of the client's that the server has too. */
  readonly cipherSuite: CipherSuite13;
  /** The extensions that are there, by type. */
  readonly present: ReadonlySet<number>;
  /** The first of the client's groups that the server knows. */
  readonly group: number | undefined;
  /** The first key share of a group that the server knows. */
  readonly keyShare: KeyShare | undefined;
  readonly signatureSchemes: readonly number[];
  /** Whether the client takes PSKs with (EC)DHE. */
  readonly pskWithDhe: boolean;
  /** The content of pre_shared_key, which ends the body. */
  readonly preSharedKey: Uint8Array | undefined;
}

/**
 * The version to go on with: the first of the client's that the server has.
 *
 * @returns Undefined for TLS 1.2, of clients without supported_versions as well.
 * @throws MbedTlsError decode_error, protocol_version.
 */
export function selectVersion(body: Uint8Array, context: TlsContext): "TLSv1.3" | undefined {
  if (body.length < MIN_CLIENT_HELLO_LENGTH) throw decodeError("ClientHello is too short");
  const reader = new ByteReader(body);
  if (reader.uint(2) !== VERSION_TLS12) throw unsupportedVersion();
  reader.bytes(RANDOM_LENGTH);
  reader.vector(1); // session_id
  if (reader.vector(2).length % 2 !== 0) throw decodeError("bad length of cipher_suites");
  reader.vector(1); // compression_methods
  const data = findExtension(reader, EXTENSION_TYPES.supported_versions);
  if (!data) return undefined;
  const versions = new ByteReader(new ByteReader(data).vector(1));
  while (versions.remaining > 0) {
    const version = versions.uint(2);
    if (version === VERSION_TLS13) return "TLSv1.3";
    if (version === VERSION_TLS12 && context.cipherSuites.length > 0) return undefined;
  }
  throw unsupportedVersion();
}

function unsupportedVersion(): MbedTlsError {
  return new MbedTlsError(ERR.SSL_BAD_PROTOCOL_VERSION, { alert: "protocol_version" });
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type FromExtensions = Pick<
  ClientOffer13,
  "present" | "group" | "keyShare" | "signatureSchemes" | "pskWithDhe" | "preSharedKey"
>;

/** @throws MbedTlsError, with the alert where mbedTLS sends one. */
export function readClientOffer13(body: Uint8Array, context: TlsContext): ClientOffer13 {
  const reader = new ByteReader(body.subarray(2));
  const random = reader.bytes(RANDOM_LENGTH).slice();
  const sessionId = reader.vector(1).slice();
  // mbedTLS forgets the alert here.
  if (sessionId.length > SESSION_ID_LENGTH) throw new MbedTlsError(ERR.SSL_DECODE_ERROR);
  const cipherSuites = readUint16List(reader.vector(2));
  const cipherSuite = selectCipherSuite13(context, cipherSuites);
  if (!cipherSuite) throw handshakeFailure("no suite that both can use");
  const compression = reader.vector(1);
  if (compression.length !== 1 || compression[0] !== COMPRESSION_NULL) throw illegalParameter("compression");
  const extensions = readExtensions(reader.vector(2));
  return { random, sessionId, cipherSuites, cipherSuite, ...extensions };
}

/** The first of the client's suites that the server has too, or undefined (`ssl_tls13_select_ciphersuite`). */
function selectCipherSuite13(context: TlsContext, offered: readonly number[]): CipherSuite13 | undefined {
  for (const id of offered) {
    const suite = context.cipherSuites13.find((candidate) => candidate.id === id);
    if (suite) return suite;
  }
  return undefined;
}

function readUint16List(bytes: Uint8Array): number[] {
  const reader = new ByteReader(bytes);
  const values: number[] = [];
  while (reader.remaining > 0) values.push(reader.uint(2));
  return values;
}

function readExtensions(bytes: Uint8Array): FromExtensions {
  const present = new Set<number>();
  const offer: Mutable<FromExtensions> = {
    present,
    group: undefined,
    keyShare: undefined,
    signatureSchemes: [],
    pskWithDhe: false,
    preSharedKey: undefined,
  };
  const reader = new ByteReader(bytes);
  while (reader.remaining > 0) {
    if (offer.preSharedKey) throw illegalParameter("pre_shared_key is not the last extension");
    const type = reader.uint(2);
    const data = reader.vector(2);
    checkRequest("ClientHello", type);
    present.add(type);
    readExtension(offer, type, data);
  }
  return offer;
}

function readExtension(offer: Mutable<FromExtensions>, type: number, data: Uint8Array): void {
  switch (type) {
    case EXTENSION_TYPES.server_name:
      checkServerName(data);
      return;
    case EXTENSION_TYPES.supported_groups:
      offer.group = readUint16List(new ByteReader(data).vector(2)).find((group) => NAMED_GROUPS.has(group));
      return;
    case EXTENSION_TYPES.key_share:
      offer.keyShare = readKeyShares(data);
      return;
    case EXTENSION_TYPES.psk_key_exchange_modes:
      offer.pskWithDhe = readPskModes(data).includes(PSK_DHE_KE);
      return;
    case EXTENSION_TYPES.pre_shared_key:
      if (!offer.present.has(EXTENSION_TYPES.psk_key_exchange_modes)) {
        throw illegalParameter("pre_shared_key without psk_key_exchange_modes");
      }
      offer.preSharedKey = data;
      return;
    case EXTENSION_TYPES.signature_algorithms:
      offer.signatureSchemes = decodeSignatureSchemes(data);
      return;
  }
}

/** All shares are read, so that the message is known to be well-formed. */
function readKeyShares(data: Uint8Array): KeyShare | undefined {
  const shares = new ByteReader(new ByteReader(data).vector(2));
  let found: KeyShare | undefined;
  while (shares.remaining > 0) {
    const group = shares.uint(2);
    const publicKey = shares.vector(2);
    if (NAMED_GROUPS.has(group)) found ??= { group, publicKey: publicKey.slice() };
  }
  return found;
}

function readPskModes(data: Uint8Array): Uint8Array {
  const reader = new ByteReader(data);
  const length = reader.uint(1);
  if (length > MAX_PSK_MODES) throw illegalParameter("too many psk_key_exchange_modes");
  const modes = reader.bytes(length);
  if (modes.some((mode) => mode !== PSK_KE && mode !== PSK_DHE_KE)) {
    throw illegalParameter("an unknown psk_key_exchange_mode");
  }
  return modes;
}
