/** A connection to a board's serial line: bytes both ways, and the raw REPL's protocols performed over it. */
import { connect, type Socket } from "node:net";
import { Rfc2217Client, type Rfc2217ClientEvent } from "../serial/rfc2217-client.ts";
import { UserError } from "../user-error.ts";
import type { BoardAddress } from "./address.ts";
import { CONNECT_TIMEOUT_MS } from "./limits.ts";
import { Inbox, type Protocol, type Step, TransportError } from "./raw-repl.ts";

/** How many characters of a line that came instead of an answer are shown. */
const GREETING_CHARACTERS = 200;

export class BoardStream {
  readonly address: BoardAddress;
  readonly #socket: Socket;
  readonly #rfc2217: Rfc2217Client | undefined;
  readonly #inbox = new Inbox();
  /** Takes what comes instead of the inbox, for the REPL. */
  #tap: ((bytes: Uint8Array) => void) | undefined;
  #closed = false;
  /** Wakes whoever waits for bytes or for the end. */
  #wake: () => void = () => {};

  private constructor(address: BoardAddress, socket: Socket) {
    this.address = address;
    this.#socket = socket;
    this.#rfc2217 = address.scheme === "rfc2217" ? new Rfc2217Client() : undefined;
  }

  /**
   * Opens the line.
   * @throws UserError where nobody listens there, or the line is in use.
   */
  static async open(address: BoardAddress): Promise<BoardStream> {
    const socket = connect({ host: address.host, port: address.port, noDelay: true });
    const stream = new BoardStream(address, socket);
    try {
      await stream.#handshake();
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return stream;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new TransportError("the board has closed the connection");
    const wire = this.#rfc2217 ? this.#rfc2217.encode(bytes) : bytes;
    if (this.#socket.write(wire)) return;
    // A board that goes away closes the socket, and then there is no "drain".
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off("drain", done);
        this.#socket.off("close", done);
        resolve();
      };
      this.#socket.on("drain", done);
      this.#socket.on("close", done);
    });
  }

  /** Performs a conversation and returns its result. */
  async run<T>(protocol: Protocol<T>): Promise<T> {
    let next = protocol.next();
    while (!next.done) {
      const step = next.value;
      let result: Uint8Array | undefined;
      try {
        result = await this.#perform(step);
      } catch (error) {
        next = protocol.throw(error);
        continue;
      }
      next = protocol.next(result);
    }
    return next.value;
  }

  /** Gives `listener` what comes, beginning with what has come; returns when the board closes or `stop` resolves. */
  async listen(listener: (bytes: Uint8Array) => void, stop: Promise<void>): Promise<void> {
    const early = this.#inbox.take(Number.POSITIVE_INFINITY);
    if (early.length > 0) listener(early);
    this.#tap = listener;
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    if (!this.#closed) await Promise.race([closed, stop]);
    this.#tap = undefined;
  }

  /** Drops the lines, so that the board is not reset, and closes. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    if (this.#rfc2217) this.#socket.write(this.#rfc2217.finish());
    this.#socket.end();
    // The server may still have output for us; it is not waited for.
    this.#socket.resume();
    await Promise.race([closed, this.#wait(CONNECT_TIMEOUT_MS)]);
    this.#socket.destroy();
  }

  async #handshake(): Promise<void> {
    const { host, port, url } = this.address;
    const cannot = (why: string) => new UserError(`cannot reach a board at ${url}: ${why}`);
    let greeting = "";
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(cannot("no answer")), CONNECT_TIMEOUT_MS);
      const settle = (error?: Error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
      this.#socket.on("error", (error: NodeJS.ErrnoException) => {
        const nobody = `nothing listens on ${host}:${port}; start one with: breadbox up --serial ${port}`;
        settle(cannot(error.code === "ECONNREFUSED" ? nobody : (error.code ?? error.message)));
      });
      this.#socket.on("close", () => {
        this.#closed = true;
        this.#wake();
        const line = greeting.split("\r\n")[0]!.replace(/^breadbox: /, "");
        settle(cannot(line.slice(0, GREETING_CHARACTERS) || "it closed the connection"));
      });
      this.#socket.on("connect", () => {
        if (this.#rfc2217) this.#socket.write(this.#rfc2217.start());
        else settle();
      });
      this.#socket.on("data", (bytes) => {
        for (const event of this.#events(bytes)) {
          if (event.type === "open") settle();
          else if (event.type === "refused") settle(cannot("it does not speak RFC 2217; try socket://"));
          else if (event.type === "send") this.#socket.write(event.bytes);
          else {
            if (greeting.length < GREETING_CHARACTERS)
              greeting += Buffer.from(event.bytes).toString("latin1");
            this.#arrived(event.bytes);
          }
        }
      });
    });
  }

  #events(bytes: Uint8Array): Rfc2217ClientEvent[] {
    return this.#rfc2217 ? this.#rfc2217.receive(bytes) : [{ type: "data", bytes }];
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#tap) this.#tap(bytes);
    else {
      this.#inbox.push(bytes);
      this.#wake();
    }
  }

  async #perform(step: Step): Promise<Uint8Array | undefined> {
    switch (step.type) {
      case "write":
        await this.write(step.bytes);
        return undefined;
      case "pause":
        await this.#wait(step.ms);
        return undefined;
      case "drain":
        this.#inbox.clear();
        return undefined;
      case "poll":
        return this.#inbox.take(1);
      default:
        return this.#await(step);
    }
  }

  /** A stream's time begins anew with each byte; the others' is for the whole answer. */
  async #await(step: Extract<Step, { type: "read" | "until" | "stream" }>): Promise<Uint8Array | undefined> {
    const started = Date.now();
    let deadline = started + step.timeoutMs;
    for (;;) {
      const result = this.#inbox.tryStep(step);
      if (result) return result;
      if (this.#closed) throw new TransportError("the board has closed the connection");
      if (step.type === "stream") deadline = Date.now() + step.timeoutMs;
      if (!(await this.#more(deadline - Date.now()))) return undefined;
    }
  }

  /** Waits until something comes or the connection ends; false where the time ran out. */
  #more(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer =
        timeoutMs === Number.POSITIVE_INFINITY
          ? undefined
          : setTimeout(() => settle(false), Math.max(0, timeoutMs));
      const settle = (came: boolean) => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve(came);
      };
      this.#wake = () => settle(true);
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms).unref());
  }
}
