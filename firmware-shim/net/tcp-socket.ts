/**
 * A TCP socket of the board, as lwIP's socket API behaves on the ESP32 (ports/esp32/modsocket.c; lwIP's
 * src/api/sockets.c and api_lib.c).
 */

import { ByteQueue } from "./byte-queue.ts";
import { Credit } from "./credit.ts";
import * as errno from "./errno.ts";
import { MAX_DATA } from "./limits.ts";
import { POLL_HUP, POLL_RD, POLL_WR } from "./poll.ts";
import { CloseReason, PacketType, TRANSPORT_TCP } from "./wisp/constants.ts";
import {
  type Endpoint,
  encodeBind,
  encodeClose,
  encodeConnect,
  encodeData,
  encodeFin,
  encodeWindow,
  type Packet,
} from "./wisp/packet.ts";

/** Before connect, while it is under way, connected, and after the connection is gone. */
type State = "new" | "connecting" | "open" | "gone";

const NOTHING = new Uint8Array(0);

export class TcpSocket {
  /** To the gateway, or to the board's own loopback. */
  #send: (packet: Uint8Array<ArrayBuffer>) => void;
  #state: State = "new";
  #stream = 0;
  #credit = new Credit(0);
  readonly #queue = new ByteQueue();
  /** SO_ERROR: reported once, as lwIP's netconn_err clears it. */
  #pendingError = 0;
  #peerFinished = false;
  #finished = false;
  local: Endpoint | undefined;
  peer: Endpoint | undefined;
  /** Its own address and port, where `bind` or an accepted connection has given it one. */
  bound: Endpoint | undefined;
  /** SO_REUSEADDR. */
  reuseAddress = false;

