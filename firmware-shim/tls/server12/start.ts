/** The start of a TLS 1.2 server, and its answer to ClientHello: mbedTLS's ssl_tls12_server.c. */

import { concatenate } from "../bytes.ts";
import {
  allowsCertificateRequest,
  serverSignature,
  usesEllipticCurves,
  usesEphemeralKeys,
  usesPsk,
  usesServerCertificate,
} from "../ciphersuites.ts";
import { CERT_NONE, type TlsContext, VERIFY_MODE_MASK } from "../context.ts";
import type { EcdhKeyPair } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { ExpectChangeCipherSpec, sendFinished } from "../handshake12/finished.ts";
import { createRandom, Handshake12, type HandshakeSetting, handshakeHeap } from "../handshake12/handshake.ts";
import type { Negotiated } from "../handshake12/negotiated.ts";
import { deriveSecrets } from "../handshake12/secrets.ts";
import { maxPlaintextOut, type Session12 } from "../handshake12/session.ts";
import { signWithOwnKey } from "../handshake12/sign.ts";
import { establish } from "../handshake12/traffic.ts";
import { SESSION_ID_LENGTH } from "../limits.ts";
import { encodeCertificates } from "../messages/certificate.ts";
import { encodeCertificateRequest } from "../messages/certificate-request.ts";
import {
  encodeExtension,
  encodePointFormats,
  encodeRenegotiationInfo,
  NAMED_CURVES,
  POINT_FORMAT_UNCOMPRESSED,
} from "../messages/extensions.ts";
import { encodeHelloVerifyRequest } from "../messages/hello-verify-request.ts";
import {
  encodeHandshake,
  HANDSHAKE_TYPES,
  type HandshakeMessage,
  type Message,
} from "../messages/message.ts";
import { encodeServerHello } from "../messages/server-hello.ts";
import { DOWNGRADE_SENTINEL } from "../messages/server-hello13.ts";
import {
  EMPTY_PSK_IDENTITY_HINT,
  encodeEcdheParameters,
  encodeSigned,
} from "../messages/server-key-exchange.ts";
import { helloVersion } from "../record/content-type.ts";
import { usesCbc } from "../record/suite-protection.ts";
import { type ConnectionIo, type State, unexpectedMessage } from "../state.ts";
import { chooseCipherSuite, preferredAlgorithm } from "./choose-suite.ts";
import { expectClientFlight } from "./client-flight.ts";
import { type ClientOffer, readClientOffer } from "./client-hello.ts";
import { sendTicket } from "./ticket.ts";

/**
 * Returns the first state of a server, which sends nothing by itself.
 *
 * @param hostName - Looked for in a client's certificate, as `mbedtls_ssl_set_hostname` has it; usually undefined.
 */
export function startServer12(io: ConnectionIo, context: TlsContext, hostName: string | undefined): State {
  const shared = { io, context, hostName, resume: undefined };
  const renegotiate: HandshakeSetting["renegotiate"] = (previous, hello) => {
    const state = new ExpectClientHello({ ...shared, previous, renegotiate });
    return hello ? state.handle(hello) : state;
  };
  return new ExpectClientHello({ ...shared, previous: undefined, renegotiate });
}

class ExpectClientHello implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;

  constructor(setting: HandshakeSetting) {
    this.#handshake = new Handshake12(setting, "server");
  }

  handle(message: Message): State {
    // No alert: mbedTLS reads this message by itself.
    if (message.kind !== "handshake") throw unexpectedMessage(`${message.kind} instead of ClientHello`);
    if (message.type !== HANDSHAKE_TYPES.ClientHello) {
      throw unexpectedMessage(`handshake type ${message.type} instead of ClientHello`);
    }
    return answer(this.#handshake, message);
  }
}

