/** Waiting for ServerHello: `ssl_parse_server_hello` in mbedTLS's ssl_tls12_client.c. */

import { type CipherSuite, cipherSuiteFromId } from "../ciphersuites.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import {
  EXTENSION_TYPES,
  type Extension,
  POINT_FORMAT_COMPRESSED_PRIME,
  POINT_FORMAT_UNCOMPRESSED,
} from "../messages/extensions.ts";
import { HANDSHAKE_TYPES, type Message } from "../messages/message.ts";
import { decodeExtensions, decodeServerHello, serverHelloVersion } from "../messages/server-hello.ts";
import { VERSION_TLS12 } from "../record/content-type.ts";
import { requireHandshake, type State } from "../state.ts";
import { ExpectCertificate } from "./certificate.ts";
import type { ClientHandshake } from "./handshake.ts";

const COMPRESSION_NULL = 0;

/** What ServerHello has settled. */
export interface Negotiated {
  readonly cipherSuite: CipherSuite;
  readonly serverRandom: Uint8Array;
  readonly extendedMasterSecret: boolean;
  /** The server has said that a NewSessionTicket will come. */
  readonly ticketExpected: boolean;
}

export class ExpectServerHello implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;

  constructor(handshake: ClientHandshake) {
    this.#handshake = handshake;
  }

  handle(message: Message): State {
    const { type, body, bytes } = requireHandshake(message, "ServerHello");
    if (type !== HANDSHAKE_TYPES.ServerHello)
      throw decodeError(`handshake type ${type} instead of ServerHello`);
    if (serverHelloVersion(body) !== VERSION_TLS12) {
      throw new MbedTlsError(ERR.SSL_BAD_PROTOCOL_VERSION, { alert: "protocol_version" });
    }
    const hello = decodeServerHello(body);
    const cipherSuite = this.#choose(hello.cipherSuite, hello.compressionMethod);
    const extensions = new Map<number, Extension>();
    for (const extension of decodeExtensions(hello.extensions)) {
      checkExtension(extension);
      extensions.set(extension.type, extension);
    }
    this.#handshake.transcript.add(bytes);
    this.#handshake.transcript.select(cipherSuite.prfHash);
    return new ExpectCertificate(this.#handshake, {
      cipherSuite,
      serverRandom: hello.random,
      extendedMasterSecret: extensions.has(EXTENSION_TYPES.extended_master_secret),
      ticketExpected: extensions.has(EXTENSION_TYPES.session_ticket),
    });
  }

  #choose(id: number, compressionMethod: number): CipherSuite {
    if (compressionMethod !== COMPRESSION_NULL) {
      throw new MbedTlsError(ERR.SSL_FEATURE_UNAVAILABLE, { alert: "illegal_parameter" });
    }
    const suite = cipherSuiteFromId(id);
    if (!suite) throw new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { alert: "internal_error" });
    if (!this.#handshake.context.cipherSuites.includes(suite)) {
      throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter" });
    }
    // Configured, but not offered.
    if (!suite.implemented) throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure" });
    return suite;
  }
}

/** Checks an answer's content. Extensions that mbedTLS does not know it ignores, whether offered or not. */
function checkExtension({ type, data }: Extension): void {
  switch (type) {
    case EXTENSION_TYPES.renegotiation_info: // RFC 5746 section 3.4: empty in a first handshake
      if (data.length !== 1 || data[0] !== 0) {
        throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure" });
      }
      return;
    case EXTENSION_TYPES.encrypt_then_mac: // RFC 7366: says nothing about AEAD suites
    case EXTENSION_TYPES.extended_master_secret:
    case EXTENSION_TYPES.session_ticket:
      if (data.length !== 0) {
        throw new MbedTlsError(ERR.SSL_UNSUPPORTED_EXTENSION, { alert: "unsupported_extension" });
      }
      return;
    case EXTENSION_TYPES.ec_point_formats:
      checkPointFormats(data);
      return;
  }
}

/** `ssl_parse_supported_point_formats_ext` */
function checkPointFormats(data: Uint8Array): void {
  if (data.length === 0 || data.length !== 1 + (data[0] ?? 0)) throw decodeError("bad ec_point_formats");
  const formats = data.subarray(1);
  if (!formats.includes(POINT_FORMAT_UNCOMPRESSED) && !formats.includes(POINT_FORMAT_COMPRESSED_PRIME)) {
    throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure" });
  }
}
