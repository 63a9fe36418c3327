/** Waiting for EncryptedExtensions to Finished, and the client's answer: mbedTLS's ssl_tls13_client.c. */

import { ByteReader } from "../bytes.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import {
  parsePeerCertificates13,
  sendCertificates13,
  sendCertificateVerify13,
  takeCertificateVerify13,
} from "../handshake13/certificate.ts";
import { sendFinished13, takeFinished13 } from "../handshake13/finished.ts";
import { type Handshake13, requireType, State13 } from "../handshake13/handshake.ts";
import {
  deriveApplicationSecrets,
  deriveResumptionMaster,
  type HandshakeKeys,
  protectionOf,
} from "../handshake13/keys.ts";
import { establish13 } from "../handshake13/traffic.ts";
import { type CertificateRequest13, decodeCertificateRequest13 } from "../messages/certificate-request13.ts";
import { checkAnswer } from "../messages/extensions13.ts";
import { HANDSHAKE_TYPES, type Message } from "../messages/message.ts";
import { type Next, requireHandshake, type State } from "../state.ts";
import { verifyPeer } from "../verify.ts";
import type { Certificate } from "../x509/certificate.ts";

export class ExpectEncryptedExtensions extends State13 {
  readonly #handshake: Handshake13;
  readonly #keys: HandshakeKeys;
  readonly #sentExtensions: ReadonlySet<number>;
  readonly #resumed: boolean;

  /**
   * @param sentExtensions - Those of ClientHello, by type.
   * @param resumed - Whether a ticket authenticates the server, so that no certificate comes.
   */
  constructor(
    handshake: Handshake13,
    keys: HandshakeKeys,
    sentExtensions: ReadonlySet<number>,
    resumed: boolean,
  ) {
    super();
    this.#handshake = handshake;
    this.#keys = keys;
    this.#sentExtensions = sentExtensions;
    this.#resumed = resumed;
  }

  /** What is said about what was asked for has nothing that the client needs. */
  protected take(message: Message): Next {
    const { body, bytes } = requireType(message, "EncryptedExtensions");
    const reader = new ByteReader(body);
    const extensions = new ByteReader(reader.vector(2));
    while (extensions.remaining > 0) {
      const type = extensions.uint(2);
      extensions.vector(2);
      checkAnswer("EncryptedExtensions", type, this.#sentExtensions);
    }
    if (reader.remaining > 0) throw decodeError("bytes after EncryptedExtensions");
    this.#handshake.transcript.add(bytes);
    return this.#resumed
      ? new ExpectServerFinished(this.#handshake, this.#keys, [], undefined)
      : new ExpectCertificateRequest13(this.#handshake, this.#keys);
  }
}

/** CertificateRequest or Certificate may come. */
class ExpectCertificateRequest13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #keys: HandshakeKeys;

  constructor(handshake: Handshake13, keys: HandshakeKeys) {
    super();
    this.#handshake = handshake;
    this.#keys = keys;
  }

  protected take(message: Message): Next {
    const { type, body, bytes } = requireHandshake(message, "Certificate");
    if (type !== HANDSHAKE_TYPES.CertificateRequest) {
      return new ExpectCertificate13(this.#handshake, this.#keys, undefined).handle(message);
    }
    const request = decodeCertificateRequest13(body);
    this.#handshake.transcript.add(bytes);
    return new ExpectCertificate13(this.#handshake, this.#keys, request);
  }
}

class ExpectCertificate13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #keys: HandshakeKeys;
  readonly #request: CertificateRequest13 | undefined;

  constructor(handshake: Handshake13, keys: HandshakeKeys, request: CertificateRequest13 | undefined) {
    super();
    this.#handshake = handshake;
    this.#keys = keys;
    this.#request = request;
  }

  protected take(message: Message): Next {
    const { body, bytes } = requireType(message, "Certificate");
    const chain = parsePeerCertificates13(body);
    const { io, context, hostName, transcript } = this.#handshake;
    if (isEmptyList(body)) {
      throw new MbedTlsError(ERR.SSL_FATAL_ALERT_MESSAGE, { alert: "no_certificate" });
    }
    // The key exchange stands for its keyUsage: a server's key always signs.
    const server = { peer: "server", hostName, keyExchange: "ecdhe-ecdsa" } as const;
    return verifyPeer(io, context, server, chain, () => {
      transcript.add(bytes);
      return new ExpectCertificateVerify13(this.#handshake, this.#keys, chain, this.#request);
    });
  }
}

/** Not only a chain of which all certificates have been left out. */
function isEmptyList(body: Uint8Array): boolean {
  return body.length === 4;
}

class ExpectCertificateVerify13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #keys: HandshakeKeys;
  readonly #chain: readonly Certificate[];
  readonly #request: CertificateRequest13 | undefined;

  constructor(
    handshake: Handshake13,
    keys: HandshakeKeys,
    chain: readonly Certificate[],
    request: CertificateRequest13 | undefined,
  ) {
    super();
    this.#handshake = handshake;
    this.#keys = keys;
    this.#chain = chain;
    this.#request = request;
  }

  protected take(received: Message): Next {
    const message = requireType(received, "CertificateVerify");
    const key = this.#chain[0]?.subjectPublicKey ?? { type: "unsupported" };
    takeCertificateVerify13(this.#handshake, key, message);
    return new ExpectServerFinished(this.#handshake, this.#keys, this.#chain, this.#request);
  }
}

class ExpectServerFinished extends State13 {
  readonly #handshake: Handshake13;
  readonly #keys: HandshakeKeys;
  readonly #chain: readonly Certificate[];
  readonly #request: CertificateRequest13 | undefined;

  constructor(
    handshake: Handshake13,
    keys: HandshakeKeys,
    chain: readonly Certificate[],
    request: CertificateRequest13 | undefined,
  ) {
    super();
    this.#handshake = handshake;
    this.#keys = keys;
    this.#chain = chain;
    this.#request = request;
  }

  protected take(received: Message): State {
    const [handshake, keys] = [this.#handshake, this.#keys];
    takeFinished13(handshake, keys, requireType(received, "Finished"));
    const { io } = handshake;
    const { cipherSuite } = keys;
    const traffic = deriveApplicationSecrets(handshake, keys);
    io.protectInput(protectionOf(io.crypto, cipherSuite, traffic.server));
    // Until now what the client had to say, an alert perhaps, went in the clear: so does mbedTLS.
    handshake.sendChangeCipherSpec();
    io.protectOutput(protectionOf(io.crypto, cipherSuite, keys.traffic.client));
    this.#authenticate();
    sendFinished13(handshake, keys);
    io.protectOutput(protectionOf(io.crypto, cipherSuite, traffic.client));
    const resumptionMaster = deriveResumptionMaster(handshake, keys);
    return establish13(handshake, { cipherSuite, peerCertificates: this.#chain, traffic, resumptionMaster });
  }

  /** A client that is asked and has no certificate sends an empty list: RFC 8446 section 4.4.2. */
  #authenticate(): void {
    if (!this.#request) return;
    sendCertificates13(this.#handshake, this.#request.context);
    if (this.#handshake.context.ownCertificates.length === 0) return;
    sendCertificateVerify13(this.#handshake, this.#request.signatureSchemes);
  }
}
