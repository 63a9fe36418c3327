/** The start of a TLS 1.2 client: `mbedtls_ssl_write_client_hello` in mbedTLS's ssl_client.c. */

import { encodeUtf8 } from "../bytes.ts";
import { type CipherSuite, usesPsk } from "../ciphersuites.ts";
import type { TlsContext } from "../context.ts";
import { createRandom, Handshake12, type HandshakeSetting } from "../handshake12/handshake.ts";
import type { Session12 } from "../handshake12/session.ts";
import { MIN_RESUMED_SESSION_ID_LENGTH, SESSION_ID_LENGTH } from "../limits.ts";
import { encodeClientHello } from "../messages/client-hello.ts";
import type { ConnectionIo, State } from "../state.ts";
import { ExpectServerHello } from "./server-hello.ts";

/**
 * Sends ClientHello and returns the first state.
 *
 * @param hostName - For server_name and for the certificate; undefined when none was set.
 * @param resume - A session to take up again.
 */
export function startClient12(
  io: ConnectionIo,
  context: TlsContext,
  hostName: string | undefined,
  resume: Session12 | undefined,
): State {
  return start(settingOf(io, context, hostName, resume));
}

function settingOf(
  io: ConnectionIo,
  context: TlsContext,
  hostName: string | undefined,
  resume: Session12 | undefined,
): HandshakeSetting {
  const shared = { io, context, hostName };
  const renegotiate: HandshakeSetting["renegotiate"] = (previous) =>
    start({ ...shared, resume: undefined, previous, renegotiate });
  return { ...shared, resume, previous: undefined, renegotiate };
}

function start(setting: HandshakeSetting): State {
  const { io, resume } = setting;
  return sendHello(setting, createRandom(io), chooseSessionId(io, resume), new Uint8Array(0));
}

/** @param cookie - For DTLS, where a hello is repeated with the server's; the transcript begins anew (RFC 6347 section 4.2.1). */
function sendHello(
  setting: HandshakeSetting,
  random: Uint8Array,
  sessionId: Uint8Array,
  cookie: Uint8Array,
): State {
  const { context, hostName, resume, previous } = setting;
  const handshake = new Handshake12(setting, "client");
  const body = encodeClientHello({
    random,
    sessionId,
    cookie: context.isDatagram ? cookie : undefined,
    cipherSuites: context.cipherSuites.filter((suite) => canOffer(context, suite)),
    hostName: hostName === undefined ? undefined : encodeUtf8(hostName),
    renegotiation: previous?.clientVerifyData,
    maxFragmentLength: context.maxFragmentLength,
    ticket: resume?.ticket ?? new Uint8Array(0),
  });
  handshake.send("ClientHello", body);
  return new ExpectServerHello(handshake, random, sessionId, (asked) =>
    sendHello(setting, random, sessionId, asked),
  );
}

/**
 * Goes on as a client of TLS 1.2 where a ClientHello has offered more and the server wants no more than that.
 *
 * @param hello - The ClientHello's bytes.
 */
export function continueClient12(
  io: ConnectionIo,
  context: TlsContext,
  hostName: string | undefined,
  hello: Uint8Array,
  random: Uint8Array,
  sessionId: Uint8Array,
): State {
  const setting = settingOf(io, context, hostName, undefined);
  const handshake = new Handshake12(setting, "client");
  handshake.transcript.add(hello);
  return new ExpectServerHello(handshake, random, sessionId, () => start(setting));
}

/** PSK suites need a key of the context's own (`mbedtls_ssl_validate_ciphersuite`). */
export function canOffer(context: TlsContext, suite: CipherSuite): boolean {
  return !usesPsk(suite) || context.psk !== undefined;
}

/** `ssl_prepare_client_hello`: with a ticket goes an id of the client's own, by which it knows the answer. */
function chooseSessionId(io: ConnectionIo, resume: Session12 | undefined): Uint8Array {
  if (!resume) return new Uint8Array(0);
  const { sessionId, ticket } = resume;
  if (ticket.length > 0 && sessionId.length !== SESSION_ID_LENGTH) {
    return io.crypto.randomBytes(SESSION_ID_LENGTH);
  }
  return sessionId.length < MIN_RESUMED_SESSION_ID_LENGTH ? new Uint8Array(0) : sessionId;
}
