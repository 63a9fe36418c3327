/** Waiting for NewSessionTicket where one was announced: `ssl_parse_new_session_ticket`. */

import { decodeError } from "../errors.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Negotiated } from "../handshake12/negotiated.ts";
import { HANDSHAKE_TYPES, type Message } from "../messages/message.ts";
import { decodeNewSessionTicket } from "../messages/new-session-ticket.ts";
import { requireHandshake, type State } from "../state.ts";

/** @param next - Gets the ticket, empty where there is none. */
export function awaitTicket(
  handshake: Handshake12,
  negotiated: Negotiated,
  next: (ticket: Uint8Array) => State,
): State {
  return negotiated.ticketExpected ? new ExpectNewSessionTicket(handshake, next) : next(new Uint8Array(0));
}

class ExpectNewSessionTicket implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #next: (ticket: Uint8Array) => State;

  constructor(handshake: Handshake12, next: (ticket: Uint8Array) => State) {
    this.#handshake = handshake;
    this.#next = next;
  }

  handle(message: Message): State {
    const { type, body, bytes } = requireHandshake(message, "NewSessionTicket");
    if (type !== HANDSHAKE_TYPES.NewSessionTicket) {
      throw decodeError(`handshake type ${type} instead of NewSessionTicket`);
    }
    const { ticket } = decodeNewSessionTicket(body);
    this.#handshake.transcript.add(bytes);
    return this.#next(ticket.slice());
  }
}
