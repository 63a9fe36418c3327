/** Waiting for ServerHello: `ssl_parse_server_hello` in mbedTLS's ssl_tls12_client.c. */

import { concatenate, equalConstantTime } from "../bytes.ts";
import { type CipherSuite, cipherSuiteFromId, usesPsk } from "../ciphersuites.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { ExpectChangeCipherSpec, sendFinished } from "../handshake12/finished.ts";
import { type Handshake12, handshakeHeap, type PreviousHandshake } from "../handshake12/handshake.ts";
import type { Negotiated } from "../handshake12/negotiated.ts";
import { deriveSecrets } from "../handshake12/secrets.ts";
import type { Session12 } from "../handshake12/session.ts";
import { establish } from "../handshake12/traffic.ts";
import { MAX_RENEGOTIATION_RECORDS, VERIFY_DATA_LENGTH } from "../limits.ts";
import {
  EXTENSION_TYPES,
  type Extension,
  POINT_FORMAT_COMPRESSED_PRIME,
  POINT_FORMAT_UNCOMPRESSED,
} from "../messages/extensions.ts";
import { decodeHelloVerifyRequest } from "../messages/hello-verify-request.ts";
import { HANDSHAKE_TYPES, type Message } from "../messages/message.ts";
import {
  decodeExtensions,
  decodeServerHello,
  type ServerHello,
  serverHelloVersion,
} from "../messages/server-hello.ts";
import { helloVersion } from "../record/content-type.ts";
import { requireHandshake, type State, unexpectedMessage } from "../state.ts";
import { expectServerFlight } from "./server-flight.ts";
import { awaitTicket } from "./ticket.ts";

const COMPRESSION_NULL = 0;

