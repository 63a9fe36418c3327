/** PEM (RFC 7468) as `mbedtls_x509_crt_parse`, `pem.c` and `base64.c` of mbedTLS 3.6 read it. */

import { ERR } from "../errors.ts";
import { InvalidCertificateError } from "./errors.ts";

const CERTIFICATE = "CERTIFICATE";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The data as C's string functions see it: up to the first NUL, a character a byte. */
function cString(data: Uint8Array): string {
  const end = data.indexOf(0);
  const bytes = end < 0 ? data : data.subarray(0, end);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/**
 * Whether mbedTLS takes the data for PEM. MicroPython looks for `-----BEGIN ` first, but only to count the
 * terminating NUL in; a text with another kind of block is then no valid DER.
 */
export function isPem(data: Uint8Array): boolean {
  return cString(data).includes(header(CERTIFICATE));
}

function header(label: string): string {
  return `-----BEGIN ${label}-----`;
}

function footer(label: string): string {
  return `-----END ${label}-----`;
}

function dropTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " ") end--;
  return line.slice(0, end);
}

/** Drops what base64.c skips: LF, CR LF, and spaces at the end of a line. Other whitespace stays, as an error. */
function joinLines(text: string): string {
  const lines = text.split("\n");
  const last = lines.pop()!;
  const ended = lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  return [...ended, last].map(dropTrailingSpaces).join("");
}

function decodeBase64(text: string): Uint8Array {
  const invalid = ERR.PEM_INVALID_DATA + ERR.BASE64_INVALID_CHARACTER;
  const joined = joinLines(text);
  if (joined.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(joined))
    throw new InvalidCertificateError(invalid);
  const digits = joined.replace(/=+$/, "");
  if (digits.length === 0) throw new InvalidCertificateError(ERR.PEM_BAD_INPUT_DATA);
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let accumulator = 0;
  let at = 0;
  for (let i = 0; i < digits.length; i++) {
    accumulator = ((accumulator << 6) | BASE64.indexOf(digits[i]!)) & 0xffffff;
    // Each digit after the first of a group of four completes a byte.
    const spareBits = [undefined, 4, 2, 0][i % 4];
    if (spareBits !== undefined) bytes[at++] = (accumulator >> spareBits) & 0xff;
  }
  return bytes;
}

/** Offset after the optional space and line end that follow a header or footer. */
function skipLineEnd(text: string, offset: number): { offset: number; hasNewline: boolean } {
  const match = /^ ?\r?\n?/.exec(text.slice(offset, offset + 3))!;
  return { offset: offset + match[0].length, hasNewline: match[0].endsWith("\n") };
}

interface Block {
  readonly bytes: Uint8Array;
  /** Offset after the block. */
  readonly end: number;
}

/**
 * The first block with that label: `mbedtls_pem_read_buffer`. Undefined where there is none, or no end to it.
 * Encrypted blocks are errors: there is no password to give.
 */
function readBlock(text: string, label: string): Block | undefined {
  const start = text.indexOf(header(label));
  const end = text.indexOf(footer(label));
  if (start < 0 || end <= start) return undefined;
  const { offset: content, hasNewline } = skipLineEnd(text, start + header(label).length);
  if (!hasNewline) return undefined;
  if (content >= end) throw new InvalidCertificateError(ERR.PEM_INVALID_DATA);
  const bytes = decodeBase64(text.slice(content, end));
  return { bytes, end: skipLineEnd(text, end + footer(label).length).offset };
}

/** The content of the first block with that label, such as "EC PRIVATE KEY", or undefined. */
export function readPemBlock(data: Uint8Array, label: string): Uint8Array | undefined {
  return readBlock(cString(data), label)?.bytes;
}

/**
 * The certificates of a PEM file. Text before, between and after them is left aside, and so is a last block
 * without its footer.
 */
export function readPemBlocks(data: Uint8Array): Uint8Array[] {
  let rest = cString(data);
  const blocks: Uint8Array[] = [];
  for (;;) {
    const block = readBlock(rest, CERTIFICATE);
    if (!block) break;
    blocks.push(block.bytes);
    rest = rest.slice(block.end);
  }
  if (blocks.length === 0) throw new InvalidCertificateError(ERR.X509_CERT_UNKNOWN_FORMAT);
  return blocks;
}
