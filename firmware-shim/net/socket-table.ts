/**
 * The board's sockets: what lwIP is to MicroPython's `socket` module on an ESP32.
 *
 * It does no I/O and never waits. Packets (Wisp with our extension, see wisp/README.md) go out by the
 * `send` handed in and come in by {@link SocketTable.receive}. A call that cannot be done now answers
 * -EAGAIN or -EINPROGRESS; a blocking socket's caller waits for the mailbox, feeds `receive`, and calls
 * again. Calls never throw: they answer a value, or a negative error number of `errno.ts`.
 */

import * as errno from "./errno.ts";
import { FIRST_FD, MAX_DATAGRAM, MAX_SOCKETS } from "./limits.ts";
import { Loopback } from "./loopback.ts";
import { POLL_NVAL } from "./poll.ts";
import { ANY_ADDRESS, Ports } from "./ports.ts";
import { Resolver } from "./resolver.ts";
import { TcpListener } from "./tcp-listener.ts";
import { TcpSocket } from "./tcp-socket.ts";
import { type Datagram, UdpSocket } from "./udp-socket.ts";
import { parseIpv4 } from "./wisp/bytes.ts";
import { CloseReason, PacketType } from "./wisp/constants.ts";
import { WispError } from "./wisp/error.ts";
import { decode, type Endpoint, encodeClose, type Packet } from "./wisp/packet.ts";

/** Socket types, numbered as lwIP numbers them (lwip/sockets.h). */
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;

export interface SocketTableOptions {
  /** Takes a packet for the bridge; each has an ArrayBuffer of its own, so it may be transferred. */
  readonly send: (packet: Uint8Array<ArrayBuffer>) => void;
  /** Microseconds, monotonic. */
  readonly now: () => number;
  /** The board's own address, dotted; "0.0.0.0" where it has none. */
  readonly ownAddress: () => string;
  /** Told where the gateway's machine reaches a port that the board serves. */
  readonly onServing?: (serving: Serving) => void;
}

/** A port of the board's that others may come to. */
export interface Serving {
  readonly transport: "tcp" | "udp";
  readonly port: number;
  /** The way to it on the gateway's machine; undefined where there is none. */
  readonly forwarded: Endpoint | undefined;
}

/** A connection that was accepted: its number, and whom it is from. */
export interface Accepted {
  readonly fd: number;
  readonly peer: Endpoint;
}

type Socket = TcpSocket | TcpListener | UdpSocket;

export class SocketTable {
  readonly #options: SocketTableOptions;
  readonly #send: (packet: Uint8Array<ArrayBuffer>) => void;
  readonly #resolver: Resolver;
  readonly #ports: Ports;
  readonly #loopback = new Loopback();
  readonly #sockets = new Map<number, Socket>();
  readonly #streams = new Map<number, Socket>();
  #linkUp = false;
  /** Bytes that a new stream may send before the gateway's first WINDOW. */
  #window = 0;
  #lastStream = 0;
  #leasedAddress = ANY_ADDRESS;

  constructor(options: SocketTableOptions) {
    this.#options = options;
    this.#send = options.send;
    this.#ports = new Ports(options.now);
    this.#resolver = new Resolver(options.send);
  }

  /** Whether there is a gateway. */
  get linkUp(): boolean {
    return this.#linkUp;
  }

  /** The address that the gateway has given the board, or "0.0.0.0". */
  get leasedAddress(): string {
    return this.#leasedAddress;
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
    if (packet.type === PacketType.LINK) {
      this.#leasedAddress = packet.address;
      this.#setLink(packet.up, packet.window);
    } else if (packet.type === PacketType.RESOLVED) {
      this.#resolver.receive(packet.stream, packet.status, packet.addresses);
    } else if (packet.type === PacketType.ACCEPTED) this.#incoming(packet);
    else {
      const socket = this.#streams.get(packet.stream);
      socket?.receive(packet);
      if (packet.type === PacketType.OPENED) this.#tellServing(socket);
      if (packet.type === PacketType.CLOSE) this.#streams.delete(packet.stream);
    }
  }