function answer(handshake: Handshake12, { body, bytes }: HandshakeMessage): State {
  const { io, context, setting, transcript } = handshake;
  const offer = readClientOffer(body, setting.previous, context.isDatagram);
  const ticketSession = setting.previous ? undefined : openTicket(context, offer);
  const cipherSuite = chooseCipherSuite(context, offer);
  if (io.datagram?.cookies?.check(offer.cookie) === false) throw requestVerification(io);
  const cached = setting.previous ? undefined : context.sessionCache?.get(offer.sessionId);
  const resumed = ticketSession ?? (cached?.cipherSuite === cipherSuite ? cached : undefined);
  const randoms = { client: offer.random, server: createServerRandom(io, context) };
  const ticketExpected = !ticketSession && offer.ticket !== undefined && context.sessionTickets !== undefined;
  const etm = resumed ? resumed.encryptThenMac : offer.encryptThenMac;
  const negotiated: Negotiated = {
    cipherSuite,
    randoms,
    sessionId: resumed ? offer.sessionId : newSessionId(io, ticketExpected),
    extendedMasterSecret: offer.extendedMasterSecret,
    encryptThenMac: etm && usesCbc(cipherSuite),
    maxFragmentLength: resumed ? resumed.maxFragmentLength : offer.maxFragmentLength,
    secureRenegotiation: offer.secureRenegotiation,
    ticketExpected,
  };
  io.datagram?.limitOutput(maxPlaintextOut(negotiated.maxFragmentLength));
  if (!resumed) io.resizeHeap(handshakeHeap(cipherSuite));
  transcript.add(bytes);
  transcript.select(cipherSuite.prfHash);
  sendServerHello(handshake, offer, negotiated);
  return resumed ? resume(handshake, negotiated, resumed) : sendFirstFlight(handshake, offer, negotiated);
}

/** `ssl_write_hello_verify_request`; with that this connection is over, and the next one gets the cookie. */
function requestVerification(io: ConnectionIo): MbedTlsError {
  const cookie = io.datagram?.cookies?.create() ?? new Uint8Array(0);
  io.sendHandshake(encodeHandshake("HelloVerifyRequest", encodeHelloVerifyRequest(cookie)));
  return new MbedTlsError(ERR.SSL_HELLO_VERIFY_REQUIRED, { reason: "the client has no good cookie yet" });
}

/** A server that could do TLS 1.3 says so, in case someone has taken that out of ClientHello: RFC 8446 section 4.1.3. */
function createServerRandom(io: ConnectionIo, context: TlsContext): Uint8Array {
  const random = createRandom(io);
  if (context.cipherSuites13.length > 0)
    random.set(DOWNGRADE_SENTINEL, random.length - DOWNGRADE_SENTINEL.length);
  return random;
}

function openTicket(context: TlsContext, { ticket }: ClientOffer): Session12 | undefined {
  return ticket && ticket.length > 0 ? context.sessionTickets?.open(ticket) : undefined;
}

/** mbedTLS gives an id whether it keeps the session or not, and none with a ticket. */
function newSessionId(io: ConnectionIo, ticketExpected: boolean): Uint8Array {
  return ticketExpected ? new Uint8Array(0) : io.crypto.randomBytes(SESSION_ID_LENGTH);
}

/** `ssl_write_server_hello`; the order of the extensions is mbedTLS's. */
function sendServerHello(handshake: Handshake12, offer: ClientOffer, negotiated: Negotiated): void {
  const { previous } = handshake.setting;
  const extensions: Uint8Array[] = [];
  if (negotiated.secureRenegotiation) {
    const data = previous ? [previous.clientVerifyData, previous.serverVerifyData] : [];
    extensions.push(encodeRenegotiationInfo(concatenate(...data)));
  }
  const { cipherSuite, maxFragmentLength, randoms, sessionId } = negotiated;
  const version = helloVersion(handshake.context);
  if (maxFragmentLength !== 0) {
    extensions.push(encodeExtension("max_fragment_length", Uint8Array.of(maxFragmentLength)));
  }
  if (negotiated.encryptThenMac) extensions.push(encodeExtension("encrypt_then_mac"));
  if (negotiated.extendedMasterSecret) extensions.push(encodeExtension("extended_master_secret"));
  if (negotiated.ticketExpected) extensions.push(encodeExtension("session_ticket"));
  if (usesEllipticCurves(cipherSuite) && offer.hasPointFormats) {
    extensions.push(encodePointFormats([POINT_FORMAT_UNCOMPRESSED]));
  }
  handshake.send(
    "ServerHello",
    encodeServerHello(randoms.server, sessionId, cipherSuite.id, extensions, version),
  );
}

