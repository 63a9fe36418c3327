/** Bytes that came and wait to be read: a queue of chunks that are handed out again without copying. */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = [];
  /** Bytes waiting. */
  length = 0;

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** At least one and at most `max` bytes, as a view of one chunk; empty where nothing waits. */
  take(max: number): Uint8Array {
    const chunk = this.#chunks[0];
    if (chunk === undefined || max <= 0) return new Uint8Array(0);
    if (chunk.length <= max) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(max);
    const taken = chunk.length <= max ? chunk : chunk.subarray(0, max);
    this.length -= taken.length;
    return taken;
  }

  /** Copies bytes into `into`, as many as there are and fit, and tells how many; `keep` leaves them here. */
  copyTo(into: Uint8Array, keep = false): number {
    let copied = 0;
    for (let i = 0; copied < into.length && this.#chunks.length > i; ) {
      const chunk = keep
        ? this.#chunks[i++]!.subarray(0, into.length - copied)
        : this.take(into.length - copied);
      into.set(chunk, copied);
      copied += chunk.length;
    }
    return copied;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.length = 0;
  }
}
