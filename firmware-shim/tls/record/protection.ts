/**
 * The seam between records and what protects them, once for each direction. A cipher suite's kind of protection
 * (AEAD, CBC with a MAC, TLS 1.3's) is one class behind it.
 */

/** What a record's protection covers besides its plaintext. */
export interface RecordContext {
  readonly contentType: number;
  readonly version: number;
  /** The record's number in its direction: 64 bits, big-endian. */
  readonly sequence: Uint8Array;
}

/** Turns plaintext into the payload of a record. */
export interface RecordSealer {
  /** Whether the record's true content type is inside, as in TLS 1.3; outside it is application_data. */
  readonly carriesContentType?: boolean;
  /** Most bytes that sealing adds (`mbedtls_ssl_get_record_expansion`); DTLS cuts its messages to measure. */
  readonly expansion?: number;
  seal(context: RecordContext, plaintext: Uint8Array): Uint8Array;
}

/** Turns the payload of a record into plaintext. */
export interface RecordOpener {
  /**
   * Whether the plaintext ends with the record's true content type, as in TLS 1.3 (RFC 8446 section 5.2). Records of
   * ChangeCipherSpec are not protected then.
   */
  readonly carriesContentType?: boolean;
  /** Returns undefined when the payload is not authentic, which is `MBEDTLS_ERR_SSL_INVALID_MAC`. */
  open(context: RecordContext, payload: Uint8Array): Uint8Array | undefined;
}

/** Bytes of a record's sequence number. */
const SEQUENCE_LENGTH = 8;

/** A sequence number before the first record. */
export function newSequence(): Uint8Array {
  return new Uint8Array(SEQUENCE_LENGTH);
}

/** Counts a record, in place. Returns false when the number has wrapped: `MBEDTLS_ERR_SSL_COUNTER_WRAPPING`. */
export function incrementSequence(sequence: Uint8Array): boolean {
  for (let index = SEQUENCE_LENGTH - 1; index >= 0; index--) {
    const next = ((sequence[index] ?? 0) + 1) & 0xff;
    sequence[index] = next;
    if (next !== 0) return true;
  }
  return false;
}
