/** NewSessionTicket of TLS 1.3: RFC 8446 section 4.6.1, `ssl_tls13_parse_new_session_ticket`. */

import { ByteReader, concatenate, encodeUint, encodeVector } from "../bytes.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { TLS13_MAX_TICKET_LIFETIME } from "../limits.ts";

export interface NewSessionTicket13 {
  /** Seconds, at most seven days; 0 says that it is not to be used. */
  readonly lifetime: number;
  readonly ageAdd: number;
  readonly nonce: Uint8Array;
  readonly ticket: Uint8Array;
}

/**
 * What extensions say is not looked at.
 *
 * @throws MbedTlsError decode_error; `SSL_ILLEGAL_PARAMETER` for too long a lifetime, without an alert.
 */
export function decodeNewSessionTicket13(body: Uint8Array): NewSessionTicket13 {
  const reader = new ByteReader(body);
  const lifetime = reader.uint(4);
  if (lifetime > TLS13_MAX_TICKET_LIFETIME) {
    throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { reason: `a ticket for ${lifetime} seconds` });
  }
  const ageAdd = reader.uint(4);
  const nonce = reader.vector(1).slice();
  const ticket = reader.vector(2).slice();
  const extensions = new ByteReader(reader.vector(2));
  while (extensions.remaining > 0) {
    extensions.uint(2);
    extensions.vector(2);
  }
  return { lifetime, ageAdd, nonce, ticket };
}

/** The body of a NewSessionTicket without extensions. */
export function encodeNewSessionTicket13(ticket: NewSessionTicket13): Uint8Array {
  return concatenate(
    encodeUint(ticket.lifetime, 4),
    encodeUint(ticket.ageAdd, 4),
    encodeVector(1, ticket.nonce),
    encodeVector(2, ticket.ticket),
    encodeVector(2),
  );
}
