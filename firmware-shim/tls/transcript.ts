/** All handshake messages, and their running hash: RFC 5246 sections 7.4.8 and 7.4.9. */

import { concatenate } from "./bytes.ts";
import type { CryptoProvider, HashName, RunningHash } from "./crypto/provider.ts";

/** The handshake type of what stands for the first ClientHello: RFC 8446 section 4. */
const MESSAGE_HASH = 254;

export class Transcript {
  readonly #crypto: CryptoProvider;
  /** Kept to the end: CertificateVerify may be over another hash. */
  readonly #messages: Uint8Array[] = [];
  #hash: RunningHash | undefined;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  /** Adds a message, header included; it must not change afterwards. */
  add(message: Uint8Array): void {
    this.#hash?.update(message);
    this.#messages.push(message);
  }

  /** Settles the hash, once the cipher suite is known. */
  select(hash: HashName): void {
    const running = this.#crypto.createHash(hash);
    for (const message of this.#messages) running.update(message);
    this.#hash = running;
  }

  /**
   * Replaces what has been said so far, a ClientHello, by its hash: RFC 8446 section 4.4.1,
   * `mbedtls_ssl_reset_transcript_for_hrr`.
   */
  collapse(hash: HashName): void {
    const digest = this.#crypto.hash(hash, this.bytes());
    this.#messages.length = 0;
    this.#messages.push(concatenate(Uint8Array.of(MESSAGE_HASH, 0, 0, digest.length), digest));
    this.select(hash);
  }

  /** The hash of all messages so far and a part of the next. */
  digestWith(hash: HashName, part: Uint8Array): Uint8Array {
    return this.#crypto.hash(hash, concatenate(...this.#messages, part));
  }

  /** All messages so far. */
  bytes(): Uint8Array {
    return concatenate(...this.#messages);
  }

  /** The hash of all messages so far. */
  digest(): Uint8Array {
    if (!this.#hash) throw new Error("the transcript has no hash yet");
    return this.#hash.digest();
  }
}
