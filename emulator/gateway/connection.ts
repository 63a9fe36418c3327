/**
 * One client of the gateway: the handshake of Wisp 1 or 2 on its WebSocket, and then its streams
 * (protocol.md; for our extension, firmware-shim/net/wisp/README.md).
 */

import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import {
  CloseReason,
  ExtensionId,
  FIRST_SERVER_STREAM,
  PacketType,
  ResolveStatus,
  TRANSPORT_TCP,
  WISP_MAJOR,
  WISP_MINOR,
} from "../../firmware-shim/net/wisp/constants.ts";
import { WispError } from "../../firmware-shim/net/wisp/error.ts";
import {
  breadboxExtension,
  breadboxWindowOf,
  findExtension,
  type Info,
  passwordOf,
  wantedAddressOf,
} from "../../firmware-shim/net/wisp/info.ts";
import {
  decode,
  type Endpoint,
  encodeAccepted,
  encodeClose,
  encodeContinue,
  encodeInfoPacket,
  encodeLease,
  encodeResolved,
  type Packet,
} from "../../firmware-shim/net/wisp/packet.ts";
import { tokenMatches } from "./access.ts";
import type { Incoming } from "./incoming.ts";
import type { Lan, Station } from "./lan.ts";
import {
  HANDSHAKE_TIMEOUT,
  HIGH_WATER,
  MAX_LOOKUPS,
  MAX_STREAMS,
  PLAIN_BUFFER_PACKETS,
  RECEIVE_WINDOW,
} from "./limits.ts";
import { Listener } from "./listener.ts";
import type { Names } from "./names.ts";
import type { Outlet, Stream } from "./outlet.ts";
import { SwitchedStream } from "./switched-stream.ts";
import { TcpStream } from "./tcp-stream.ts";
import { UdpStream } from "./udp-stream.ts";

export interface ConnectionOptions {
  readonly webSocket: WebSocket;
  readonly version: 1 | 2;
  /** Whether the token was in the path, so that the handshake need not ask for it. */
  readonly authorized: boolean;
  readonly token: string;
  readonly names: Names;
  readonly lan: Lan;
  readonly lingering: Set<Socket>;
  readonly now: () => number;
}

/** WebSocket close codes (RFC 6455 section 7.4.1). */
const PROTOCOL_ERROR = 1002;
const POLICY_VIOLATION = 1008;