export class ExpectServerHello implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #random: Uint8Array;
  readonly #offeredSessionId: Uint8Array;
  readonly #verify: (cookie: Uint8Array) => State;
  #recordsInBetween = 0;

  /** @param verify - Answers HelloVerifyRequest, which comes over DTLS. */
  constructor(
    handshake: Handshake12,
    random: Uint8Array,
    offeredSessionId: Uint8Array,
    verify: (cookie: Uint8Array) => State,
  ) {
    this.#handshake = handshake;
    this.#random = random;
    this.#offeredSessionId = offeredSessionId;
    this.#verify = verify;
  }

  handle(message: Message): State {
    if (message.kind !== "handshake" && this.#handshake.setting.previous) return this.#passOver(message);
    const { type, body, bytes } = requireHandshake(message, "ServerHello");
    const { context } = this.#handshake;
    if (type === HANDSHAKE_TYPES.HelloVerifyRequest && context.isDatagram) {
      return this.#verify(decodeHelloVerifyRequest(body));
    }
    if (type !== HANDSHAKE_TYPES.ServerHello)
      throw decodeError(`handshake type ${type} instead of ServerHello`);
    if (serverHelloVersion(body) !== helloVersion(context)) {
      throw new MbedTlsError(ERR.SSL_BAD_PROTOCOL_VERSION, { alert: "protocol_version" });
    }
    const hello = decodeServerHello(body);
    const cipherSuite = this.#choose(hello.cipherSuite, hello.compressionMethod);
    const resumed = this.#resumed(hello, cipherSuite);
    const extensions = this.#readExtensions(hello);
    const negotiated = this.#negotiate(hello, cipherSuite, extensions, resumed);
    this.#checkRenegotiation(extensions);
    if (!resumed) this.#handshake.io.resizeHeap(handshakeHeap(cipherSuite));
    this.#handshake.transcript.add(bytes);
    this.#handshake.transcript.select(cipherSuite.prfHash);
    return resumed
      ? resume(this.#handshake, negotiated, resumed)
      : expectServerFlight(this.#handshake, negotiated);
  }

  /** Until a renegotiation's ServerHello comes, the server may have more data under way. */
  #passOver(message: Message): State {
    if (++this.#recordsInBetween > MAX_RENEGOTIATION_RECORDS) {
      throw unexpectedMessage("renegotiation was asked for and is not answered");
    }
    if (message.kind === "application_data") this.#handshake.io.deliver(message.data);
    else if (message.kind !== "alert") throw unexpectedMessage(`${message.kind} after the handshake`);
    return this;
  }

  #choose(id: number, compressionMethod: number): CipherSuite {
    if (compressionMethod !== COMPRESSION_NULL) {
      throw new MbedTlsError(ERR.SSL_FEATURE_UNAVAILABLE, { alert: "illegal_parameter" });
    }
    const suite = cipherSuiteFromId(id);
    if (!suite) throw new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { alert: "internal_error" });
    const { context } = this.#handshake;
    if (!context.cipherSuites.includes(suite)) {
      throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter" });
    }
    // Configured, but not offered for want of a key.
    if (usesPsk(suite) && !context.psk) {
      throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure" });
    }
    return suite;
  }

  /** The session that the server agrees to resume: it repeats the offered id. */
  #resumed(hello: ServerHello, cipherSuite: CipherSuite): Session12 | undefined {
    const offered = this.#handshake.setting.resume;
    const id = this.#offeredSessionId;
    const agreed = id.length > 0 && equalConstantTime(hello.sessionId, id);
    return offered && agreed && offered.cipherSuite === cipherSuite ? offered : undefined;
  }

  #readExtensions(hello: ServerHello): ReadonlySet<number> {
    const seen = new Set<number>();
    for (const extension of decodeExtensions(hello.extensions)) {
      this.#checkExtension(extension);
      seen.add(extension.type);
    }
    return seen;
  }

  /** Checks an answer's content. Extensions that mbedTLS does not know it ignores, whether offered or not. */
  #checkExtension({ type, data }: Extension): void {
    switch (type) {
      case EXTENSION_TYPES.renegotiation_info:
        if (!isRenegotiationInfo(data, this.#handshake.setting.previous)) {
          throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure" });
        }
        return;
      case EXTENSION_TYPES.max_fragment_length: {
        const asked = this.#handshake.context.maxFragmentLength;
        if (asked === 0 || data.length !== 1 || data[0] !== asked) {
          throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter" });
        }
        return;
      }
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

  /** RFC 5746 section 3.5: in a renegotiation the server must answer with what it knows. */
  #checkRenegotiation(extensions: ReadonlySet<number>): void {
    const { previous } = this.#handshake.setting;
    const seen = extensions.has(EXTENSION_TYPES.renegotiation_info);
    if (previous && !(previous.secureRenegotiation && seen)) {
      throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure" });
    }
  }

  #negotiate(
    hello: ServerHello,
    cipherSuite: CipherSuite,
    extensions: ReadonlySet<number>,
    resumed: Session12 | undefined,
  ): Negotiated {
    const encryptThenMac = extensions.has(EXTENSION_TYPES.encrypt_then_mac);
    return {
      cipherSuite,
      randoms: { client: this.#random, server: hello.random },
      sessionId: hello.sessionId,
      extendedMasterSecret: extensions.has(EXTENSION_TYPES.extended_master_secret),
      // mbedTLS starts from the session that it resumes.
      encryptThenMac: encryptThenMac || resumed?.encryptThenMac === true,
      maxFragmentLength: this.#handshake.context.maxFragmentLength,
      secureRenegotiation: extensions.has(EXTENSION_TYPES.renegotiation_info),
      ticketExpected: extensions.has(EXTENSION_TYPES.session_ticket),
    };
  }
}

/** The abbreviated handshake: the server's Finished comes first. */
function resume(handshake: Handshake12, negotiated: Negotiated, session: Session12): State {
  const secrets = deriveSecrets(handshake, negotiated, session.masterSecret);
  const { peerCertificates } = session;
  return awaitTicket(handshake, negotiated, (ticket) => {
    const next = () => {
      sendFinished(handshake, negotiated, secrets);
      const kept = ticket.length > 0 ? ticket : session.ticket;
      return establish(handshake, { ...negotiated, peerCertificates }, secrets.master, kept);
    };
    return new ExpectChangeCipherSpec(handshake, negotiated, secrets, next);
  });
}

/** Empty in a first handshake; then both Finished messages' data: RFC 5746 sections 3.4 and 3.5. */
function isRenegotiationInfo(data: Uint8Array, previous: PreviousHandshake | undefined): boolean {
  if (!previous) return data.length === 1 && data[0] === 0;
  const expected = concatenate(
    Uint8Array.of(2 * VERIFY_DATA_LENGTH),
    previous.clientVerifyData,
    previous.serverVerifyData,
  );
  return equalConstantTime(data, expected);
}

/** `ssl_parse_supported_point_formats_ext` */
function checkPointFormats(data: Uint8Array): void {
  if (data.length === 0 || data.length !== 1 + (data[0] ?? 0)) throw decodeError("bad ec_point_formats");
  const formats = data.subarray(1);
  if (!formats.includes(POINT_FORMAT_UNCOMPRESSED) && !formats.includes(POINT_FORMAT_COMPRESSED_PRIME)) {
    throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "handshake_failure" });
  }
}
