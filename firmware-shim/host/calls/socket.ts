import { EAGAIN, EAI_FAIL, EHOSTUNREACH, EINPROGRESS } from "../../net/errno.ts";
import { ANNOUNCE_MICROS } from "../../net/limits.ts";
import type { Board, MemoryOf } from "../board.ts";
import { EBADF, EINTR } from "../errno.ts";
import { type HostCall, HostHandle } from "../proxies.ts";

/** A socket that Python holds; -1 once it is closed. */
export class SocketHandle extends HostHandle {
  fd: number;
  readonly #close: (fd: number) => void;

  constructor(fd: number, close: (fd: number) => void) {
    super();
    this.fd = fd;
    this.#close = close;
  }

  override release(): void {
    if (this.fd >= 0) this.#close(this.fd);
    this.fd = -1;
  }
}

/**
 * Host calls of the `socket` module (ports/esp32/modsocket.c). They move bytes and tell readiness; timeouts and
 * exceptions are Python's. Waits return -EINTR where Python has an exception or a callback to see to.
 */
export function socketCalls(board: Board, memory: MemoryOf): Record<string, HostCall> {
  const { sockets } = board;
  let sender: string | number = -EAGAIN;
  const receiveFrom = (handle: HostHandle, address: number, length: number, peek: boolean): number => {
    const datagram = sockets.recvFrom(fdOf(handle), length, peek);
    if (typeof datagram === "number") return datagram;
    memory().bytes.set(datagram.data, address);
    sender = endpoint(datagram.peer);
    return datagram.data.length;
  };
  /**
   * Waits until others reach the port. On a real network they do at once: a program may tell a peer where it listens,
   * and that may come in the same moment.
   */
  const announced = (fd: number, result: number): number => {
    const end = board.clock.ticksMicros() + ANNOUNCE_MICROS;
    while (result === 0 && !sockets.isSettled(fd) && board.wait(end) === "event");
    return result;
  };
  let awaitedLink = false;
  /** lwIP finds no interface that leads anywhere before the station has an address. */
  const online = (): boolean => {
    if (!board.radio.isConnected()) return false;
    // Once: where nothing has come by then, there is no network, and every call would wait anew.
    if (!awaitedLink) board.awaitLink();
    awaitedLink = true;
    return true;
  };
  const handleOf = (fd: number): SocketHandle => new SocketHandle(fd, (number) => sockets.close(number));
  const fdOf = (handle: HostHandle): number => (handle instanceof SocketHandle ? handle.fd : -1);
  /** Writes "address:port" of an endpoint for Python to split, or passes the error on. */
  const endpoint = (found: { address: string; port: number } | number): string | number =>
    typeof found === "number" ? found : `${found.address}:${found.port}`;
  return {
    socket_open: (type: number) => {
      const fd = sockets.open(type);
      return fd < 0 ? fd : handleOf(fd);
    },
    socket_close: (handle: HostHandle) => {
      handle.release();
    },
    socket_fileno: (handle: HostHandle) => fdOf(handle),
    socket_connect: (handle: HostHandle, address: string, port: number) =>
      fdOf(handle) < 0
        ? -EBADF
        : isLoopback(address) || online()
          ? sockets.connect(fdOf(handle), address, port)
          : -EHOSTUNREACH,
    socket_bind: (handle: HostHandle, address: string, port: number) =>
      announced(fdOf(handle), sockets.bind(fdOf(handle), address, port)),
    socket_listen: (handle: HostHandle, backlog: number) =>
      announced(fdOf(handle), sockets.listen(fdOf(handle), backlog)),
    /** A connection's handle, or an error; {@link socket_sender} tells whom it is from. */
    socket_accept: (handle: HostHandle) => {
      const accepted = sockets.accept(fdOf(handle));
      if (typeof accepted === "number") return accepted;
      sender = endpoint(accepted.peer);
      return handleOf(accepted.fd);
    },
    socket_reuse_address: (handle: HostHandle, on: boolean) => sockets.setReuseAddress(fdOf(handle), on),
    socket_connect_status: (handle: HostHandle) => sockets.connectStatus(fdOf(handle)),
    socket_send: (handle: HostHandle, address: number, length: number) =>
      sockets.send(fdOf(handle), memory().bytes.subarray(address, address + length)),
    socket_sendto: (handle: HostHandle, address: number, length: number, peer: string, port: number) =>
      isLoopback(peer) || online()
        ? sockets.sendTo(fdOf(handle), memory().bytes.subarray(address, address + length), peer, port)
        : -EHOSTUNREACH,
    /** Receives into a buffer: bytes, 0 at the end, or an error. */
    socket_recv: (handle: HostHandle, address: number, length: number) =>
      sockets.recvInto(fdOf(handle), memory().bytes.subarray(address, address + length)),
    /** As `socket_recv`, but leaves what it gives. */
    socket_peek: (handle: HostHandle, address: number, length: number) =>
      sockets.recvInto(fdOf(handle), memory().bytes.subarray(address, address + length), true),
    /** Receives a datagram into a buffer; {@link socket_sender} tells whom it came from. */
    socket_recvfrom: (handle: HostHandle, address: number, length: number) =>
      receiveFrom(handle, address, length, false),
    /** As `socket_recvfrom`, but leaves it there. */
    socket_peekfrom: (handle: HostHandle, address: number, length: number) =>
      receiveFrom(handle, address, length, true),
    socket_sender: () => sender,
    /** Readiness now, as MP_STREAM_POLL_* bits. */
    socket_poll: (handle: HostHandle) => sockets.poll(fdOf(handle)),
    /** Waits for any of these readiness bits (errors count): the bits, 0 when time is up, or -EINTR. */
    socket_wait: (handle: HostHandle, events: number, deadline: number | null) => {
      const fd = fdOf(handle);
      if (fd < 0) return -EBADF;
      for (;;) {
        const ready = sockets.poll(fd) & (events | POLL_ERRORS);
        if (ready !== 0) return ready;
        const wake = board.wait(deadline ?? Number.POSITIVE_INFINITY);
        if (wake === "timeout") return sockets.poll(fd) & (events | POLL_ERRORS);
        if (wake === "interrupted") return -EINTR;
      }
    },
    /** Starts a look-up: its number, or an error. */
    resolve_start: (name: string) => (online() ? sockets.resolveStart(name) : -EAI_FAIL),
    /** Waits for a look-up: addresses joined by spaces, an error, or -EINTR to be asked again. */
    resolve_wait: (request: number) => {
      for (;;) {
        const result = sockets.resolveResult(request);
        if (result !== -EINPROGRESS) return typeof result === "number" ? result : result.join(" ");
        if (board.wait(Number.POSITIVE_INFINITY) === "interrupted") return -EINTR;
      }
    },
    resolve_cancel: (request: number) => {
      sockets.resolveCancel(request);
    },
  };
}

/** lwIP's own interface, which is always up. */
const isLoopback = (address: string): boolean => address.startsWith("127.");

/** MP_STREAM_POLL_ERR, _HUP and _NVAL: always told. */
const POLL_ERRORS = 0x38;
