/** Waiting for the client's Certificate to Finished, and the tickets after it: mbedTLS's ssl_tls13_server.c. */

import { ByteReader } from "../bytes.ts";
import { CERT_OPTIONAL, VERIFY_MODE_MASK } from "../context.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { parsePeerCertificates13, takeCertificateVerify13 } from "../handshake13/certificate.ts";
import { takeFinished13 } from "../handshake13/finished.ts";
import { type Handshake13, requireType, State13 } from "../handshake13/handshake.ts";
import {
  deriveResumptionMaster,
  type HandshakeKeys,
  protectionOf,
  type TrafficSecrets,
} from "../handshake13/keys.ts";
import { milliseconds } from "../handshake13/session.ts";
import { establish13 } from "../handshake13/traffic.ts";
import { resumptionPsk } from "../key-schedule13.ts";
import { TLS13_TICKET_NONCE_LENGTH } from "../limits.ts";
import { encodeHandshake, type Message } from "../messages/message.ts";
import { encodeNewSessionTicket13 } from "../messages/new-session-ticket13.ts";
import type { Next, State } from "../state.ts";
import { verifyPeer } from "../verify.ts";
import type { Certificate } from "../x509/certificate.ts";
import { FLAG } from "../x509/flags.ts";
import { sealTicket } from "./psk.ts";

/** What the server's flight has left. */
export interface AnsweredKeys {
  readonly keys: HandshakeKeys;
  /** The secrets of application data. */
  readonly traffic: TrafficSecrets;
  /** Whether the client can use tickets. */
  readonly offersTickets: boolean;
}

/** @param requested - Whether a Certificate must come first. */
export function expectClientFlight13(
  handshake: Handshake13,
  answered: AnsweredKeys,
  requested: boolean,
): State {
  return requested
    ? new ExpectClientCertificate13(handshake, answered)
    : new ExpectClientFinished13(handshake, answered, []);
}

class ExpectClientCertificate13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #answered: AnsweredKeys;

  constructor(handshake: Handshake13, answered: AnsweredKeys) {
    super();
    this.#handshake = handshake;
    this.#answered = answered;
  }

  protected take(message: Message): Next {
    const { body, bytes } = requireType(message, "Certificate");
    const chain = parsePeerCertificates13(body);
    const { io, context, hostName, transcript } = this.#handshake;
    if (body.length === EMPTY_CERTIFICATE_LENGTH) {
      this.#acceptNone();
      transcript.add(bytes);
      return new ExpectClientFinished13(this.#handshake, this.#answered, []);
    }
    const client = { peer: "client", hostName, keyExchange: "ecdhe-ecdsa" } as const;
    return verifyPeer(io, context, client, chain, () => {
      transcript.add(bytes);
      return new ExpectClientCertificateVerify13(this.#handshake, this.#answered, chain);
    });
  }

  /** `ssl_tls13_validate_certificate`; the alert is mbedTLS's, where RFC 8446 has certificate_required. */
  #acceptNone(): void {
    const { io, context, hostName } = this.#handshake;
    const accepted = (context.verifyMode & VERIFY_MODE_MASK) === CERT_OPTIONAL;
    const judged = { chain: [], trusted: context.caChain, hostName, now: io.now() };
    io.report({ kind: "verification", flags: FLAG.BADCERT_MISSING, accepted, ...judged });
    if (!accepted) throw new MbedTlsError(ERR.SSL_NO_CLIENT_CERTIFICATE, { alert: "no_certificate" });
  }
}

/** Bytes of a Certificate message without certificates: the lengths of context and list. */
const EMPTY_CERTIFICATE_LENGTH = 4;

class ExpectClientCertificateVerify13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #answered: AnsweredKeys;
  readonly #chain: readonly Certificate[];

  constructor(handshake: Handshake13, answered: AnsweredKeys, chain: readonly Certificate[]) {
    super();
    this.#handshake = handshake;
    this.#answered = answered;
    this.#chain = chain;
  }

  protected take(received: Message): Next {
    const message = requireType(received, "CertificateVerify");
    const key = this.#chain[0]?.subjectPublicKey ?? { type: "unsupported" };
    takeCertificateVerify13(this.#handshake, key, message);
    return new ExpectClientFinished13(this.#handshake, this.#answered, this.#chain);
  }
}

class ExpectClientFinished13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #answered: AnsweredKeys;
  readonly #chain: readonly Certificate[];

  constructor(handshake: Handshake13, answered: AnsweredKeys, chain: readonly Certificate[]) {
    super();
    this.#handshake = handshake;
    this.#answered = answered;
    this.#chain = chain;
  }

  protected take(received: Message): State {
    const handshake = this.#handshake;
    const { io } = handshake;
    const { keys, traffic, offersTickets } = this.#answered;
    const { cipherSuite } = keys;
    takeFinished13(handshake, keys, requireType(received, "Finished"));
    io.protectInput(protectionOf(io.crypto, cipherSuite, traffic.client));
    io.protectOutput(protectionOf(io.crypto, cipherSuite, traffic.server));
    const resumptionMaster = deriveResumptionMaster(handshake, keys);
    if (offersTickets) sendTicket13(handshake, keys, resumptionMaster);
    return establish13(handshake, { cipherSuite, peerCertificates: this.#chain, traffic, resumptionMaster });
  }
}

/** `ssl_tls13_write_new_session_ticket`: one, where the context has tickets. */
function sendTicket13(
  { io, context }: Handshake13,
  { cipherSuite }: HandshakeKeys,
  resumptionMaster: Uint8Array,
): void {
  const tickets = context.sessionTickets;
  if (!tickets) return;
  const ageAdd = new ByteReader(io.crypto.randomBytes(4)).uint(4);
  const nonce = io.crypto.randomBytes(TLS13_TICKET_NONCE_LENGTH);
  const psk = resumptionPsk(io.crypto, cipherSuite, resumptionMaster, nonce);
  const created = milliseconds(io.now());
  const { ticket, lifetime } = sealTicket(tickets, { cipherSuite, psk, ageAdd, created });
  io.sendHandshake(
    encodeHandshake("NewSessionTicket", encodeNewSessionTicket13({ lifetime, ageAdd, nonce, ticket })),
  );
}
