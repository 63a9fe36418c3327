import { CloseReason, PacketType, ResolveStatus } from "../../firmware-shim/net/wisp/constants.ts";
import type { Endpoint, Packet } from "../../firmware-shim/net/wisp/packet.ts";
import { decodeOrNothing } from "../watch/decode-packet.ts";
import type { PacketReport, Station } from "../watch/reports.ts";
import { DNS_PORT, encodeQuery, encodeResponse, RCODE } from "./dns-message.ts";
import { type Side, udpFrames } from "./frames.ts";
import { BOARD_TTL, FIRST_LOCAL_PORT, LOCAL_PORTS, PEER_TTL } from "./limits.ts";
import { type Sent, TcpConversation, type Who } from "./tcp-conversation.ts";

/** The access point, through which everything goes. Locally administered (second bit of the first byte). */
const ROUTER_MAC = Uint8Array.of(0x42, 0x13, 0x37, 0x55, 0xaa, 0x02);

/** lwIP's first initial sequence number (tcp_next_iss), and how far apart they are made here. */
const FIRST_SEQUENCE = 6510;
const SEQUENCE_STEP = 64_000;

const RCODES = new Map<number, number>([
  [ResolveStatus.OK, RCODE.NOERROR],
  [ResolveStatus.NO_SUCH_NAME, RCODE.NXDOMAIN],
]);

/**
 * Makes the frames that the board's traffic would be on the air out of the packets between its sockets and the
 * bridge. No I/O; frames come in order.
 */
export class TrafficSynthesizer {
  readonly #tcp = new Map<number, TcpConversation>();
  /** The board's ports of sockets that are bound. */
  readonly #ports = new Map<number, number>();
  /** Names under look-up. */
  readonly #lookUps = new Map<number, string>();
  #identification = 0;
  #connections = 0;

  /** The frames of a packet, which may be none. */
  take({ direction, packet, station }: PacketReport): Sent[] {
    const decoded = decodeOrNothing(packet);
    if (decoded === undefined) return [];
    return direction === "sent" ? this.#sent(decoded, station) : this.#received(decoded, station);
  }

  #sent(packet: Packet, station: Station): Sent[] {
    const { stream } = packet;
    switch (packet.type) {
      case PacketType.CONNECT:
        return this.#connect(stream, station, { address: packet.host, port: packet.port });
      case PacketType.DATA:
        return this.#tcp.get(stream)?.data("board", packet.data) ?? [];
      case PacketType.FIN:
        return this.#tcp.get(stream)?.finish("board") ?? [];
      case PacketType.CLOSE: {
        const sent = this.#tcp.get(stream)?.finish("board") ?? [];
        this.#forget(stream);
        return sent;
      }
      case PacketType.BIND:
        this.#ports.set(stream, packet.local.port || localPort(stream));
        return [];
      case PacketType.DATAGRAM:
        return this.#datagram("board", this.#port(stream), station, packet.peer, packet.data);
      case PacketType.RESOLVE:
        this.#lookUps.set(stream, packet.host);
        return this.#dns("board", stream, station, encodeQuery(stream & 0xffff, packet.host));
      default:
        return [];
    }
  }

  #received(packet: Packet, station: Station): Sent[] {
    const { stream } = packet;
    const conversation = this.#tcp.get(stream);
    switch (packet.type) {
      case PacketType.OPENED:
        return conversation?.connected() ?? [];
      case PacketType.ACCEPTED:
        return this.#accepted(packet.accepted, station, packet.local.port, packet.peer);
      case PacketType.DATA:
        return conversation?.data("peer", packet.data) ?? [];
      case PacketType.FIN:
        return conversation?.finish("peer") ?? [];
      case PacketType.CLOSE:
        this.#forget(stream);
        return conversation ? closedByPeer(conversation, packet.reason) : [];
      case PacketType.LINK:
        // What was open is gone, without a word to anybody.
        this.#tcp.clear();
        this.#ports.clear();
        this.#lookUps.clear();
        return [];
      case PacketType.DATAGRAM:
        return this.#datagram("peer", this.#port(stream), station, packet.peer, packet.data);
      case PacketType.RESOLVED: {
        const name = this.#lookUps.get(stream);
        this.#lookUps.delete(stream);
        if (name === undefined) return [];
        const rcode = RCODES.get(packet.status) ?? RCODE.SERVFAIL;
        return this.#dns(
          "peer",
          stream,
          station,
          encodeResponse(stream & 0xffff, name, rcode, packet.addresses),
        );
      }
      default:
        return [];
    }
  }

  #connect(stream: number, station: Station, peer: Endpoint): Sent[] {
    return this.#converse(stream, boardSide(station, this.#port(stream)), peer, "board").connect();
  }

  #accepted(stream: number, station: Station, port: number, peer: Endpoint): Sent[] {
    const conversation = this.#converse(stream, boardSide(station, port), peer, "peer");
    return [...conversation.connect(), ...conversation.connected()];
  }

  #converse(stream: number, board: Side, peer: Endpoint, opener: Who): TcpConversation {
    const initial = FIRST_SEQUENCE + SEQUENCE_STEP * this.#connections++;
    const conversation = new TcpConversation(board, peerSide(peer), opener, initial, () => this.#next());
    this.#tcp.set(stream, conversation);
    return conversation;
  }

  #datagram(from: Who, port: number, station: Station, peer: Endpoint, data: Uint8Array): Sent[] {
    const sides = { board: boardSide(station, port), peer: peerSide(peer) };
    const to = from === "board" ? sides.peer : sides.board;
    return udpFrames(sides[from], to, data, this.#next()).map((frame) => ({ from, frame }));
  }

  #dns(from: Who, request: number, station: Station, message: Uint8Array | undefined): Sent[] {
    if (message === undefined) return [];
    return this.#datagram(
      from,
      localPort(request),
      station,
      { address: station.dns, port: DNS_PORT },
      message,
    );
  }

  #port(stream: number): number {
    return this.#ports.get(stream) ?? localPort(stream);
  }

  #forget(stream: number): void {
    this.#tcp.delete(stream);
    this.#ports.delete(stream);
  }

  #next(): number {
    this.#identification = (this.#identification + 1) & 0xffff;
    return this.#identification;
  }
}

/** Both ends have been told of where all went well; else the connection, or the attempt, was cut off. */
function closedByPeer(conversation: TcpConversation, reason: number): Sent[] {
  switch (reason) {
    case CloseReason.VOLUNTARY:
      return conversation.finish("peer");
    // Nobody answered.
    case CloseReason.TIMED_OUT:
    case CloseReason.UNREACHABLE:
    case CloseReason.BLOCKED:
      return [];
    default:
      return conversation.reset("peer");
  }
}

/** The bridge does not tell which port lwIP would take; each stream has one of its own. */
function localPort(stream: number): number {
  return FIRST_LOCAL_PORT + ((stream - 1) % LOCAL_PORTS);
}

function boardSide({ mac, address }: Station, port: number): Side {
  return { mac, endpoint: { address, port }, ttl: BOARD_TTL };
}

function peerSide(endpoint: Endpoint): Side {
  return { mac: ROUTER_MAC, endpoint, ttl: PEER_TTL };
}
