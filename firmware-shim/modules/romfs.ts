import { encodeUtf8 } from "../host/text.ts";

/**
 * Writes MicroPython's ROM filesystem, format 1 (extmod/vfs_rom.c): records of a kind and a length, both as
 * variable-length integers (seven bits a byte, most significant first, the high bit marking that more follow).
 * Files lie in memory as they are, so that bytecode runs from where it is.
 */

const RECORD_VERBATIM_DATA = 2;
const RECORD_DIRECTORY = 4;
const RECORD_FILE = 5;
/** Its encoding, d2 cd 31, reads "RM1" without the high bits. */
const RECORD_FILESYSTEM = 0x14a6b1;

/** A directory: files' contents and other directories, by name. */
export interface RomDirectory extends ReadonlyMap<string, Uint8Array | RomDirectory> {}

/**
 * @param root - what is at the top
 * @returns the image
 */
export function buildRomfs(root: RomDirectory): Uint8Array {
  const records = entries(root);
  const image = record(RECORD_FILESYSTEM, join(records));
  // The record's size must be even; the header's length may be padded with a leading 0x80.
  if (image.length % 2 === 0) return image;
  const payload = join(records);
  return join([varuint(RECORD_FILESYSTEM), Uint8Array.of(0x80), varuint(payload.length), payload]);
}

function entries(directory: RomDirectory): Uint8Array[] {
  return [...directory].map(([name, entry]) => {
    const encoded = encodeUtf8(name);
    const named = [varuint(encoded.length), encoded];
    return entry instanceof Uint8Array
      ? record(RECORD_FILE, join([...named, record(RECORD_VERBATIM_DATA, entry)]))
      : record(RECORD_DIRECTORY, join([...named, ...entries(entry)]));
  });
}

function record(kind: number, payload: Uint8Array): Uint8Array {
  return join([varuint(kind), varuint(payload.length), payload]);
}

function varuint(value: number): Uint8Array {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return Uint8Array.from(bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
