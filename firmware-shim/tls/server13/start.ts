/** The start of a server that may use TLS 1.3, and its answer to ClientHello: mbedTLS's ssl_tls13_server.c. */

import { concatenate, encodeUint } from "../bytes.ts";
import type { CipherSuite13 } from "../ciphersuites13.ts";
import { CERT_NONE, type TlsContext, VERIFY_MODE_MASK } from "../context.ts";
import type { EcdhKeyPair } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { fitsKey, sendCertificates13, sendCertificateVerify13 } from "../handshake13/certificate.ts";
import { sendFinished13 } from "../handshake13/finished.ts";
import { Handshake13, requireType, State13 } from "../handshake13/handshake.ts";
import { deriveApplicationSecrets, deriveHandshakeKeys, protectionOf } from "../handshake13/keys.ts";
import { HEAP_HANDSHAKE_RSA, RANDOM_LENGTH } from "../limits.ts";
import { encodeCertificateRequest13 } from "../messages/certificate-request13.ts";
import { EXTENSION_TYPES, encodeExtension, NAMED_GROUPS } from "../messages/extensions.ts";
import {
  encodeKeyShareEntry,
  encodeSelectedVersion,
  handshakeFailure,
  illegalParameter,
} from "../messages/extensions13.ts";
import type { HandshakeMessage, Message } from "../messages/message.ts";
import { encodeServerHello } from "../messages/server-hello.ts";
import { HELLO_RETRY_REQUEST_RANDOM } from "../messages/server-hello13.ts";
import { startServer12 } from "../server12/start.ts";
import type { ConnectionIo, Next, State } from "../state.ts";
import { checkCertificateUsage } from "../x509/usage.ts";
import { expectClientFlight13 } from "./client-flight.ts";
import { type ClientOffer13, type KeyShare, readClientOffer13, selectVersion } from "./client-hello.ts";
import { type SelectedPsk, selectPsk } from "./psk.ts";

/**
 * Returns the first state of a server, which sends nothing by itself.
 *
 * @param hostName - Looked for in a client's certificate, as `mbedtls_ssl_set_hostname` has it; usually undefined.
 */
export function startServer13(io: ConnectionIo, context: TlsContext, hostName: string | undefined): State {
  return new ExpectClientHello13(new Handshake13(io, context, "server", hostName), undefined);
}

/** What the hellos have settled. */
interface Negotiated13 {
  readonly offer: ClientOffer13;
  readonly cipherSuite: CipherSuite13;
  readonly psk: SelectedPsk | undefined;
}

