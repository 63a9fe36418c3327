/**
 * The gateway: a WebSocket server that opens real TCP and UDP sockets for boards, and for any other Wisp
 * client that has its token.
 */

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { judge } from "./access.ts";
import { Connection } from "./connection.ts";
import { Lan } from "./lan.ts";
import { MAX_MESSAGE, PING_INTERVAL } from "./limits.ts";
import { type Lookup, Names } from "./names.ts";

export interface GatewayOptions {
  /** A server to be part of, listening or not; it stays its owner's to close. */
  readonly server?: Server;
  /** Without `server`: the port to listen at; 0, the default, takes a free one. */
  readonly port?: number;
  /** Without `server`: the address to listen at; loopback by default. */
  readonly host?: string;
  /** Where on the server; begins and ends with "/". */
  readonly path?: string;
  /** What a client must know; by default 128 random bits, in `Gateway.token`. */
  readonly token?: string;
  /** Pages that may use the gateway besides its own server's: origins such as "https://example.org". */
  readonly allowedOrigins?: readonly string[];
  /** Resolves a name to IPv4 addresses; by default the system's resolver. */
  readonly lookup?: Lookup;
  /** Milliseconds since 1970, for the access point's time server; by default the host's clock. */
  readonly now?: () => number;
}

export interface Gateway {
  readonly token: string;
  readonly path: string;
  /** The server that it is part of. */
  readonly server: Server;
  /** "ws://127.0.0.1:PORT/wisp/" of a server that it made; of another, once that listens. */
  readonly url: string;
  /** Closes every connection and socket, and the server where it was made here. */
  close(): Promise<void>;
}

/**
 * Starts a gateway.
 *
 * @throws Node's error (code EADDRINUSE, EACCES, EADDRNOTAVAIL) where the port cannot be had
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const token = options.token ?? randomBytes(16).toString("base64url");
  const path = options.path ?? "/wisp/";
  const server =
    options.server ??
    createServer((_request, response) => {
      response.writeHead(426, { "content-type": "text/plain", upgrade: "websocket" });
      response.end("This is a WebSocket gateway for Breadbox boards.\n");
    });
  const clients = new Clients({ ...options, token, path });
  server.on("upgrade", clients.upgrade);
  if (options.server === undefined) await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");
  return {
    token,
    path,
    server,
    get url() {
      return urlOf(server, path);
    },
    async close() {
      server.off("upgrade", clients.upgrade);
      clients.close();
      if (options.server !== undefined) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type ClientOptions = GatewayOptions & { readonly token: string; readonly path: string };

/** The WebSockets of a gateway. */
class Clients {
  readonly #options: ClientOptions;
  readonly #names: Names;
  readonly #lan = new Lan();
  readonly #lingering = new Set<Socket>();
  readonly #pings: NodeJS.Timeout;
  readonly #silent = new Set<WebSocket>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    // Ciphertext does not compress.
    perMessageDeflate: false,
    // Wisp leaves the protocol's name open; a browser wants one that it has offered.
    handleProtocols: (offered) => [...offered][0] ?? false,
  });

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#names = new Names(options.lookup);
    this.#pings = setInterval(() => this.#ping(), PING_INTERVAL);
    this.#pings.unref();
  }

  /** The server's "upgrade" listener. A path elsewhere is left to the server's other listeners. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { token, path, allowedOrigins = [] } = this.#options;
    if (!(request.url ?? "").startsWith(path) && this.#options.server !== undefined) return;
    const access = judge(request, { token, path, allowedOrigins });
    if (!access.allowed) {
      refuse(socket, access.status, access.reason);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("pong", () => this.#silent.delete(webSocket));
      webSocket.on("close", () => this.#silent.delete(webSocket));
      new Connection({
        webSocket,
        version: access.version,
        authorized: access.authorized,
        token,
        names: this.#names,
        lan: this.#lan,
        lingering: this.#lingering,
        now: this.#options.now ?? Date.now,
      });
    });
  };

  close(): void {
    clearInterval(this.#pings);
    for (const webSocket of this.#webSockets.clients) webSocket.terminate();
    for (const socket of this.#lingering) socket.destroy();
  }

  /** A client that vanished without a word would keep its sockets for ever. */
  #ping(): void {
    for (const webSocket of this.#webSockets.clients) {
      if (this.#silent.has(webSocket)) webSocket.terminate();
      else {
        this.#silent.add(webSocket);
        webSocket.ping();
      }
    }
  }
}

function refuse(socket: Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: text/plain\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
  );
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function urlOf(server: Server, path: string): string {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the gateway's server is not listening");
  const everywhere = address.address === "0.0.0.0" || address.address === "::";
  const host = everywhere
    ? "127.0.0.1"
    : address.family === "IPv6"
      ? `[${address.address}]`
      : address.address;
  return `ws://${host}:${address.port}${path}`;
}
