/** A stream over a real TCP connection. */

import { connect, type Socket } from "node:net";
import { MAX_DATA } from "../../firmware-shim/net/limits.ts";
import {
  CloseReason,
  HEADER_BYTES,
  PacketType,
  ResolveStatus,
} from "../../firmware-shim/net/wisp/constants.ts";
import {
  type Endpoint,
  encodeContinue,
  encodeFin,
  encodeOpened,
} from "../../firmware-shim/net/wisp/packet.ts";
import { Inflow } from "./inflow.ts";
import { CONNECT_TIMEOUT, LINGER_TIMEOUT, PLAIN_BUFFER_PACKETS } from "./limits.ts";
import type { Outlet, Stream } from "./outlet.ts";

export class TcpStream implements Stream {
  readonly #id: number;
  readonly #outlet: Outlet;
  readonly #inflow: Inflow;
  /** Undefined while a name is looked up. */
  #socket: Socket | undefined;
  /** What came meanwhile: a plain Wisp client need not wait. */
  readonly #early: Uint8Array[] = [];
  #earlyFinish = false;
  /** Bytes that the client still takes. */
  #credit: number;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(id: number, outlet: Outlet) {
    this.#id = id;
    this.#outlet = outlet;
    this.#inflow = new Inflow(id, outlet, "tcp");
    this.#credit = outlet.window ?? Number.POSITIVE_INFINITY;
  }

  /** CONNECT. */
  static connect(id: number, outlet: Outlet, host: string, port: number): TcpStream {
    const stream = new TcpStream(id, outlet);
    void stream.#connect(host, port);
    return stream;
  }

  /** A connection that came in; the socket is paused. */
  static adopt(id: number, outlet: Outlet, socket: Socket): TcpStream {
    const stream = new TcpStream(id, outlet);
    stream.#take(socket);
    // Later, when the client has been told of it.
    queueMicrotask(() => stream.pump());
    return stream;
  }

  data(bytes: Uint8Array): void {
    if (!this.#inflow.received(bytes.length)) this.#fail(CloseReason.THROTTLED);
    else if (this.#socket === undefined) this.#early.push(bytes);
    else this.#write(bytes);
  }

  addCredit(bytes: number): void {
    this.#credit += bytes;
    this.pump();
  }

  finish(): void {
    if (this.#socket === undefined) this.#earlyFinish = true;
    else this.#socket.end();
  }

  /** Hands on what the peer has sent, as far as the client's credit and the WebSocket allow. */
  pump(): void {
    const socket = this.#socket;
    if (socket === undefined || this.#over) return;
    for (;;) {
      const available = socket.readableLength;
      if (this.#outlet.congested || (available > 0 && this.#credit === 0)) return;
      // With nothing there, read() answers null and arms the next "readable", or "end".
      const chunk = socket.read(available === 0 ? undefined : Math.min(available, this.#credit, MAX_DATA));
      if (chunk === null) return;
      this.#credit -= chunk.length;
      this.#outlet.send(dataPacket(this.#id, chunk));
    }
  }

  end(reset = false): void {
    const socket = this.#socket;
    this.#stop();
    if (reset) {
      socket?.resetAndDestroy();
      return;
    }
    if (socket === undefined || socket.destroyed) return;
    // Last bytes go out, and what still comes is of no interest.
    const { lingering } = this.#outlet;
    lingering.add(socket);
    const timer = setTimeout(() => socket.destroy(), LINGER_TIMEOUT);
    socket.once("close", () => {
      clearTimeout(timer);
      lingering.delete(socket);
    });
    socket.removeAllListeners("readable");
    socket.resume();
    socket.end();
  }

  destroy(): void {
    this.#stop();
    this.#socket?.destroy();
  }

  async #connect(host: string, port: number): Promise<void> {
    const reached = await this.#outlet.names.reach(host);
    if (this.#over) return;
    if ("status" in reached) {
      const unreachable = reached.status === ResolveStatus.NO_SUCH_NAME;
      return this.#fail(unreachable ? CloseReason.UNREACHABLE : CloseReason.TIMED_OUT);
    }
    if (port === 0) return this.#fail(CloseReason.INVALID);
    const socket = connect({ host: reached.address, port, allowHalfOpen: true, noDelay: true });
    this.#timer = setTimeout(() => this.#fail(CloseReason.TIMED_OUT), CONNECT_TIMEOUT);
    socket.once("connect", () => this.#connected(socket, { address: host, port }));
    this.#take(socket);
    for (const bytes of this.#early.splice(0)) this.#write(bytes);
    if (this.#earlyFinish) socket.end();
  }

  #take(socket: Socket): void {
    this.#socket = socket;
    socket.on("error", (error: NodeJS.ErrnoException) => this.#fail(closeReason(error.code)));
    socket.on("readable", () => this.pump());
    socket.once("end", () => this.#peerFinished());
    socket.once("close", () => this.#fail(CloseReason.VOLUNTARY));
  }

  #connected(socket: Socket, peer: Endpoint): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    if (this.#outlet.window === undefined) {
      // The stream open confirmation (extension 05); without it, a CONTINUE as any other.
      this.#outlet.send(encodeContinue(this.#id, PLAIN_BUFFER_PACKETS));
      return;
    }
    const local = { address: ipv4(socket.localAddress), port: socket.localPort ?? 0 };
    // The address as the board knows it, which for this machine is not the real one.
    this.#outlet.send(encodeOpened(this.#id, local, { ...peer, address: ipv4(peer.address) }));
  }

  #peerFinished(): void {
    if (this.#over) return;
    if (this.#outlet.window !== undefined) this.#outlet.send(encodeFin(this.#id));
    else {
      // Wisp has no half-close: its clients expect a CLOSE.
      const socket = this.#socket!;
      this.#fail(CloseReason.VOLUNTARY, () => socket.end());
    }
  }

  #write(bytes: Uint8Array): void {
    this.#socket!.write(bytes, (error) => {
      if (!error && !this.#over) this.#inflow.done(bytes.length);
    });
  }

  /** Ends the stream from this side, once. */
  #fail(reason: number, dispose: () => void = () => this.#socket?.destroy()): void {
    if (this.#over) return;
    this.#stop();
    dispose();
    this.#outlet.close(this.#id, reason);
  }

  #stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

/** A DATA packet; not cleared before it is filled, as this is where most bytes pass. */
export function dataPacket(stream: number, chunk: Uint8Array): Uint8Array {
  const packet = Buffer.allocUnsafe(HEADER_BYTES + chunk.length);
  packet[0] = PacketType.DATA;
  packet.writeUInt32LE(stream, 1);
  packet.set(chunk, HEADER_BYTES);
  return packet;
}

function ipv4(address: string | undefined): string {
  return address !== undefined && /^\d+\.\d+\.\d+\.\d+$/.test(address) ? address : "0.0.0.0";
}

function closeReason(code: string | undefined): number {
  switch (code) {
    case "ECONNREFUSED":
      return CloseReason.REFUSED;
    case "ETIMEDOUT":
      return CloseReason.TIMED_OUT;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "EADDRNOTAVAIL":
      return CloseReason.UNREACHABLE;
    case "EACCES":
    case "EPERM":
      return CloseReason.BLOCKED;
    default:
      return CloseReason.NETWORK_ERROR;
  }
}