  constructor(send: (packet: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** A connection that came in on `stream`, with `window` bytes of credit. */
  static accepted(
    send: (packet: Uint8Array<ArrayBuffer>) => void,
    stream: number,
    window: number,
    local: Endpoint,
    peer: Endpoint,
  ): TcpSocket {
    const socket = new TcpSocket(send);
    socket.#state = "open";
    socket.#stream = stream;
    socket.#credit = new Credit(window);
    socket.local = local;
    socket.peer = peer;
    return socket;
  }

  /** Whether it may be bound, connected or made to listen. */
  get isNew(): boolean {
    return this.#state === "new";
  }

  /** Why it cannot connect, or 0. */
  cannotConnect(): number {
    if (this.#state === "connecting") return -errno.EALREADY;
    if (this.#state === "open") return -errno.EISCONN;
    return this.#state === "gone" ? -errno.ENOTCONN : 0;
  }

  /** Starts connecting on `stream`, with `window` bytes of credit: -EINPROGRESS. A new socket only. */
  connect(
    stream: number,
    window: number,
    peer: Endpoint,
    send: (packet: Uint8Array<ArrayBuffer>) => void = this.#send,
  ): number {
    this.#send = send;
    this.#state = "connecting";
    this.#stream = stream;
    this.#credit = new Credit(window);
    this.peer = peer;
    if (this.bound !== undefined) send(encodeBind(stream, TRANSPORT_TCP, this.bound));
    send(encodeConnect(stream, TRANSPORT_TCP, peer.address, peer.port));
    return -errno.EINPROGRESS;
  }

  connectStatus(): number {
    if (this.#pendingError !== 0) return -this.#takeError();
    if (this.#state === "connecting") return -errno.EINPROGRESS;
    return this.#state === "open" ? 0 : -errno.ENOTCONN;
  }

  send(bytes: Uint8Array): number {
    if (this.#pendingError !== 0) return -this.#takeError();
    // modsocket.c: "lwip returns EINPROGRESS when trying to send right after a non-blocking connect".
    if (this.#state === "connecting") return -errno.EINPROGRESS;
    if (this.#state !== "open" || this.#finished) return -errno.ENOTCONN;
    const length = Math.min(bytes.length, this.#credit.sendable);
    if (length === 0) return bytes.length === 0 ? 0 : -errno.EAGAIN;
    for (let offset = 0; offset < length; offset += MAX_DATA) {
      const end = Math.min(length, offset + MAX_DATA);
      this.#send(encodeData(this.#stream, bytes.subarray(offset, end)));
    }
    this.#credit.sendable -= length;
    return length;
  }

  recv(max: number): Uint8Array | number {
    if (this.#state === "new") return -errno.ENOTCONN;
    if (this.#queue.length === 0) return this.#end() ?? NOTHING;
    const bytes = this.#queue.take(max);
    this.#consumed(bytes.length);
    return bytes;
  }

  /** As `recv`, but copied: all that is there and fits (lwIP, sockets.c: lwip_recv_tcp). */
  recvInto(into: Uint8Array, peek: boolean): number {
    if (this.#state === "new") return -errno.ENOTCONN;
    if (this.#queue.length === 0) return this.#end() ?? 0;
    const copied = this.#queue.copyTo(into, peek);
    if (!peek) this.#consumed(copied);
    return copied;
  }

  #consumed(bytes: number): void {
    const credit = this.#credit.consumed(bytes);
    if (credit > 0 && this.#state === "open") this.#send(encodeWindow(this.#stream, credit));
  }

  /** What a read finds where no bytes wait: an error, or undefined at the end of the stream. */
  #end(): number | undefined {
    // Again and again, as modsocket.c's SOCKET_STATE_PEER_CLOSED has it.
    if (this.#peerFinished) return undefined;
    if (this.#pendingError !== 0) return -this.#takeError();
    return this.#state === "gone" ? -errno.ENOTCONN : -errno.EAGAIN;
  }

  /** Ends our half. */
  shutdown(): number {
    if (this.#state !== "open") return -errno.ENOTCONN;
    if (!this.#finished) this.#send(encodeFin(this.#stream));
    this.#finished = true;
    return 0;
  }

  close(): void {
    // Also where the link was lost meanwhile: the gateway may have come back and know the stream.
    if (this.#stream !== 0) this.#send(encodeClose(this.#stream, CloseReason.VOLUNTARY));
    this.#state = "gone";
    this.#queue.clear();
  }

  /** Ends a connection that nobody has accepted, by a reset. */
  abort(): void {
    if (this.#state === "open") this.#send(encodeClose(this.#stream, CloseReason.CLIENT_ERROR));
    this.#state = "gone";
  }

  /** Whether to close it now is to be the first of the two ends, which leaves its port in TIME_WAIT. */
  get closesFirst(): boolean {
    return this.#state === "open" && !this.#peerFinished;
  }

  /** socket_stream_ioctl in modsocket.c, which asks lwIP's select. */
  poll(): number {
    // modsocket.c: new sockets are writable and have HUP set; bound ones are no longer new to it.
    if (this.#state === "new") return this.bound === undefined ? POLL_WR | POLL_HUP : 0;
    let bits = 0;
    const failed = this.#pendingError !== 0 || (this.#state === "gone" && !this.#peerFinished);
    if (failed) bits |= POLL_RD | POLL_WR | POLL_HUP;
    if (this.#queue.length > 0 || this.#peerFinished) bits |= POLL_RD;
    if (this.#state === "open" && this.#credit.sendable > 0) bits |= POLL_WR;
    return bits;
  }

  /** A packet for this socket's stream. */
  receive(packet: Packet): void {
    switch (packet.type) {
      case PacketType.OPENED:
        if (this.#state !== "connecting") return;
        this.#state = "open";
        this.local = packet.local;
        this.peer = packet.peer;
        return;
      case PacketType.DATA:
        if (this.#state === "open" && !this.#peerFinished) this.#receiveData(packet.data);
        return;
      case PacketType.WINDOW:
        this.#credit.sendable += packet.credit;
        return;
      case PacketType.FIN:
        this.#peerFinished = true;
        return;
      case PacketType.CLOSE:
        this.#closedBy(packet.reason);
    }
  }

  /**
   * The gateway is gone, and with it the board's way to the network. An ESP32 that loses its address
   * aborts its connections (lwIP: tcp_netif_ip_addr_changed, tcp_abort, ERR_ABRT), hence ECONNABORTED.
   */
  linkLost(): void {
    this.#fail(errno.ECONNABORTED);
  }

  #receiveData(data: Uint8Array): void {
    if (this.#credit.received(data.length)) {
      this.#queue.push(data);
      return;
    }
    this.#send(encodeClose(this.#stream, CloseReason.CLIENT_ERROR));
    this.#fail(errno.ECONNABORTED);
  }

  #closedBy(reason: number): void {
    if (this.#state === "connecting") this.#fail(connectError(reason));
    else if (reason !== CloseReason.VOLUNTARY) this.#fail(errno.ECONNRESET);
    else {
      this.#peerFinished = true;
      this.#state = "gone";
    }
  }

  #fail(error: number): void {
    if (this.#state !== "connecting" && this.#state !== "open") return;
    this.#state = "gone";
    this.#pendingError = error;
  }

  #takeError(): number {
    const error = this.#pendingError;
    this.#pendingError = 0;
    return error;
  }
}

/** What lwIP would have said of a connect that ended so. */
function connectError(reason: number): number {
  switch (reason) {
    case CloseReason.REFUSED: // a reset in answer to the SYN: ERR_RST
      return errno.ECONNRESET;
    case CloseReason.UNREACHABLE:
    case CloseReason.BLOCKED:
      return errno.EHOSTUNREACH;
    case CloseReason.INVALID:
      return errno.EINVAL;
    case CloseReason.THROTTLED:
      return errno.ENOBUFS;
    default: // TIMED_OUT above all: lwIP gives up after its last SYN with ERR_ABRT
      return errno.ECONNABORTED;
  }
}
