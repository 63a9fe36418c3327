/**
 * The INFO packet's payload: version and extensions (protocol.md of version 2, "0x05 - INFO" and
 * "Protocol Extensions"). An extension is u8 id, u32 length, then its own bytes.
 */

import { formatIpv4, parseIpv4, utf8Decode, utf8Encode } from "./bytes.ts";
import { BREADBOX_VERSION, ExtensionId, FAMILY_IPV4 } from "./constants.ts";
import { WispError } from "./error.ts";

export interface Extension {
  readonly id: number;
  readonly data: Uint8Array;
}

export interface Info {
  readonly major: number;
  readonly minor: number;
  readonly extensions: readonly Extension[];
}

export function encodeInfo(info: Info): Uint8Array<ArrayBuffer> {
  const length = info.extensions.reduce((sum, extension) => sum + 5 + extension.data.length, 2);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes[0] = info.major;
  bytes[1] = info.minor;
  let offset = 2;
  for (const { id, data } of info.extensions) {
    bytes[offset] = id;
    view.setUint32(offset + 1, data.length, true);
    bytes.set(data, offset + 5);
    offset += 5 + data.length;
  }
  return bytes;
}

/** @throws WispError where an extension is cut short. */
export function decodeInfo(payload: Uint8Array): Info {
  if (payload.length < 2) throw new WispError("INFO has a payload of at least 2 bytes");
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const extensions: Extension[] = [];
  for (let offset = 2; offset < payload.length; ) {
    const end = offset + 5 <= payload.length ? offset + 5 + view.getUint32(offset + 1, true) : Infinity;
    if (end > payload.length) throw new WispError("an extension in INFO is cut short");
    extensions.push({ id: payload[offset]!, data: payload.subarray(offset + 5, end) });
    offset = end;
  }
  return { major: payload[0]!, minor: payload[1]!, extensions };
}

export function findExtension(info: Info, id: number): Extension | undefined {
  return info.extensions.find((extension) => extension.id === id);
}

/** The password extension as a client states it: u8 length of the user's name, the name, the password. */
export function passwordExtension(user: string, password: string): Extension {
  const name = utf8Encode(user);
  if (name.length > 255) throw new WispError("a user's name has at most 255 bytes");
  return { id: ExtensionId.PASSWORD, data: Uint8Array.of(name.length, ...name, ...utf8Encode(password)) };
}

/** The client's password, or undefined where the extension is malformed. */
export function passwordOf(extension: Extension): string | undefined {
  const start = 1 + (extension.data[0] ?? 255);
  return start <= extension.data.length ? utf8Decode(extension.data.subarray(start)) : undefined;
}

/**
 * Our own extension: u8 version, u32 window (bytes of each stream its sender takes before a WINDOW). A client
 * that had an address before, and wants it again, adds u8 family, the address.
 */
export function breadboxExtension(window: number, wanted?: string): Extension {
  const quad = wanted === undefined ? undefined : parseIpv4(wanted);
  const data = new Uint8Array(quad === undefined ? WINDOW_END : ADDRESS_END);
  data[0] = BREADBOX_VERSION;
  new DataView(data.buffer).setUint32(1, window, true);
  if (quad !== undefined) data.set([FAMILY_IPV4, ...quad], WINDOW_END);
  return { id: ExtensionId.BREADBOX, data };
}

/** Where the parts of our extension end. */
const WINDOW_END = 5;
const ADDRESS_END = 10;

/** The address that a client had before and wants again, or undefined. */
export function wantedAddressOf(info: Info): string | undefined {
  const data = findExtension(info, ExtensionId.BREADBOX)?.data;
  if (data === undefined || data.length < ADDRESS_END || data[WINDOW_END] !== FAMILY_IPV4) return undefined;
  return formatIpv4(data, WINDOW_END + 1);
}

/** The window that the other side states, or undefined where it does not speak our version. */
export function breadboxWindowOf(info: Info): number | undefined {
  const data = findExtension(info, ExtensionId.BREADBOX)?.data;
  if (data === undefined || data.length < WINDOW_END || data[0] !== BREADBOX_VERSION) return undefined;
  return new DataView(data.buffer, data.byteOffset).getUint32(1, true);
}
