/**
 * A doorbell in shared memory: any thread may ring it, one thread waits on it without using the
 * processor.
 *
 * The cell counts rings. The waiter takes a {@link snapshot}, looks through everything that could have
 * been put there for it, and only then waits for the count to differ from the snapshot: a ring between
 * the look and the wait is not lost, since it changed the count.
 *
 * @example
 * const seen = bell.snapshot();
 * if (!inbox.empty) return inbox.read();
 * bell.wait(seen, 1000);
 */
export class Doorbell {
  /** The memory behind the bell: post this to the other threads and wrap it there. */
  readonly buffer: SharedArrayBuffer;
  readonly #cell: Int32Array;

  /** Wraps `buffer` (at least 4 bytes; its first 32-bit cell is the count), or makes a new bell. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#cell = new Int32Array(buffer, 0, 1);
  }

  /** Wakes the waiter, or keeps its next {@link wait} from sleeping. Write first, then ring. */
  ring(): void {
    Atomics.add(this.#cell, 0, 1);
    Atomics.notify(this.#cell, 0);
  }

  /** The count of rings so far, to be handed to {@link wait}. */
  snapshot(): number {
    return Atomics.load(this.#cell, 0);
  }

  /**
   * Sleeps until the bell has been rung since `snapshot`, or for `timeoutMs` (Infinity: for ever).
   * Not for a page's main thread, which must not block.
   *
   * @returns true where it was rung, false where the time ran out.
   */
  wait(snapshot: number, timeoutMs: number): boolean {
    return Atomics.wait(this.#cell, 0, snapshot, Math.max(0, timeoutMs)) !== "timed-out";
  }
}
