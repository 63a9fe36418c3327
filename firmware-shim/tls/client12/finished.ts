/**
 * Waiting for the server's last flight: NewSessionTicket where one was announced, ChangeCipherSpec, Finished.
 * `ssl_parse_new_session_ticket`, `mbedtls_ssl_parse_change_cipher_spec` and `mbedtls_ssl_parse_finished`.
 */

import { equalConstantTime } from "../bytes.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { verifyData } from "../key-schedule.ts";
import { VERIFY_DATA_LENGTH } from "../limits.ts";
import { HANDSHAKE_TYPES, type Message } from "../messages/message.ts";
import { decodeNewSessionTicket } from "../messages/new-session-ticket.ts";
import type { RecordOpener } from "../record/protection.ts";
import { requireHandshake, requireMessage, type State, unexpectedMessage } from "../state.ts";
import type { ClientHandshake } from "./handshake.ts";
import type { Authenticated } from "./server-key-exchange.ts";
import { Traffic12 } from "./traffic.ts";

/** What the client's flight has derived. */
export interface Secrets {
  readonly master: Uint8Array;
  /** For the server's records after its ChangeCipherSpec. */
  readonly opener: RecordOpener;
}

export class ExpectNewSessionTicket implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;
  readonly #next: State;

  constructor(handshake: ClientHandshake, next: State) {
    this.#handshake = handshake;
    this.#next = next;
  }

  /** The ticket is checked and forgotten: MicroPython never resumes a session. */
  handle(message: Message): State {
    const { type, body, bytes } = requireHandshake(message, "NewSessionTicket");
    if (type !== HANDSHAKE_TYPES.NewSessionTicket) {
      throw decodeError(`handshake type ${type} instead of NewSessionTicket`);
    }
    decodeNewSessionTicket(body);
    this.#handshake.transcript.add(bytes);
    return this.#next;
  }
}

export class ExpectChangeCipherSpec implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;
  readonly #authenticated: Authenticated;
  readonly #secrets: Secrets;

  constructor(handshake: ClientHandshake, authenticated: Authenticated, secrets: Secrets) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#secrets = secrets;
  }

  handle(message: Message): State {
    if (message.kind !== "change_cipher_spec") {
      throw unexpectedMessage(`${message.kind} instead of ChangeCipherSpec`, "unexpected_message");
    }
    const { io, transcript } = this.#handshake;
    io.protectInput(this.#secrets.opener);
    const hash = this.#authenticated.cipherSuite.prfHash;
    const expected = verifyData(io.crypto, hash, this.#secrets.master, "server", transcript.digest());
    return new ExpectFinished(this.#handshake, this.#authenticated, expected);
  }
}

class ExpectFinished implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;
  readonly #authenticated: Authenticated;
  readonly #expected: Uint8Array;

  constructor(handshake: ClientHandshake, authenticated: Authenticated, expected: Uint8Array) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#expected = expected;
  }

  handle(message: Message): State {
    const body = requireMessage(message, "Finished");
    if (body.length !== VERIFY_DATA_LENGTH) throw decodeError("bad length of Finished");
    if (!equalConstantTime(body, this.#expected)) {
      throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, {
        alert: "decrypt_error",
        reason: "Finished does not match",
      });
    }
    const { cipherSuite, peerCertificates } = this.#authenticated;
    return new Traffic12(this.#handshake.io, { cipherSuite, version: "TLSv1.2", peerCertificates });
  }
}
