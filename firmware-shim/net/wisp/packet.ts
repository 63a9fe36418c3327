/**
 * Wisp packets to and from bytes. One packet is one WebSocket message; integers are little-endian and
 * strings are UTF-8 without a terminator (protocol.md, "Packet format").
 *
 * {@link decode} parses once, at the edge: a {@link Packet} holds valid values. Bulk bytes are views of
 * the message, never copies.
 */

import { formatIpv4, parseIpv4, utf8Decode, utf8Encode } from "./bytes.ts";
import { FAMILY_IPV4, HEADER_BYTES, PacketType, TRANSPORT_TCP, TRANSPORT_UDP } from "./constants.ts";
import { WispError } from "./error.ts";
import { decodeInfo, encodeInfo, type Info } from "./info.ts";

/** An IPv4 address as a dotted quad, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

type Transport = typeof TRANSPORT_TCP | typeof TRANSPORT_UDP;

export type Packet = { readonly stream: number } & (
  | {
      readonly type: typeof PacketType.CONNECT;
      readonly transport: Transport;
      readonly port: number;
      readonly host: string;
    }
  | { readonly type: typeof PacketType.DATA; readonly data: Uint8Array }
  | { readonly type: typeof PacketType.CONTINUE; readonly remaining: number }
  | { readonly type: typeof PacketType.CLOSE; readonly reason: number }
  | { readonly type: typeof PacketType.INFO; readonly info: Info }
  | { readonly type: typeof PacketType.RESOLVE; readonly host: string }
  | {
      readonly type: typeof PacketType.RESOLVED;
      readonly status: number;
      readonly addresses: readonly string[];
    }
  | { readonly type: typeof PacketType.OPENED; readonly local: Endpoint; readonly peer: Endpoint }
  | { readonly type: typeof PacketType.WINDOW; readonly credit: number }
  | { readonly type: typeof PacketType.FIN }
  | { readonly type: typeof PacketType.BIND; readonly transport: Transport; readonly local: Endpoint }
  | { readonly type: typeof PacketType.DATAGRAM; readonly peer: Endpoint; readonly data: Uint8Array }
  | { readonly type: typeof PacketType.LISTEN; readonly backlog: number }
  | {
      readonly type: typeof PacketType.ACCEPTED;
      readonly accepted: number;
      readonly local: Endpoint;
      readonly peer: Endpoint;
    }
  | { readonly type: typeof PacketType.LEASE; readonly address: string }
  | {
      readonly type: typeof PacketType.LINK;
      readonly up: boolean;
      readonly window: number;
      readonly address: string;
    }
);

const ENDPOINT_BYTES = 7;
/** A family and an IPv4 address. */
const ADDRESS_BYTES = 5;
/** No address, as DHCP has it too. */
const NO_ADDRESS = "0.0.0.0";

/**
 * The packet that a message holds.
 *
 * @throws WispError for anything else.
 */
export function decode(message: Uint8Array): Packet {
  if (message.length < HEADER_BYTES) {
    throw new WispError(`a packet has at least ${HEADER_BYTES} bytes, this one ${message.length}`);
  }
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const type = message[0]!;
  const stream = view.getUint32(1, true);
  const payload = message.subarray(HEADER_BYTES);
  switch (type) {
    case PacketType.DATA:
      return { type, stream, data: payload };
    case PacketType.DATAGRAM:
      need(payload, ENDPOINT_BYTES, "DATAGRAM");
      return { type, stream, peer: endpointAt(payload, 0), data: payload.subarray(ENDPOINT_BYTES) };
    case PacketType.WINDOW:
      exactly(payload, 4, "WINDOW");
      return { type, stream, credit: view.getUint32(5, true) };
    case PacketType.CONTINUE:
      exactly(payload, 4, "CONTINUE");
      return { type, stream, remaining: view.getUint32(5, true) };
    case PacketType.CLOSE:
      exactly(payload, 1, "CLOSE");
      return { type, stream, reason: payload[0]! };
    case PacketType.FIN:
      exactly(payload, 0, "FIN");
      return { type, stream };
    default:
      return decodeSetUp(type, stream, payload, view);
  }
}

