/** Waiting for ServerKeyExchange: `ssl_parse_server_key_exchange` in mbedTLS's ssl_tls12_client.c. */

import { concatenate } from "../bytes.ts";
import type { CryptoProvider, PublicKey } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from "../messages/extensions.ts";
import type { Message } from "../messages/message.ts";
import { decodeServerKeyExchange, decodeSignature } from "../messages/server-key-exchange.ts";
import { signatureErrorCode } from "../signature-errors.ts";
import { requireHandshake, requireMessage, type State } from "../state.ts";
import type { Certificate } from "../x509/certificate.ts";
import type { SubjectPublicKey } from "../x509/public-key.ts";
import type { ClientHandshake } from "./handshake.ts";
import type { Negotiated } from "./server-hello.ts";
import { ExpectCertificateRequest } from "./server-hello-done.ts";

/** What is known once the server has proved its key. */
export interface Authenticated extends Negotiated {
  readonly peerCertificates: readonly Certificate[];
}

/** The kind of key that makes each kind of signature. */
const KEY_TYPES = { rsa: "rsa", ecdsa: "ec" } as const;

export class ExpectServerKeyExchange implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;
  readonly #authenticated: Authenticated;
  readonly #publicKey: SubjectPublicKey;

  constructor(handshake: ClientHandshake, authenticated: Authenticated, publicKey: SubjectPublicKey) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#publicKey = publicKey;
  }

  handle(message: Message): State {
    const body = requireMessage(message, "ServerKeyExchange");
    const { parameters, parameterBytes, signed } = decodeServerKeyExchange(body);
    const algorithm = SIGNATURE_ALGORITHMS.get(signed.algorithm);
    const publicKey = this.#publicKey;
    // Only what was offered, as RFC 5246 section 7.4.3 demands. mbedTLS would also take SHA-1, SHA-224 and PSS.
    if (!algorithm || publicKey.type === "unsupported" || publicKey.type !== KEY_TYPES[algorithm.signature]) {
      throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter" });
    }
    const { clientRandom, io, transcript } = this.#handshake;
    const signature = decodeSignature(signed);
    const content = concatenate(clientRandom, this.#authenticated.serverRandom, parameterBytes);
    if (!verifySignature(io.crypto, publicKey, algorithm, content, signature)) {
      const code = signatureErrorCode(publicKey, signature);
      throw new MbedTlsError(code, { alert: "decrypt_error", reason: "not signed by the server" });
    }
    transcript.add(requireHandshake(message, "ServerKeyExchange").bytes);
    return new ExpectCertificateRequest(this.#handshake, this.#authenticated, parameters);
  }
}

function verifySignature(
  crypto: CryptoProvider,
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  content: Uint8Array,
  signature: Uint8Array,
): boolean {
  return key.type === "rsa"
    ? crypto.verifyRsaPkcs1(key, algorithm.hash, content, signature)
    : crypto.verifyEcdsa(key, algorithm.hash, content, signature);
}
