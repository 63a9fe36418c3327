/** A TCP stream between two boards of one gateway: what one's stream is given goes out of the other's. */

import { ByteQueue } from "../../firmware-shim/net/byte-queue.ts";
import { MAX_DATA } from "../../firmware-shim/net/limits.ts";
import { CloseReason } from "../../firmware-shim/net/wisp/constants.ts";
import { type Endpoint, encodeFin, encodeOpened } from "../../firmware-shim/net/wisp/packet.ts";
import type { Incoming } from "./incoming.ts";
import { Inflow } from "./inflow.ts";
import type { Station } from "./lan.ts";
import { CONNECT_TIMEOUT } from "./limits.ts";
import type { Outlet, Stream } from "./outlet.ts";
import { dataPacket } from "./tcp-stream.ts";

export class SwitchedStream implements Stream {
  readonly #id: number;
  readonly #outlet: Outlet;
  readonly #inflow: Inflow;
  /** The other board's end; undefined before it has accepted. */
  #other: SwitchedStream | undefined;
  /** What the board has sent, and the other board has no credit for yet. */
  readonly #queue = new ByteQueue();
  /** Bytes that the board still takes. */
  #credit: number;
  /** The board sends no more; told to the other one after all that it has sent. */
  #finished = false;
  #finishTold = false;
  /** The board has closed its end, or the other board has. */
  #ended = false;
  #otherEnded = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(id: number, outlet: Outlet) {
    this.#id = id;
    this.#outlet = outlet;
    this.#inflow = new Inflow(id, outlet, "tcp");
    this.#credit = outlet.window ?? 0;
  }

  /** CONNECT to an address of the access point's network. */
  static connect(
    id: number,
    outlet: Outlet,
    station: Station,
    local: Endpoint,
    peer: Endpoint,
  ): SwitchedStream {
    const stream = new SwitchedStream(id, outlet);
    const listener = station.lan.listenerAt(peer);
    // Later, when the connection knows of the stream.
    queueMicrotask(() => {
      if (listener === "nobody") stream.#fail(CloseReason.TIMED_OUT);
      else if (listener === undefined) stream.#fail(CloseReason.REFUSED);
      else listener.offer(stream.#incoming(local, peer));
    });
    stream.#timer = setTimeout(() => stream.#fail(CloseReason.TIMED_OUT), CONNECT_TIMEOUT);
    return stream;
  }

  data(bytes: Uint8Array): void {
    if (!this.#inflow.received(bytes.length)) this.#break(CloseReason.THROTTLED);
    else if (this.#otherEnded) this.#fail(CloseReason.NETWORK_ERROR);
    else {
      this.#queue.push(bytes);
      this.#other?.pump();
    }
  }

  addCredit(bytes: number): void {
    this.#credit += bytes;
    this.pump();
  }

  finish(): void {
    this.#finished = true;
    this.#other?.pump();
  }

  /** Hands the board what the other one has sent, as far as its credit and the WebSocket allow. */
  pump(): void {
    const other = this.#other;
    if (other === undefined || this.#over || this.#ended) return;
    while (this.#credit > 0 && !this.#outlet.congested && other.#queue.length > 0) {
      const chunk = other.#queue.take(Math.min(this.#credit, MAX_DATA));
      this.#credit -= chunk.length;
      this.#outlet.send(dataPacket(this.#id, chunk));
      if (!other.#over) other.#inflow.done(chunk.length);
    }
    if (!other.#finished || other.#queue.length > 0 || other.#finishTold) return;
    other.#finishTold = true;
    this.#outlet.send(encodeFin(this.#id));
    if (!this.#finishTold) return;
    // Both halves are over.
    this.#fail(CloseReason.VOLUNTARY);
    other.#fail(CloseReason.VOLUNTARY);
  }

  end(reset = false): void {
    this.#end();
    if (reset) this.#breakOther();
    else this.finish();
  }

  destroy(): void {
    this.#end();
    this.#breakOther();
  }

  #incoming(local: Endpoint, peer: Endpoint): Incoming {
    const stream = this;
    return {
      peer: local,
      get gone() {
        return stream.#over;
      },
      accept: (id, outlet) => stream.#accepted(new SwitchedStream(id, outlet), local, peer),
      refuse: () => stream.#fail(CloseReason.REFUSED),
    };
  }

  #accepted(other: SwitchedStream, local: Endpoint, peer: Endpoint): SwitchedStream {
    clearTimeout(this.#timer);
    this.#other = other;
    other.#other = this;
    this.#outlet.send(encodeOpened(this.#id, local, peer));
    // After the other board knows of it.
    queueMicrotask(() => other.pump());
    return other;
  }

  /** Ends both ends. */
  #break(reason: number): void {
    this.#fail(reason);
    this.#breakOther();
  }

  #end(): void {
    this.#stop();
    this.#ended = true;
    const other = this.#other;
    if (other !== undefined) other.#otherEnded = true;
  }

  #breakOther(): void {
    const other = this.#other;
    if (other !== undefined) other.#fail(CloseReason.NETWORK_ERROR);
  }

  #fail(reason: number): void {
    if (this.#over) return;
    this.#stop();
    this.#outlet.close(this.#id, reason);
  }

  #stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}
