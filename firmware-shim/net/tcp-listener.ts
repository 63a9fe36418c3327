/** A listening TCP socket of the board, as lwIP has it (src/api/api_lib.c: netconn_listen, netconn_accept). */

import * as errno from "./errno.ts";
import { MAX_BACKLOG } from "./limits.ts";
import { POLL_RD } from "./poll.ts";
import type { TcpSocket } from "./tcp-socket.ts";
import { CloseReason, PacketType, TRANSPORT_TCP } from "./wisp/constants.ts";
import {
  type Endpoint,
  encodeBind,
  encodeClose,
  encodeListen,
  encodeWindow,
  type Packet,
} from "./wisp/packet.ts";

interface Waiting {
  readonly socket: TcpSocket;
  /** Whether it came through the gateway, which counts those that wait. */
  readonly remote: boolean;
}

export class TcpListener {
  readonly #send: (packet: Uint8Array<ArrayBuffer>) => void;
  readonly bound: Endpoint;
  readonly reuseAddress: boolean;
  #backlog = 1;
  /** 0 where the gateway does not know of it. */
  #stream = 0;
  #opened = false;
  #waiting: Waiting[] = [];
  readonly local: Endpoint;
  readonly peer = undefined;
  /** Where the gateway's machine reaches it, once that has told. */
  forwarded: Endpoint | undefined;

  constructor(send: (packet: Uint8Array<ArrayBuffer>) => void, bound: Endpoint, reuseAddress: boolean) {
    this.#send = send;
    this.bound = bound;
    this.local = bound;
    this.reuseAddress = reuseAddress;
  }

  /** 0 is 1 (lwIP: tcp_backlog_set). */
  setBacklog(backlog: number): void {
    this.#backlog = Math.min(Math.max(1, backlog), MAX_BACKLOG);
    if (this.#stream !== 0) this.#send(encodeListen(this.#stream, this.#backlog));
  }

  /** Tells a gateway of it, under a new stream. */
  announce(stream: number): void {
    this.#stream = stream;
    this.#opened = false;
    this.#send(encodeBind(stream, TRANSPORT_TCP, this.bound));
    this.#send(encodeListen(stream, this.#backlog));
  }

  /** Whether the gateway has answered, or has not been told. */
  get settled(): boolean {
    return this.#stream === 0 || this.#opened;
  }

  /** Whether one more may wait. */
  get hasRoom(): boolean {
    return this.#waiting.length < this.#backlog;
  }

  /** A connection has come. */
  offer(socket: TcpSocket, remote: boolean): void {
    socket.bound = this.bound;
    socket.reuseAddress = this.reuseAddress;
    this.#waiting.push({ socket, remote });
  }

  /** The connection that has waited longest, or -EAGAIN. */
  accept(): TcpSocket | number {
    const next = this.#waiting.shift();
    if (next === undefined) return -errno.EAGAIN;
    if (next.remote && this.#stream !== 0) this.#send(encodeWindow(this.#stream, 1));
    return next.socket;
  }

  /** Ends it, and those that nobody has accepted: they are reset (lwIP: netconn_drain). */
  close(): readonly TcpSocket[] {
    if (this.#stream !== 0) this.#send(encodeClose(this.#stream, CloseReason.VOLUNTARY));
    this.#stream = 0;
    return this.#dropWaiting(() => true);
  }

  // It is no connection.

  connectStatus(): number {
    return -errno.ENOTCONN;
  }

  send(_bytes: Uint8Array): number {
    return -errno.ENOTCONN;
  }

  recv(_max: number): number {
    return -errno.ENOTCONN;
  }

  recvInto(_into: Uint8Array, _peek: boolean): number {
    return -errno.ENOTCONN;
  }

  shutdown(): number {
    return -errno.ENOTCONN;
  }

  poll(): number {
    return this.#waiting.length > 0 ? POLL_RD : 0;
  }

  receive(packet: Packet): void {
    if (packet.type === PacketType.OPENED) {
      this.#opened = true;
      this.forwarded = packet.peer.port === 0 ? undefined : packet.peer;
    } else if (packet.type === PacketType.CLOSE) this.linkLost();
  }

  /** It goes on listening: the next gateway is told of it. */
  linkLost(): void {
    this.#stream = 0;
    this.forwarded = undefined;
    this.#dropWaiting(({ remote }) => remote);
  }

  #dropWaiting(which: (waiting: Waiting) => boolean): readonly TcpSocket[] {
    const dropped = this.#waiting.filter(which).map(({ socket }) => socket);
    this.#waiting = this.#waiting.filter((waiting) => !which(waiting));
    for (const socket of dropped) socket.abort();
    return dropped;
  }
}
