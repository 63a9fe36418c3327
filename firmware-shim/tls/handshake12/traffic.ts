/** After the handshake: `mbedtls_ssl_read` and `ssl_tls12_handle_hs_message_post_handshake` in mbedTLS. */

import { ERR, MbedTlsError } from "../errors.ts";
import { MAX_RENEGOTIATION_RECORDS } from "../limits.ts";
import {
  encodeHandshake,
  HANDSHAKE_TYPES,
  type HandshakeMessage,
  type Message,
} from "../messages/message.ts";
import { type Session, type State, unexpectedMessage } from "../state.ts";
import type { Handshake12, PreviousHandshake } from "./handshake.ts";
import type { Authenticated } from "./negotiated.ts";
import { maxPlaintextOut, type Session12 } from "./session.ts";

/** The state after a handshake. */
export function establish(
  handshake: Handshake12,
  authenticated: Authenticated,
  masterSecret: Uint8Array,
  ticket: Uint8Array = new Uint8Array(0),
): State {
  const { cipherSuite, peerCertificates, sessionId, encryptThenMac, maxFragmentLength } = authenticated;
  const resumable: Session12 = {
    version: "TLSv1.2",
    sessionId,
    cipherSuite,
    masterSecret,
    encryptThenMac,
    maxFragmentLength,
    peerCertificates,
    ticket,
  };
  return new Traffic12(handshake, resumable, {
    clientVerifyData: handshake.clientVerifyData,
    serverVerifyData: handshake.serverVerifyData,
    secureRenegotiation: authenticated.secureRenegotiation,
    session: resumable,
  });
}

class Traffic12 implements State {
  readonly session: Session;
  readonly #handshake: Handshake12;
  readonly #previous: PreviousHandshake;
  /** A server has sent HelloRequest. */
  #requested = false;
  #recordsSinceRequest = 0;

  constructor(handshake: Handshake12, resumable: Session12, previous: PreviousHandshake) {
    this.#handshake = handshake;
    this.#previous = previous;
    const { cipherSuite, peerCertificates } = resumable;
    const version = handshake.context.isDatagram ? "DTLSv1.2" : resumable.version;
    const maxFragmentLength = maxPlaintextOut(resumable.maxFragmentLength);
    this.session = { cipherSuite, version, peerCertificates, maxFragmentLength, resumable };
  }

  handle(message: Message): State {
    if (message.kind === "handshake") return this.#handleHandshake(message);
    if (this.#requested && ++this.#recordsSinceRequest > MAX_RENEGOTIATION_RECORDS) {
      throw unexpectedMessage("renegotiation was asked for and did not come");
    }
    if (message.kind === "application_data") this.#handshake.io.deliver(message.data);
    // An alert is no_renegotiation, which changes nothing.
    else if (message.kind !== "alert") throw unexpectedMessage(`${message.kind} after the handshake`);
    return this;
  }

  #handleHandshake(message: HandshakeMessage): State {
    const { role, setting, context, io } = this.#handshake;
    const wanted =
      role === "client"
        ? message.type === HANDSHAKE_TYPES.HelloRequest && message.body.length === 0
        : message.type === HANDSHAKE_TYPES.ClientHello;
    // Over datagrams it may be late.
    if (!wanted && context.isDatagram) return this;
    if (!wanted) throw unexpectedMessage(`handshake type ${message.type} after the handshake`);
    // mbedTLS's default is not to renegotiate, nor ever with a peer that does not know RFC 5746. Ours does over TLS only.
    if (context.renegotiation && !context.isDatagram && this.#previous.secureRenegotiation) {
      return setting.renegotiate(this.#previous, message);
    }
    io.sendWarning("no_renegotiation");
    return this;
  }

  /** `mbedtls_ssl_renegotiate` */
  renegotiate(): State {
    const { role, setting, io, context } = this.#handshake;
    if (!context.renegotiation || context.isDatagram) throw new MbedTlsError(ERR.SSL_FEATURE_UNAVAILABLE);
    if (role === "client") return setting.renegotiate(this.#previous);
    io.sendHandshake(encodeHandshake("HelloRequest", new Uint8Array(0)));
    this.#requested = true;
    this.#recordsSinceRequest = 0;
    return this;
  }
}
