/** Waiting for the server's Certificate: `mbedtls_ssl_parse_certificate` in mbedTLS's ssl_tls.c. */

import { ERR, MbedTlsError } from "../errors.ts";
import { decodeCertificates } from "../messages/certificate.ts";
import type { Message } from "../messages/message.ts";
import { requireHandshake, requireMessage, type State } from "../state.ts";
import { verifyPeer } from "../verify.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { InvalidCertificateError } from "../x509/errors.ts";
import type { ClientHandshake } from "./handshake.ts";
import type { Negotiated } from "./server-hello.ts";
import { ExpectServerKeyExchange } from "./server-key-exchange.ts";

export class ExpectCertificate implements State {
  readonly session = undefined;
  readonly #handshake: ClientHandshake;
  readonly #negotiated: Negotiated;

  constructor(handshake: ClientHandshake, negotiated: Negotiated) {
    this.#handshake = handshake;
    this.#negotiated = negotiated;
  }

  handle(message: Message): State {
    const body = requireMessage(message, "Certificate");
    const peerCertificates = parseChain(body);
    const [own] = peerCertificates;
    const { io, context, hostName, transcript } = this.#handshake;
    verifyPeer(io, context, hostName, peerCertificates, this.#negotiated.cipherSuite.keyExchange);
    transcript.add(requireHandshake(message, "Certificate").bytes);
    return new ExpectServerKeyExchange(
      this.#handshake,
      { ...this.#negotiated, peerCertificates },
      own?.subjectPublicKey ?? { type: "unsupported" },
    );
  }
}

/** mbedTLS leaves such certificates out of the chain, the peer's own included: another one may be trusted. */
const UNKNOWN_SIGNATURE_ALGORITHM = ERR.X509_UNKNOWN_SIG_ALG + ERR.OID_NOT_FOUND;

/** Parses each certificate as it is reached. One that does not parse ends the handshake whatever the verify mode. */
function parseChain(body: Uint8Array): Certificate[] {
  const chain: Certificate[] = [];
  for (const der of decodeCertificates(body)) {
    try {
      chain.push(parseCertificate(der));
    } catch (error) {
      if (!(error instanceof InvalidCertificateError)) throw error;
      if (error.code === UNKNOWN_SIGNATURE_ALGORITHM) continue;
      const alert = error.code === ERR.X509_UNKNOWN_VERSION ? "unsupported_certificate" : "bad_certificate";
      throw new MbedTlsError(error.code, { alert, reason: error.message });
    }
  }
  return chain;
}
