/** Ethernet frames with IPv4 packets: RFC 894, RFC 791, RFC 768, RFC 9293. Checksums included. */

import { parseIpv4 } from "../../firmware-shim/net/wisp/bytes.ts";
import type { Endpoint } from "../../firmware-shim/net/wisp/packet.ts";
import { MTU } from "./limits.ts";

/** One end of the traffic on the air. */
export interface Side {
  /** Six bytes. */
  readonly mac: Uint8Array;
  readonly endpoint: Endpoint;
  readonly ttl: number;
}

export interface TcpSegment {
  readonly sequence: number;
  /** Meaningful with ACK. */
  readonly acknowledgment: number;
  /** Of {@link TCP_FLAGS}. */
  readonly flags: number;
  readonly window: number;
  /** The MSS option of a SYN. */
  readonly mss?: number;
  readonly data?: Uint8Array;
}

export const TCP_FLAGS = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const;

const ETHERTYPE_IPV4 = 0x0800;
const PROTOCOL_TCP = 6;
const PROTOCOL_UDP = 17;
const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
const TCP_BYTES = 20;
const UDP_BYTES = 8;
const MORE_FRAGMENTS = 0x2000;
const DONT_FRAGMENT = 0x4000;
const OPTION_MSS = 2;

/** A frame with a TCP segment. `identification` is the IPv4 header's. */
export function tcpFrame(from: Side, to: Side, segment: TcpSegment, identification: number): Uint8Array {
  const options = segment.mss === undefined ? [] : [OPTION_MSS, 4, segment.mss >> 8, segment.mss & 0xff];
  const data = segment.data ?? new Uint8Array(0);
  const header = TCP_BYTES + options.length;
  const bytes = new Uint8Array(header + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, from.endpoint.port);
  view.setUint16(2, to.endpoint.port);
  view.setUint32(4, segment.sequence);
  view.setUint32(8, segment.flags & TCP_FLAGS.ACK ? segment.acknowledgment : 0);
  view.setUint8(12, (header / 4) << 4);
  view.setUint8(13, segment.flags);
  view.setUint16(14, segment.window);
  bytes.set(options, TCP_BYTES);
  bytes.set(data, header);
  view.setUint16(16, transportChecksum(from, to, PROTOCOL_TCP, bytes));
  return frame(from, to, { protocol: PROTOCOL_TCP, identification, fragment: DONT_FRAGMENT, payload: bytes });
}

/** The frames of a datagram: several where it is too large for one. */
export function udpFrames(from: Side, to: Side, data: Uint8Array, identification: number): Uint8Array[] {
  const bytes = new Uint8Array(UDP_BYTES + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, from.endpoint.port);
  view.setUint16(2, to.endpoint.port);
  view.setUint16(4, bytes.length);
  bytes.set(data, UDP_BYTES);
  // 0 would mean that there is no checksum (RFC 768).
  view.setUint16(6, transportChecksum(from, to, PROTOCOL_UDP, bytes) || 0xffff);
  // Fragments begin at multiples of eight bytes (RFC 791).
  const room = (MTU - IPV4_BYTES) & ~7;
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += room) {
    const payload = bytes.subarray(at, at + room);
    const more = at + room < bytes.length ? MORE_FRAGMENTS : 0;
    frames.push(
      frame(from, to, { protocol: PROTOCOL_UDP, identification, fragment: more | (at / 8), payload }),
    );
  }
  return frames;
}

interface Ipv4Packet {
  readonly protocol: number;
  readonly identification: number;
  /** Flags and fragment offset. */
  readonly fragment: number;
  readonly payload: Uint8Array;
}

function frame(from: Side, to: Side, packet: Ipv4Packet): Uint8Array {
  const { protocol, identification, fragment, payload } = packet;
  const bytes = new Uint8Array(ETHERNET_BYTES + IPV4_BYTES + payload.length);
  bytes.set(destinationMac(to), 0);
  bytes.set(from.mac, 6);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, ETHERTYPE_IPV4);
  const ip = ETHERNET_BYTES;
  view.setUint8(ip, 0x45);
  view.setUint16(ip + 2, IPV4_BYTES + payload.length);
  view.setUint16(ip + 4, identification & 0xffff);
  view.setUint16(ip + 6, fragment);
  view.setUint8(ip + 8, from.ttl);
  view.setUint8(ip + 9, protocol);
  bytes.set(quad(from), ip + 12);
  bytes.set(quad(to), ip + 16);
  view.setUint16(ip + 10, checksum(bytes.subarray(ip, ip + IPV4_BYTES)));
  bytes.set(payload, ip + IPV4_BYTES);
  return bytes;
}

/** Broadcasts, and RFC 1112 section 6.4 for groups. */
function destinationMac(to: Side): Uint8Array {
  const [a, b, c, d] = quad(to);
  if (a === 255) return new Uint8Array(6).fill(0xff);
  return a >= 224 && a < 240 ? Uint8Array.of(0x01, 0x00, 0x5e, b & 0x7f, c, d) : to.mac;
}

function quad({ endpoint }: Side): readonly [number, number, number, number] {
  return parseIpv4(endpoint.address) ?? [0, 0, 0, 0];
}

/** Over the pseudo-header too (RFC 9293 section 3.1, RFC 768). */
function transportChecksum(from: Side, to: Side, protocol: number, bytes: Uint8Array): number {
  const pseudo = Uint8Array.of(
    ...quad(from),
    ...quad(to),
    0,
    protocol,
    bytes.length >> 8,
    bytes.length & 0xff,
  );
  return checksum(pseudo, bytes);
}

/** The Internet checksum (RFC 1071) of parts, all but the last of which have an even length. */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += (part[i]! << 8) | (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