  /** A new socket of type SOCK_STREAM or SOCK_DGRAM: its number, -ENFILE or -EINVAL. */
  open(type: number): number {
    if (type !== SOCK_STREAM && type !== SOCK_DGRAM) return -errno.EINVAL;
    return this.#number(type === SOCK_STREAM ? new TcpSocket(this.#send) : new UdpSocket(this.#send));
  }

  /** SO_REUSEADDR. A listening socket keeps what it had. */
  setReuseAddress(fd: number, on: boolean): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (!(socket instanceof TcpListener)) socket.reuseAddress = on;
    return 0;
  }

  /** Gives the socket an address and a port of its own (0: any); "0.0.0.0" is all the board's addresses. */
  bind(fd: number, address: string, port: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    const wanted = endpoint(address, port);
    if (
      wanted === undefined ||
      !(socket instanceof UdpSocket || (socket instanceof TcpSocket && socket.isNew))
    ) {
      return -errno.EINVAL;
    }
    const { reuseAddress } = socket;
    const waiting = socket instanceof TcpSocket && !reuseAddress && this.#ports.isWaiting(port);
    const holders = this.#holders(socket);
    if (port !== 0 && (waiting || this.#ports.isTaken(wanted, reuseAddress, holders)))
      return -errno.EADDRINUSE;
    socket.bound = port === 0 ? { address, port: this.#ports.ephemeral(holders) } : wanted;
    if (!(socket instanceof UdpSocket)) return 0;
    socket.chosen = port !== 0;
    if (socket.announced) socket.linkLost();
    this.#announce(socket);
    return 0;
  }

  /** Lets connections come in to a TCP socket; as many as `backlog` may wait for {@link accept}. */
  listen(fd: number, backlog: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (socket instanceof UdpSocket) return -errno.EOPNOTSUPP;
    if (socket instanceof TcpListener) {
      socket.setBacklog(backlog);
      return 0;
    }
    if (!socket.isNew) return -errno.ENOTCONN;
    const bound = socket.bound ?? {
      address: ANY_ADDRESS,
      port: this.#ports.ephemeral(this.#holders(socket)),
    };
    const listeners = [...this.#sockets.values()].filter((other) => other instanceof TcpListener);
    if (this.#ports.isTaken(bound, false, listeners)) return -errno.EADDRINUSE;
    const listener = new TcpListener(this.#send, bound, socket.reuseAddress);
    listener.setBacklog(backlog);
    this.#sockets.set(fd, listener);
    this.#announce(listener);
    return 0;
  }

  /**
   * Whether others reach what `bind` and `listen` have set up, or never will: the gateway has answered, or there is
   * none.
   */
  isSettled(fd: number): boolean {
    const socket = this.#sockets.get(fd);
    return !(socket instanceof TcpListener || socket instanceof UdpSocket) || socket.settled;
  }

  /** A connection that has come in; -EAGAIN where none has, -EINVAL where the socket does not listen. */
  accept(fd: number): Accepted | number {
    const listener = this.#sockets.get(fd);
    if (listener === undefined) return -errno.EBADF;
    if (listener instanceof UdpSocket) return -errno.EOPNOTSUPP;
    if (!(listener instanceof TcpListener)) return -errno.EINVAL;
    const socket = listener.accept();
    if (typeof socket === "number") return socket;
    const accepted = this.#number(socket);
    if (accepted >= 0) return { fd: accepted, peer: socket.peer ?? { address: ANY_ADDRESS, port: 0 } };
    // lwip_accept ends a connection for which it has no number.
    socket.close();
    this.#forget(socket);
    return accepted;
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
    if (socket instanceof TcpListener) return -errno.EISCONN;
    const reason = socket.cannotConnect();
    if (reason !== 0) return reason;
    if (this.#isOwn(address)) {
      const port = socket.bound?.port ?? this.#ports.ephemeral(this.#holders(socket));
      return this.#loopback.connect(socket, { address, port }, peer, this.#listenerAt(peer));
    }
    if (!this.#linkUp) return -errno.EHOSTUNREACH;
    const stream = this.#nextStream();
    this.#streams.set(stream, socket);
    return socket.connect(stream, this.#window, peer);
  }

  /** 0 connected, -EINPROGRESS, or why it failed (told once, like SO_ERROR; -ENOTCONN thereafter). */
  connectStatus(fd: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    return socket instanceof UdpSocket ? 0 : socket.connectStatus();
  }

  /** Copies bytes out: how many were taken (TCP: perhaps not all), -EAGAIN where none can be now. */
  send(fd: number, bytes: Uint8Array): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (!(socket instanceof UdpSocket)) return socket.send(bytes);
    return socket.peer === undefined ? -errno.EDESTADDRREQ : this.#sendDatagram(socket, bytes, socket.peer);
  }

  /**
   * At most `max` bytes; none at the end of the stream; -EAGAIN where none are here yet. The bytes are a
   * view that nobody writes to afterwards.
   */
  recv(fd: number, max: number): Uint8Array | number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (!(socket instanceof UdpSocket)) return socket.recv(max);
    const datagram = socket.recvFrom(max);
    return typeof datagram === "number" ? datagram : datagram.data;
  }

  /** As {@link recv}, copied into `into`: how many bytes. `peek` leaves them to be read again. */
  recvInto(fd: number, into: Uint8Array, peek = false): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (!(socket instanceof UdpSocket)) return socket.recvInto(into, peek);
    const datagram = socket.recvFrom(into.length, peek);
    if (typeof datagram === "number") return datagram;
    into.set(datagram.data);
    return datagram.data.length;
  }

  /** One whole datagram: its length, or -EMSGSIZE, -EAGAIN, -EHOSTUNREACH. On TCP as `send`. */
  sendTo(fd: number, bytes: Uint8Array, address: string, port: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (!(socket instanceof UdpSocket)) return socket.send(bytes);
    const peer = endpoint(address, port);
    return peer === undefined ? -errno.EINVAL : this.#sendDatagram(socket, bytes, peer);
  }

  /** The next datagram, cut to `max` bytes, and whom it came from; `peek` leaves it there. On TCP as `recv`. */
  recvFrom(fd: number, max: number, peek = false): Datagram | number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    if (socket instanceof UdpSocket) return socket.recvFrom(max, peek);
    const buffer = new Uint8Array(max);
    const length = socket.recvInto(buffer, peek);
    const data = buffer.subarray(0, length);
    return length < 0 ? length : { data, peer: socket.peer ?? { address: "0.0.0.0", port: 0 } };
  }

  /** Ends the sending half of a TCP connection; what the peer sends still comes. */
  shutdown(fd: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    return socket instanceof UdpSocket ? -errno.EOPNOTSUPP : socket.shutdown();
  }

  /** Frees the number; what was sent before still goes out. */
  close(fd: number): number {
    const socket = this.#sockets.get(fd);
    if (socket === undefined) return -errno.EBADF;
    this.#sockets.delete(fd);
    if (socket instanceof TcpSocket && socket.closesFirst && socket.bound) {
      this.#ports.startTimeWait(socket.bound.port);
    }
    const unaccepted = socket.close() ?? [];
    for (const gone of [socket, ...unaccepted]) this.#forget(gone);
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
    socket.bound ??= { address: ANY_ADDRESS, port: this.#ports.ephemeral(this.#holders(socket)) };
    if (this.#isOwn(peer.address)) return this.#sendToSelf(socket.bound.port, bytes, peer);
    if (!this.#linkUp) return -errno.EHOSTUNREACH;
    if (!socket.announced) this.#announce(socket);
    return socket.sendTo(bytes, peer);
  }

  /** To whoever of the board's own sockets has that port; to nobody where none has. */
  #sendToSelf(from: number, bytes: Uint8Array, peer: Endpoint): number {
    if (bytes.length > MAX_DATAGRAM) return -errno.EMSGSIZE;
    for (const socket of this.#sockets.values()) {
      if (!(socket instanceof UdpSocket) || !covers(socket.bound, peer)) continue;
      socket.deliver({ data: bytes.slice(), peer: { address: peer.address, port: from } });
      break;
    }
    return bytes.length;
  }

  /** The board's own addresses lead back to itself, 127.0.0.1 not to the gateway's machine. */
  #isOwn(address: string): boolean {
    return address.startsWith("127.") || address === ANY_ADDRESS || address === this.#options.ownAddress();
  }

  #listenerAt(peer: Endpoint): TcpListener | undefined {
    for (const socket of this.#sockets.values()) {
      if (socket instanceof TcpListener && covers(socket.bound, peer)) return socket;
    }
    return undefined;
  }

  /** Those whose ports a socket must not meet: the others of its transport. */
  #holders(socket: Socket): Socket[] {
    const isUdp = socket instanceof UdpSocket;
    return [...this.#sockets.values()].filter(
      (other) => other !== socket && other instanceof UdpSocket === isUdp,
    );
  }

  /** Tells the gateway of a socket that others may come to, or that begins to send. */
  #announce(socket: TcpListener | UdpSocket): void {
    if (!this.#linkUp || socket.bound?.address.startsWith("127.")) return;
    const stream = this.#nextStream();
    this.#streams.set(stream, socket);
    socket.announce(stream, this.#window);
  }

  #incoming({ stream, accepted, local, peer }: Packet & { type: typeof PacketType.ACCEPTED }): void {
    const listener = this.#streams.get(stream);
    // It may have been closed meanwhile.
    if (!(listener instanceof TcpListener)) this.#send(encodeClose(accepted, CloseReason.CLIENT_ERROR));
    else {
      const socket = TcpSocket.accepted(this.#send, accepted, this.#window, local, peer);
      this.#streams.set(accepted, socket);
      listener.offer(socket, true);
    }
  }

  #tellServing(socket: Socket | undefined): void {
    const { onServing } = this.#options;
    if (socket instanceof TcpListener) {
      onServing?.({ transport: "tcp", port: socket.bound.port, forwarded: socket.forwarded });
    } else if (socket instanceof UdpSocket && socket.chosen && socket.bound !== undefined) {
      onServing?.({ transport: "udp", port: socket.bound.port, forwarded: socket.forwarded });
    }
  }

  /** Gives a socket the lowest free number, or -ENFILE. */
  #number(socket: Socket): number {
    for (let fd = FIRST_FD; fd < FIRST_FD + MAX_SOCKETS; fd++) {
      if (this.#sockets.has(fd)) continue;
      this.#sockets.set(fd, socket);
      return fd;
    }
    return -errno.ENFILE;
  }

  #forget(socket: Socket): void {
    for (const [stream, owner] of this.#streams) if (owner === socket) this.#streams.delete(stream);
  }

  #setLink(up: boolean, window: number): void {
    // Up again without down in between would be a new gateway all the same: the old streams are gone.
    this.#linkUp = up;
    this.#window = window;
    for (const socket of this.#streams.values()) socket.linkLost();
    this.#streams.clear();
    this.#resolver.linkLost();
    if (!up) return;
    for (const socket of this.#sockets.values()) {
      if (socket instanceof TcpListener || (socket instanceof UdpSocket && socket.chosen))
        this.#announce(socket);
    }
  }

  #nextStream(): number {
    do this.#lastStream = (this.#lastStream % 0x7fffffff) + 1;
    while (this.#streams.has(this.#lastStream));
    return this.#lastStream;
  }
}

/** Whether what a socket is bound to takes what is sent to `peer`. */
function covers(bound: Endpoint | undefined, peer: Endpoint): boolean {
  if (bound === undefined || bound.port !== peer.port) return false;
  return bound.address === ANY_ADDRESS || bound.address === peer.address || peer.address === ANY_ADDRESS;
}

function endpoint(address: string, port: number): Endpoint | undefined {
  if (parseIpv4(address) === undefined || !Number.isInteger(port) || port < 0 || port > 0xffff) {
    return undefined;
  }
  return { address, port };
}
