/** Which local ports are taken, as lwIP judges it (core/tcp.c: tcp_bind, tcp_new_port; core/udp.c: udp_bind). */

import { FIRST_EPHEMERAL_PORT, LAST_PORT, MAX_TIME_WAIT, TIME_WAIT_MICROS } from "./limits.ts";
import type { Endpoint } from "./wisp/packet.ts";

/** What a socket holds of the ports of its transport. */
export interface PortHolder {
  /** Its own address and port, once it has one. */
  readonly bound: Endpoint | undefined;
  /** SO_REUSEADDR. */
  readonly reuseAddress: boolean;
}

export const ANY_ADDRESS = "0.0.0.0";

export class Ports {
  readonly #now: () => number;
  /** TCP ports of connections that this side has closed first, the oldest first. */
  readonly #timeWait: { readonly port: number; readonly until: number }[] = [];
  #lastEphemeral = LAST_PORT;

  /** @param now microseconds, monotonic */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether `wanted` is taken: of two sockets at one port both must have SO_REUSEADDR. */
  isTaken(wanted: Endpoint, reuseAddress: boolean, holders: Iterable<PortHolder>): boolean {
    for (const { bound, reuseAddress: theirs } of holders) {
      if (bound === undefined || bound.port !== wanted.port || (reuseAddress && theirs)) continue;
      if (overlaps(bound.address, wanted.address)) return true;
    }
    return false;
  }

  /** Whether a connection that was closed still holds a TCP port. With SO_REUSEADDR nobody asks. */
  isWaiting(port: number): boolean {
    const now = this.#now();
    while (this.#timeWait[0] !== undefined && this.#timeWait[0].until <= now) this.#timeWait.shift();
    return this.#timeWait.some((held) => held.port === port);
  }

  /** A connection was closed by this side first: its port is held for twice a segment's lifetime (RFC 9293). */
  startTimeWait(port: number): void {
    // As tcp_alloc does where it runs out of connections.
    if (this.#timeWait.length >= MAX_TIME_WAIT) this.#timeWait.shift();
    this.#timeWait.push({ port, until: this.#now() + TIME_WAIT_MICROS });
  }

  /** A port for a socket whose program does not care. */
  ephemeral(holders: readonly PortHolder[]): number {
    do
      this.#lastEphemeral =
        this.#lastEphemeral === LAST_PORT ? FIRST_EPHEMERAL_PORT : this.#lastEphemeral + 1;
    while (holders.some(({ bound }) => bound?.port === this.#lastEphemeral));
    return this.#lastEphemeral;
  }
}

function overlaps(one: string, other: string): boolean {
  return one === other || one === ANY_ADDRESS || other === ANY_ADDRESS;
}
