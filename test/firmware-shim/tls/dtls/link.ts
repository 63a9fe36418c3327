/** A client and a server of DTLS on a link that can lose, repeat, reorder and delay, in a time of their own. */

import { TlsConnection, type TlsConnectionOptions } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_NONE, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { NOW } from "../engine/certificates.ts";
import { crypto } from "../engine/harness.ts";
import { createContext, type PeerOptions } from "../engine/peers.ts";

export type Side = "client" | "server";

export const CLIENT_ID = Buffer.from("client");

/** What becomes of a datagram: after how many milliseconds each copy arrives; none where it is lost. */
export type Fate = (from: Side, datagram: Buffer, count: number) => readonly number[];

export interface LinkOptions {
  readonly client?: PeerOptions;
  readonly server?: PeerOptions;
  readonly fate?: Fate;
  /** Whether a datagram that arrives is let in. */
  readonly admits?: (link: Link, to: Side, datagram: Buffer) => boolean;
}

export const onTime: Fate = () => [1];

interface Flying {
  readonly to: Side;
  readonly datagram: Buffer;
  readonly at: number;
}

/** `receive` copies, and a connection that has failed is replaced by the next one of the same context. */
export class Link {
  ticks = 0;
  fate: Fate;
  client: TlsConnection;
  server: TlsConnection;
  readonly serverContext: TlsContext;
  /** All that was sent, lost or not, by sender. */
  readonly sent = { client: [] as Buffer[], server: [] as Buffer[] };
  /** Data that has been read, by reader. */
  readonly received = { client: [] as string[], server: [] as string[] };
  #flying: Flying[] = [];
  readonly #options: LinkOptions;

  constructor(options: LinkOptions = {}) {
    this.#options = options;
    this.fate = options.fate ?? onTime;
    this.serverContext = createContext(3, options.server);
    this.client = this.connect(
      createContext(2, { verifyMode: CERT_NONE, ...options.client }),
      options.client,
    );
    this.server = this.accept();
  }

  connect(context: TlsContext, options: Partial<TlsConnectionOptions> = {}): TlsConnection {
    const serverHostname = "board.test";
    return new TlsConnection(context, {
      crypto,
      now: () => NOW,
      ticks: () => this.ticks,
      serverHostname,
      ...options,
    });
  }

  accept(): TlsConnection {
    return new TlsConnection(this.serverContext, {
      crypto,
      now: () => NOW,
      ticks: () => this.ticks,
      clientId: CLIENT_ID,
      ...this.#options.server,
    });
  }

  /** Takes what a side has to send. */
  collect(side: Side): void {
    for (;;) {
      const output = this[side].takeOutput();
      if (!output) return;
      const datagram = Buffer.from(output);
      const to = side === "client" ? "server" : "client";
      for (const delay of this.fate(side, datagram, this.sent[side].length)) {
        this.#flying.push({ to, datagram, at: this.ticks + delay });
      }
      this.sent[side].push(datagram);
    }
  }

  /** Lets both work as far as they can without time. */
  work(): void {
    for (const side of ["client", "server"] as const) {
      if (this[side].state === "handshaking") this[side].handshake();
      // As long as it is not read, nothing is looked at, be it the end of a flight that has come again.
      while (this[side].state === "connected") {
        const data = this[side].read(16384);
        if (typeof data === "string") break;
        this.received[side].push(Buffer.from(data).toString("latin1"));
      }
      this.collect(side);
    }
    if (this.server.error?.code === ERR.SSL_HELLO_VERIFY_REQUIRED) this.server = this.accept();
  }

  /** Goes to the next moment at which something happens; false where nothing will. */
  advance(): boolean {
    const timeouts = [this.client.nextTimeout, this.server.nextTimeout];
    const moments = [
      ...this.#flying.map(({ at }) => at),
      ...timeouts.filter((timeout) => timeout !== undefined).map((timeout) => this.ticks + timeout),
    ];
    if (moments.length === 0) return false;
    this.ticks = Math.max(this.ticks, Math.min(...moments));
    const due = this.#flying.filter(({ at }) => at <= this.ticks).sort((a, b) => a.at - b.at);
    this.#flying = this.#flying.filter(({ at }) => at > this.ticks);
    for (const { to, datagram } of due) {
      if (this.#options.admits?.(this, to, datagram) ?? true) this[to].receive(datagram);
    }
    return true;
  }

  get isConnected(): boolean {
    return this.client.state === "connected" && this.server.state === "connected";
  }

  /** Until both are connected and nothing is under way, or one has failed; returns itself. */
  handshake(): this {
    do {
      this.work();
      if (this.client.error || this.server.error) break;
    } while (this.advance());
    return this;
  }

  /** Carries one write over a link that works. */
  transfer(from: Side, data: string | Uint8Array): string {
    const to = from === "client" ? "server" : "client";
    const bytes = Buffer.from(data as Uint8Array);
    const taken = this[from].write(bytes);
    if (taken !== bytes.length) throw new Error(`write: ${taken} ${this[from].error?.message}`);
    this.collect(from);
    const { received } = this;
    do this.work();
    while (received[to].length === 0 && this.advance());
    return received[to].shift() ?? "nothing";
  }
}
