/** IP addresses in text form, as `inet_pton` takes them (RFC 4291 section 2.2 for IPv6). */

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split(".");
  // A leading zero might mean octal; it is refused, as in mbedTLS.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** The bytes of colon-separated groups, the last of which may be an IPv4 address. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    const ipv4 = mayEndInIpv4 && i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return bytes;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const zeros = 16 - head.length - tail.length;
  if (halves.length === 1) return zeros === 0 ? head : undefined;
  // "::" stands for at least one group of zeros.
  return zeros >= 2 ? [...head, ...new Array<number>(zeros).fill(0), ...tail] : undefined;
}

/** The address's 4 or 16 bytes, or undefined when the text is no address. Zone identifiers are refused. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const bytes = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  return bytes === undefined ? undefined : Uint8Array.from(bytes);
}
