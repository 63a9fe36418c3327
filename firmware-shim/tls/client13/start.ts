/** The start of a client that may use TLS 1.3: `ssl_prepare_client_hello` and `mbedtls_ssl_write_client_hello` in mbedTLS. */

import { encodeUtf8 } from "../bytes.ts";
import type { CipherSuite } from "../ciphersuites.ts";
import type { CipherSuite13 } from "../ciphersuites13.ts";
import { canOffer } from "../client12/start.ts";
import type { TlsContext } from "../context.ts";
import type { EcdhKeyPair } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { Handshake13 } from "../handshake13/handshake.ts";
import { milliseconds, type Session13 } from "../handshake13/session.ts";
import { resumptionBinder } from "../key-schedule13.ts";
import { HANDSHAKE_HEADER_LENGTH, RANDOM_LENGTH, SESSION_ID_LENGTH } from "../limits.ts";
import { type ClientHello13, encodeClientHello13, SENT_EXTENSIONS } from "../messages/client-hello13.ts";
import { EXTENSION_TYPES, NAMED_GROUPS } from "../messages/extensions.ts";
import { bindersLength, illegalParameter } from "../messages/extensions13.ts";
import { encodeHandshake } from "../messages/message.ts";
import type { ConnectionIo, State } from "../state.ts";
import { ExpectServerHello13 } from "./server-hello.ts";

/** What a ClientHello offers, as its answer is judged by it. */
export interface Offer13 {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuites13: readonly CipherSuite13[];
  /** Empty where TLS 1.2 is not offered. */
  readonly cipherSuites12: readonly CipherSuite[];
  readonly group: number;
  readonly pair: EcdhKeyPair;
  /** The session whose ticket is offered. */
  readonly resume: Session13 | undefined;
  readonly cookie: Uint8Array | undefined;
  /** The suite of a HelloRetryRequest, which this answers. */
  readonly retried: CipherSuite13 | undefined;
  /** Extensions by type, to which an answer may come. */
  readonly sentExtensions: ReadonlySet<number>;
}

/**
 * Sends ClientHello and returns the state that waits for the answer.
 *
 * @param resume - A session to take up; TLS 1.2 is not offered then.
 * @throws MbedTlsError `SSL_BAD_INPUT_DATA` for a session with another host.
 */
export function startClient13(
  io: ConnectionIo,
  context: TlsContext,
  hostName: string | undefined,
  resume: Session13 | undefined,
): State {
  const session = resume && isFresh(io, resume) ? resume : undefined;
  if (session && session.hostName !== hostName) {
    throw new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: "the session is with another host" });
  }
  const [group] = NAMED_GROUPS.keys();
  const suites12 = session ? [] : context.cipherSuites.filter((suite) => canOffer(context, suite));
  return sendClientHello(new Handshake13(io, context, "client", hostName), {
    random: io.crypto.randomBytes(RANDOM_LENGTH),
    sessionId: io.crypto.randomBytes(SESSION_ID_LENGTH),
    cipherSuites13: context.cipherSuites13,
    cipherSuites12: suites12,
    group: group!,
    pair: generateKeyShare(io, group!),
    resume: session,
    cookie: undefined,
    retried: undefined,
    sentExtensions: new Set(),
  });
}

/** @throws MbedTlsError illegal_parameter for a group that is not ours. */
export function generateKeyShare({ crypto }: ConnectionIo, group: number): EcdhKeyPair {
  const name = NAMED_GROUPS.get(group);
  if (!name) throw illegalParameter(`group ${group} was not offered`);
  return crypto.generateEcdhKeyPair(name);
}

/** Milliseconds since a ticket came. */
function ticketAge({ now }: ConnectionIo, session: Session13): number {
  return milliseconds(now()) - session.received;
}

function isFresh(io: ConnectionIo, session: Session13): boolean {
  const age = ticketAge(io, session);
  return age >= 0 && age <= session.lifetime * 1000;
}

/** Sends a first or second ClientHello. */
export function sendClientHello(handshake: Handshake13, offer: Offer13): State {
  const { io, context, hostName, transcript } = handshake;
  const { resume, pair } = offer;
  const hello: ClientHello13 = {
    ...offer,
    hostName: hostName === undefined ? undefined : encodeUtf8(hostName),
    publicKey: pair.publicKey,
    maxFragmentLength: context.maxFragmentLength,
    psk: resume && {
      identity: resume.ticket,
      obfuscatedTicketAge: (ticketAge(io, resume) + resume.ageAdd) % 2 ** 32,
      binderLength: resume.cipherSuite.hashLength,
    },
  };
  const body = encodeClientHello13(hello);
  if (resume) setBinder(handshake, body, resume);
  handshake.send("ClientHello", body);
  const sentExtensions = sentBy(hello);
  return new ExpectServerHello13(handshake, { ...offer, sentExtensions }, transcript.bytes());
}

/** The binder covers the message up to the list of binders: RFC 8446 section 4.2.11.2. */
function setBinder({ io, transcript }: Handshake13, body: Uint8Array, { cipherSuite, psk }: Session13): void {
  const { hash, hashLength } = cipherSuite;
  const message = encodeHandshake("ClientHello", body);
  const end = HANDSHAKE_HEADER_LENGTH + body.length - bindersLength(hashLength);
  const covered = transcript.digestWith(hash, message.subarray(0, end));
  body.set(resumptionBinder(io.crypto, cipherSuite, psk, covered), body.length - hashLength);
}

function sentBy(hello: ClientHello13): ReadonlySet<number> {
  const sent = new Set(SENT_EXTENSIONS);
  if (hello.hostName !== undefined) sent.add(EXTENSION_TYPES.server_name);
  if (hello.psk) sent.add(EXTENSION_TYPES.pre_shared_key);
  return sent;
}
