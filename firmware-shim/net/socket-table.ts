/**
 * The board's sockets: what lwIP is to MicroPython's `socket` module on an ESP32.
 *
 * It does no I/O and never waits. Packets (Wisp with our extension, see wisp/README.md) go out by the
 * `send` handed in and come in by {@link SocketTable.receive}. A call that cannot be done now answers
 * -EAGAIN or -EINPROGRESS; a blocking socket's caller waits for the mailbox, feeds `receive`, and calls
 * again. Calls never throw: they answer a value, or a negative error number of `errno.ts`.
 */

import * as errno from "./errno.ts";
import { FIRST_FD, MAX_SOCKETS } from "./limits.ts";
import { POLL_NVAL } from "./poll.ts";
import { Resolver } from "./resolver.ts";
import { TcpSocket } from "./tcp-socket.ts";
import { type Datagram, UdpSocket } from "./udp-socket.ts";
import { parseIpv4 } from "./wisp/bytes.ts";
import { PacketType } from "./wisp/constants.ts";
import { WispError } from "./wisp/error.ts";
import { decode, type Endpoint, type Packet } from "./wisp/packet.ts";

/** Socket types, numbered as lwIP numbers them (lwip/sockets.h). */
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;

export interface SocketTableOptions {
  /** Takes a packet for the bridge; each has an ArrayBuffer of its own, so it may be transferred. */
  readonly send: (packet: Uint8Array<ArrayBuffer>) => void;
}

type Socket = TcpSocket | UdpSocket;

export class SocketTable {
  readonly #send: (packet: Uint8Array<ArrayBuffer>) => void;
  readonly #resolver: Resolver;
  readonly #sockets = new Map<number, Socket>();
  readonly #streams = new Map<number, Socket>();
  #linkUp = false;
  /** Bytes that a new stream may send before the gateway's first WINDOW. */
  #window = 0;
  #lastStream = 0;

  constructor(options: SocketTableOptions) {
    this.#send = options.send;
    this.#resolver = new Resolver(options.send);
  }

  /** Whether there is a gateway. */
  get linkUp(): boolean {
    return this.#linkUp;
  }

  /** A packet from the bridge. One that is malformed, or of a stream closed meanwhile, has no effect. */
  receive(bytes: Uint8Array): void {
    let packet: Packet;
    try {
      packet = decode(bytes);
    } catch (error) {
      if (error instanceof WispError) return;
      throw error;
    }
    if (packet.type === PacketType.LINK) this.#setLink(packet.up, packet.window);
    else if (packet.type === PacketType.RESOLVED) {
      this.#resolver.receive(packet.stream, packet.status, packet.addresses);
    } else {
      this.#streams.get(packet.stream)?.receive(packet);
      if (packet.type === PacketType.CLOSE) this.#streams.delete(packet.stream);
    }
  }

  /** A new socket of type SOCK_STREAM or SOCK_DGRAM: its number, -ENFILE or -EINVAL. */
  open(type: number): number {
    if (type !== SOCK_STREAM && type !== SOCK_DGRAM) return -errno.EINVAL;
    for (let fd = FIRST_FD; fd < FIRST_FD + MAX_SOCKETS; fd++) {
      if (this.#sockets.has(fd)) continue;
      this.#sockets.set(fd, type === SOCK_STREAM ? new TcpSocket(this.#send) : new UdpSocket(this.#send));
      return fd;
    }
    return -errno.ENFILE;
  }

  /**
   * Connects to an IPv4 address (names go through {@link resolveStart}). TCP: -EINPROGRESS, and
   * {@link connectStatus} tells how it ends. UDP: 0; the address is where `send` goes and all that
   * `recv` takes. -EHOSTUNREACH where there is no gateway.
   */
  connect(fd: number, address: string, port: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    const peer = endpoint(address, port);
    if (peer === undefined) return -errno.EINVAL;
    if (socket instanceof UdpSocket) {
      socket.peer = peer;
      return 0;
    }
    // The board's own loopback, where nothing can listen yet; not the gateway's.
    if (address.startsWith("127.")) return socket.refuse();
    if (!this.#linkUp) return -errno.EHOSTUNREACH;
    const stream = this.#nextStream();
    const result = socket.connect(stream, this.#window, peer);
    if (result === -errno.EINPROGRESS) this.#streams.set(stream, socket);
    return result;
  }

  /** 0 connected, -EINPROGRESS, or why it failed (told once, like SO_ERROR; -ENOTCONN thereafter). */
  connectStatus(fd: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    return socket instanceof TcpSocket ? socket.connectStatus() : 0;
  }

  /** Copies bytes out: how many were taken (TCP: perhaps not all), -EAGAIN where none can be now. */
  send(fd: number, bytes: Uint8Array): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (socket instanceof TcpSocket) return socket.send(bytes);
    return socket.peer === undefined ? -errno.EDESTADDRREQ : this.#sendDatagram(socket, bytes, socket.peer);
  }

  /**
   * At most `max` bytes; none at the end of the stream; -EAGAIN where none are here yet. The bytes are a
   * view that nobody writes to afterwards.
   */
  recv(fd: number, max: number): Uint8Array | number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (socket instanceof TcpSocket) return socket.recv(max);
    const datagram = socket.recvFrom(max);
    return typeof datagram === "number" ? datagram : datagram.data;
  }

  /** As {@link recv}, copied into `into`: how many bytes. `peek` leaves them to be read again. */
  recvInto(fd: number, into: Uint8Array, peek = false): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (socket instanceof TcpSocket) return socket.recvInto(into, peek);
    const datagram = socket.recvFrom(into.length, peek);
    if (typeof datagram === "number") return datagram;
    into.set(datagram.data);
    return datagram.data.length;
  }

