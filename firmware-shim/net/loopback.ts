/**
 * The board's own loopback (lwIP: LWIP_NETIF_LOOPBACK): between two of its TCP sockets it is what the gateway is
 * otherwise, and turns one's packets round into the other's.
 */

import { RECEIVE_WINDOW } from "./limits.ts";
import type { TcpListener } from "./tcp-listener.ts";
import { TcpSocket } from "./tcp-socket.ts";
import { CloseReason, PacketType } from "./wisp/constants.ts";
import { decode, type Endpoint, type Packet } from "./wisp/packet.ts";

interface End {
  readonly socket: TcpSocket;
  readonly peer: number;
  /** Its socket is closed, the peer's is not. */
  closed: boolean;
}

export class Loopback {
  readonly #ends = new Map<number, End>();
  #lastStream = 0;

  /**
   * Connects a socket to a listener, or has it refused where there is none.
   *
   * @param local where the connection comes from
   */
  connect(socket: TcpSocket, local: Endpoint, peer: Endpoint, listener: TcpListener | undefined): number {
    const stream = ++this.#lastStream;
    const other = ++this.#lastStream;
    const result = socket.connect(stream, RECEIVE_WINDOW, peer, this.#send);
    if (listener === undefined) socket.receive(closing(stream, CloseReason.REFUSED));
    // lwIP leaves a SYN that there is no room for unanswered until its sender gives up.
    else if (!listener.hasRoom) socket.receive(closing(stream, CloseReason.TIMED_OUT));
    else {
      const accepted = TcpSocket.accepted(this.#send, other, RECEIVE_WINDOW, peer, local);
      this.#ends.set(stream, { socket, peer: other, closed: false });
      this.#ends.set(other, { socket: accepted, peer: stream, closed: false });
      socket.receive({ type: PacketType.OPENED, stream, local, peer });
      listener.offer(accepted, false);
    }
    return result;
  }

  readonly #send = (bytes: Uint8Array<ArrayBuffer>): void => {
    const packet = decode(bytes);
    const end = this.#ends.get(packet.stream);
    const peer = end && this.#ends.get(end.peer);
    if (end === undefined || peer === undefined) return;
    const stream = end.peer;
    switch (packet.type) {
      case PacketType.DATA:
        if (peer.closed) this.#reset(packet.stream);
        else peer.socket.receive({ ...packet, stream });
        break;
      case PacketType.WINDOW:
      case PacketType.FIN:
        if (!peer.closed) peer.socket.receive({ ...packet, stream });
        break;
      case PacketType.CLOSE:
        end.closed = true;
        if (packet.reason !== CloseReason.VOLUNTARY) this.#reset(stream);
        else if (peer.closed) this.#forget(stream);
        else peer.socket.receive({ type: PacketType.FIN, stream });
    }
  };

  /** Tells the socket of `stream` that there is nobody at the other end. */
  #reset(stream: number): void {
    this.#ends.get(stream)?.socket.receive(closing(stream, CloseReason.NETWORK_ERROR));
    this.#forget(stream);
  }

  #forget(stream: number): void {
    const end = this.#ends.get(stream);
    this.#ends.delete(stream);
    if (end !== undefined) this.#ends.delete(end.peer);
  }
}

function closing(stream: number, reason: number): Packet {
  return { type: PacketType.CLOSE, stream, reason };
}
