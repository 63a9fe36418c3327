/** Distinguished encoding (X.690) of what certificates consist of. */

const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

const CONTEXT_SPECIFIC = 0x80;
const CONSTRUCTED = 0x20;

/** Tag, length, content. */
function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((total, part) => total + part.length, 0);
  const header = [tag, ...lengthBytes(length)];
  const bytes = new Uint8Array(header.length + length);
  bytes.set(header);
  let offset = header.length;
  for (const part of content) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** X.690 section 8.1.3: up to 127 in one byte, else their number and the bytes. */
function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => element(TAG.SEQUENCE, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => element(TAG.SET, ...parts);
export const octetString = (content: Uint8Array): Uint8Array => element(TAG.OCTET_STRING, content);
export const utf8String = (text: string): Uint8Array =>
  element(TAG.UTF8_STRING, new TextEncoder().encode(text));
export const NULL = element(TAG.NULL);
export const TRUE = element(TAG.BOOLEAN, Uint8Array.of(0xff));

/** A bit string of whole bytes. */
export const bitString = (content: Uint8Array): Uint8Array =>
  element(TAG.BIT_STRING, Uint8Array.of(0), content);

/** Named bits, the first of which is bit 0; trailing zeros are left out (X.690 section 11.2.2). */
export function namedBits(bits: readonly number[]): Uint8Array {
  const highest = Math.max(...bits);
  const bytes = new Uint8Array((highest >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return element(TAG.BIT_STRING, Uint8Array.of(7 - (highest & 7)), bytes);
}

/** A number that is not negative, from its big-endian bytes. */
export function unsignedInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const significant = bytes.subarray(start);
  // The first bit is the sign.
  const zero =
    (significant[0] ?? 0) & 0x80 || significant.length === 0 ? Uint8Array.of(0) : new Uint8Array(0);
  return element(TAG.INTEGER, zero, significant);
}

/** A small number, 0 to 255. */
export const smallInteger = (value: number): Uint8Array => unsignedInteger(Uint8Array.of(value));

/** An object identifier from its dotted form. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    return groups;
  });
  return element(TAG.OBJECT_IDENTIFIER, Uint8Array.from(bytes));
}

/**
 * A Time (RFC 5280 section 4.1.2.5): UTCTime for the years 1950 to 2049, GeneralizedTime for others.
 *
 * @param seconds - since 1970 UTC, years 0 to 9999
 */
export function time(seconds: number): Uint8Array {
  const digits = new Date(seconds * 1000).toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  const year = Number(digits.slice(0, 4));
  const isUtcTime = year >= 1950 && year < 2050;
  const text = new TextEncoder().encode(isUtcTime ? digits.slice(2) : digits);
  return element(isUtcTime ? TAG.UTC_TIME : TAG.GENERALIZED_TIME, text);
}

/** `[number] EXPLICIT` or `[number] IMPLICIT SEQUENCE`: a constructed context-specific element. */
export const contextConstructed = (number: number, ...content: readonly Uint8Array[]): Uint8Array =>
  element(CONTEXT_SPECIFIC | CONSTRUCTED | number, ...content);

/** `[number] IMPLICIT` of a primitive type, from its content. */
export const contextPrimitive = (number: number, content: Uint8Array): Uint8Array =>
  element(CONTEXT_SPECIFIC | number, content);

/** DER as PEM (RFC 7468). */
export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
