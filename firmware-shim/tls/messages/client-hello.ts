/** ClientHello: RFC 5246 section 7.4.1.2, as mbedTLS's ssl_client.c and ssl_tls12_client.c write it on an ESP32. */

import { ByteReader, concatenate, encodeUint, encodeUint16List, encodeVector } from "../bytes.ts";
import { type CipherSuite, usesEllipticCurves } from "../ciphersuites.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { RANDOM_LENGTH, SESSION_ID_LENGTH } from "../limits.ts";
import { helloVersion } from "../record/content-type.ts";
import {
  type Extension,
  encodeExtension,
  encodePointFormats,
  encodeRenegotiationInfo,
  encodeServerName,
  encodeSignatureAlgorithms,
  encodeSupportedGroups,
  NAMED_CURVES,
  POINT_FORMAT_UNCOMPRESSED,
  SIGNATURE_ALGORITHMS,
} from "./extensions.ts";

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV: RFC 5746 section 3.3. */
export const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
const COMPRESSION_NULL = 0;

export interface ClientHello {
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** Empty when there is nothing to resume. */
  readonly sessionId: Uint8Array;
  /** There over DTLS; empty until a server has asked for one (RFC 6347 section 4.2.1). */
  readonly cookie?: Uint8Array | undefined;
  readonly cipherSuites: readonly CipherSuite[];
  /** The host name of the server_name extension; an address is sent as well, as mbedTLS does. */
  readonly hostName: Uint8Array | undefined;
  /** The client's verify_data of the handshake before, where there was one. */
  readonly renegotiation: Uint8Array | undefined;
  /** A MaxFragmentLength, or 0. */
  readonly maxFragmentLength: number;
  /** Empty when there is nothing to resume. */
  readonly ticket: Uint8Array;
}

/** The body of a ClientHello. */
export function encodeClientHello(hello: ClientHello): Uint8Array {
  const suites = hello.cipherSuites.map((suite) => suite.id);
  // In a renegotiation the extension says it: RFC 5746 section 3.5.
  if (!hello.renegotiation) suites.push(EMPTY_RENEGOTIATION_INFO_SCSV);
  return concatenate(
    encodeUint(helloVersion({ isDatagram: hello.cookie !== undefined }), 2),
    hello.random,
    encodeVector(1, hello.sessionId),
    hello.cookie ? encodeVector(1, hello.cookie) : new Uint8Array(0),
    encodeVector(2, encodeUint16List(suites)),
    encodeVector(1, Uint8Array.of(COMPRESSION_NULL)),
    encodeVector(2, ...encodeExtensions(hello)),
  );
}

/** The order is mbedTLS's; servers and fingerprints see it. */
function encodeExtensions(hello: ClientHello): Uint8Array[] {
  const curves = hello.cipherSuites.some(usesEllipticCurves);
  const extensions: Uint8Array[] = [];
  if (hello.hostName !== undefined) extensions.push(encodeServerName(hello.hostName));
  if (curves) extensions.push(encodeSupportedGroups([...NAMED_CURVES.keys()]));
  extensions.push(encodeSignatureAlgorithms([...SIGNATURE_ALGORITHMS.keys()]));
  if (hello.renegotiation) extensions.push(encodeRenegotiationInfo(hello.renegotiation));
  if (curves) extensions.push(encodePointFormats([POINT_FORMAT_UNCOMPRESSED]));
  if (hello.maxFragmentLength !== 0) {
    extensions.push(encodeExtension("max_fragment_length", Uint8Array.of(hello.maxFragmentLength)));
  }
  extensions.push(encodeExtension("encrypt_then_mac"));
  extensions.push(encodeExtension("extended_master_secret"));
  extensions.push(encodeExtension("session_ticket", hello.ticket));
  return extensions;
}

/** A ClientHello as a server reads it. */
export interface ReceivedClientHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** Empty without. */
  readonly cookie: Uint8Array;
  readonly cipherSuites: readonly number[];
  /** The extensions' bytes, which `decodeClientExtensions` takes apart. */
  readonly extensions: Uint8Array;
}

/** Version, random, an empty session_id, and the lengths of two lists. */
const MIN_CLIENT_HELLO_LENGTH = 38;
const MAX_COMPRESSION_METHODS = 16;

/**
 * With the checks of `ssl_parse_client_hello`.
 *
 * @throws MbedTlsError decode_error, without an alert where it is too short; protocol_version for another version.
 */
export function decodeClientHello(body: Uint8Array, isDatagram = false): ReceivedClientHello {
  if (body.length < MIN_CLIENT_HELLO_LENGTH) {
    throw new MbedTlsError(ERR.SSL_DECODE_ERROR, { reason: "ClientHello is too short" });
  }
  const reader = new ByteReader(body);
  if (reader.uint(2) !== helloVersion({ isDatagram })) {
    throw new MbedTlsError(ERR.SSL_BAD_PROTOCOL_VERSION, { alert: "protocol_version" });
  }
  const random = reader.bytes(RANDOM_LENGTH);
  const sessionIdLength = reader.uint(1);
  if (sessionIdLength > SESSION_ID_LENGTH) throw decodeError("session_id is too long");
  const sessionId = reader.bytes(sessionIdLength);
  const cookie = isDatagram ? reader.vector(1) : new Uint8Array(0);
  const suites = reader.vector(2);
  if (suites.length < 2 || suites.length % 2 !== 0) throw decodeError("bad length of cipher_suites");
  const compressionMethods = reader.vector(1);
  if (compressionMethods.length < 1 || compressionMethods.length > MAX_COMPRESSION_METHODS) {
    throw decodeError("bad length of compression_methods");
  }
  const extensions = reader.remaining > 0 ? reader.vector(2) : new Uint8Array(0);
  if (reader.remaining > 0) throw decodeError("bytes after the extensions");
  return { random, sessionId, cookie, cipherSuites: decodeUint16List(suites), extensions };
}

/**
 * The extensions one after the other, so that each is judged before the next is looked at.
 *
 * @throws MbedTlsError decode_error.
 */
export function* decodeClientExtensions(extensions: Uint8Array): Generator<Extension> {
  const reader = new ByteReader(extensions);
  while (reader.remaining > 0) yield { type: reader.uint(2), data: reader.vector(2) };
}

/** The 16-bit values of a list of whole ones. */
export function decodeUint16List(bytes: Uint8Array): number[] {
  const reader = new ByteReader(bytes);
  const values: number[] = [];
  while (reader.remaining > 0) values.push(reader.uint(2));
  return values;
}
