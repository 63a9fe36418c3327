import { decodeUtf8, encodeUtf8 } from "./text.ts";

/** The firmware's linear memory, with views that stay valid when it grows. Addresses are byte offsets. */
export class FirmwareMemory {
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /** All of memory as bytes. Do not keep it across a call into the firmware. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#refresh();
    return this.#bytes;
  }

  get view(): DataView {
    if (this.#bytes.buffer !== this.#memory.buffer) this.#refresh();
    return this.#view;
  }

  u32(address: number): number {
    return this.view.getUint32(address, true);
  }

  setU32(address: number, value: number): void {
    this.view.setUint32(address, value, true);
  }

  /** The string of `length` UTF-8 bytes, or of those before the NUL where no length is given. */
  string(address: number, length?: number): string {
    const end = length === undefined ? this.bytes.indexOf(0, address) : address + length;
    return decodeUtf8(this.bytes.subarray(address, end));
  }

  /** Writes UTF-8 bytes and a NUL; returns the number of bytes without the NUL. */
  setString(address: number, text: string): number {
    const encoded = encodeUtf8(text);
    this.bytes.set(encoded, address);
    this.bytes[address + encoded.length] = 0;
    return encoded.length;
  }

  /**
   * Grows memory to hold `size` bytes. False where the engine refuses; the firmware's malloc then fails.
   * (Emscripten's `emscripten_resize_heap`.)
   */
  growTo(size: number): boolean {
    const missing = size - this.#memory.buffer.byteLength;
    if (missing <= 0) return true;
    try {
      this.#memory.grow(Math.ceil(missing / WASM_PAGE));
    } catch {
      return false;
    }
    return true;
  }

  /** A copy of all of memory (1 MiB at the start; see the relinker's INITIAL_PAGES). */
  snapshot(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice();
  }

  /** Puts memory back as it was at {@link snapshot}. Memory never shrinks; what has been added is cleared. */
  restore(snapshot: Uint8Array): void {
    this.bytes.set(snapshot);
    this.bytes.fill(0, snapshot.length);
  }

  #refresh(): void {
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
}

/** Bytes of a WebAssembly page (core specification, section 4.2.8). */
const WASM_PAGE = 65_536;
