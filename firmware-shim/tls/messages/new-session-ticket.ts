/** NewSessionTicket: RFC 5077 section 3.3, with the checks of `ssl_parse_new_session_ticket` in mbedTLS. */

import { ByteReader, concatenate, encodeUint, encodeVector } from "../bytes.ts";
import { decodeError } from "../errors.ts";

export interface NewSessionTicket {
  /** Seconds; 0 says nothing. */
  readonly lifetimeHint: number;
  /** Empty when the server has changed its mind. */
  readonly ticket: Uint8Array;
}

/** @throws MbedTlsError decode_error. */
export function decodeNewSessionTicket(body: Uint8Array): NewSessionTicket {
  const reader = new ByteReader(body);
  const lifetimeHint = reader.uint(4);
  const ticket = reader.vector(2);
  if (reader.remaining > 0) throw decodeError("bytes after NewSessionTicket");
  return { lifetimeHint, ticket };
}

/** The body of a NewSessionTicket. */
export function encodeNewSessionTicket({ lifetimeHint, ticket }: NewSessionTicket): Uint8Array {
  return concatenate(encodeUint(lifetimeHint, 4), encodeVector(2, ticket));
}
