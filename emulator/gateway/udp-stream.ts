/** A stream over a real UDP socket: with any number of peers (BIND), or, for plain Wisp, with one. */

import { createSocket, type Socket } from "node:dgram";
import { CloseReason } from "../../firmware-shim/net/wisp/constants.ts";
import { type Endpoint, encodeDatagram, encodeOpened } from "../../firmware-shim/net/wisp/packet.ts";
import { bindLoopback } from "./forward.ts";
import { Inflow } from "./inflow.ts";
import type { DatagramTaker, Station } from "./lan.ts";
import { NTP_TIMEOUT } from "./limits.ts";
import { HOST_ADDRESS, NTP_ADDRESS } from "./names.ts";
import type { Outlet, Stream } from "./outlet.ts";
import { answerSntp } from "./sntp.ts";
import { dataPacket } from "./tcp-stream.ts";

const NTP_PORT = 123;
/** What a datagram costs besides its bytes: the endpoint in DATAGRAM. */
const ENDPOINT_BYTES = 7;
const ANY: Endpoint = { address: "0.0.0.0", port: 0 };

export class UdpStream implements Stream, DatagramTaker {
  readonly #id: number;
  readonly #outlet: Outlet;
  readonly #inflow: Inflow;
  readonly #socket: Socket = createSocket("udp4");
  /** A plain Wisp stream's only peer; undefined while its name is looked up, and for others. */
  #peer: Endpoint | undefined;
  readonly #early: Uint8Array[] = [];
  #credit: number;
  #over = false;
  /** Datagrams that the sockets have not taken yet: Node sends them a little later. */
  #sending = 0;
  #closed = false;
  /** Requests to time servers that have not answered yet, by address. */
  readonly #ntpTimers = new Map<string, NodeJS.Timeout>();

  /** What the board is at on the access point's network; undefined for a plain client. */
  #bound: { readonly station: Station; readonly local: Endpoint } | undefined;
  /** Where this machine's programs reach it, and are answered from. */
  #forward: Socket | undefined;

