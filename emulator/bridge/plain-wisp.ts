/**
 * Makes a plain Wisp server, version 1 or 2, look like our gateway to the board, for outbound traffic: it lets
 * nothing in.
 * What the server lacks is made up for here: look-ups get made-up addresses, the end of one half is kept
 * to ourselves, a connect succeeds at once where the server does not confirm it, a UDP socket is a stream
 * for each peer, and bytes that the board has no room for wait.
 */

import {
  CloseReason,
  PacketType,
  ResolveStatus,
  TRANSPORT_TCP,
  TRANSPORT_UDP,
} from "../../firmware-shim/net/wisp/constants.ts";
import {
  decode,
  type Endpoint,
  encodeClose,
  encodeConnect,
  encodeData,
  encodeOpened,
  encodeResolved,
  type Packet,
} from "../../firmware-shim/net/wisp/packet.ts";
import { PlainNames } from "./plain-names.ts";
import { PlainTcp } from "./plain-tcp.ts";
import { PlainUdp } from "./plain-udp.ts";

export interface PlainWispOptions {
  /** To the server. */
  readonly send: (packet: Uint8Array) => void;
  /** To the board. */
  readonly deliver: (packet: Uint8Array) => void;
  /** Packets that a new TCP stream may send before the server's first CONTINUE for it. */
  readonly packets: number;
  /** Whether the server says when a TCP stream is connected (extension 05). */
  readonly confirms: boolean;
}

const ANY: Endpoint = { address: "0.0.0.0", port: 0 };

export class PlainWisp {
  readonly #options: PlainWispOptions;
  readonly #names = new PlainNames();
  readonly #tcp = new Map<number, PlainTcp>();
  readonly #udp = new Map<number, PlainUdp>();
  /** By the server's stream: whose peer it is. */
  readonly #udpPeers = new Map<number, { readonly owner: PlainUdp; readonly peer: Endpoint }>();
  /** The board's streams have numbers below 2^31, these for UDP's peers lie above. */
  #lastPeer = 0x80000000;

  constructor(options: PlainWispOptions) {
    this.#options = options;
  }

  fromBoard(bytes: Uint8Array): void {
    const packet = decode(bytes);
    const { stream } = packet;
    const { deliver } = this.#options;
    switch (packet.type) {
      case PacketType.CONNECT:
        this.#connect(stream, { address: packet.host, port: packet.port });
        break;
      case PacketType.BIND:
        // A connection from a port of its own goes from any: Wisp cannot ask for one.
        if (packet.transport === TRANSPORT_TCP) break;
        this.#udp.set(stream, new PlainUdp(stream, deliver));
        deliver(encodeOpened(stream, ANY, ANY));
        break;
      case PacketType.LISTEN:
        deliver(encodeClose(stream, CloseReason.BLOCKED));
        break;
      case PacketType.RESOLVE:
        deliver(encodeResolved(stream, ResolveStatus.OK, [this.#names.addressOf(packet.host)]));
        break;
      case PacketType.DATAGRAM:
        this.#sendDatagram(this.#udp.get(stream), packet.peer, packet.data);
        break;
      case PacketType.DATA:
        this.#tcp.get(stream)?.fromBoard(packet.data);
        break;
      case PacketType.WINDOW:
        this.#tcp.get(stream)?.addCredit(packet.credit);
        this.#udp.get(stream)?.addCredit(packet.credit);
        break;
      case PacketType.CLOSE:
        this.#closedByBoard(stream);
    }
    // FIN: Wisp has no half-close, and a CLOSE would cut off the answer.
  }

  fromServer(bytes: Uint8Array): void {
    const packet = decode(bytes);
    const peer = this.#udpPeers.get(packet.stream);
    if (peer !== undefined) this.#fromUdpPeer(packet, peer.owner, peer.peer);
    else this.#tcp.get(packet.stream)?.fromServer(packet);
  }

  #connect(stream: number, peer: Endpoint): void {
    const { send, deliver, packets, confirms } = this.#options;
    const forget = () => this.#tcp.delete(stream);
    this.#tcp.set(stream, new PlainTcp({ stream, peer, send, deliver, packets, confirms, forget }));
    send(encodeConnect(stream, 1, this.#names.hostOf(peer.address), peer.port));
  }

  #sendDatagram(owner: PlainUdp | undefined, peer: Endpoint, data: Uint8Array): void {
    if (owner === undefined) return;
    const { send } = this.#options;
    let stream = owner.streamOf(peer);
    if (stream === undefined) {
      stream = this.#lastPeer;
      this.#lastPeer = this.#lastPeer === 0xffffffff ? 0x80000000 : this.#lastPeer + 1;
      this.#udpPeers.set(stream, { owner, peer });
      const replaced = owner.add(peer, stream);
      if (replaced !== undefined) this.#closePeer(replaced);
      send(encodeConnect(stream, TRANSPORT_UDP, this.#names.hostOf(peer.address), peer.port));
    }
    send(encodeData(stream, data));
    owner.sent(data.length);
  }

  #fromUdpPeer(packet: Packet, owner: PlainUdp, peer: Endpoint): void {
    if (packet.type === PacketType.DATA) owner.receive(peer, packet.data);
    else if (packet.type === PacketType.CLOSE) {
      this.#udpPeers.delete(packet.stream);
      owner.remove(peer);
    }
  }

  #closedByBoard(stream: number): void {
    this.#tcp.get(stream)?.closedByBoard();
    const udp = this.#udp.get(stream);
    if (udp === undefined) return;
    this.#udp.delete(stream);
    for (const peerStream of udp.streams()) this.#closePeer(peerStream);
  }

  #closePeer(stream: number): void {
    this.#udpPeers.delete(stream);
    this.#options.send(encodeClose(stream, CloseReason.VOLUNTARY));
  }
}