/** The packets that open things; the ones that move data are above. */
function decodeSetUp(type: number, stream: number, payload: Uint8Array, view: DataView): Packet {
  switch (type) {
    case PacketType.CONNECT: {
      need(payload, 4, "CONNECT");
      const transport = transportOf(payload[0]!, "CONNECT");
      const host = text(payload.subarray(3), "CONNECT");
      return { type, stream, transport, port: view.getUint16(6, true), host };
    }
    case PacketType.INFO:
      return { type, stream, info: decodeInfo(payload) };
    case PacketType.RESOLVE:
      need(payload, 2, "RESOLVE");
      familyOf(payload[0]!);
      return { type, stream, host: text(payload.subarray(1), "RESOLVE") };
    case PacketType.RESOLVED:
      need(payload, 1, "RESOLVED");
      return { type, stream, status: payload[0]!, addresses: addressesOf(payload.subarray(1)) };
    case PacketType.OPENED:
      exactly(payload, 2 * ENDPOINT_BYTES, "OPENED");
      return { type, stream, local: endpointAt(payload, 0), peer: endpointAt(payload, ENDPOINT_BYTES) };
    case PacketType.BIND: {
      exactly(payload, 1 + ENDPOINT_BYTES, "BIND");
      const transport = transportOf(payload[0]!, "BIND");
      return { type, stream, transport, local: endpointAt(payload, 1) };
    }
    default:
      return decodeListening(type, stream, payload, view);
  }
}

/** The packets of accepting connections, and of the board's place on the network. */
function decodeListening(type: number, stream: number, payload: Uint8Array, view: DataView): Packet {
  switch (type) {
    case PacketType.LISTEN:
      exactly(payload, 2, "LISTEN");
      return { type, stream, backlog: view.getUint16(5, true) };
    case PacketType.ACCEPTED:
      exactly(payload, 4 + 2 * ENDPOINT_BYTES, "ACCEPTED");
      return {
        type,
        stream,
        accepted: view.getUint32(5, true),
        local: endpointAt(payload, 4),
        peer: endpointAt(payload, 4 + ENDPOINT_BYTES),
      };
    case PacketType.LEASE:
      exactly(payload, ADDRESS_BYTES, "LEASE");
      return { type, stream, address: addressAt(payload, 0) };
    case PacketType.LINK:
      exactly(payload, 5 + ADDRESS_BYTES, "LINK");
      return {
        type,
        stream,
        up: payload[0] !== 0,
        window: view.getUint32(6, true),
        address: addressAt(payload, 5),
      };
    default:
      throw new WispError(`there is no packet type 0x${type.toString(16).padStart(2, "0")}`);
  }
}

function need(payload: Uint8Array, bytes: number, name: string): void {
  if (payload.length < bytes) {
    throw new WispError(`${name} has a payload of at least ${bytes} bytes, not ${payload.length}`);
  }
}

function exactly(payload: Uint8Array, bytes: number, name: string): void {
  if (payload.length !== bytes) {
    throw new WispError(`${name} has a payload of ${bytes} bytes, not ${payload.length}`);
  }
}

function text(bytes: Uint8Array, name: string): string {
  const decoded = utf8Decode(bytes);
  if (decoded === undefined) throw new WispError(`the name in ${name} is not UTF-8`);
  return decoded;
}

function transportOf(byte: number, name: string): Transport {
  if (byte !== TRANSPORT_TCP && byte !== TRANSPORT_UDP) {
    throw new WispError(`${name} knows the stream types 1 and 2, not ${byte}`);
  }
  return byte;
}

function familyOf(byte: number): void {
  if (byte !== FAMILY_IPV4) throw new WispError(`there is no address family ${byte}`);
}

function addressAt(payload: Uint8Array, offset: number): string {
  familyOf(payload[offset]!);
  return formatIpv4(payload, offset + 1);
}

function endpointAt(payload: Uint8Array, offset: number): Endpoint {
  const port = payload[offset + 5]! | (payload[offset + 6]! << 8);
  return { address: addressAt(payload, offset), port };
}

function addressesOf(bytes: Uint8Array): string[] {
  if (bytes.length % 5 !== 0) throw new WispError("an address in RESOLVED is cut short");
  const addresses: string[] = [];
  for (let i = 0; i < bytes.length; i += 5) addresses.push(addressAt(bytes, i));
  return addresses;
}

/** An empty packet: the header, and `payloadBytes` to fill from offset 5 on. */
function packet(type: number, stream: number, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payloadBytes);
  bytes[0] = type;
  setUint32(bytes, 1, stream);
  return bytes;
}

function setUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}

function setEndpoint(bytes: Uint8Array, offset: number, endpoint: Endpoint): void {
  setAddress(bytes, offset, endpoint.address);
  bytes[offset + 5] = endpoint.port;
  bytes[offset + 6] = endpoint.port >>> 8;
}

function setAddress(bytes: Uint8Array, offset: number, address: string): void {
  const quad = parseIpv4(address);
  if (quad === undefined) throw new WispError(`"${address}" is not an IPv4 address`);
  bytes[offset] = FAMILY_IPV4;
  bytes.set(quad, offset + 1);
}

function withUint32(type: number, stream: number, value: number): Uint8Array<ArrayBuffer> {
  const bytes = packet(type, stream, 4);
  setUint32(bytes, HEADER_BYTES, value);
  return bytes;
}

