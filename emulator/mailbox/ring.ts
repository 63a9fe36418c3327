/**
 * A single-producer, single-consumer queue of byte frames in shared memory.
 *
 * One thread writes, one other thread reads; neither ever waits for the other. The ring carries no
 * doorbell: a board waits on one {@link Doorbell} that several producers ring, so the producer writes
 * its frames first and rings afterwards.
 *
 * Layout of the SharedArrayBuffer (native-endian, as both ends run on one machine):
 *
 *     i32[0]  head     bytes ever written, modulo 2^32; only the producer stores it
 *     i32[1]  tail     bytes ever read, modulo 2^32; only the consumer stores it
 *     i32[2]  starved  1 after a write that found no room, until the consumer takes notice
 *     i32[3]  reserved
 *     u8[16…] the frames: u32 length, the bytes, padding to a multiple of 4
 *
 * The capacity is a power of two, so positions stay right when the counters wrap; frames start at
 * multiples of 4, so a length never straddles the end (the bytes may).
 */

const HEAD = 0;
const TAIL = 1;
const STARVED = 2;
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;
/** Room for an empty frame or two; anything smaller is a mistake of the caller. */
const MIN_CAPACITY = 16;
/** Positions are 32-bit counters and capacities are powers of two below their range. */
const MAX_CAPACITY = 2 ** 30;

const paddedSize = (length: number): number => LENGTH_BYTES + ((length + 3) & ~3);

export class FrameRing {
  /** The memory behind the ring: post this to the other thread and wrap it there. */
  readonly buffer: SharedArrayBuffer;
  /** Bytes the ring holds, lengths and padding included. */
  readonly capacity: number;
  readonly #control: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint32Array;

  /** Wraps memory made by {@link FrameRing.create}, perhaps in another thread. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.capacity = buffer.byteLength - HEADER_BYTES;
    if (this.capacity < MIN_CAPACITY || (this.capacity & (this.capacity - 1)) !== 0) {
      throw new RangeError(`not the memory of a FrameRing: ${buffer.byteLength} bytes`);
    }
    this.#control = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.#bytes = new Uint8Array(buffer, HEADER_BYTES);
    this.#lengths = new Uint32Array(buffer, HEADER_BYTES);
  }

  /** A new, empty ring of at least `capacityBytes` (rounded up to a power of two). */
  static create(capacityBytes: number): FrameRing {
    if (!(capacityBytes <= MAX_CAPACITY)) {
      throw new RangeError(`a FrameRing holds at most ${MAX_CAPACITY} bytes, not ${capacityBytes}`);
    }
    let capacity = MIN_CAPACITY;
    while (capacity < capacityBytes) capacity *= 2;
    return new FrameRing(new SharedArrayBuffer(HEADER_BYTES + capacity));
  }

  /** The longest frame that an empty ring takes, in bytes. */
  get maxFrame(): number {
    return this.capacity - LENGTH_BYTES;
  }

  /**
   * Producer: queues a copy of `frame`.
   *
   * @returns false where there is no room now. The frame is the caller's to keep; the consumer learns of
   *   it through {@link takeStarved} once it has made room.
   * @throws RangeError for a frame that would never fit.
   */
  tryWrite(frame: Uint8Array): boolean {
    if (frame.length > this.maxFrame) {
      throw new RangeError(`a frame of ${frame.length} bytes never fits a ring of ${this.capacity}`);
    }
    const size = paddedSize(frame.length);
    if (this.#free() < size) {
      // Say so first and look again: either this look sees the room a read has just made, or that
      // reader's takeStarved sees the flag. Looking only once could miss both.
      Atomics.store(this.#control, STARVED, 1);
      if (this.#free() < size) return false;
      Atomics.store(this.#control, STARVED, 0);
    }
    const head = Atomics.load(this.#control, HEAD);
    const mask = this.capacity - 1;
    this.#lengths[(head & mask) >>> 2] = frame.length;
    const start = (head + LENGTH_BYTES) & mask;
    const first = Math.min(frame.length, this.capacity - start);
    this.#bytes.set(first === frame.length ? frame : frame.subarray(0, first), start);
    if (first < frame.length) this.#bytes.set(frame.subarray(first), 0);
    // Publishes the bytes above: a consumer that sees this head sees them.
    Atomics.store(this.#control, HEAD, (head + size) | 0);
    return true;
  }

  /** Consumer: the oldest frame, copied out of shared memory, or undefined where there is none. */
  read(): Uint8Array<ArrayBuffer> | undefined {
    const tail = Atomics.load(this.#control, TAIL);
    if (Atomics.load(this.#control, HEAD) === tail) return undefined;
    const mask = this.capacity - 1;
    const length = this.#lengths[(tail & mask) >>> 2]!;
    const start = (tail + LENGTH_BYTES) & mask;
    const frame = new Uint8Array(length);
    const first = Math.min(length, this.capacity - start);
    frame.set(this.#bytes.subarray(start, start + first));
    if (first < length) frame.set(this.#bytes.subarray(0, length - first), first);
    Atomics.store(this.#control, TAIL, (tail + paddedSize(length)) | 0);
    return frame;
  }

  /** Consumer: whether a byte is among the unread frames' contents. */
  includes(byte: number): boolean {
    const head = Atomics.load(this.#control, HEAD);
    const mask = this.capacity - 1;
    for (let tail = Atomics.load(this.#control, TAIL); tail !== head; ) {
      const length = this.#lengths[(tail & mask) >>> 2]!;
      for (let i = 0; i < length; i++)
        if (this.#bytes[(tail + LENGTH_BYTES + i) & mask] === byte) return true;
      tail = (tail + paddedSize(length)) | 0;
    }
    return false;
  }

  /**
   * Consumer: whether a write has found no room since this was last asked. Ask after reading the ring
   * empty, and where it is true tell the producer (by whatever means) to try again.
   */
  takeStarved(): boolean {
    return Atomics.load(this.#control, STARVED) !== 0 && Atomics.exchange(this.#control, STARVED, 0) !== 0;
  }

  /** Whether there is nothing to read. */
  get empty(): boolean {
    return Atomics.load(this.#control, HEAD) === Atomics.load(this.#control, TAIL);
  }

  #free(): number {
    const used = (Atomics.load(this.#control, HEAD) - Atomics.load(this.#control, TAIL)) >>> 0;
    return this.capacity - used;
  }
}
