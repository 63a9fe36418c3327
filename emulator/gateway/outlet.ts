import type { Socket } from "node:net";
import type { Endpoint } from "../../firmware-shim/net/wisp/packet.ts";
import type { Incoming } from "./incoming.ts";
import type { Station } from "./lan.ts";
import type { Names } from "./names.ts";

/** What a stream is given of the connection that it belongs to. */
export interface Outlet {
  /**
   * The bytes that the client takes of each stream before its first WINDOW, where it speaks our
   * extension; undefined for a plain Wisp client.
   */
  readonly window: number | undefined;
  /** Whether so much waits in the WebSocket that sockets should not be read. Ends with a `pump`. */
  readonly congested: boolean;
  readonly names: Names;
  /** Its place on the access point's network; undefined for a plain Wisp client, which has none. */
  readonly station: Station | undefined;
  /** Sockets that still send their last bytes after their stream has ended. */
  readonly lingering: Set<Socket>;
  /** Milliseconds since 1970, for the time server. */
  now(): number;
  send(packet: Uint8Array): void;
  /** Tells the client that the stream is over, and forgets it. */
  close(stream: number, reason: number): void;
  /** A connection has come to a listener: the client is told, under a new stream. False where it has too many. */
  accept(listener: number, local: Endpoint, incoming: Incoming): boolean;
}

/** One stream of a connection. */
export interface Stream {
  /** DATA from the client. */
  data(bytes: Uint8Array): void;
  /** WINDOW from the client. */
  addCredit(bytes: number): void;
  /** FIN from the client. */
  finish(): void;
  /** The WebSocket has room again. */
  pump(): void;
  /** CLOSE from the client: bytes taken before it still go out, unless it is a reset. */
  end(reset?: boolean): void;
  /** The connection is gone. */
  destroy(): void;
}
