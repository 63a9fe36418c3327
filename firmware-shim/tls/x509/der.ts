/**
 * A cursor over DER, with exactly the leniency of mbedTLS's `asn1parse.c`: definite lengths of up to four bytes,
 * not necessarily the shortest; single-byte tags.
 *
 * node-forge's `asn1.fromDer` is not used for what comes from the network: it works on binary strings, takes
 * indefinite lengths, recurses as deep as the input says, guesses whether a BIT STRING holds more DER, and throws
 * errors of several kinds. mbedTLS reads a certificate in one pass with a known tag at every step, and which
 * certificates it refuses, and with which code, follows from that order; so does this.
 */

import { ERR } from "../errors.ts";
import { InvalidCertificateError } from "./errors.ts";

/** Identifier octets (X.690 section 8.1.2). */
export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13,
  T61_STRING: 0x14,
  IA5_STRING: 0x16,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  UNIVERSAL_STRING: 0x1c,
  BMP_STRING: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** A context-specific tag. */
export function contextTag(number: number, form: "primitive" | "constructed"): number {
  return (form === "constructed" ? 0xa0 : 0x80) | number;
}

export function contextSpecific(tag: number): boolean {
  return (tag & 0xc0) === 0x80;
}

/** Most bytes of a length after its first: `mbedtls_asn1_get_len`. */
const MAX_LENGTH_BYTES = 4;

/** Largest value of mbedTLS's `int` on the ESP32. */
export const INT_MAX = 0x7fffffff;

/** Reads elements one after another from a slice of a buffer. What it returns are views, not copies. */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly end: number;
  offset: number;

  /** `start` and `end` are offsets in `bytes`; all offsets stay those of the whole buffer. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.offset = start;
    this.end = end;
  }

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  /** The next tag, or undefined at the end. */
  peekTag(): number | undefined {
    return this.atEnd ? undefined : this.#bytes[this.offset];
  }

  /** The bytes from an offset to where the reader stands. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.offset);
  }

  /** Reads any tag (`*p++`). */
  anyTag(): number {
    if (this.atEnd) throw new InvalidCertificateError(ERR.ASN1_OUT_OF_DATA);
    return this.#bytes[this.offset++]!;
  }

  /** Reads a length that fits what is left (`mbedtls_asn1_get_len`). */
  length(): number {
    const first = this.anyTag();
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > MAX_LENGTH_BYTES) throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + this.anyTag();
    }
    if (length > this.end - this.offset) throw new InvalidCertificateError(ERR.ASN1_OUT_OF_DATA);
    return length;
  }

  /** Reads this tag and a length; the reader then stands at the content (`mbedtls_asn1_get_tag`). */
  header(tag: number): number {
    if (this.atEnd) throw new InvalidCertificateError(ERR.ASN1_OUT_OF_DATA);
    if (this.peekTag() !== tag) throw new InvalidCertificateError(ERR.ASN1_UNEXPECTED_TAG);
    this.offset++;
    return this.length();
  }

  /** Reads an element with this tag and returns its content. */
  element(tag: number): Uint8Array {
    return this.take(this.header(tag));
  }

  /** The next `length` bytes, which `length()` or `header()` has found to be there. */
  take(length: number): Uint8Array {
    const start = this.offset;
    this.offset += length;
    return this.#bytes.subarray(start, this.offset);
  }

  /** A reader over the content of an element with this tag; this reader stands behind it afterwards. */
  enter(tag: number): DerReader {
    const length = this.header(tag);
    const inner = new DerReader(this.#bytes, this.offset, this.offset + length);
    this.offset += length;
    return inner;
  }

  /** Like `enter`, for an element that has to be the last one. */
  enterLast(tag: number): DerReader {
    const inner = this.enter(tag);
    this.expectEnd();
    return inner;
  }

  /** Throws unless everything has been read. */
  expectEnd(): void {
    if (this.offset !== this.end) throw new InvalidCertificateError(ERR.ASN1_LENGTH_MISMATCH);
  }

  /** `mbedtls_asn1_get_bool`: any byte but 0 is true. */
  boolean(): boolean {
    const content = this.element(TAG.BOOLEAN);
    if (content.length !== 1) throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
    return content[0] !== 0;
  }

  /** `mbedtls_asn1_get_int`: 0 to INT_MAX. */
  integer(): number {
    const content = this.element(TAG.INTEGER);
    let value = 0;
    for (const byte of content) {
      value = value * 256 + byte;
      if (value > INT_MAX) throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
    }
    if (content.length === 0 || content[0]! >= 0x80)
      throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
    return value;
  }

  /** `mbedtls_asn1_get_bitstring`: the bytes of a BIT STRING that has to be the last element. */
  lastBitString(): Uint8Array {
    const content = this.element(TAG.BIT_STRING);
    if (content.length === 0) throw new InvalidCertificateError(ERR.ASN1_OUT_OF_DATA);
    if (content[0]! > 7) throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
    this.expectEnd();
    return content.subarray(1);
  }

  /** `mbedtls_asn1_get_bitstring_null`: the bytes of a BIT STRING without unused bits. */
  octetAlignedBitString(): Uint8Array {
    const content = this.element(TAG.BIT_STRING);
    if (content[0] !== 0) throw new InvalidCertificateError(ERR.ASN1_INVALID_DATA);
    return content.subarray(1);
  }
}
