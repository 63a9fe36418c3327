/** HelloVerifyRequest's cookies: RFC 6347 section 4.2.1, mbedTLS's ssl_cookie.c. */

import { concatenate, encodeUint, equalConstantTime } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { COOKIE_TIMEOUT } from "../limits.ts";

/** Bytes of a context's secret. */
export const COOKIE_KEY_LENGTH = 32;
const TIME_LENGTH = 4;
/** Bytes of the HMAC with SHA-256 that are kept. */
const HMAC_LENGTH = 28;

/** The cookies of one client, which `id` stands for: its address, say. Nothing is kept of a client in between. */
export class ClientCookies {
  readonly #crypto: CryptoProvider;
  readonly #key: Uint8Array;
  readonly #id: Uint8Array;
  readonly #now: () => number;

  /** @param now - Seconds since 1970 UTC. */
  constructor(crypto: CryptoProvider, key: Uint8Array, id: Uint8Array, now: () => number) {
    this.#crypto = crypto;
    this.#key = key;
    this.#id = id.slice();
    this.#now = now;
  }

  /** The time, and an HMAC over it and the client. */
  create(): Uint8Array {
    const time = encodeUint(this.#seconds(), TIME_LENGTH);
    return concatenate(time, this.#hmac(time));
  }

  /** Whether it is a cookie of this client's, no older than a minute; one from the future, after the clock was set back, is not. */
  check(cookie: Uint8Array): boolean {
    if (cookie.length !== TIME_LENGTH + HMAC_LENGTH) return false;
    const time = cookie.subarray(0, TIME_LENGTH);
    if (!equalConstantTime(cookie.subarray(TIME_LENGTH), this.#hmac(time))) return false;
    const made = time.reduce((value, byte) => value * 256 + byte, 0);
    return (this.#seconds() - made) >>> 0 <= COOKIE_TIMEOUT;
  }

  #seconds(): number {
    return Math.floor(this.#now()) >>> 0;
  }

  #hmac(time: Uint8Array): Uint8Array {
    return this.#crypto.hmac("sha256", this.#key, concatenate(time, this.#id)).subarray(0, HMAC_LENGTH);
  }
}
