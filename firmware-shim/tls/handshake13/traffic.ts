/**
 * After the handshake: `ssl_tls13_handle_hs_message_post_handshake` in mbedTLS, and key updates (RFC 8446 section
 * 4.6.3), which mbedTLS does not have.
 */

import type { CipherSuite13 } from "../ciphersuites13.ts";
import { decodeError } from "../errors.ts";
import { nextTrafficSecret, resumptionPsk } from "../key-schedule13.ts";
import { MAX_PLAINTEXT_OUT } from "../limits.ts";
import { illegalParameter } from "../messages/extensions13.ts";
import {
  encodeHandshake,
  HANDSHAKE_TYPES,
  type HandshakeMessage,
  type Message,
} from "../messages/message.ts";
import { decodeNewSessionTicket13 } from "../messages/new-session-ticket13.ts";
import { type Session, type State, unexpectedMessage } from "../state.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { Handshake13 } from "./handshake.ts";
import { protectionOf, type TrafficSecrets } from "./keys.ts";
import { milliseconds, type Session13 } from "./session.ts";

const UPDATE_NOT_REQUESTED = 0;
const UPDATE_REQUESTED = 1;

/** What the handshake has led to. */
export interface Established13 {
  readonly cipherSuite: CipherSuite13;
  readonly peerCertificates: readonly Certificate[];
  readonly traffic: TrafficSecrets;
  readonly resumptionMaster: Uint8Array;
}

/** The state after a handshake. Input and output are protected by its secrets already. */
export function establish13(handshake: Handshake13, established: Established13): State {
  return new Traffic13(handshake, established, established.traffic, undefined);
}

class Traffic13 implements State {
  readonly session: Session;
  readonly #handshake: Handshake13;
  readonly #established: Established13;
  #own: Uint8Array;
  #peer: Uint8Array;

  constructor(
    handshake: Handshake13,
    established: Established13,
    traffic: TrafficSecrets,
    resumable: Session13 | undefined,
  ) {
    this.#handshake = handshake;
    this.#established = established;
    this.#own = traffic[handshake.role];
    this.#peer = traffic[handshake.peerRole];
    const { cipherSuite, peerCertificates } = established;
    const maxFragmentLength = MAX_PLAINTEXT_OUT;
    this.session = { cipherSuite, version: "TLSv1.3", peerCertificates, maxFragmentLength, resumable };
  }

  handle(message: Message): State {
    if (message.kind === "handshake") return this.#handleHandshake(message);
    if (message.kind === "application_data") this.#handshake.io.deliver(message.data);
    // ChangeCipherSpec and no_renegotiation change nothing.
    return this;
  }

  #handleHandshake(message: HandshakeMessage): State {
    if (message.type === HANDSHAKE_TYPES.KeyUpdate) return this.#takeKeyUpdate(message.body);
    if (message.type === HANDSHAKE_TYPES.NewSessionTicket && this.#handshake.role === "client") {
      return this.#takeTicket(message.body);
    }
    throw unexpectedMessage(`handshake type ${message.type} after the handshake`);
  }

  /** The last ticket is the one that is kept. */
  #takeTicket(body: Uint8Array): State {
    const { lifetime, ageAdd, nonce, ticket } = decodeNewSessionTicket13(body);
    if (lifetime === 0) return this;
    const { io, hostName } = this.#handshake;
    const { cipherSuite, resumptionMaster } = this.#established;
    const resumable: Session13 = {
      version: "TLSv1.3",
      cipherSuite,
      psk: resumptionPsk(io.crypto, cipherSuite, resumptionMaster, nonce),
      ticket,
      ageAdd,
      lifetime,
      received: milliseconds(io.now()),
      hostName,
    };
    const traffic = { client: this.#own, server: this.#peer };
    return new Traffic13(this.#handshake, this.#established, traffic, resumable);
  }

  #takeKeyUpdate(body: Uint8Array): State {
    const [request] = body;
    if (body.length !== 1) throw decodeError("bad length of KeyUpdate");
    if (request !== UPDATE_NOT_REQUESTED && request !== UPDATE_REQUESTED) {
      throw illegalParameter(`request_update ${request}`);
    }
    const { io } = this.#handshake;
    const { cipherSuite } = this.#established;
    this.#peer = nextTrafficSecret(io.crypto, cipherSuite, this.#peer);
    io.protectInput(protectionOf(io.crypto, cipherSuite, this.#peer));
    if (request === UPDATE_REQUESTED) this.updateKeys(false);
    return this;
  }

  updateKeys(requestPeer: boolean): void {
    const { io } = this.#handshake;
    const { cipherSuite } = this.#established;
    const request = Uint8Array.of(requestPeer ? UPDATE_REQUESTED : UPDATE_NOT_REQUESTED);
    io.sendHandshake(encodeHandshake("KeyUpdate", request));
    this.#own = nextTrafficSecret(io.crypto, cipherSuite, this.#own);
    io.protectOutput(protectionOf(io.crypto, cipherSuite, this.#own));
  }
}
