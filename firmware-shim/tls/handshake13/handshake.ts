/** What all states of a TLS 1.3 handshake share: `mbedtls_ssl_handshake_params`. */

import type { TlsContext } from "../context.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { HANDSHAKE_HEADER_LENGTH, MAX_PLAINTEXT_OUT } from "../limits.ts";
import {
  encodeHandshake,
  HANDSHAKE_TYPES,
  type HandshakeMessage,
  type HandshakeName,
  type Message,
} from "../messages/message.ts";
import { type ConnectionIo, type Next, requireHandshake, type State, unexpectedMessage } from "../state.ts";
import { Transcript } from "../transcript.ts";

export class Handshake13 {
  readonly io: ConnectionIo;
  readonly context: TlsContext;
  readonly role: "client" | "server";
  /** For server_name and for the peer's certificate; undefined when none was set. */
  readonly hostName: string | undefined;
  readonly transcript: Transcript;
  #changeCipherSpecSent = false;

  constructor(
    io: ConnectionIo,
    context: TlsContext,
    role: "client" | "server",
    hostName: string | undefined,
  ) {
    this.io = io;
    this.context = context;
    this.role = role;
    this.hostName = hostName;
    this.transcript = new Transcript(io.crypto);
  }

  get peerRole(): "client" | "server" {
    return this.role === "client" ? "server" : "client";
  }

  /**
   * Adds a message to the transcript and sends it, in a record of its own.
   *
   * @throws MbedTlsError `SSL_BUFFER_TOO_SMALL` for one that does not fit: mbedTLS does not cut messages over TLS.
   */
  send(name: HandshakeName, body: Uint8Array): void {
    if (HANDSHAKE_HEADER_LENGTH + body.length > MAX_PLAINTEXT_OUT) {
      throw new MbedTlsError(ERR.SSL_BUFFER_TOO_SMALL, { reason: `a ${name} of ${body.length} bytes` });
    }
    this.transcript.add(this.io.sendHandshake(encodeHandshake(name, body)));
  }

  /** Once a handshake, for what stands in between and knows TLS 1.2 only: RFC 8446 appendix D.4. */
  sendChangeCipherSpec(): void {
    if (!this.#changeCipherSpecSent) this.io.sendChangeCipherSpec();
    this.#changeCipherSpecSent = true;
  }
}

/** A state of a TLS 1.3 handshake. Like mbedTLS's it takes no notice of ChangeCipherSpec, whenever it comes. */
export abstract class State13 implements State {
  readonly session = undefined;

  handle(message: Message): Next {
    return message.kind === "change_cipher_spec" ? this : this.take(message);
  }

  /** @throws MbedTlsError */
  protected abstract take(message: Message): Next;
}

/** The message, which must be of that type: `mbedtls_ssl_tls13_fetch_handshake_msg`. */
export function requireType(message: Message, wanted: HandshakeName): HandshakeMessage {
  const handshake = requireHandshake(message, wanted);
  if (handshake.type === HANDSHAKE_TYPES[wanted]) return handshake;
  throw unexpectedMessage(`handshake type ${handshake.type} instead of ${wanted}`, "unexpected_message");
}
