/** Waiting for ServerHello or HelloRetryRequest: `ssl_tls13_process_server_hello` in mbedTLS's ssl_tls13_client.c. */

import { ByteReader } from "../bytes.ts";
import { type CipherSuite13, cipherSuite13FromId } from "../ciphersuites13.ts";
import { continueClient12 } from "../client12/start.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { type Handshake13, requireType, State13 } from "../handshake13/handshake.ts";
import { deriveHandshakeKeys, protectionOf } from "../handshake13/keys.ts";
import { HEAP_HANDSHAKE_RSA, RANDOM_LENGTH } from "../limits.ts";
import { EXTENSION_TYPES } from "../messages/extensions.ts";
import { checkAnswer, handshakeFailure, illegalParameter } from "../messages/extensions13.ts";
import type { HandshakeMessage, Message } from "../messages/message.ts";
import {
  HELLO_RETRY_REQUEST_RANDOM,
  hasDowngradeSentinel,
  hasSupportedVersions,
  serverRandom,
} from "../messages/server-hello13.ts";
import { VERSION_TLS12, VERSION_TLS13 } from "../record/content-type.ts";
import { type Next, type State, unexpectedMessage } from "../state.ts";
import { bytesEqual } from "../x509/name.ts";
import { ExpectEncryptedExtensions } from "./server-flight.ts";
import { generateKeyShare, type Offer13, sendClientHello } from "./start.ts";

const COMPRESSION_NULL = 0;

/** Either message, as far as its form goes. */
interface ServerHello13 {
  readonly cipherSuite: CipherSuite13;
  readonly extensions: ReadonlyMap<number, Uint8Array>;
}

export class ExpectServerHello13 extends State13 {
  readonly #handshake: Handshake13;
  readonly #offer: Offer13;
  readonly #clientHello: Uint8Array;

  /** @param clientHello - The first one's bytes, with which a handshake of TLS 1.2 would go on. */
  constructor(handshake: Handshake13, offer: Offer13, clientHello: Uint8Array) {
    super();
    this.#handshake = handshake;
    this.#offer = offer;
    this.#clientHello = clientHello;
  }

  protected take(received: Message): Next {
    const message = requireType(received, "ServerHello");
    if (!hasSupportedVersions(message.body)) return this.#fallBack(message);
    const isRetry = bytesEqual(serverRandom(message.body), HELLO_RETRY_REQUEST_RANDOM);
    if (isRetry && this.#offer.retried) {
      throw unexpectedMessage("a second HelloRetryRequest", "unexpected_message");
    }
    const hello = this.#parse(message.body, isRetry ? "HelloRetryRequest" : "ServerHello");
    return isRetry ? this.#retry(message, hello) : this.#proceed(message, hello);
  }

  /** The server wants TLS 1.2. One that knows 1.3 as well has been deceived, and says so (RFC 8446 section 4.1.3). */
  #fallBack(message: HandshakeMessage): Next {
    const { random, sessionId, cipherSuites12, retried } = this.#offer;
    if (cipherSuites12.length === 0 || retried || hasDowngradeSentinel(serverRandom(message.body))) {
      throw illegalParameter("TLS 1.2 where TLS 1.3 was to be expected");
    }
    const { io, context, hostName } = this.#handshake;
    return continueClient12(io, context, hostName, this.#clientHello, random, sessionId).handle(message);
  }

