/** Both ends of a gateway for tests: a WebSocket client of raw packets, and servers on loopback. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { WebSocket } from "ws";

export const hex = (text: string) =>
  Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
export const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Little-endian hexadecimal of a port. */
export const portHex = (port: number) => toHex(Uint8Array.of(port, port >> 8));

/** A queue to await. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  push(item: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  }

  next(): Promise<T> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(item);
  }

  /** What is here already. */
  take(): T[] {
    return this.#items.splice(0);
  }
}

/** A WebSocket whose messages are packets, written and read as they are. */
export class RawClient {
  readonly webSocket: WebSocket;
  readonly messages = new Inbox<Uint8Array>();
  /** Resolves to the close code. */
  readonly closed: Promise<number>;

  constructor(url: string, protocols?: string[], headers: Record<string, string> = {}) {
    this.webSocket = protocols ? new WebSocket(url, protocols, { headers }) : new WebSocket(url, { headers });
    this.webSocket.on("message", (data) => this.messages.push(data as Buffer));
    this.webSocket.on("error", () => {});
    this.closed = new Promise((resolve) => this.webSocket.once("close", resolve));
  }

  send(packet: string | Uint8Array): void {
    this.webSocket.send(typeof packet === "string" ? hex(packet) : packet);
  }

  async next(): Promise<string> {
    return toHex(await this.messages.next());
  }

  /** The HTTP status of a refused upgrade. */
  async refusal(): Promise<number> {
    const [, response] = await once(this.webSocket, "unexpected-response");
    return response.statusCode;
  }
}

/** A TCP server whose connections can be awaited. */
export class TcpPeer {
  readonly connections = new Inbox<Socket>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async listen(): Promise<TcpPeer> {
    const server = createServer({ allowHalfOpen: true });
    const peer = new TcpPeer(server);
    server.on("connection", (socket) => {
      peer.#sockets.add(socket);
      socket.on("error", () => {});
      peer.connections.push(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Reads from a socket until `length` bytes are here. */
export async function readExactly(socket: Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let received = 0; received < length; ) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, "readable");
    else {
      chunks.push(chunk);
      received += chunk.length;
    }
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > length) socket.unshift(bytes.subarray(length));
  return bytes.subarray(0, length);
}
