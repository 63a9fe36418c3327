/** The sending half of the record layer: RFC 5246 section 6.2 and `mbedtls_ssl_write_record`. */

import { ERR, MbedTlsError } from "../errors.ts";
import { RECORD_HEADER_LENGTH } from "../limits.ts";
import { CONTENT_TYPE_APPLICATION_DATA, VERSION_TLS12 } from "./content-type.ts";
import { incrementSequence, newSequence, type RecordSealer } from "./protection.ts";

export class RecordWriter {
  #output: Uint8Array[] = [];
  #outputLength = 0;
  #sealer: RecordSealer | undefined;
  #sequence = newSequence();

  /** From the next record on, records are protected; their numbers start at 0. */
  setProtection(sealer: RecordSealer): void {
    this.#sealer = sealer;
    this.#sequence = newSequence();
  }

  /** Queues one record. The caller keeps to `MAX_PLAINTEXT_OUT`. */
  write(contentType: number, plaintext: Uint8Array): void {
    const context = { contentType, version: VERSION_TLS12, sequence: this.#sequence };
    const payload = this.#sealer ? this.#sealer.seal(context, plaintext) : plaintext;
    const record = new Uint8Array(RECORD_HEADER_LENGTH + payload.length);
    record[0] = this.#sealer?.carriesContentType ? CONTENT_TYPE_APPLICATION_DATA : contentType;
    record[1] = VERSION_TLS12 >> 8;
    record[2] = VERSION_TLS12 & 0xff;
    record[3] = payload.length >> 8;
    record[4] = payload.length & 0xff;
    record.set(payload, RECORD_HEADER_LENGTH);
    this.#output.push(record);
    this.#outputLength += record.length;
    if (!incrementSequence(this.#sequence)) throw new MbedTlsError(ERR.SSL_COUNTER_WRAPPING);
  }

  /** Removes and returns all that is queued, or undefined when nothing is. */
  take(): Uint8Array | undefined {
    const [first] = this.#output;
    if (first === undefined) return undefined;
    let bytes = first;
    if (this.#output.length > 1) {
      bytes = new Uint8Array(this.#outputLength);
      let offset = 0;
      for (const record of this.#output) {
        bytes.set(record, offset);
        offset += record.length;
      }
    }
    this.#output = [];
    this.#outputLength = 0;
    return bytes;
  }
}
