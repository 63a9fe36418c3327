/** Bytes of a record's header (RFC 5246 section 6.2.1): type, version, length. */
const HEADER_BYTES = 5;

/**
 * How many bytes mbedTLS would ask its stream for: a record's header, then its body, and never a byte more
 * (mbedtls_ssl_fetch_input). A stream of Python's may wait until it has all that it is asked for, so asking for
 * more than is to come would wait for ever.
 */
export class RecordDemand {
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerLength = 0;
  #bodyLength = 0;

  /** Bytes to ask for now. */
  get bytes(): number {
    return this.#bodyLength > 0 ? this.#bodyLength : HEADER_BYTES - this.#headerLength;
  }

  /** Counts bytes that came, no more than {@link bytes}. */
  took(data: Uint8Array): void {
    if (this.#bodyLength > 0) {
      this.#bodyLength -= data.length;
      return;
    }
    this.#header.set(data, this.#headerLength);
    this.#headerLength += data.length;
    if (this.#headerLength < HEADER_BYTES) return;
    this.#headerLength = 0;
    this.#bodyLength = (this.#header[3]! << 8) | this.#header[4]!;
  }
}
