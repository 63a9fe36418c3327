/** UTF-8 for names in certificates; the layers below the emulator have no TextEncoder. */

export function utf8Encode(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else {
      const tail = [(code >> 12) & 0x3f, (code >> 6) & 0x3f, code & 0x3f];
      bytes.push(0xf0 | (code >> 18), ...tail.map((bits) => 0x80 | bits));
    }
  }
  return Uint8Array.from(bytes);
}

/** Decodes UTF-8; bytes that are not UTF-8 are taken for Latin-1. */
export function decodeText(bytes: Uint8Array): string {
  let percent = "";
  let latin1 = "";
  for (const byte of bytes) {
    percent += `%${byte.toString(16).padStart(2, "0")}`;
    latin1 += String.fromCharCode(byte);
  }
  try {
    return decodeURIComponent(percent);
  } catch {
    return latin1;
  }
}
