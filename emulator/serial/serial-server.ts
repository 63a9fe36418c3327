/**
 * A board's serial line on a TCP port, for one client at a time. RFC 2217 and plain TCP share the port: what
 * begins with IAC (255) is RFC 2217, anything else is plain. A byte 255 cannot begin text, and every RFC 2217
 * client speaks first, so `rfc2217://HOST:PORT` and `socket://HOST:PORT` both work and nobody has to choose.
 */
import { createServer, type Server, type Socket } from "node:net";
import { UserError } from "../user-error.ts";
import type { ConsolePort } from "./console-port.ts";
import { PENDING_INPUT_BYTES, REFUSAL_LINGER_MS } from "./limits.ts";
import { ResetLine } from "./reset-line.ts";
import { type Rfc2217Event, Rfc2217Server } from "./rfc2217.ts";
import { IAC } from "./telnet.ts";

export interface SerialServerOptions {
  readonly console: ConsolePort;
  /** TCP port; 0 picks a free one. */
  readonly port: number;
  /** Address to listen on. The default, 127.0.0.1, is for this machine alone: whoever connects runs programs. */
  readonly host?: string;
}

export interface SerialServer {
  /** The port it listens on. */
  readonly port: number;
  /** `rfc2217://HOST:PORT` */
  readonly url: string;
  /** Disconnects the client and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts listening.
 * @throws UserError where the port is in use or may not be used.
 */
export async function startSerialServer(options: SerialServerOptions): Promise<SerialServer> {
  const host = options.host ?? "127.0.0.1";
  let session: SerialSession | undefined;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (session) {
      refuse(socket, session.peer);
      return;
    }
    const started = new SerialSession(socket, options.console);
    session = started;
    const leave = () => {
      started.end();
      if (session === started) session = undefined;
    };
    // A client that ends its side is gone, even where output for it is still on the way.
    socket.once("end", leave);
    socket.once("close", leave);
  });
  const port = await listen(server, options.port, host);
  return {
    port,
    url: `rfc2217://${host.includes(":") ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port, host)));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): UserError {
  const choose = "choose another with --serial PORT (0 picks a free one)";
  if (error.code === "EADDRINUSE") {
    return new UserError(`serial port ${port} is in use, perhaps by another board: stop it, or ${choose}`);
  }
  if (error.code === "EACCES") return new UserError(`serial port ${port} may not be used: ${choose}`);
  return new UserError(`cannot listen on ${host}:${port} (${error.code ?? error.message}): ${choose}`);
}

/** A serial port has one user; the second is told who has it. */
function refuse(socket: Socket, peer: string): void {
  socket.on("error", () => {});
  socket.end(`breadbox: this serial port is in use by ${peer}; close that connection and try again\r\n`);
  // Closing with unread bytes would reset the connection and lose the line above.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), REFUSAL_LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}

/** One client's connection: moves bytes between its socket and the console, and waits where one cannot keep up. */
class SerialSession {
  readonly peer: string;
  readonly #socket: Socket;
  readonly #console: ConsolePort;
  readonly #resetLine = new ResetLine();
  readonly #stops: (() => void)[];
  /** Undefined until the client has spoken, null where it is plain TCP. */
  #rfc2217: Rfc2217Server | null | undefined;
  /** Input that the board has not taken yet. Where there is much, nothing more is read from the socket. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #release: (() => void) | undefined;
  #suspended = false;

  constructor(socket: Socket, console: ConsolePort) {
    this.#socket = socket;
    this.#console = console;
    this.peer = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.on("data", (bytes) => this.#receive(bytes));
    socket.on("drain", () => this.#updateHold());
    // A connection that breaks is one that ends: "close" follows.
    socket.on("error", () => {});
    this.#stops = [
      console.onOutput((bytes) => this.#send(this.#rfc2217 ? this.#rfc2217.encode(bytes) : bytes)),
      console.onInputDrain(() => this.#feed()),
    ];
  }

  end(): void {
    for (const stop of this.#stops) stop();
    this.#dropPending();
    this.#release?.();
    this.#release = undefined;
  }

  #send(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
    this.#updateHold();
  }

  /** The board waits while the client does not read, or has asked for a pause. */
  #updateHold(): void {
    const hold = this.#suspended || this.#socket.writableNeedDrain;
    if (hold && !this.#release) this.#release = this.#console.holdOutput();
    if (!hold && this.#release) {
      const release = this.#release;
      this.#release = undefined;
      release();
    }
  }

  #receive(bytes: Uint8Array): void {
    if (this.#rfc2217 === undefined) this.#rfc2217 = bytes[0] === IAC ? new Rfc2217Server() : null;
    if (this.#rfc2217 === null) this.#input(bytes);
    else for (const event of this.#rfc2217.receive(bytes)) this.#handle(event);
  }

  #handle(event: Rfc2217Event): void {
    switch (event.type) {
      case "data":
        this.#input(event.bytes);
        break;
      case "reply":
        this.#send(event.bytes);
        break;
      case "lines":
        if (this.#resetLine.lines(event.dtr, event.rts)) this.#reset();
        break;
      case "purge":
        if (event.transmit) this.#dropPending();
        break;
      case "suspend":
      case "resume":
        this.#suspended = event.type === "suspend";
        this.#updateHold();
    }
  }

  #reset(): void {
    this.#dropPending();
    this.#console.reset();
  }

  #dropPending(): void {
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#socket.resume();
  }

  #input(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#feed();
  }

  #feed(): void {
    while (this.#pending.length > 0) {
      const bytes = this.#pending[0]!;
      const taken = this.#console.input(bytes);
      this.#pendingBytes -= taken;
      if (taken < bytes.length) {
        this.#pending[0] = bytes.subarray(taken);
        break;
      }
      this.#pending.shift();
    }
    if (this.#pendingBytes > PENDING_INPUT_BYTES) this.#socket.pause();
    else this.#socket.resume();
  }
}
