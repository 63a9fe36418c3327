/** Connections over UDP on loopback. */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import type { TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { NOW } from "../engine/certificates.ts";
import { crypto } from "../engine/harness.ts";
import { createContext, type PeerOptions } from "../engine/peers.ts";

const common = { crypto, now: () => NOW, ticks: () => performance.now() };

/** A connection and the peer it talks to, with waiting. */
export class UdpPeer {
  connection: TlsConnection;
  readonly #send: (datagram: Uint8Array) => void;
  #wake: () => void = () => {};

  constructor(connection: TlsConnection, send: (datagram: Uint8Array) => void) {
    this.connection = connection;
    this.#send = send;
  }

  receive(datagram: Uint8Array): void {
    this.connection.receive(datagram);
    this.#wake();
  }

  /** Repeats the operation until it no longer wants to read; what got lost is sent again in time. */
  async #until<T>(operation: () => T | "want-read"): Promise<T> {
    for (;;) {
      const arrived = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const result = operation();
      this.flush();
      if (result !== "want-read") return result as T;
      const timeout = this.connection.nextTimeout;
      const timer = timeout === undefined ? undefined : setTimeout(this.#wake, timeout);
      await arrived;
      clearTimeout(timer);
    }
  }

  flush(): void {
    for (;;) {
      const datagram = this.connection.takeOutput();
      if (!datagram) return;
      this.#send(datagram);
    }
  }

  handshake(): Promise<string> {
    return this.#until(() => this.connection.handshake());
  }

  async read(): Promise<string> {
    const data = await this.#until(() => this.connection.read(16384));
    return typeof data === "string" ? data : Buffer.from(data).toString("latin1");
  }

  write(text: string): void {
    const taken = this.connection.write(Buffer.from(text));
    this.flush();
    if (typeof taken !== "number") throw new Error(`write: ${taken}`);
  }
}

/** Sockets of a test, closed after it. */
export class UdpSockets {
  readonly #sockets: Socket[] = [];

  closeAll(): void {
    for (const socket of this.#sockets.splice(0)) socket.close();
  }

  /** A client of that port. */
  async client(port: number, options: PeerOptions): Promise<UdpPeer> {
    const socket = await this.#open();
    const serverHostname = "board.test";
    const connection = new TlsConnection(createContext(2, options), {
      ...common,
      serverHostname,
      ...options,
    });
    const peer = new UdpPeer(connection, (datagram) => socket.send(datagram, port, "127.0.0.1"));
    socket.on("message", (datagram) => peer.receive(datagram));
    return peer;
  }

  /** A server for the first client that shows a cookie, as a board's program has one. Returns the port. */
  async server(
    options: PeerOptions,
    serve: (peer: UdpPeer) => Promise<void>,
    drop: (from: "client" | "server", count: number) => boolean = () => false,
  ): Promise<number> {
    const socket = await this.#open();
    const context = createContext(3, options);
    const counts = { client: 0, server: 0 };
    let peer: UdpPeer | undefined;
    const accept = (from: RemoteInfo): UdpPeer => {
      const send = (datagram: Uint8Array) => {
        if (!drop("server", counts.server++)) socket.send(datagram, from.port, from.address);
      };
      return new UdpPeer(this.#accept(context, from), send);
    };
    socket.on("message", (datagram, from) => {
      if (drop("client", counts.client++)) return;
      if (peer) {
        peer.receive(datagram);
        return;
      }
      const candidate = accept(from);
      candidate.receive(datagram);
      candidate.connection.handshake();
      candidate.flush();
      if (candidate.connection.error?.code === ERR.SSL_HELLO_VERIFY_REQUIRED) return;
      peer = candidate;
      void serve(peer);
    });
    return socket.address().port;
  }

  #accept(context: TlsContext, { address, port }: RemoteInfo): TlsConnection {
    return new TlsConnection(context, { ...common, clientId: Buffer.from(`${address}:${port}`) });
  }

  async #open(): Promise<Socket> {
    const socket = createSocket("udp4");
    this.#sockets.push(socket);
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return socket;
  }
}
