/** Waiting for the client's flight: `mbedtls_ssl_parse_certificate` to `mbedtls_ssl_parse_finished` in mbedTLS. */

import { CERT_OPTIONAL, VERIFY_MODE_MASK } from "../context.ts";
import type { EcdhKeyPair, HashName } from "../crypto/provider.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { ExpectChangeCipherSpec, sendFinished } from "../handshake12/finished.ts";
import type { Handshake12 } from "../handshake12/handshake.ts";
import type { Authenticated, Negotiated } from "../handshake12/negotiated.ts";
import { parsePeerCertificates } from "../handshake12/peer-certificate.ts";
import { deriveMasterSecret, deriveSecrets } from "../handshake12/secrets.ts";
import { verifySignature } from "../handshake12/sign.ts";
import { establish } from "../handshake12/traffic.ts";
import { HANDSHAKE_TYPES, type HandshakeName, type Message } from "../messages/message.ts";
import { signatureErrorCode } from "../signature-errors.ts";
import { type Next, requireHandshake, requireMessage, type State, unexpectedMessage } from "../state.ts";
import { verifyPeer } from "../verify.ts";
import { FLAG } from "../x509/flags.ts";
import type { SubjectPublicKey } from "../x509/public-key.ts";
import { readPreMasterSecret } from "./client-key-exchange.ts";
import { rememberSession, sendTicket } from "./ticket.ts";

/**
 * @param pair - For ECDH.
 * @param certificateRequested - Whether a Certificate must come first.
 */
export function expectClientFlight(
  handshake: Handshake12,
  negotiated: Negotiated,
  pair: EcdhKeyPair | undefined,
  certificateRequested: boolean,
): State {
  return certificateRequested
    ? new ExpectClientCertificate(handshake, negotiated, pair)
    : new ExpectClientKeyExchange(handshake, { ...negotiated, peerCertificates: [] }, pair, undefined);
}

/** The body of the wanted message; mbedTLS sends no alert for others in this flight. */
function requireSilently(message: Message, wanted: HandshakeName): { body: Uint8Array; bytes: Uint8Array } {
  if (message.kind !== "handshake") throw unexpectedMessage(`${message.kind} instead of ${wanted}`);
  if (message.type === HANDSHAKE_TYPES[wanted]) return message;
  throw unexpectedMessage(`handshake type ${message.type} instead of ${wanted}`);
}

class ExpectClientCertificate implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #negotiated: Negotiated;
  readonly #pair: EcdhKeyPair | undefined;

  constructor(handshake: Handshake12, negotiated: Negotiated, pair: EcdhKeyPair | undefined) {
    this.#handshake = handshake;
    this.#negotiated = negotiated;
    this.#pair = pair;
  }

  handle(message: Message): Next {
    const body = requireMessage(message, "Certificate");
    const { bytes } = requireHandshake(message, "Certificate");
    const isEmpty = body.length === 3 && body.every((byte) => byte === 0);
    return isEmpty ? this.#withoutCertificate(bytes) : this.#withCertificate(body, bytes);
  }

  #withoutCertificate(bytes: Uint8Array): State {
    const { io, context, setting } = this.#handshake;
    const accepted = (context.verifyMode & VERIFY_MODE_MASK) === CERT_OPTIONAL;
    const judged = { chain: [], trusted: context.caChain, hostName: setting.hostName, now: io.now() };
    io.report({ kind: "verification", flags: FLAG.BADCERT_MISSING, accepted, ...judged });
    // No alert; MicroPython sends one where the handshake runs in a read or a write.
    if (!accepted) throw new MbedTlsError(ERR.SSL_NO_CLIENT_CERTIFICATE);
    return this.#next(bytes, [], undefined);
  }

  #withCertificate(body: Uint8Array, bytes: Uint8Array): Next {
    const chain = parsePeerCertificates(body);
    const { io, context, setting } = this.#handshake;
    const { keyExchange } = this.#negotiated.cipherSuite;
    const client = { peer: "client", hostName: setting.hostName, keyExchange } as const;
    return verifyPeer(io, context, client, chain, () =>
      this.#next(bytes, chain, chain[0]?.subjectPublicKey ?? { type: "unsupported" }),
    );
  }

  #next(
    bytes: Uint8Array,
    peerCertificates: Authenticated["peerCertificates"],
    key: SubjectPublicKey | undefined,
  ): State {
    this.#handshake.transcript.add(bytes);
    const authenticated = { ...this.#negotiated, peerCertificates };
    return new ExpectClientKeyExchange(this.#handshake, authenticated, this.#pair, key);
  }
}

class ExpectClientKeyExchange implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #authenticated: Authenticated;
  readonly #pair: EcdhKeyPair | undefined;
  readonly #clientKey: SubjectPublicKey | undefined;

  /** @param clientKey - That of the client's certificate, which must sign. */
  constructor(
    handshake: Handshake12,
    authenticated: Authenticated,
    pair: EcdhKeyPair | undefined,
    clientKey: SubjectPublicKey | undefined,
  ) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#pair = pair;
    this.#clientKey = clientKey;
  }

  handle(message: Message): Next {
    const { body, bytes } = requireSilently(message, "ClientKeyExchange");
    const [handshake, authenticated] = [this.#handshake, this.#authenticated];
    return readPreMasterSecret(handshake, authenticated, body, this.#pair, (preMasterSecret) => {
      handshake.transcript.add(bytes);
      const master = deriveMasterSecret(handshake, authenticated, preMasterSecret);
      return this.#clientKey
        ? new ExpectCertificateVerify(handshake, authenticated, master, this.#clientKey)
        : expectFinished(handshake, authenticated, master);
    });
  }
}

