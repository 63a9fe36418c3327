/** Messages of the domain name system (RFC 1035 section 4) for look-ups of IPv4 addresses. */

import { parseIpv4 } from "../../firmware-shim/net/wisp/bytes.ts";

export const DNS_PORT = 53;

/** RCODE of a response. */
export const RCODE = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const;

const FLAG_RESPONSE = 0x8000;
const FLAG_RECURSION_DESIRED = 0x0100;
const FLAG_RECURSION_AVAILABLE = 0x0080;
const TYPE_A = 1;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const LABEL_MAX_BYTES = 63;
const NAME_MAX_BYTES = 255;

/** A query for a name's addresses; undefined where the name cannot be in one. */
export function encodeQuery(id: number, name: string): Uint8Array | undefined {
  const question = encodeQuestion(name);
  return question && message(id, FLAG_RECURSION_DESIRED, question, []);
}

/** The response to {@link encodeQuery}. Records live 0 seconds: how long they may be kept is not known here. */
export function encodeResponse(
  id: number,
  name: string,
  rcode: number,
  addresses: readonly string[],
): Uint8Array | undefined {
  const question = encodeQuestion(name);
  const flags = FLAG_RESPONSE | FLAG_RECURSION_DESIRED | FLAG_RECURSION_AVAILABLE | rcode;
  return question && message(id, flags, question, addresses);
}

function message(id: number, flags: number, question: number[], addresses: readonly string[]): Uint8Array {
  const header = [id, flags, 1, addresses.length, 0, 0].flatMap((value) => [
    (value >> 8) & 0xff,
    value & 0xff,
  ]);
  const records = addresses.flatMap((address) => [
    // A pointer to the question's name.
    ...[0xc0, HEADER_BYTES],
    ...[0, TYPE_A, 0, CLASS_IN],
    ...[0, 0, 0, 0],
    ...[0, 4, ...(parseIpv4(address) ?? [0, 0, 0, 0])],
  ]);
  return Uint8Array.from([...header, ...question, ...records]);
}

function encodeQuestion(name: string): number[] | undefined {
  const labels = name.replace(/\.$/, "").split(".");
  const bytes: number[] = [];
  for (const label of labels) {
    const text = new TextEncoder().encode(label);
    if (text.length === 0 || text.length > LABEL_MAX_BYTES) return undefined;
    bytes.push(text.length, ...text);
  }
  bytes.push(0);
  return bytes.length > NAME_MAX_BYTES ? undefined : [...bytes, 0, TYPE_A, 0, CLASS_IN];
}
