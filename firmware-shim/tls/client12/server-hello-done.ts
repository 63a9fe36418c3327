/**
 * Waiting for the end of the server's flight, with or without a CertificateRequest before it, and the client's
 * answer: `ssl_parse_certificate_request` to `mbedtls_ssl_write_finished` in mbedTLS.
 */

import { decodeError } from "../errors.ts";
import { ExpectChangeCipherSpec, sendFinished } from "../handshake12/finished.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Authenticated } from "../handshake12/negotiated.ts";
import { deriveMasterSecret, deriveSecrets } from "../handshake12/secrets.ts";
import { signWithOwnKey } from "../handshake12/sign.ts";
import { establish } from "../handshake12/traffic.ts";
import { encodeCertificates } from "../messages/certificate.ts";
import { decodeCertificateRequest } from "../messages/certificate-request.ts";
import { HANDSHAKE_TYPES, type HandshakeMessage, type Message } from "../messages/message.ts";
import { type EcdheParameters, encodeSigned } from "../messages/server-key-exchange.ts";
import { requireHandshake, type State, unexpectedMessage } from "../state.ts";
import { createClientKeyExchange } from "./client-key-exchange.ts";
import { awaitTicket } from "./ticket.ts";

/** CertificateRequest or ServerHelloDone may come. */
export class ExpectCertificateRequest implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #authenticated: Authenticated;
  readonly #parameters: EcdheParameters | undefined;

  constructor(handshake: Handshake12, authenticated: Authenticated, parameters: EcdheParameters | undefined) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#parameters = parameters;
  }

  handle(message: Message): State {
    const { type, body, bytes } = requireHandshake(message, "ServerHelloDone");
    const requested = type === HANDSHAKE_TYPES.CertificateRequest;
    const done = new ExpectServerHelloDone(this.#handshake, this.#authenticated, this.#parameters, requested);
    if (!requested) return done.handle(message);
    decodeCertificateRequest(body);
    this.#handshake.transcript.add(bytes);
    return done;
  }
}

/** Only ServerHelloDone may come. */
export class ExpectServerHelloDone implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #authenticated: Authenticated;
  readonly #parameters: EcdheParameters | undefined;
  readonly #certificateRequested: boolean;

  constructor(
    handshake: Handshake12,
    authenticated: Authenticated,
    parameters: EcdheParameters | undefined,
    certificateRequested: boolean,
  ) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#parameters = parameters;
    this.#certificateRequested = certificateRequested;
  }

  handle(message: Message): State {
    // mbedTLS forgets the alert here.
    if (message.kind !== "handshake") throw unexpectedMessage(`${message.kind} instead of ServerHelloDone`);
    if (!isServerHelloDone(message))
      throw decodeError(`handshake type ${message.type} instead of ServerHelloDone`);
    const handshake = this.#handshake;
    handshake.transcript.add(message.bytes);
    if (this.#certificateRequested) this.#sendCertificate();
    const { body, preMasterSecret } = createClientKeyExchange(
      handshake,
      this.#authenticated,
      this.#parameters,
    );
    handshake.send("ClientKeyExchange", body);
    const master = deriveMasterSecret(handshake, this.#authenticated, preMasterSecret);
    if (this.#certificateRequested) this.#sendCertificateVerify();
    return this.#finish(master);
  }

  /** Empty for a client that has none: RFC 5246 section 7.4.6. What the server's request says is not looked at. */
  #sendCertificate(): void {
    const chain = this.#handshake.context.ownCertificates.map(({ der }) => der);
    this.#handshake.send("Certificate", encodeCertificates(chain));
  }

  /** `ssl_write_certificate_verify`: with the hash of the suite, and the algorithm of the key. */
  #sendCertificateVerify(): void {
    const { io, context, transcript } = this.#handshake;
    if (context.ownCertificates.length === 0) return;
    const hash = this.#authenticated.cipherSuite.prfHash;
    const signature = signWithOwnKey(io.crypto, context, hash, transcript.bytes());
    const algorithm = ((hash === "sha384" ? 5 : 4) << 8) | (context.privateKey?.type === "ec" ? 3 : 1);
    this.#handshake.send("CertificateVerify", encodeSigned(algorithm, signature));
  }

  #finish(master: Uint8Array): State {
    const [handshake, authenticated] = [this.#handshake, this.#authenticated];
    const secrets = deriveSecrets(handshake, authenticated, master);
    sendFinished(handshake, authenticated, secrets);
    return awaitTicket(handshake, authenticated, (ticket) => {
      // With a ticket goes no id (`ssl_parse_new_session_ticket`).
      const sessionId = ticket.length > 0 ? new Uint8Array(0) : authenticated.sessionId;
      const next = () => establish(handshake, { ...authenticated, sessionId }, master, ticket);
      return new ExpectChangeCipherSpec(handshake, authenticated, secrets, next);
    });
  }
}

function isServerHelloDone(message: HandshakeMessage): boolean {
  return message.type === HANDSHAKE_TYPES.ServerHelloDone && message.body.length === 0;
}
