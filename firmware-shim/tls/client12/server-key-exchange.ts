/** Waiting for ServerKeyExchange: `ssl_parse_server_key_exchange` in mbedTLS's ssl_tls12_client.c. */

import { concatenate } from "../bytes.ts";
import { usesEphemeralKeys } from "../ciphersuites.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Authenticated } from "../handshake12/negotiated.ts";
import { verifySignature } from "../handshake12/sign.ts";
import {
  NAMED_CURVES,
  NAMED_GROUPS,
  SIGNATURE_ALGORITHMS,
  SIGNATURE_SCHEMES,
} from "../messages/extensions.ts";
import { HANDSHAKE_TYPES, type Message } from "../messages/message.ts";
import {
  decodePskServerKeyExchange,
  decodeServerKeyExchange,
  decodeSignature,
  type EcdheParameters,
} from "../messages/server-key-exchange.ts";
import { signatureErrorCode } from "../signature-errors.ts";
import { type Next, requireHandshake, requireMessage, type State, unexpectedMessage } from "../state.ts";

/** The kind of key that makes each kind of signature. */
const KEY_TYPES = { rsa: "rsa", "rsa-pss": "rsa", ecdsa: "ec" } as const;

type AfterParameters = (parameters: EcdheParameters | undefined) => State;

/** ECDHE-RSA and ECDHE-ECDSA. */
export class ExpectServerKeyExchange implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #authenticated: Authenticated;
  readonly #next: AfterParameters;

  constructor(handshake: Handshake12, authenticated: Authenticated, next: AfterParameters) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#next = next;
  }

  handle(message: Message): State {
    const body = requireMessage(message, "ServerKeyExchange");
    // A hello that offers TLS 1.3 as well offers X25519 and RSASSA-PSS.
    const offered13 = this.#handshake.context.cipherSuites13.length > 0;
    const groups = offered13 ? NAMED_GROUPS : NAMED_CURVES;
    const { parameters, parameterBytes, signed } = decodeServerKeyExchange(body, groups);
    const algorithm =
      SIGNATURE_ALGORITHMS.get(signed.algorithm) ??
      (offered13 ? SIGNATURE_SCHEMES.get(signed.algorithm) : undefined);
    const publicKey = this.#authenticated.peerCertificates[0]?.subjectPublicKey ?? { type: "unsupported" };
    // Only what was offered, as RFC 5246 section 7.4.3 demands. mbedTLS would also take SHA-1, SHA-224 and PSS.
    if (!algorithm || publicKey.type === "unsupported" || publicKey.type !== KEY_TYPES[algorithm.signature]) {
      throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter" });
    }
    const { io, transcript } = this.#handshake;
    const { randoms } = this.#authenticated;
    const signature = decodeSignature(signed);
    const content = concatenate(randoms.client, randoms.server, parameterBytes);
    if (!verifySignature(io.crypto, publicKey, algorithm, content, signature)) {
      const code = signatureErrorCode(publicKey, signature);
      throw new MbedTlsError(code, { alert: "decrypt_error", reason: "not signed by the server" });
    }
    transcript.add(requireHandshake(message, "ServerKeyExchange").bytes);
    return this.#next(parameters);
  }
}

/** PSK suites: a hint, which is not used; for ECDHE-PSK unsigned parameters. Without them the message may be missing. */
export class ExpectPskServerKeyExchange implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #hasParameters: boolean;
  readonly #next: AfterParameters;

  constructor(handshake: Handshake12, authenticated: Authenticated, next: AfterParameters) {
    this.#handshake = handshake;
    this.#hasParameters = usesEphemeralKeys(authenticated.cipherSuite);
    this.#next = next;
  }

  handle(message: Message): Next {
    const { type, body, bytes } = requireHandshake(message, "ServerKeyExchange");
    if (type !== HANDSHAKE_TYPES.ServerKeyExchange) {
      if (!this.#hasParameters) return this.#next(undefined).handle(message);
      throw unexpectedMessage(`handshake type ${type} instead of ServerKeyExchange`, "unexpected_message");
    }
    const parameters = decodePskServerKeyExchange(body, this.#hasParameters);
    this.#handshake.transcript.add(bytes);
    return this.#next(parameters);
  }
}
