/** Waiting for the server's Certificate: `mbedtls_ssl_parse_certificate` in mbedTLS's ssl_tls.c. */

import { ERR, MbedTlsError } from "../errors.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Negotiated } from "../handshake12/negotiated.ts";
import { parsePeerCertificates } from "../handshake12/peer-certificate.ts";
import type { Message } from "../messages/message.ts";
import { type Next, requireHandshake, requireMessage, type State } from "../state.ts";
import { verifyPeer } from "../verify.ts";
import type { Certificate } from "../x509/certificate.ts";
import { bytesEqual } from "../x509/name.ts";

export class ExpectCertificate implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #negotiated: Negotiated;
  readonly #next: (chain: readonly Certificate[]) => State;

  constructor(
    handshake: Handshake12,
    negotiated: Negotiated,
    next: (chain: readonly Certificate[]) => State,
  ) {
    this.#handshake = handshake;
    this.#negotiated = negotiated;
    this.#next = next;
  }

  handle(message: Message): Next {
    const body = requireMessage(message, "Certificate");
    const chain = parsePeerCertificates(body, (der) => this.#checkUnchanged(der));
    const { io, context, setting, transcript } = this.#handshake;
    const { keyExchange } = this.#negotiated.cipherSuite;
    const server = { peer: "server", hostName: setting.hostName, keyExchange } as const;
    return verifyPeer(io, context, server, chain, () => {
      transcript.add(requireHandshake(message, "Certificate").bytes);
      return this.#next(chain);
    });
  }

  /** In a renegotiation the server must stay who it was (`ssl_check_peer_crt_unchanged`), against triple handshakes. */
  #checkUnchanged(der: Uint8Array): void {
    const { previous } = this.#handshake.setting;
    const before = previous?.session.peerCertificates[0]?.der;
    if (!previous || (before && bytesEqual(before, der))) return;
    throw new MbedTlsError(ERR.SSL_BAD_CERTIFICATE, { alert: "access_denied" });
  }
}