export function encodeConnect(stream: number, transport: Transport, host: string, port: number) {
  const name = utf8Encode(host);
  const bytes = packet(PacketType.CONNECT, stream, 3 + name.length);
  bytes[5] = transport;
  bytes[6] = port;
  bytes[7] = port >>> 8;
  bytes.set(name, 8);
  return bytes;
}

export function encodeData(stream: number, data: Uint8Array) {
  const bytes = packet(PacketType.DATA, stream, data.length);
  bytes.set(data, HEADER_BYTES);
  return bytes;
}

/** `remaining`: packets that the server still takes for the stream. */
export function encodeContinue(stream: number, remaining: number) {
  return withUint32(PacketType.CONTINUE, stream, remaining);
}

export function encodeClose(stream: number, reason: number) {
  const bytes = packet(PacketType.CLOSE, stream, 1);
  bytes[5] = reason;
  return bytes;
}

/** INFO travels on stream 0. */
export function encodeInfoPacket(info: Info) {
  const payload = encodeInfo(info);
  const bytes = packet(PacketType.INFO, 0, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** `request` stands in the stream field; requests and streams are numbered apart. */
export function encodeResolve(request: number, host: string) {
  const name = utf8Encode(host);
  const bytes = packet(PacketType.RESOLVE, request, 1 + name.length);
  bytes[5] = FAMILY_IPV4;
  bytes.set(name, 6);
  return bytes;
}

export function encodeResolved(request: number, status: number, addresses: readonly string[]) {
  const bytes = packet(PacketType.RESOLVED, request, 1 + 5 * addresses.length);
  bytes[5] = status;
  addresses.forEach((address, i) => {
    setAddress(bytes, 6 + ADDRESS_BYTES * i, address);
  });
  return bytes;
}

export function encodeOpened(stream: number, local: Endpoint, peer: Endpoint) {
  const bytes = packet(PacketType.OPENED, stream, 2 * ENDPOINT_BYTES);
  setEndpoint(bytes, HEADER_BYTES, local);
  setEndpoint(bytes, HEADER_BYTES + ENDPOINT_BYTES, peer);
  return bytes;
}

/** `credit`: bytes that the other side may send on the stream, on top of what it may already. */
export function encodeWindow(stream: number, credit: number) {
  return withUint32(PacketType.WINDOW, stream, credit);
}

export function encodeFin(stream: number) {
  return packet(PacketType.FIN, stream, 0);
}

export function encodeBind(stream: number, transport: Transport, local: Endpoint) {
  const bytes = packet(PacketType.BIND, stream, 1 + ENDPOINT_BYTES);
  bytes[5] = transport;
  setEndpoint(bytes, 6, local);
  return bytes;
}

/** `peer`: whom it goes to, or on the way to the client, whom it came from. */
export function encodeDatagram(stream: number, peer: Endpoint, data: Uint8Array) {
  const bytes = packet(PacketType.DATAGRAM, stream, ENDPOINT_BYTES + data.length);
  setEndpoint(bytes, HEADER_BYTES, peer);
  bytes.set(data, HEADER_BYTES + ENDPOINT_BYTES);
  return bytes;
}

/** `backlog`: connections that may wait for the program to accept them. */
export function encodeListen(stream: number, backlog: number) {
  const bytes = packet(PacketType.LISTEN, stream, 2);
  bytes[5] = backlog;
  bytes[6] = backlog >>> 8;
  return bytes;
}

/** On the listener's `stream`: a connection has come, which is the stream `accepted`. */
export function encodeAccepted(stream: number, accepted: number, local: Endpoint, peer: Endpoint) {
  const bytes = packet(PacketType.ACCEPTED, stream, 4 + 2 * ENDPOINT_BYTES);
  setUint32(bytes, HEADER_BYTES, accepted);
  setEndpoint(bytes, HEADER_BYTES + 4, local);
  setEndpoint(bytes, HEADER_BYTES + 4 + ENDPOINT_BYTES, peer);
  return bytes;
}

/** The client's own address on the access point's network. */
export function encodeLease(address: string) {
  const bytes = packet(PacketType.LEASE, 0, ADDRESS_BYTES);
  setAddress(bytes, HEADER_BYTES, address);
  return bytes;
}

/** `window`: bytes that each new stream may send at first; `address`: the board's, if it has been given one. */
export function encodeLink(up: boolean, window: number, address: string = NO_ADDRESS) {
  const bytes = packet(PacketType.LINK, 0, 5 + ADDRESS_BYTES);
  bytes[5] = up ? 1 : 0;
  setUint32(bytes, 6, window);
  setAddress(bytes, 10, address);
  return bytes;
}