  /** One whole datagram: its length, or -EMSGSIZE, -EAGAIN, -EHOSTUNREACH. On TCP as `send`. */
  sendTo(fd: number, bytes: Uint8Array, address: string, port: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (socket instanceof TcpSocket) return socket.send(bytes);
    const peer = endpoint(address, port);
    return peer === undefined ? -errno.EINVAL : this.#sendDatagram(socket, bytes, peer);
  }

  /** The next datagram, cut to `max` bytes, and whom it came from. On TCP as `recv`. */
  recvFrom(fd: number, max: number): Datagram | number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (socket instanceof UdpSocket) return socket.recvFrom(max);
    const data = socket.recv(max);
    return typeof data === "number" ? data : { data, peer: socket.peer ?? { address: "0.0.0.0", port: 0 } };
  }

  /** Ends the sending half of a TCP connection; what the peer sends still comes. */
  shutdown(fd: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    return socket instanceof TcpSocket ? socket.shutdown() : -errno.EOPNOTSUPP;
  }

  /** Frees the number; what was sent before still goes out. */
  close(fd: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    this.#sockets.delete(fd);
    socket.close();
    for (const [stream, owner] of this.#streams) if (owner === socket) this.#streams.delete(stream);
    return 0;
  }

  /** As a reset of the board does. */
  closeAll(): void {
    for (const fd of [...this.#sockets.keys()]) this.close(fd);
    this.#resolver.cancelAll();
  }

  /** What the socket is ready for: POLL_ bits of `poll.ts`; POLL_NVAL for a number that is no socket. */
  poll(fd: number): number {
    return this.#sockets.get(fd)?.poll() ?? POLL_NVAL;
  }

  /** The gateway's end of the socket: -ENOTCONN before that is known. */
  localAddress(fd: number): Endpoint | number {
    return this.#sockets.has(fd) ? (this.#sockets.get(fd)!.local ?? -errno.ENOTCONN) : -errno.EBADF;
  }

  peerAddress(fd: number): Endpoint | number {
    return this.#sockets.has(fd) ? (this.#sockets.get(fd)!.peer ?? -errno.ENOTCONN) : -errno.EBADF;
  }

  /** Starts a look-up: its number (above 0), or -EAI_FAIL. Ask {@link resolveResult}, or cancel it. */
  resolveStart(name: string): number {
    return this.#resolver.start(name, this.#linkUp);
  }

  /** IPv4 addresses, -EINPROGRESS, or -EAI_FAIL; but for -EINPROGRESS the number is free after it. */
  resolveResult(request: number): readonly string[] | number {
    return this.#resolver.result(request);
  }

  /** Forgets a look-up, of which a program lost interest (Ctrl-C). */
  resolveCancel(request: number): void {
    this.#resolver.cancel(request);
  }

  #sendDatagram(socket: UdpSocket, bytes: Uint8Array, peer: Endpoint): number {
    // The board's own loopback, where nobody hears it.
    if (peer.address.startsWith("127.")) return bytes.length;
    if (!this.#linkUp) return -errno.EHOSTUNREACH;
    if (!socket.bound) {
      const stream = this.#nextStream();
      this.#streams.set(stream, socket);
      socket.bind(stream, this.#window);
    }
    return socket.sendTo(bytes, peer);
  }

  #setLink(up: boolean, window: number): void {
    // Up again without down in between would be a new gateway all the same: the old streams are gone.
    this.#linkUp = up;
    this.#window = window;
    for (const socket of this.#streams.values()) socket.linkLost();
    this.#streams.clear();
    this.#resolver.linkLost();
  }

  #nextStream(): number {
    do this.#lastStream = (this.#lastStream % 0x7fffffff) + 1;
    while (this.#streams.has(this.#lastStream));
    return this.#lastStream;
  }
}

function endpoint(address: string, port: number): Endpoint | undefined {
  if (parseIpv4(address) === undefined || !Number.isInteger(port) || port < 0 || port > 0xffff) {
    return undefined;
  }
  return { address, port };
}
