import { MAX_NAMES } from "./limits.ts";

/** 198.18.1.0 of 198.18.0.0/15, set aside for benchmarks (RFC 2544) and so on no network of interest. */
const FIRST_ADDRESS = 0xc6120100;

/**
 * Made-up addresses for names. A plain Wisp server answers no look-ups but takes names in CONNECT, so a
 * look-up is answered at once, and the address turned back into the name where it is connected to.
 */
export class PlainNames {
  readonly #addresses = new Map<string, string>();
  readonly #names = new Map<string, string>();
  #next = 0;

  addressOf(name: string): string {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const number = FIRST_ADDRESS + (this.#next++ % MAX_NAMES);
    const address = [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join(".");
    const forgotten = this.#names.get(address);
    if (forgotten !== undefined) this.#addresses.delete(forgotten);
    this.#addresses.set(name, address);
    this.#names.set(address, name);
    return address;
  }

  /** The name behind an address, or the address itself. */
  hostOf(address: string): string {
    return this.#names.get(address) ?? address;
  }
}
