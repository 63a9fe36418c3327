/** When a flight is sent again: RFC 6347 section 4.2.4.1, `ssl_double_retransmit_timeout`. */

import { MAX_RETRANSMIT_TIMEOUT, MIN_RETRANSMIT_TIMEOUT } from "../limits.ts";

export class RetransmissionTimer {
  readonly #ticks: () => number;
  #timeout = MIN_RETRANSMIT_TIMEOUT;
  #deadline: number | undefined;

  /** @param ticks - Milliseconds that only go forward. */
  constructor(ticks: () => number) {
    this.#ticks = ticks;
  }

  /** Milliseconds that are left, 0 once it has run out; undefined where it is not running. */
  get remaining(): number | undefined {
    return this.#deadline === undefined ? undefined : Math.max(0, this.#deadline - this.#ticks());
  }

  get hasExpired(): boolean {
    return this.remaining === 0;
  }

  /** Whether it is the first wait for this flight. */
  get isFirst(): boolean {
    return this.#timeout === MIN_RETRANSMIT_TIMEOUT;
  }

  /** For a new flight. */
  reset(): void {
    this.#timeout = MIN_RETRANSMIT_TIMEOUT;
  }

  start(): void {
    this.#deadline = this.#ticks() + this.#timeout;
  }

  stop(): void {
    this.#deadline = undefined;
  }

  /** Waits twice as long from now on; false where it has been as long as it gets. */
  double(): boolean {
    if (this.#timeout >= MAX_RETRANSMIT_TIMEOUT) return false;
    this.#timeout = Math.min(2 * this.#timeout, MAX_RETRANSMIT_TIMEOUT);
    return true;
  }
}
