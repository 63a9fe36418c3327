/** AEAD record protection of TLS 1.2: RFC 5246 section 6.2.3.3, RFC 5288 section 3, RFC 6655, RFC 6209. */

import type { AeadKey } from "../crypto/provider.ts";
import type { RecordContext, RecordOpener, RecordSealer } from "./protection.ts";

/** Bytes of the nonce's secret part, from the key block. */
export const AEAD12_SALT_LENGTH = 4;
/** Bytes of the nonce's part that each record carries. */
const EXPLICIT_NONCE_LENGTH = 8;
const NONCE_LENGTH = AEAD12_SALT_LENGTH + EXPLICIT_NONCE_LENGTH;
/** sequence number, type, version, length */
const ADDITIONAL_DATA_LENGTH = 13;

/** One direction of a connection. */
export class Aead12Protection implements RecordSealer, RecordOpener {
  readonly expansion: number;
  readonly #key: AeadKey;
  readonly #tagLength: number;
  readonly #nonce = new Uint8Array(NONCE_LENGTH);
  readonly #additionalData = new Uint8Array(ADDITIONAL_DATA_LENGTH);

  /**
   * @param salt - The write IV of the key block, 4 bytes.
   * @param tagLength - Of the key's tags, in bytes.
   */
  constructor(key: AeadKey, salt: Uint8Array, tagLength: number) {
    this.#key = key;
    this.#tagLength = tagLength;
    this.expansion = EXPLICIT_NONCE_LENGTH + tagLength;
    this.#nonce.set(salt);
  }

  /** The explicit nonce is the sequence number, as in mbedTLS. */
  seal(context: RecordContext, plaintext: Uint8Array): Uint8Array {
    this.#nonce.set(context.sequence, AEAD12_SALT_LENGTH);
    this.#fillAdditionalData(context, plaintext.length);
    const sealed = this.#key.seal(this.#nonce, this.#additionalData, plaintext);
    const payload = new Uint8Array(EXPLICIT_NONCE_LENGTH + sealed.length);
    payload.set(context.sequence);
    payload.set(sealed, EXPLICIT_NONCE_LENGTH);
    return payload;
  }

  /** The peer may choose its explicit nonces freely. */
  open(context: RecordContext, payload: Uint8Array): Uint8Array | undefined {
    const length = payload.length - EXPLICIT_NONCE_LENGTH - this.#tagLength;
    if (length < 0) return undefined;
    this.#nonce.set(payload.subarray(0, EXPLICIT_NONCE_LENGTH), AEAD12_SALT_LENGTH);
    this.#fillAdditionalData(context, length);
    return this.#key.open(this.#nonce, this.#additionalData, payload.subarray(EXPLICIT_NONCE_LENGTH));
  }

  #fillAdditionalData(context: RecordContext, length: number): void {
    const data = this.#additionalData;
    data.set(context.sequence);
    data[8] = context.contentType;
    data[9] = context.version >> 8;
    data[10] = context.version & 0xff;
    data[11] = length >> 8;
    data[12] = length & 0xff;
  }
}