class ExpectClientHello13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #retried: CipherSuite13 | undefined;

  /** @param retried - The suite of the HelloRetryRequest that has been sent. */
  constructor(handshake: Handshake13, retried: CipherSuite13 | undefined) {
    super();
    this.#handshake = handshake;
    this.#retried = retried;
  }

  protected take(received: Message): Next {
    const message = requireType(received, "ClientHello");
    const { io, context, hostName } = this.#handshake;
    if (!selectVersion(message.body, context)) {
      if (this.#retried) throw illegalParameter("another version than before");
      return startServer12(io, context, hostName).handle(message);
    }
    const offer = readClientOffer13(message.body, context);
    const psk = selectPsk(this.#handshake, offer, message.bytes);
    if (!psk) requireExtensions(offer);
    const cipherSuite = psk?.cipherSuite ?? offer.cipherSuite;
    if (this.#retried && this.#retried !== cipherSuite) throw illegalParameter("another suite than before");
    return offer.keyShare
      ? answer(this.#handshake, message, { offer, cipherSuite, psk }, offer.keyShare)
      : this.#retry(message, offer, cipherSuite);
  }

  /** `ssl_tls13_write_hello_retry_request` */
  #retry(
    { bytes }: HandshakeMessage,
    { group, sessionId }: ClientOffer13,
    cipherSuite: CipherSuite13,
  ): State {
    if (this.#retried) throw handshakeFailure("no key share of the group that was asked for");
    // mbedTLS forgets the alert here.
    if (group === undefined) throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { reason: "no common group" });
    const { transcript } = this.#handshake;
    transcript.add(bytes);
    transcript.collapse(cipherSuite.hash);
    const extensions = [encodeSelectedVersion(), encodeExtension("key_share", encodeUint(group, 2))];
    const random = HELLO_RETRY_REQUEST_RANDOM;
    this.#handshake.send("ServerHello", encodeServerHello(random, sessionId, cipherSuite.id, extensions));
    this.#handshake.sendChangeCipherSpec();
    return new ExpectClientHello13(this.#handshake, cipherSuite);
  }
}

/** What a key exchange without a ticket takes. */
function requireExtensions({ present }: ClientOffer13): void {
  const { supported_groups, key_share, signature_algorithms } = EXTENSION_TYPES;
  if ([supported_groups, key_share, signature_algorithms].every((type) => present.has(type))) return;
  throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, {
    alert: "missing_extension",
    reason: "ClientHello misses mandatory extensions",
  });
}

/** ServerHello to Finished. */
function answer(
  handshake: Handshake13,
  { bytes }: HandshakeMessage,
  negotiated: Negotiated13,
  share: KeyShare,
): State {
  const { io, transcript } = handshake;
  const { cipherSuite, offer, psk } = negotiated;
  if (!psk) io.resizeHeap(HEAP_HANDSHAKE_RSA);
  transcript.add(bytes);
  transcript.select(cipherSuite.hash);
  const pair = io.crypto.generateEcdhKeyPair(NAMED_GROUPS.get(share.group)!);
  sendServerHello(handshake, negotiated, share.group, pair);
  const secret = pair.deriveSharedSecret(share.publicKey);
  // ServerHello is out by now, and mbedTLS forgets the alert.
  if (!secret)
    throw new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: "a key share that is no public key" });
  const keys = deriveHandshakeKeys(handshake, cipherSuite, offer.random, psk?.psk, secret);
  handshake.sendChangeCipherSpec();
  io.protectOutput(protectionOf(io.crypto, cipherSuite, keys.traffic.server));
  handshake.send("EncryptedExtensions", encodeUint(0, 2));
  const requests = !psk && (handshake.context.verifyMode & VERIFY_MODE_MASK) !== CERT_NONE;
  if (!psk) authenticate(handshake, offer, requests);
  sendFinished13(handshake, keys);
  const traffic = deriveApplicationSecrets(handshake, keys);
  io.protectInput(protectionOf(io.crypto, cipherSuite, keys.traffic.client));
  return expectClientFlight13(handshake, { keys, traffic, offersTickets: offer.pskWithDhe }, requests);
}

/** `ssl_tls13_write_server_hello_body` */
function sendServerHello(
  handshake: Handshake13,
  { cipherSuite, offer, psk }: Negotiated13,
  group: number,
  pair: EcdhKeyPair,
): void {
  const extensions = [
    encodeSelectedVersion(),
    encodeExtension("key_share", encodeKeyShareEntry(group, pair.publicKey)),
  ];
  if (psk) extensions.push(encodeExtension("pre_shared_key", encodeUint(psk.identity, 2)));
  const random = handshake.io.crypto.randomBytes(RANDOM_LENGTH);
  handshake.send("ServerHello", encodeServerHello(random, offer.sessionId, cipherSuite.id, extensions));
}

/** CertificateRequest, Certificate and CertificateVerify. */
function authenticate(handshake: Handshake13, offer: ClientOffer13, requests: boolean): void {
  if (requests) handshake.send("CertificateRequest", encodeCertificateRequest13());
  if (!hasCertificate(handshake.context, offer))
    throw handshakeFailure("no certificate that the client takes");
  sendCertificates13(handshake, concatenate());
  sendCertificateVerify13(handshake, offer.signatureSchemes);
}

/** `ssl_tls13_pick_key_cert` */
function hasCertificate(context: TlsContext, { signatureSchemes }: ClientOffer13): boolean {
  const [own] = context.ownCertificates;
  if (!own || checkCertificateUsage(own, "server", "ecdhe-ecdsa") !== 0) return false;
  return signatureSchemes.some((scheme) => fitsKey(scheme, own.subjectPublicKey));
}
