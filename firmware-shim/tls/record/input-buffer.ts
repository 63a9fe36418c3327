/** A queue of received bytes: appended in pieces of any size, taken in whole records. */

import { INPUT_BUFFER_LENGTH } from "../limits.ts";

/**
 * Bytes are copied in once, so that the caller may reuse its memory. They move again only when room runs out,
 * and then at most as many as the room that is gained, so that the cost of a byte does not depend on how much
 * is queued.
 */
export class InputBuffer {
  #bytes = new Uint8Array(INPUT_BUFFER_LENGTH);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(bytes: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The byte at that distance from the front; 0 where there is none. */
  at(offset: number): number {
    return offset < this.length ? (this.#bytes[this.#start + offset] ?? 0) : 0;
  }

  /** Removes and returns the first bytes, as a view that is good until the next `append`. */
  take(length: number): Uint8Array {
    const start = this.#start;
    this.#start += length;
    return this.#bytes.subarray(start, this.#start);
  }

  #makeRoom(length: number): void {
    const needed = this.length + length;
    const enough = needed <= this.#bytes.length && this.#start >= this.length;
    const target = enough ? this.#bytes : new Uint8Array(Math.max(needed * 2, INPUT_BUFFER_LENGTH));
    target.set(this.#bytes.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#bytes = target;
  }
}
