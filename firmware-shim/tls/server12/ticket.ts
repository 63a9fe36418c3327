/** What a server leaves with the client, and keeps, to resume a session. */

import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Authenticated } from "../handshake12/negotiated.ts";
import type { Session12 } from "../handshake12/session.ts";
import { encodeNewSessionTicket } from "../messages/new-session-ticket.ts";

function toSession(authenticated: Authenticated, masterSecret: Uint8Array): Session12 {
  const { sessionId, cipherSuite, encryptThenMac, maxFragmentLength, peerCertificates } = authenticated;
  return {
    version: "TLSv1.2",
    sessionId,
    cipherSuite,
    masterSecret,
    encryptThenMac,
    maxFragmentLength,
    peerCertificates,
    ticket: new Uint8Array(0),
  };
}

/** `ssl_write_new_session_ticket` */
export function sendTicket(handshake: Handshake12, authenticated: Authenticated, master: Uint8Array): void {
  const tickets = handshake.context.sessionTickets;
  const sealed = tickets?.seal(toSession(authenticated, master));
  const empty = { lifetimeHint: 0, ticket: new Uint8Array(0) };
  handshake.send("NewSessionTicket", encodeNewSessionTicket(sealed ?? empty));
}

/** `mbedtls_ssl_handshake_wrapup`: only a session with an id can be found again. */
export function rememberSession(
  { context }: Handshake12,
  authenticated: Authenticated,
  master: Uint8Array,
): void {
  if (authenticated.sessionId.length > 0) context.sessionCache?.set(toSession(authenticated, master));
}
