/** The anti-replay window: RFC 6347 section 4.1.2.6, `mbedtls_ssl_dtls_replay_check` and `_update`. */

const WINDOW_LENGTH = 64;
const WINDOW_MASK = (1n << BigInt(WINDOW_LENGTH)) - 1n;

/** Record numbers of one epoch. */
export class ReplayWindow {
  #top = 0;
  /** Bit n is set where record number top - n has been seen. */
  #seen = 0n;

  /** Whether the number is new, and not too old to tell. */
  accepts(number: number): boolean {
    if (number > this.#top) return true;
    const behind = this.#top - number;
    return behind < WINDOW_LENGTH && (this.#seen & (1n << BigInt(behind))) === 0n;
  }

  /** Notes the number of a record that is authentic. */
  add(number: number): void {
    if (number > this.#top) {
      const shift = number - this.#top;
      this.#seen = shift >= WINDOW_LENGTH ? 1n : ((this.#seen << BigInt(shift)) & WINDOW_MASK) | 1n;
      this.#top = number;
    } else if (this.#top - number < WINDOW_LENGTH) {
      this.#seen |= 1n << BigInt(this.#top - number);
    }
  }
}
