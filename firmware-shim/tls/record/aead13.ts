/** Record protection of TLS 1.3: RFC 8446 sections 5.2 to 5.4. */

import type { AeadKey } from "../crypto/provider.ts";
import { RECORD_HEADER_LENGTH, TLS13_IV_LENGTH, TLS13_PADDING_GRANULARITY } from "../limits.ts";
import { CONTENT_TYPE_APPLICATION_DATA } from "./content-type.ts";
import type { RecordContext, RecordOpener, RecordSealer } from "./protection.ts";

/** One direction of a connection, until its keys change. */
export class Aead13Protection implements RecordSealer, RecordOpener {
  readonly carriesContentType = true;
  readonly #key: AeadKey;
  readonly #iv: Uint8Array;
  readonly #tagLength: number;
  readonly #granularity: number;
  readonly #nonce = new Uint8Array(TLS13_IV_LENGTH);
  readonly #additionalData = new Uint8Array(RECORD_HEADER_LENGTH);

  /**
   * @param iv - 12 bytes.
   * @param tagLength - Bytes that the key's sealing adds.
   * @param granularity - Plaintexts are padded to a multiple of it, in bytes.
   */
  constructor(key: AeadKey, iv: Uint8Array, tagLength: number, granularity = TLS13_PADDING_GRANULARITY) {
    this.#key = key;
    this.#iv = iv.slice();
    this.#tagLength = tagLength;
    this.#granularity = granularity;
  }

  /** Adds the content type and the padding: `ssl_build_inner_plaintext`. */
  seal(context: RecordContext, plaintext: Uint8Array): Uint8Array {
    const length = Math.ceil((plaintext.length + 1) / this.#granularity) * this.#granularity;
    const inner = new Uint8Array(length);
    inner.set(plaintext);
    inner[plaintext.length] = context.contentType;
    this.#prepare(context, CONTENT_TYPE_APPLICATION_DATA, length + this.#tagLength);
    return this.#key.seal(this.#nonce, this.#additionalData, inner);
  }

  /** Removes the padding: `ssl_parse_inner_plaintext`. Where all is padding nothing is left, not even a type. */
  open(context: RecordContext, payload: Uint8Array): Uint8Array | undefined {
    this.#prepare(context, context.contentType, payload.length);
    const inner = this.#key.open(this.#nonce, this.#additionalData, payload);
    if (!inner) return undefined;
    let end = inner.length;
    while (end > 0 && inner[end - 1] === 0) end--;
    return inner.subarray(0, end);
  }

  /** The nonce is the sequence number laid over the IV; the additional data is the record's header. */
  #prepare({ sequence, version }: RecordContext, contentType: number, length: number): void {
    this.#nonce.set(this.#iv);
    const offset = TLS13_IV_LENGTH - sequence.length;
    for (let index = 0; index < sequence.length; index++) this.#nonce[offset + index]! ^= sequence[index]!;
    const data = this.#additionalData;
    data[0] = contentType;
    data[1] = version >> 8;
    data[2] = version & 0xff;
    data[3] = length >> 8;
    data[4] = length & 0xff;
  }
}
