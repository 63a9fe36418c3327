import type { SystemHeap } from "../system-heap.ts";

/** There was no memory for a connection (`MBEDTLS_ERR_SSL_ALLOC_FAILED`, of which Python sees `OSError(12,)`). */
export interface HeapShortageEvent {
  readonly kind: "heap-shortage";
  /** Bytes that the connection would have taken in all, and those of them that it had. */
  readonly needed: number;
  readonly held: number;
  /** Bytes of the heap, and those of them that were free. */
  readonly size: number;
  readonly free: number;
  /** Other connections that held memory. */
  readonly others: number;
}

/** What one TLS connection takes of the heap. */
export class ConnectionHeap {
  readonly #heap: SystemHeap;
  readonly #observe: (event: HeapShortageEvent) => void;
  #bytes = 0;

  constructor(heap: SystemHeap, observe: (event: HeapShortageEvent) => void) {
    this.#heap = heap;
    this.#observe = observe;
  }

  /** @param bytes - what the connection takes from now on; false where there are not that many */
  resize(bytes: number): boolean {
    const more = bytes - this.#bytes;
    if (more > 0 && more > this.#heap.free) {
      this.#observe(heapShortage(this.#heap, bytes, this.#bytes));
      return false;
    }
    this.#heap.take(more);
    this.#heap.connections += Number(bytes > 0) - Number(this.#bytes > 0);
    this.#bytes = bytes;
    return true;
  }
}

export function heapShortage(heap: SystemHeap, needed: number, held: number): HeapShortageEvent {
  const others = heap.connections - Number(held > 0);
  return { kind: "heap-shortage", needed, held, size: heap.size, free: Math.max(0, heap.free), others };
}
