/** ServerHello: RFC 5246 section 7.4.1.3, with the checks of `ssl_parse_server_hello` in mbedTLS. */

import { ByteReader, concatenate, encodeUint, encodeVector } from "../bytes.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { RANDOM_LENGTH, SESSION_ID_LENGTH } from "../limits.ts";
import { VERSION_TLS12 } from "../record/content-type.ts";
import type { Extension } from "./extensions.ts";

/** Version, random, an empty session_id, suite, compression method. */
export const MIN_SERVER_HELLO_LENGTH = 38;
const EXTENSION_HEADER_LENGTH = 4;

export interface ServerHello {
  readonly version: number;
  /** 32 bytes. */
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuite: number;
  readonly compressionMethod: number;
  /** The extensions' bytes, which `decodeExtensions` takes apart. */
  readonly extensions: Uint8Array;
}

/** The version alone, which is judged before the rest. */
export function serverHelloVersion(body: Uint8Array): number {
  if (body.length < MIN_SERVER_HELLO_LENGTH) throw decodeError("ServerHello is too short");
  return new ByteReader(body).uint(2);
}

/** @throws MbedTlsError decode_error. */
export function decodeServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body);
  const version = reader.uint(2);
  const random = reader.bytes(RANDOM_LENGTH);
  const sessionIdLength = reader.uint(1);
  if (sessionIdLength > SESSION_ID_LENGTH) throw decodeError("session_id is too long");
  const sessionId = reader.bytes(sessionIdLength);
  const cipherSuite = reader.uint(2);
  const compressionMethod = reader.uint(1);
  let extensions: Uint8Array = new Uint8Array(0);
  if (reader.remaining > 0) {
    extensions = reader.vector(2);
    const tooShort = extensions.length > 0 && extensions.length < EXTENSION_HEADER_LENGTH;
    if (tooShort || reader.remaining > 0) throw decodeError("bad length of extensions");
  }
  return { version, random, sessionId, cipherSuite, compressionMethod, extensions };
}

/**
 * The extensions one after the other, so that each is judged before the next is looked at.
 *
 * @throws MbedTlsError decode_error; without an alert where the list ends inside an extension's header, where
 * mbedTLS forgets it.
 */
export function* decodeExtensions(extensions: Uint8Array): Generator<Extension> {
  const reader = new ByteReader(extensions);
  while (reader.remaining > 0) {
    if (reader.remaining < EXTENSION_HEADER_LENGTH) {
      throw new MbedTlsError(ERR.SSL_DECODE_ERROR, { reason: "the extensions end inside a header" });
    }
    const type = reader.uint(2);
    yield { type, data: reader.vector(2) };
  }
}

/** The body of a ServerHello; `extensions` are whole ones, in mbedTLS's order, and left out where there are none. */
export function encodeServerHello(
  random: Uint8Array,
  sessionId: Uint8Array,
  cipherSuite: number,
  extensions: readonly Uint8Array[],
  version = VERSION_TLS12,
): Uint8Array {
  return concatenate(
    encodeUint(version, 2),
    random,
    encodeVector(1, sessionId),
    encodeUint(cipherSuite, 2),
    Uint8Array.of(0), // compression: null
    extensions.length > 0 ? encodeVector(2, ...extensions) : new Uint8Array(0),
  );
}
