/** PEM (RFC 7468) as `mbedtls_x509_crt_parse`, `pem.c` and `base64.c` of mbedTLS 3.6 read it. */

import { ERR } from "../errors.ts";
import { InvalidCertificateError } from "./errors.ts";

const HEADER = "-----BEGIN CERTIFICATE-----";
const FOOTER = "-----END CERTIFICATE-----";
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
  return cString(data).includes(HEADER);
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

/**
 * The certificates of a PEM file. Text before, between and after them is left aside, and so is a last block
 * without its footer. Encrypted blocks are errors: there is no password to give.
 */
export function readPemBlocks(data: Uint8Array): Uint8Array[] {
  let rest = cString(data);
  const blocks: Uint8Array[] = [];
  for (;;) {
    const header = rest.indexOf(HEADER);
    const footer = rest.indexOf(FOOTER);
    if (header < 0 || footer <= header) break;
    const { offset: start, hasNewline } = skipLineEnd(rest, header + HEADER.length);
    if (!hasNewline) break;
    if (start >= footer) throw new InvalidCertificateError(ERR.PEM_INVALID_DATA);
    blocks.push(decodeBase64(rest.slice(start, footer)));
    rest = rest.slice(skipLineEnd(rest, footer + FOOTER.length).offset);
  }
  if (blocks.length === 0) throw new InvalidCertificateError(ERR.X509_CERT_UNKNOWN_FORMAT);
  return blocks;
}
