/**
 * The heap of ESP-IDF, from which mbedTLS allocates on an ESP32 (ports/esp32: MBEDTLS_PLATFORM_MEMORY is the IDF's own
 * malloc), where Python's objects have one of their own. Only what it holds is counted, not where it lies.
 */
export class SystemHeap {
  /** Bytes, used and free. */
  readonly size: number;
  #free: number;
  /** TLS connections that hold some of it. */
  connections = 0;

  /** @param bytes - its size */
  constructor(bytes: number) {
    this.size = bytes;
    this.#free = bytes;
  }

  /** Bytes left; below 0 where more was taken than there is. */
  get free(): number {
    return this.#free;
  }

  /** Takes bytes, or gives them back where they are negative. */
  take(bytes: number): void {
    this.#free -= bytes;
  }
}