export class Connection implements Outlet {
  readonly names: Names;
  readonly lingering: Set<Socket>;
  readonly now: () => number;
  window: number | undefined;
  station: Station | undefined;
  readonly #options: ConnectionOptions;
  readonly #webSocket: WebSocket;
  readonly #streams = new Map<number, Stream>();
  readonly #handshakeTimer: NodeJS.Timeout;
  #lookups = 0;
  #open = false;
  #wasCongested = false;
  /** The stream that the next accepted connection is. */
  #nextAccepted = FIRST_SERVER_STREAM;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#webSocket = options.webSocket;
    this.names = options.names;
    this.lingering = options.lingering;
    this.now = options.now;
    this.#webSocket.on("message", (message, isBinary) => this.#message(message as Buffer, isBinary));
    this.#webSocket.on("close", () => this.#gone());
    this.#webSocket.on("error", () => this.#webSocket.terminate());
    this.#handshakeTimer = setTimeout(() => this.#webSocket.terminate(), HANDSHAKE_TIMEOUT);
    if (options.version === 1) this.#accept();
    else this.send(encodeInfoPacket(this.#serverInfo()));
  }

  get congested(): boolean {
    const congested = this.#webSocket.bufferedAmount > HIGH_WATER;
    this.#wasCongested ||= congested;
    return congested;
  }

  send(packet: Uint8Array): void {
    this.#webSocket.send(packet, () => this.#sent());
  }

  close(stream: number, reason: number): void {
    if (this.#streams.delete(stream)) this.send(encodeClose(stream, reason));
  }

  accept(listener: number, local: Endpoint, incoming: Incoming): boolean {
    if (this.#streams.size >= MAX_STREAMS) return false;
    const id = this.#nextAccepted;
    this.#nextAccepted = id === 0xffffffff ? FIRST_SERVER_STREAM : id + 1;
    this.send(encodeAccepted(listener, id, local, incoming.peer));
    this.#streams.set(id, incoming.accept(id, this));
    return true;
  }

  #sent(): void {
    if (!this.#wasCongested || this.#webSocket.bufferedAmount > HIGH_WATER / 2) return;
    this.#wasCongested = false;
    for (const stream of this.#streams.values()) stream.pump();
  }

  #serverInfo(): Info {
    const none = new Uint8Array(0);
    return {
      major: WISP_MAJOR,
      minor: WISP_MINOR,
      extensions: [
        { id: ExtensionId.UDP, data: none },
        { id: ExtensionId.PASSWORD, data: Uint8Array.of(this.#options.authorized ? 0 : 1) },
        { id: ExtensionId.STREAM_OPEN_CONFIRMATION, data: none },
        breadboxExtension(RECEIVE_WINDOW),
      ],
    };
  }

  #message(message: Buffer, isBinary: boolean): void {
    // What still comes after we have closed is of no interest, a second guess at the token least of all.
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    try {
      if (!isBinary) throw new WispError("Wisp packets are binary");
      const packet = decode(message);
      if (this.#open) this.#packet(packet);
      else this.#handshake(packet);
    } catch (error) {
      if (!(error instanceof WispError)) throw error;
      this.#webSocket.close(PROTOCOL_ERROR, error.message);
    }
  }

  #handshake(packet: Packet): void {
    if (packet.type !== PacketType.INFO) throw new WispError("an INFO must come first");
    const { authorized, token } = this.#options;
    const password = findExtension(packet.info, ExtensionId.PASSWORD);
    if (!authorized && password === undefined) this.#reject(CloseReason.NO_CREDENTIALS, "no token");
    else if (!authorized && !tokenMatches(passwordOf(password!) ?? "", token)) {
      this.#reject(CloseReason.BAD_PASSWORD, "wrong token");
    } else {
      this.window = breadboxWindowOf(packet.info);
      if (this.window === undefined || this.#join(packet.info)) this.#accept();
      else this.#reject(CloseReason.THROTTLED, "no address is free");
    }
  }

  /** Gives the board its place on the access point's network. */
  #join(info: Info): boolean {
    this.station = this.#options.lan.join(wantedAddressOf(info));
    if (this.station !== undefined) this.send(encodeLease(this.station.address));
    return this.station !== undefined;
  }

  #reject(reason: number, text: string): void {
    this.send(encodeClose(0, reason));
    this.#webSocket.close(POLICY_VIOLATION, text);
  }

  #accept(): void {
    clearTimeout(this.#handshakeTimer);
    this.#open = true;
    this.send(encodeContinue(0, PLAIN_BUFFER_PACKETS));
  }

  #packet(packet: Packet): void {
    const { stream } = packet;
    const known = this.#streams.get(stream);
    switch (packet.type) {
      case PacketType.DATA:
        known?.data(packet.data);
        break;
      case PacketType.CONNECT:
        this.#connect(stream, packet.transport, packet.host, packet.port);
        break;
      case PacketType.CLOSE:
        this.#streams.delete(stream);
        known?.end(packet.reason !== CloseReason.VOLUNTARY);
        break;
      case PacketType.WINDOW:
      case PacketType.FIN:
      case PacketType.DATAGRAM:
      case PacketType.RESOLVE:
      case PacketType.BIND:
      case PacketType.LISTEN:
        if (this.window === undefined) throw new WispError("the extension 0xf0 was not agreed on");
        this.#ownPacket(packet, known);
        break;
      case PacketType.CONTINUE:
        break; // only ever the server's
      default:
        throw new WispError(`packet type 0x${packet.type.toString(16)} has no place here`);
    }
  }

  /** The packets of our extension. */
  #ownPacket(packet: Packet, known: Stream | undefined): void {
    switch (packet.type) {
      case PacketType.WINDOW:
        known?.addCredit(packet.credit);
        break;
      case PacketType.FIN:
        known?.finish();
        break;
      case PacketType.DATAGRAM:
        if (known instanceof UdpStream) known.datagram(packet.data, packet.peer);
        break;
      case PacketType.RESOLVE:
        void this.#resolve(packet.stream, packet.host);
        break;
      case PacketType.LISTEN:
        if (known instanceof Listener) known.listen(packet.backlog);
        break;
      case PacketType.BIND:
        this.#bind(packet.stream, packet.transport, packet.local);
    }
  }

  #bind(id: number, transport: number, local: Endpoint): void {
    const station = this.station!;
    this.#add(id, true, () =>
      transport === TRANSPORT_TCP
        ? new Listener(id, this, station, local)
        : UdpStream.bind(id, this, station, local),
    );
  }

  #connect(id: number, transport: number, host: string, port: number): void {
    const bound = this.#streams.get(id);
    // A BIND before it has chosen its port.
    if (bound instanceof Listener && bound.idle) this.#streams.delete(id);
    this.#add(id, host !== "", () => {
      if (transport !== TRANSPORT_TCP) return UdpStream.connect(id, this, { host, port });
      const { station } = this;
      if (!station?.lan.contains(host)) return TcpStream.connect(id, this, host, port);
      const from = bound instanceof Listener ? bound.local.port : station.ephemeralPort();
      const local = { address: station.address, port: from };
      return SwitchedStream.connect(id, this, station, local, { address: host, port });
    });
  }

  #add(id: number, valid: boolean, make: () => Stream): void {
    if (id === 0 || this.#streams.has(id) || !valid) this.send(encodeClose(id, CloseReason.INVALID));
    else if (this.#streams.size >= MAX_STREAMS) this.send(encodeClose(id, CloseReason.THROTTLED));
    else this.#streams.set(id, make());
  }

  async #resolve(request: number, host: string): Promise<void> {
    if (this.#lookups >= MAX_LOOKUPS) {
      this.send(encodeResolved(request, ResolveStatus.FAILED, []));
      return;
    }
    this.#lookups++;
    const { status, addresses } = await this.names.resolve(host);
    this.#lookups--;
    this.send(encodeResolved(request, status, addresses));
  }

  #gone(): void {
    clearTimeout(this.#handshakeTimer);
    if (this.station) this.#options.lan.leave(this.station);
    for (const stream of this.#streams.values()) stream.destroy();
    this.#streams.clear();
  }
}