/** Hashes that mbedTLS takes in CertificateVerify (`mbedtls_ssl_set_calc_verify_md`), by number. */
const VERIFY_HASHES: ReadonlyMap<number, HashName> = new Map([
  [4, "sha256"],
  [5, "sha384"],
]);
const KEY_TYPES: ReadonlyMap<number, string> = new Map([
  [1, "rsa"],
  [3, "ec"],
]);

class ExpectCertificateVerify implements State {
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #authenticated: Authenticated;
  readonly #master: Uint8Array;
  readonly #key: SubjectPublicKey;

  constructor(
    handshake: Handshake12,
    authenticated: Authenticated,
    master: Uint8Array,
    key: SubjectPublicKey,
  ) {
    this.#handshake = handshake;
    this.#authenticated = authenticated;
    this.#master = master;
    this.#key = key;
  }

  /** `ssl_parse_certificate_verify`, which sends no alerts. */
  handle(message: Message): State {
    const { body, bytes } = requireSilently(message, "CertificateVerify");
    if (body.length < 2) throw silent(decodeError("CertificateVerify is too short"));
    const hash = VERIFY_HASHES.get(body[0]!);
    const key = this.#key;
    if (!hash || key.type === "unsupported" || KEY_TYPES.get(body[1]!) !== key.type) {
      throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { reason: "bad algorithm of CertificateVerify" });
    }
    const signature = body.subarray(4);
    if (body.length < 4 || signature.length !== ((body[2]! << 8) | body[3]!)) {
      throw silent(decodeError("bad length of CertificateVerify"));
    }
    const { io, transcript } = this.#handshake;
    const algorithm = { hash, signature: key.type === "rsa" ? "rsa" : "ecdsa" } as const;
    if (!verifySignature(io.crypto, key, algorithm, transcript.bytes(), signature)) {
      throw new MbedTlsError(signatureErrorCode(key, signature), { reason: "not signed by the client" });
    }
    transcript.add(bytes);
    return expectFinished(this.#handshake, this.#authenticated, this.#master);
  }
}

/** The same failure, without its alert. */
function silent(error: MbedTlsError): MbedTlsError {
  return new MbedTlsError(error.code, { reason: error.message });
}

function expectFinished(handshake: Handshake12, authenticated: Authenticated, master: Uint8Array): State {
  const secrets = deriveSecrets(handshake, authenticated, master);
  return new ExpectChangeCipherSpec(handshake, authenticated, secrets, () => {
    if (authenticated.ticketExpected) sendTicket(handshake, authenticated, master);
    sendFinished(handshake, authenticated, secrets);
    rememberSession(handshake, authenticated, master);
    return establish(handshake, authenticated, master);
  });
}
