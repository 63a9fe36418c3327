/**
 * Waiting for the end of the server's flight, with or without a CertificateRequest before it, and the client's
 * answer: `ssl_parse_certificate_request` to `mbedtls_ssl_write_finished` in mbedTLS.
 */

import { encodeVector } from "../bytes.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import {
  type ConnectionKeys,
  connectionKeys,
  extendedMasterSecret,
  masterSecret,
  verifyData,
} from "../key-schedule.ts";
import { encodeCertificates } from "../messages/certificate.ts";
import { decodeCertificateRequest } from "../messages/certificate-request.ts";
import { HANDSHAKE_TYPES, type HandshakeMessage, type Message } from "../messages/message.ts";
import type { EcdheParameters } from "../messages/server-key-exchange.ts";
import { cipherParameters } from "../record/suite-protection.ts";
import { requireHandshake, type State, unexpectedMessage } from "../state.ts";
import { ExpectChangeCipherSpec, ExpectNewSessionTicket } from "./finished.ts";
import type { ClientHandshake } from "./handshake.ts";
import type { Authenticated } from "./server-key-exchange.ts";

/** CertificateRequest or ServerHelloDone may come. */
export class ExpectCertificateRequest implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;
  readonly #authenticated: Authenticated;
  readonly #parameters: EcdheParameters;

  constructor(handshake: ClientHandshake, authenticated: Authenticated, parameters: EcdheParameters) {
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
class ExpectServerHelloDone implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;
  readonly #authenticated: Authenticated;
  readonly #parameters: EcdheParameters;
  readonly #certificateRequested: boolean;

  constructor(
    handshake: ClientHandshake,
    authenticated: Authenticated,
    parameters: EcdheParameters,
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
    this.#handshake.transcript.add(message.bytes);
    // A client without a certificate answers the request with an empty list (RFC 5246 section 7.4.6).
    if (this.#certificateRequested) this.#handshake.send("Certificate", encodeCertificates([]));
    const preMasterSecret = this.#sendClientKeyExchange();
    return this.#finish(this.#deriveMasterSecret(preMasterSecret));
  }

  /** Returns the premaster secret: the shared X coordinate (RFC 8422 section 5.10). */
  #sendClientKeyExchange(): Uint8Array {
    const pair = this.#handshake.io.crypto.generateEcdhKeyPair(this.#parameters.curve);
    const secret = pair.deriveSharedSecret(this.#parameters.point);
    if (!secret)
      throw new MbedTlsError(ERR.ECP_INVALID_KEY, { reason: "the server's point is not on the curve" });
    this.#handshake.send("ClientKeyExchange", encodeVector(1, pair.publicKey));
    return secret;
  }

  #deriveMasterSecret(preMasterSecret: Uint8Array): Uint8Array {
    const { io, transcript, clientRandom } = this.#handshake;
    const { cipherSuite, serverRandom, extendedMasterSecret: extended } = this.#authenticated;
    if (extended) {
      return extendedMasterSecret(io.crypto, cipherSuite.prfHash, preMasterSecret, transcript.digest());
    }
    const randoms = { client: clientRandom, server: serverRandom };
    return masterSecret(io.crypto, cipherSuite.prfHash, preMasterSecret, randoms);
  }

  /** Sends ChangeCipherSpec and Finished, the latter under the new keys. */
  #finish(master: Uint8Array): State {
    const { io, transcript } = this.#handshake;
    const { cipherSuite, ticketExpected } = this.#authenticated;
    const { clientRandom } = this.#handshake;
    io.report({ kind: "secret", label: "CLIENT_RANDOM", clientRandom, secret: master });
    const keys = this.#deriveKeys(master);
    const cipher = cipherParameters(cipherSuite);
    io.sendChangeCipherSpec();
    io.protectOutput(cipher.create(io.crypto, keys.client));
    const own = verifyData(io.crypto, cipherSuite.prfHash, master, "client", transcript.digest());
    this.#handshake.send("Finished", own);
    const awaitChangeCipherSpec = new ExpectChangeCipherSpec(this.#handshake, this.#authenticated, {
      master,
      opener: cipher.create(io.crypto, keys.server),
    });
    return ticketExpected
      ? new ExpectNewSessionTicket(this.#handshake, awaitChangeCipherSpec)
      : awaitChangeCipherSpec;
  }

  #deriveKeys(master: Uint8Array): ConnectionKeys {
    const { io, clientRandom } = this.#handshake;
    const { cipherSuite, serverRandom } = this.#authenticated;
    const randoms = { client: clientRandom, server: serverRandom };
    const { lengths } = cipherParameters(cipherSuite);
    return connectionKeys(io.crypto, cipherSuite.prfHash, master, randoms, lengths);
  }
}

function isServerHelloDone(message: HandshakeMessage): boolean {
  return message.type === HANDSHAKE_TYPES.ServerHelloDone && message.body.length === 0;
}
