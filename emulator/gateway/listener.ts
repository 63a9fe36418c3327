/** A bound TCP socket of a board: it listens on the access point's network, and on this machine's loopback. */

import { createServer, type Server, type Socket } from "node:net";
import { CloseReason } from "../../firmware-shim/net/wisp/constants.ts";
import { type Endpoint, encodeOpened } from "../../firmware-shim/net/wisp/packet.ts";
import { type Bind, bindLoopback } from "./forward.ts";
import type { Incoming } from "./incoming.ts";
import type { ConnectionTaker, Station } from "./lan.ts";
import { MAX_PENDING } from "./limits.ts";
import { HOST_ADDRESS } from "./names.ts";
import type { Outlet, Stream } from "./outlet.ts";
import { TcpStream } from "./tcp-stream.ts";

export class Listener implements Stream, ConnectionTaker {
  readonly local: Endpoint;
  readonly #id: number;
  readonly #outlet: Outlet;
  readonly #station: Station;
  /** Connections that the board still takes. */
  #room = 0;
  #backlog: number | undefined;
  readonly #pending: Incoming[] = [];
  #server: Server | undefined;

  constructor(id: number, outlet: Outlet, station: Station, local: Endpoint) {
    this.#id = id;
    this.#outlet = outlet;
    this.#station = station;
    this.local = local;
  }

  get address(): string {
    return this.local.address;
  }

  /** Whether it has only been bound yet. */
  get idle(): boolean {
    return this.#backlog === undefined;
  }

  /** LISTEN: begins, or changes how many may wait. */
  listen(backlog: number): void {
    const first = this.#backlog === undefined;
    this.#room += backlog - (this.#backlog ?? 0);
    this.#backlog = backlog;
    if (first) this.#start();
    else this.#offerPending();
  }

  #start(): void {
    const { port } = this.local;
    if (port === 0 || this.#station.listeners.has(port)) {
      this.#outlet.close(this.#id, CloseReason.INVALID);
      return;
    }
    this.#station.listeners.set(port, this);
    void this.#open(port);
  }

  offer(incoming: Incoming): void {
    if (this.#pending.length >= MAX_PENDING) incoming.refuse();
    else {
      this.#pending.push(incoming);
      this.#offerPending();
    }
  }

  /** The board has accepted so many connections. */
  addCredit(connections: number): void {
    this.#room += connections;
    this.#offerPending();
  }

  data(): void {}

  finish(): void {}

  pump(): void {}

  end(): void {
    this.destroy();
  }

  destroy(): void {
    const { port } = this.local;
    if (this.#station.listeners.get(port) === this) this.#station.listeners.delete(port);
    this.#backlog ??= 0;
    this.#server?.close();
    for (const incoming of this.#pending.splice(0)) incoming.refuse();
  }

  #offerPending(): void {
    while (this.#room > 0) {
      const incoming = this.#pending.shift();
      if (incoming === undefined) return;
      if (incoming.gone) continue;
      const local = { address: this.#station.address, port: this.local.port };
      if (this.#outlet.accept(this.#id, local, incoming)) this.#room--;
      else incoming.refuse();
    }
  }

  async #open(port: number): Promise<void> {
    const bind: Bind<Server> = (wanted) => {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) =>
        this.offer(fromMachine(socket)),
      );
      server.listen(wanted, "127.0.0.1");
      return server;
    };
    const server = await bindLoopback(port, bind, "listening");
    const over = this.#station.listeners.get(port) !== this;
    if (over) server?.close();
    else {
      this.#server = server;
      const forwarded = { address: server ? "127.0.0.1" : "0.0.0.0", port: portOf(server) };
      this.#outlet.send(encodeOpened(this.#id, { address: this.#station.address, port }, forwarded));
    }
  }
}

/** A connection of a program on this machine. */
function fromMachine(socket: Socket): Incoming {
  socket.on("error", () => {});
  return {
    peer: { address: HOST_ADDRESS, port: socket.remotePort ?? 0 },
    get gone() {
      return socket.destroyed;
    },
    accept: (id, outlet) => TcpStream.adopt(id, outlet, socket),
    refuse: () => socket.resetAndDestroy(),
  };
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
