/** All handshake messages, and their running hash: RFC 5246 sections 7.4.8 and 7.4.9. */

import { concatenate } from "./bytes.ts";
import type { CryptoProvider, HashName, RunningHash } from "./crypto/provider.ts";

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