/** The abbreviated handshake: the server's Finished goes first. */
function resume(handshake: Handshake12, negotiated: Negotiated, session: Session12): State {
  const secrets = deriveSecrets(handshake, negotiated, session.masterSecret);
  const authenticated = { ...negotiated, peerCertificates: session.peerCertificates };
  if (negotiated.ticketExpected) sendTicket(handshake, authenticated, session.masterSecret);
  sendFinished(handshake, negotiated, secrets);
  return new ExpectChangeCipherSpec(handshake, negotiated, secrets, () =>
    establish(handshake, authenticated, session.masterSecret),
  );
}

/** Certificate to ServerHelloDone, as far as the suite has them. */
function sendFirstFlight(handshake: Handshake12, offer: ClientOffer, negotiated: Negotiated): State {
  const { context } = handshake;
  const { cipherSuite } = negotiated;
  if (usesServerCertificate(cipherSuite)) {
    handshake.send("Certificate", encodeCertificates(context.ownCertificates.map(({ der }) => der)));
  }
  const pair = sendServerKeyExchange(handshake, offer, negotiated);
  const requests =
    allowsCertificateRequest(cipherSuite) && (context.verifyMode & VERIFY_MODE_MASK) !== CERT_NONE;
  if (requests) {
    const authorities = context.caChain.map(({ subject }) => subject.der);
    handshake.send("CertificateRequest", encodeCertificateRequest(authorities));
  }
  handshake.send("ServerHelloDone", new Uint8Array(0));
  return expectClientFlight(handshake, negotiated, pair, requests);
}

/** Sends ServerKeyExchange where the suite has one. Returns the key pair for ECDH, ephemeral or the certificate's. */
function sendServerKeyExchange(
  handshake: Handshake12,
  offer: ClientOffer,
  negotiated: Negotiated,
): EcdhKeyPair | undefined {
  const { io, context } = handshake;
  const { cipherSuite, randoms } = negotiated;
  if (!usesEphemeralKeys(cipherSuite)) {
    if (!usesEllipticCurves(cipherSuite)) return undefined;
    const key = context.privateKey;
    if (key?.type !== "ec") throw new MbedTlsError(ERR.SSL_PK_TYPE_MISMATCH);
    return io.crypto.ecdhKeyPair(key);
  }
  // mbedTLS forgets the alert where the client knows none of the server's groups.
  const group = [...NAMED_CURVES].find(([number]) => offer.groups?.includes(number));
  if (!group) throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { reason: "no common group" });
  const pair = io.crypto.generateEcdhKeyPair(group[1]);
  const parameters = encodeEcdheParameters(group[1], pair.publicKey);
  const signature = serverSignature(cipherSuite);
  const algorithm = signature && preferredAlgorithm(offer, signature);
  const parts = usesPsk(cipherSuite) ? [EMPTY_PSK_IDENTITY_HINT, parameters] : [parameters];
  if (algorithm) {
    const content = concatenate(randoms.client, randoms.server, parameters);
    const signed = signWithOwnKey(io.crypto, context, algorithm.hash, content);
    parts.push(encodeSigned(algorithm.number, signed));
  }
  handshake.send("ServerKeyExchange", concatenate(...parts));
  return pair;
}