  private constructor(id: number, outlet: Outlet) {
    this.#id = id;
    this.#outlet = outlet;
    this.#inflow = new Inflow(id, outlet, "udp");
    this.#credit = outlet.window ?? Number.POSITIVE_INFINITY;
    this.#socket.on("error", () => {
      this.#sending = 0;
      if (this.#over) this.#closeOnceSent();
      else this.#fail(CloseReason.NETWORK_ERROR);
    });
    this.#hear(this.#socket);
  }

  /** A plain client's CONNECT. */
  static connect(id: number, outlet: Outlet, peer: { host: string; port: number }): UdpStream {
    const stream = new UdpStream(id, outlet);
    void stream.#resolvePeer(peer);
    return stream;
  }

  /** BIND: at a port that others may send to first, or with port 0 at any. */
  static bind(id: number, outlet: Outlet, station: Station, local: Endpoint): UdpStream {
    const stream = new UdpStream(id, outlet);
    stream.#bound = { station, local: { ...local, port: local.port || station.ephemeralPort() } };
    station.datagrams.set(stream.#bound.local.port, stream);
    stream.#socket.bind(0, () => void stream.#open(local.port));
    return stream;
  }

  get address(): string {
    return this.#bound?.local.address ?? ANY.address;
  }

  /** DATA: to the one peer. */
  data(bytes: Uint8Array): void {
    if (!this.#inflow.received(bytes.length)) this.#fail(CloseReason.THROTTLED);
    else if (this.#peer === undefined) this.#early.push(bytes);
    else this.#send(bytes, this.#peer, bytes.length);
  }

  /** DATAGRAM: to whom it says. */
  datagram(bytes: Uint8Array, peer: Endpoint): void {
    const cost = ENDPOINT_BYTES + bytes.length;
    if (!this.#inflow.received(cost)) this.#fail(CloseReason.THROTTLED);
    else this.#send(bytes, peer, cost);
  }

  addCredit(bytes: number): void {
    this.#credit += bytes;
  }

  finish(): void {}

  pump(): void {}

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.#over) return;
    this.#over = true;
    const { station, local } = this.#bound ?? {};
    if (station?.datagrams.get(local?.port ?? 0) === this) station.datagrams.delete(local?.port ?? 0);
    for (const timer of this.#ntpTimers.values()) clearTimeout(timer);
    this.#closeOnceSent();
  }

  /** A board may send and close at once: what it has sent goes out all the same. */
  #closeOnceSent(): void {
    if (this.#sending > 0 || this.#closed) return;
    this.#closed = true;
    this.#forward?.close();
    this.#socket.close();
  }

  #hear(socket: Socket): void {
    socket.on("message", (data, from) => this.#receive(data, { address: from.address, port: from.port }));
  }

  async #open(port: number): Promise<void> {
    if (port !== 0) await this.#openForward(port);
    if (this.#over || this.#bound === undefined) return;
    const { station, local } = this.#bound;
    const forwarded = this.#forward?.address();
    const peer = forwarded ? { address: forwarded.address, port: forwarded.port } : ANY;
    this.#outlet.send(encodeOpened(this.#id, { address: station.address, port: local.port }, peer));
  }

  async #openForward(port: number): Promise<void> {
    const bind = (wanted: number) => createSocket("udp4").bind(wanted, "127.0.0.1");
    const forward = await bindLoopback(port, bind, "listening");
    if (forward === undefined) return;
    if (this.#over) forward.close();
    else {
      this.#forward = forward;
      this.#hear(forward);
    }
  }

  async #resolvePeer({ host, port }: { host: string; port: number }): Promise<void> {
    const reached = await this.#outlet.names.reach(host);
    if (this.#over) return;
    if ("status" in reached) return this.#fail(CloseReason.UNREACHABLE);
    this.#peer = { address: reached.address, port };
    for (const bytes of this.#early.splice(0)) this.#send(bytes, this.#peer, bytes.length);
  }

  #send(bytes: Uint8Array, peer: Endpoint, cost: number): void {
    const answered = peer.port === NTP_PORT && this.#askedForTime(bytes, peer);
    // What cannot be sent is lost, as datagrams are. Port 0 is the one thing that throws.
    if (answered || peer.port === 0) {
      this.#inflow.done(cost);
      return;
    }
    if (this.#bound?.station.lan.contains(peer.address)) {
      const { station, local } = this.#bound;
      station.lan.switchDatagram(bytes, { address: station.address, port: local.port }, peer);
      this.#inflow.done(cost);
      return;
    }
    // This machine's programs are answered from where they have sent to.
    const socket = (peer.address === HOST_ADDRESS && this.#forward) || this.#socket;
    this.#sending++;
    socket.send(bytes, peer.port, this.#outlet.names.real(peer.address), () => {
      this.#sending--;
      if (this.#over) this.#closeOnceSent();
      else this.#inflow.done(cost);
    });
  }

  /**
   * pool.ntp.org is answered by the real network where there is one, and by the access point where there
   * is none: at once where the name did not resolve, and otherwise where the server does not answer in
   * time. True where nothing is left to send.
   */
  #askedForTime(request: Uint8Array, server: Endpoint): boolean {
    const answer = () => {
      this.#ntpTimers.delete(server.address);
      const reply = answerSntp(request, this.#outlet.now());
      if (reply !== undefined) this.deliver(reply, server);
    };
    if (server.address === NTP_ADDRESS) {
      answer();
      return true;
    }
    if (this.#outlet.names.isNtpServer(server.address) && !this.#ntpTimers.has(server.address)) {
      this.#ntpTimers.set(server.address, setTimeout(answer, NTP_TIMEOUT));
    }
    return false;
  }

  #receive(data: Uint8Array, from: Endpoint): void {
    if (from.port === NTP_PORT) {
      clearTimeout(this.#ntpTimers.get(from.address));
      this.#ntpTimers.delete(from.address);
    }
    this.deliver(data, from.address === "127.0.0.1" ? { ...from, address: this.#boardsLoopback() } : from);
  }

  /** A plain client is told of no address; to a board, this machine is host.breadbox. */
  #boardsLoopback(): string {
    return this.#outlet.window === undefined ? "127.0.0.1" : HOST_ADDRESS;
  }

  /** A datagram for the client. */
  deliver(data: Uint8Array, from: Endpoint): void {
    if (this.#over || this.#outlet.congested) return;
    if (this.#outlet.window === undefined) {
      const { address, port } = this.#peer!;
      if (from.address === address && from.port === port) this.#outlet.send(dataPacket(this.#id, data));
      return;
    }
    const cost = ENDPOINT_BYTES + data.length;
    if (this.#credit < cost) return;
    this.#credit -= cost;
    this.#outlet.send(encodeDatagram(this.#id, from, data));
  }

  #fail(reason: number): void {
    if (this.#over) return;
    this.destroy();
    this.#outlet.close(this.#id, reason);
  }
}
