/** Reading and writing the presentation language of RFC 5246 section 4. */

import { decodeError } from "./errors.ts";

/** Reads big-endian fields; running out of bytes is a decode_error, which is what mbedTLS makes of it. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** An unsigned integer of 1 to 4 bytes. */
  uint(length: number): number {
    let value = 0;
    for (const byte of this.bytes(length)) value = value * 256 + byte;
    return value;
  }

  /** The next bytes, as a view. */
  bytes(length: number): Uint8Array {
    if (length > this.remaining) throw decodeError(`${length} bytes expected, ${this.remaining} left`);
    const start = this.#offset;
    this.#offset += length;
    return this.#bytes.subarray(start, this.#offset);
  }

  /** A vector that is preceded by its length, which takes `lengthBytes` bytes. */
  vector(lengthBytes: number): Uint8Array {
    return this.bytes(this.uint(lengthBytes));
  }
}

/** An unsigned big-endian integer as bytes. */
export function encodeUint(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = length - 1, rest = value; index >= 0; index--) {
    bytes[index] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** The parts, one after the other. */
export function concatenate(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The content, preceded by its length in `lengthBytes` bytes. */
export function encodeVector(lengthBytes: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((total, part) => total + part.length, 0);
  return concatenate(encodeUint(length, lengthBytes), ...content);
}

/** A list of 16-bit values. */
export function encodeUint16List(values: readonly number[]): Uint8Array {
  return concatenate(...values.map((value) => encodeUint(value, 2)));
}

/** UTF-8, which is what a MicroPython str holds. A lone surrogate, which it cannot hold, becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f));
      bytes.push(0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return Uint8Array.from(bytes);
}

/** Whether the bytes are the same, in a time that does not depend on where they differ. */
export function equalConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}
