/** After the handshake: `mbedtls_ssl_read` and `ssl_tls12_handle_hs_message_post_handshake` in mbedTLS. */

import { HANDSHAKE_TYPES, type Message } from "../messages/message.ts";
import { type ConnectionIo, type Session, type State, unexpectedMessage } from "../state.ts";

export class Traffic12 implements State {
  readonly session: Session;
  readonly #io: ConnectionIo;

  constructor(io: ConnectionIo, session: Session) {
    this.#io = io;
    this.session = session;
  }

  handle(message: Message): State {
    switch (message.kind) {
      case "application_data":
        this.#io.deliver(message.data);
        return this;
      case "alert": // no_renegotiation, though nobody asked
        return this;
      case "handshake":
        if (message.type !== HANDSHAKE_TYPES.HelloRequest || message.body.length !== 0) break;
        // mbedTLS's default, which MicroPython keeps: renegotiation is refused with a warning.
        this.#io.sendWarning("no_renegotiation");
        return this;
    }
    throw unexpectedMessage(`${message.kind} after the handshake`);
  }
}
