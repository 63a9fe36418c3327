/** The running hash of all handshake messages: RFC 5246 section 7.4.9. */

import type { CryptoProvider, HashName, RunningHash } from "./crypto/provider.ts";

export class Transcript {
  readonly #crypto: CryptoProvider;
  /** Messages from before the hash was agreed on. */
  #early: Uint8Array[] = [];
  #hash: RunningHash | undefined;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  /** Adds a message, header included; it must not change until `select` has been called. */
  add(message: Uint8Array): void {
    if (this.#hash) this.#hash.update(message);
    else this.#early.push(message);
  }

  /** Settles the hash, once the cipher suite is known. */
  select(hash: HashName): void {
    const running = this.#crypto.createHash(hash);
    for (const message of this.#early) running.update(message);
    this.#early = [];
    this.#hash = running;
  }

  /** The hash of all messages so far. */
  digest(): Uint8Array {
    if (!this.#hash) throw new Error("the transcript has no hash yet");
    return this.#hash.digest();
  }
}
