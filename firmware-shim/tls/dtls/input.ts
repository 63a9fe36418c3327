/** Records out of datagrams: the checks of `ssl_get_next_record` and `ssl_prepare_record_content` in mbedTLS's ssl_msg.c. */

import { ERR, MbedTlsError } from "../errors.ts";
import { MAX_DATAGRAM_IN, MAX_EMPTY_RECORDS, MAX_PLAINTEXT_IN, MAX_WAITING_DATAGRAMS } from "../limits.ts";
import { CONTENT_TYPE_APPLICATION_DATA } from "../record/content-type.ts";
import type { DtlsRecord } from "../record/dtls-record.ts";
import type { RecordOpener } from "../record/protection.ts";
import { ReplayWindow } from "./replay-window.ts";

const NOTHING = new Uint8Array(0);
const EPOCH_LIMIT = 2 ** 16;

export class RecordInput {
  readonly #waiting: Uint8Array[] = [];
  #datagram: Uint8Array = NOTHING;
  #epoch = 0;
  #opener: RecordOpener | undefined;
  #window = new ReplayWindow();
  #emptyInARow = 0;

  /** Takes a datagram, which is copied, as far as mbedTLS has room for it; none once too many wait. */
  append(datagram: Uint8Array): void {
    if (this.#waiting.length < MAX_WAITING_DATAGRAMS) this.#waiting.push(datagram.slice(0, MAX_DATAGRAM_IN));
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** What is left of the datagram under way. */
  get datagram(): Uint8Array {
    return this.#datagram;
  }

  get hasMore(): boolean {
    return this.#datagram.length > 0 || this.#waiting.length > 0;
  }

  /** Records of the next epoch are awaited, which are protected. */
  setProtection(opener: RecordOpener): void {
    if (++this.#epoch === EPOCH_LIMIT) throw new MbedTlsError(ERR.SSL_COUNTER_WRAPPING);
    this.#opener = opener;
    this.#window = new ReplayWindow();
  }

  /** Goes on with bytes that were kept. */
  load(bytes: Uint8Array): void {
    this.#datagram = bytes;
  }

  /** Goes on with the next datagram, if there is one. @throws MbedTlsError where it is empty, which looks like an end. */
  loadNext(): boolean {
    const datagram = this.#waiting.shift();
    if (!datagram) return false;
    if (datagram.length === 0) throw new MbedTlsError(ERR.SSL_CONN_EOF, { reason: "an empty datagram" });
    this.#datagram = datagram;
    return true;
  }

  skip(length: number): void {
    this.#datagram = this.#datagram.subarray(length);
  }

  /** Drops the rest of the datagram. */
  drop(): void {
    this.#datagram = NOTHING;
  }

  /** Whether the record is of the current epoch and new. */
  expects({ epoch, sequenceNumber }: DtlsRecord): boolean {
    return epoch === this.#epoch && this.#window.accepts(sequenceNumber);
  }

  /** Notes an authentic record's number. */
  note(sequenceNumber: number): void {
    this.#window.add(sequenceNumber);
  }

  /** The record's content, or undefined where it is not authentic. @throws MbedTlsError `SSL_INVALID_RECORD` */
  open(record: DtlsRecord): Uint8Array | undefined {
    const content = this.#opener ? this.#opener.open(record, record.payload) : record.payload;
    if (content === undefined) return undefined;
    if (content.length > 0) this.#emptyInARow = 0;
    else if (record.contentType !== CONTENT_TYPE_APPLICATION_DATA) throw invalid("an empty record");
    else if (++this.#emptyInARow > MAX_EMPTY_RECORDS) return undefined;
    this.note(record.sequenceNumber);
    if (content.length > MAX_PLAINTEXT_IN) throw invalid(`${content.length} bytes of plaintext`);
    return content;
  }
}

function invalid(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_INVALID_RECORD, { reason });
}
