import { RECEIVE_WINDOW, WINDOW_UPDATE } from "./limits.ts";

/**
 * The credit of one stream, both ways (wisp/README.md): what we may still send, and what the other side
 * may still send to us.
 */
export class Credit {
  /** Bytes we may send. */
  sendable: number;
  #receivable = RECEIVE_WINDOW;
  #consumed = 0;

  constructor(sendable: number) {
    this.sendable = sendable;
  }

  /** Bytes came; false where they are more than they may be. */
  received(bytes: number): boolean {
    this.#receivable -= bytes;
    return this.#receivable >= 0;
  }

  /** Bytes went on to the program; the credit to give back now, or 0 where that can wait. */
  consumed(bytes: number): number {
    this.#consumed += bytes;
    if (this.#consumed < WINDOW_UPDATE) return 0;
    const credit = this.#consumed;
    this.#consumed = 0;
    this.#receivable += credit;
    return credit;
  }
}
