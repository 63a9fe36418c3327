import type { Doorbell } from "../mailbox/doorbell.ts";
import type { FrameRing } from "../mailbox/ring.ts";

/**
 * Writes frames to a board's ring and rings its doorbell. What finds no room waits here, in order, until
 * the board says that it has drained the ring; the streams' credit bounds how much that can be.
 */
export class RingWriter {
  readonly #ring: FrameRing;
  readonly #doorbell: Doorbell;
  readonly #queue: Uint8Array[] = [];

  constructor(ring: FrameRing, doorbell: Doorbell) {
    this.#ring = ring;
    this.#doorbell = doorbell;
  }

  write(frame: Uint8Array): void {
    if (this.#queue.length > 0 || !this.#ring.tryWrite(frame)) this.#queue.push(frame);
    this.#doorbell.ring();
  }

  /** The board has drained the ring. */
  drained(): void {
    let written = 0;
    for (const frame of this.#queue) {
      if (!this.#ring.tryWrite(frame)) break;
      written++;
    }
    this.#queue.splice(0, written);
    if (written > 0) this.#doorbell.ring();
  }
}