  #parse(body: Uint8Array, kind: "ServerHello" | "HelloRetryRequest"): ServerHello13 {
    const reader = new ByteReader(body);
    if (reader.uint(2) !== VERSION_TLS12) {
      throw new MbedTlsError(ERR.SSL_BAD_PROTOCOL_VERSION, { alert: "protocol_version" });
    }
    reader.bytes(RANDOM_LENGTH);
    const { sessionId, cipherSuites13, retried, sentExtensions } = this.#offer;
    if (!bytesEqual(reader.vector(1), sessionId)) throw illegalParameter("another session_id");
    const cipherSuite = cipherSuite13FromId(reader.uint(2));
    if (!cipherSuite || !cipherSuites13.includes(cipherSuite) || (retried && retried !== cipherSuite)) {
      throw illegalParameter("a suite that was not offered, or another one than before");
    }
    if (reader.uint(1) !== COMPRESSION_NULL) throw illegalParameter("compression");
    const list = new ByteReader(reader.vector(2));
    if (reader.remaining > 0) throw decodeError("bytes after the extensions");
    const extensions = new Map<number, Uint8Array>();
    while (list.remaining > 0) {
      const type = list.uint(2);
      const data = list.vector(2);
      // A cookie comes without having been asked for.
      const isCookie = kind === "HelloRetryRequest" && type === EXTENSION_TYPES.cookie;
      checkAnswer(kind, type, isCookie ? new Set([type]) : sentExtensions);
      if (type === EXTENSION_TYPES.supported_versions) checkVersion(data);
      extensions.set(type, data);
    }
    return { cipherSuite, extensions };
  }

  #retry({ bytes }: HandshakeMessage, { cipherSuite, extensions }: ServerHello13): State {
    const cookie = extensions.get(EXTENSION_TYPES.cookie);
    const share = extensions.get(EXTENSION_TYPES.key_share);
    const { transcript } = this.#handshake;
    transcript.collapse(cipherSuite.hash);
    transcript.add(bytes);
    const { resume } = this.#offer;
    this.#handshake.sendChangeCipherSpec();
    return sendClientHello(this.#handshake, {
      ...this.#offer,
      ...(share && this.#otherShare(new ByteReader(share).uint(2))),
      cookie: cookie && new ByteReader(cookie).vector(2).slice(),
      // A ticket is bound to its hash: section 4.1.4.
      resume: resume?.cipherSuite.hash === cipherSuite.hash ? resume : undefined,
      retried: cipherSuite,
    });
  }

  #otherShare(group: number): Pick<Offer13, "group" | "pair"> {
    if (group === this.#offer.group) throw illegalParameter("a retry with the group that was offered");
    return { group, pair: generateKeyShare(this.#handshake.io, group) };
  }

  #proceed({ bytes }: HandshakeMessage, { cipherSuite, extensions }: ServerHello13): State {
    const session = this.#resumed(cipherSuite, extensions.get(EXTENSION_TYPES.pre_shared_key));
    const share = extensions.get(EXTENSION_TYPES.key_share);
    if (!share) throw handshakeFailure("no key_share, or a key exchange that was not offered");
    const sharedSecret = this.#agree(new ByteReader(share));
    const { io, transcript } = this.#handshake;
    if (!session) io.resizeHeap(HEAP_HANDSHAKE_RSA);
    transcript.add(bytes);
    transcript.select(cipherSuite.hash);
    const { random, sentExtensions } = this.#offer;
    const keys = deriveHandshakeKeys(this.#handshake, cipherSuite, random, session?.psk, sharedSecret);
    io.protectInput(protectionOf(io.crypto, cipherSuite, keys.traffic.server));
    return new ExpectEncryptedExtensions(this.#handshake, keys, sentExtensions, session !== undefined);
  }

  /** Whether the server takes the ticket: the first and only identity, with the suite that is its own. */
  #resumed(cipherSuite: CipherSuite13, selected: Uint8Array | undefined) {
    if (!selected) return undefined;
    const { resume } = this.#offer;
    const identity = new ByteReader(selected).uint(2);
    if (identity !== 0 || resume?.cipherSuite.hash !== cipherSuite.hash) {
      throw illegalParameter("a pre_shared_key that was not offered");
    }
    return resume;
  }

  #agree(share: ByteReader): Uint8Array {
    const { group, pair } = this.#offer;
    if (share.uint(2) !== group) throw handshakeFailure("a key share of another group");
    const secret = pair.deriveSharedSecret(share.vector(2));
    if (!secret) throw handshakeFailure("the server's key share is not a public key");
    return secret;
  }
}

function checkVersion(data: Uint8Array): void {
  const reader = new ByteReader(data);
  if (reader.uint(2) !== VERSION_TLS13) throw illegalParameter("a version that was not offered");
  if (reader.remaining > 0) throw decodeError("bad length of supported_versions");
}
