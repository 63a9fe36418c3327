import { MAX_DATAGRAM, RECEIVE_WINDOW } from "../../firmware-shim/net/limits.ts";
import { type Endpoint, encodeDatagram, encodeWindow } from "../../firmware-shim/net/wisp/packet.ts";
import { MAX_UDP_PEERS } from "./limits.ts";

/** What a datagram costs besides its bytes: the endpoint in DATAGRAM. */
const ENDPOINT_BYTES = 7;

/** A board's UDP socket over a plain Wisp server: a stream of the server's for each peer. */
export class PlainUdp {
  readonly #stream: number;
  readonly #deliver: (packet: Uint8Array) => void;
  /** The server's streams by peer, the oldest first. */
  readonly #peers = new Map<string, number>();
  #credit = RECEIVE_WINDOW;

  constructor(stream: number, deliver: (packet: Uint8Array) => void) {
    this.#stream = stream;
    this.#deliver = deliver;
  }

  streamOf(peer: Endpoint): number | undefined {
    return this.#peers.get(key(peer));
  }

  /** Returns the stream that gives way where there are too many. */
  add(peer: Endpoint, stream: number): number | undefined {
    this.#peers.set(key(peer), stream);
    if (this.#peers.size <= MAX_UDP_PEERS) return undefined;
    const [oldest, replaced] = this.#peers.entries().next().value!;
    this.#peers.delete(oldest);
    return replaced;
  }

  remove(peer: Endpoint): void {
    this.#peers.delete(key(peer));
  }

  streams(): Iterable<number> {
    return this.#peers.values();
  }

  /** A datagram has gone on: the board may send as much again. */
  sent(bytes: number): void {
    this.#deliver(encodeWindow(this.#stream, ENDPOINT_BYTES + bytes));
  }

  addCredit(bytes: number): void {
    this.#credit += bytes;
  }

  /** A datagram that the board has no room for is lost, and so is one that cannot be one. */
  receive(peer: Endpoint, data: Uint8Array): void {
    const cost = ENDPOINT_BYTES + data.length;
    if (this.#credit < cost || data.length > MAX_DATAGRAM) return;
    this.#credit -= cost;
    this.#deliver(encodeDatagram(this.#stream, peer, data));
  }
}

const key = ({ address, port }: Endpoint): string => `${address}:${port}`;
