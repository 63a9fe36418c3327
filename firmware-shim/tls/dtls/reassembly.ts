/**
 * What has come before its turn: fragments and messages of the next four numbers, a ChangeCipherSpec, and one record
 * of the next epoch. `ssl_buffer_message`, `ssl_buffer_future_record` and their like in mbedTLS's ssl_msg.c.
 */

import { ERR, MbedTlsError } from "../errors.ts";
import {
  DTLS_HANDSHAKE_HEADER_LENGTH,
  MAX_BUFFERED_BYTES,
  MAX_BUFFERED_MESSAGES,
  MAX_PLAINTEXT_IN,
} from "../limits.ts";
import { type Fragment, isWhole } from "./fragment.ts";

class Partial {
  readonly type: number;
  readonly body: Uint8Array;
  /** What it counts for: header, body, and a bit for each byte where it came in pieces. */
  readonly size: number;
  /** A bit for each byte that has come, or undefined where the message came in one piece. */
  readonly #seen: Uint8Array | undefined;
  #missing: number;

  constructor(first: Fragment) {
    this.type = first.type;
    this.body = new Uint8Array(first.messageLength);
    this.size = sizeOf(first);
    this.#seen = isWhole(first) ? undefined : new Uint8Array(Math.ceil(first.messageLength / 8));
    this.#missing = first.messageLength;
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Pieces may overlap; one that does not belong to the same message is ignored. */
  add({ type, messageLength, offset, body }: Fragment): void {
    if (this.isComplete || type !== this.type || messageLength !== this.body.length) return;
    this.body.set(body, offset);
    if (!this.#seen) {
      this.#missing = 0;
      return;
    }
    for (let at = offset; at < offset + body.length; at++) {
      const bit = 0x80 >> (at % 8);
      if ((this.#seen[at >> 3]! & bit) !== 0) continue;
      this.#seen[at >> 3]! |= bit;
      this.#missing--;
    }
  }
}

function sizeOf(fragment: Fragment): number {
  const bitmap = isWhole(fragment) ? 0 : Math.ceil(fragment.messageLength / 8);
  return DTLS_HANDSHAKE_HEADER_LENGTH + fragment.messageLength + bitmap;
}

export class Reassembly {
  /** The message that is due, and those after it. */
  #slots: (Partial | undefined)[] = [];
  #futureRecord: { readonly epoch: number; readonly bytes: Uint8Array } | undefined;
  #bytes = 0;
  /** Whether a ChangeCipherSpec has come before its turn. */
  seenChangeCipherSpec = false;

  /**
   * Keeps a fragment, or ignores it where it is too far ahead or does not fit.
   *
   * @param next - The number of the message that is due; the fragment's is not below.
   * @throws MbedTlsError `SSL_BUFFER_TOO_SMALL` where not even the message that is due fits.
   */
  add(fragment: Fragment, next: number): void {
    const ahead = fragment.sequence - next;
    if (ahead >= MAX_BUFFERED_MESSAGES) return;
    let partial = this.#slots[ahead];
    if (!partial) {
      if (DTLS_HANDSHAKE_HEADER_LENGTH + fragment.messageLength > MAX_PLAINTEXT_IN) return;
      if (!this.#makeRoom(sizeOf(fragment), ahead)) return;
      partial = new Partial(fragment);
      this.#slots[ahead] = partial;
      this.#bytes += partial.size;
    }
    partial.add(fragment);
  }

  /** The message that is due, once it is whole; it stays until `advance`. */
  complete(sequence: number): Fragment | undefined {
    const partial = this.#slots[0];
    if (!partial?.isComplete) return undefined;
    const { type, body } = partial;
    return { type, messageLength: body.length, sequence, offset: 0, body };
  }

  /** The message that was due has been taken. */
  advance(): void {
    this.#free(0);
    this.#slots.shift();
  }

  /** Keeps a record of the next epoch, header included, unless there is one. It is taken for an early Finished. */
  keepRecord(epoch: number, bytes: Uint8Array): void {
    if (this.#futureRecord || bytes.length > MAX_BUFFERED_BYTES - this.#bytes) return;
    this.#futureRecord = { epoch, bytes: bytes.slice() };
    this.#bytes += bytes.length;
  }

  /** The kept record, once its epoch has come. */
  takeRecord(epoch: number): Uint8Array | undefined {
    if (this.#futureRecord?.epoch !== epoch) return undefined;
    const { bytes } = this.#futureRecord;
    this.#dropRecord();
    return bytes;
  }

  /** A flight has come whole: nothing of it is of use any more. */
  clear(): void {
    this.#slots = [];
    this.#futureRecord = undefined;
    this.#bytes = 0;
    this.seenChangeCipherSpec = false;
  }

  /** `ssl_buffer_make_space`: for the message that is due the later ones are given up. */
  #makeRoom(size: number, ahead: number): boolean {
    const fits = () => size <= MAX_BUFFERED_BYTES - this.#bytes;
    if (fits()) return true;
    if (ahead > 0) return false;
    this.#dropRecord();
    for (let slot = MAX_BUFFERED_MESSAGES - 1; slot >= 0 && !fits(); slot--) this.#free(slot);
    if (fits()) return true;
    throw new MbedTlsError(ERR.SSL_BUFFER_TOO_SMALL, { reason: `a message of ${size} bytes` });
  }

  #dropRecord(): void {
    this.#bytes -= this.#futureRecord?.bytes.length ?? 0;
    this.#futureRecord = undefined;
  }

  #free(slot: number): void {
    this.#bytes -= this.#slots[slot]?.size ?? 0;
    this.#slots[slot] = undefined;
  }
}
