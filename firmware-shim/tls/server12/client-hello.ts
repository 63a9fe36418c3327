/** A client's hello and what the server makes of it: `ssl_parse_client_hello` in mbedTLS's ssl_tls12_server.c. */

import { ByteReader, concatenate, equalConstantTime } from "../bytes.ts";
import type { MaxFragmentLengthCode } from "../context.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import type { PreviousHandshake } from "../handshake12/handshake.ts";
import { MAX_CLIENT_GROUPS, VERIFY_DATA_LENGTH } from "../limits.ts";
import {
  decodeClientExtensions,
  decodeClientHello,
  decodeUint16List,
  EMPTY_RENEGOTIATION_INFO_SCSV,
} from "../messages/client-hello.ts";
import { EXTENSION_TYPES, KNOWN_CURVES, SIGNATURE_ALGORITHMS } from "../messages/extensions.ts";

/** What the extensions say, as far as mbedTLS looks at them. */
export interface ClientOffer {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** Over DTLS; empty without. */
  readonly cookie: Uint8Array;
  readonly cipherSuites: readonly number[];
  /** Groups that mbedTLS knows; undefined without the extension. */
  readonly groups: readonly number[] | undefined;
  /** SignatureAndHashAlgorithm pairs that the server has too, in the client's order. */
  readonly signatureAlgorithms: readonly number[];
  readonly hasPointFormats: boolean;
  readonly maxFragmentLength: MaxFragmentLengthCode;
  readonly encryptThenMac: boolean;
  readonly extendedMasterSecret: boolean;
  /** Undefined without the extension. */
  readonly ticket: Uint8Array | undefined;
  readonly secureRenegotiation: boolean;
}

/** A client without the extension is taken to verify SHA-1: RFC 5246 section 7.4.1.4.1. */
const DEFAULT_SIGNATURE_ALGORITHMS: readonly number[] = [0x0203, 0x0201];

const MAX_FRAGMENT_LENGTH_INVALID = 5;
const HOST_NAME_HEADER_LENGTH = 3;
const NAME_TYPE_HOST_NAME = 0;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** @throws MbedTlsError, with the alert where mbedTLS sends one. */
export function readClientOffer(
  body: Uint8Array,
  previous: PreviousHandshake | undefined,
  isDatagram = false,
): ClientOffer {
  const { random, sessionId, cookie, cipherSuites, extensions } = decodeClientHello(body, isDatagram);
  const offer: Mutable<ClientOffer> = {
    random,
    sessionId,
    cookie,
    cipherSuites,
    groups: undefined,
    signatureAlgorithms: DEFAULT_SIGNATURE_ALGORITHMS,
    hasPointFormats: false,
    maxFragmentLength: 0,
    encryptThenMac: false,
    extendedMasterSecret: false,
    ticket: undefined,
    secureRenegotiation: previous?.secureRenegotiation ?? false,
  };
  let renegotiationInfoSeen = false;
  for (const { type, data } of decodeClientExtensions(extensions)) {
    if (type === EXTENSION_TYPES.renegotiation_info) {
      checkRenegotiationInfo(data, previous);
      offer.secureRenegotiation = true;
      renegotiationInfoSeen = true;
    } else readExtension(offer, type, data);
  }
  checkRenegotiation(offer, previous, renegotiationInfoSeen);
  return offer;
}

function readExtension(offer: Mutable<ClientOffer>, type: number, data: Uint8Array): void {
  switch (type) {
    case EXTENSION_TYPES.server_name:
      checkServerName(data);
      return;
    case EXTENSION_TYPES.signature_algorithms:
      offer.signatureAlgorithms = readSignatureAlgorithms(data);
      return;
    case EXTENSION_TYPES.supported_groups:
      if (offer.groups) throw illegalParameter();
      offer.groups = readGroups(data);
      return;
    case EXTENSION_TYPES.ec_point_formats:
      if (data.length === 0 || data.length !== 1 + (data[0] ?? 0)) throw decodeError("bad ec_point_formats");
      offer.hasPointFormats = true;
      return;
    case EXTENSION_TYPES.max_fragment_length: {
      const [code] = data;
      if (data.length !== 1 || code === undefined || code >= MAX_FRAGMENT_LENGTH_INVALID) {
        throw illegalParameter();
      }
      offer.maxFragmentLength = code as MaxFragmentLengthCode;
      return;
    }
    case EXTENSION_TYPES.encrypt_then_mac:
      if (data.length > 0) throw decodeError("bad encrypt_then_mac");
      offer.encryptThenMac = true;
      return;
    case EXTENSION_TYPES.extended_master_secret:
      if (data.length > 0) throw decodeError("bad extended_master_secret");
      offer.extendedMasterSecret = true;
      return;
    case EXTENSION_TYPES.session_ticket:
      offer.ticket = data;
      return;
  }
}

function illegalParameter(): MbedTlsError {
  return new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter" });
}

function handshakeFailure(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure", reason });
}

/** The name is not used: MicroPython's server has one certificate. Only its form is looked at, up to a host name. */
export function checkServerName(data: Uint8Array): void {
  const names = new ByteReader(new ByteReader(data).vector(2));
  while (names.remaining > 0) {
    if (names.remaining < HOST_NAME_HEADER_LENGTH) throw decodeError("bad server_name");
    const type = names.uint(1);
    names.vector(2);
    if (type === NAME_TYPE_HOST_NAME) return;
  }
}

/** `mbedtls_ssl_parse_sig_alg_ext` */
function readSignatureAlgorithms(data: Uint8Array): number[] {
  const reader = new ByteReader(data);
  const algorithms = decodeUint16List(reader.vector(2)).filter((pair) => SIGNATURE_ALGORITHMS.has(pair));
  if (reader.remaining > 0) throw decodeError("bytes after signature_algorithms");
  if (algorithms.length === 0) throw handshakeFailure("no common signature algorithm");
  return algorithms;
}

/** `ssl_parse_supported_groups_ext` */
function readGroups(data: Uint8Array): number[] {
  const reader = new ByteReader(data);
  const list = reader.vector(2);
  if (reader.remaining > 0 || list.length % 2 !== 0) throw decodeError("bad supported_groups");
  return decodeUint16List(list)
    .filter((group) => KNOWN_CURVES.has(group))
    .slice(0, MAX_CLIENT_GROUPS);
}

/** Empty in a first handshake, later the client's last `verify_data`: RFC 5746 sections 3.6 and 3.7. */
function checkRenegotiationInfo(data: Uint8Array, previous: PreviousHandshake | undefined): void {
  const expected = previous
    ? concatenate(Uint8Array.of(VERIFY_DATA_LENGTH), previous.clientVerifyData)
    : Uint8Array.of(0);
  if (!equalConstantTime(data, expected)) throw handshakeFailure("renegotiation_info does not match");
}

function checkRenegotiation(
  offer: Mutable<ClientOffer>,
  previous: PreviousHandshake | undefined,
  renegotiationInfoSeen: boolean,
): void {
  if (offer.cipherSuites.includes(EMPTY_RENEGOTIATION_INFO_SCSV)) {
    if (previous) throw handshakeFailure("SCSV in a renegotiation");
    offer.secureRenegotiation = true;
  }
  if (previous && !renegotiationInfoSeen) throw handshakeFailure("renegotiation without renegotiation_info");
}
