/**
 * The access point's own network: the boards of one gateway, each with an address of its own. Between them streams
 * and datagrams are switched here; nothing of it is seen on the network of the gateway's machine.
 */

import { DEFAULT_LEASE } from "../../board/access-point.ts";
import { FIRST_EPHEMERAL_PORT } from "../../firmware-shim/net/limits.ts";
import { parseIpv4 } from "../../firmware-shim/net/wisp/bytes.ts";
import type { Endpoint } from "../../firmware-shim/net/wisp/packet.ts";
import type { Incoming } from "./incoming.ts";
import { LAST_STATION } from "./limits.ts";

/** "10.10.0." */
const PREFIX = DEFAULT_LEASE.address.slice(0, DEFAULT_LEASE.address.lastIndexOf(".") + 1);
const FIRST_STATION = Number(DEFAULT_LEASE.address.slice(PREFIX.length));
const BROADCASTS: readonly string[] = ["255.255.255.255", `${PREFIX}255`];
const ANY_ADDRESS = "0.0.0.0";

/** What takes connections at a port of a board's. */
export interface ConnectionTaker {
  /** The board's own address that it is bound to, or "0.0.0.0". */
  readonly address: string;
  offer(incoming: Incoming): void;
}

/** What takes datagrams at a port of a board's. */
export interface DatagramTaker {
  readonly address: string;
  deliver(data: Uint8Array, from: Endpoint): void;
}

/** A board on the network. */
export class Station {
  readonly lan: Lan;
  readonly address: string;
  readonly listeners = new Map<number, ConnectionTaker>();
  readonly datagrams = new Map<number, DatagramTaker>();
  #lastPort = FIRST_EPHEMERAL_PORT - 1;

  constructor(lan: Lan, address: string) {
    this.lan = lan;
    this.address = address;
  }

  /** A port for what has none of its own. */
  ephemeralPort(): number {
    do this.#lastPort = this.#lastPort >= 0xffff ? FIRST_EPHEMERAL_PORT : this.#lastPort + 1;
    while (this.datagrams.has(this.#lastPort));
    return this.#lastPort;
  }
}

export class Lan {
  readonly #stations = new Map<string, Station>();

  /** Gives a board the address that it wants, or else the lowest that is free; undefined where none is. */
  join(wanted: string | undefined): Station | undefined {
    const address = this.#free(wanted);
    if (address === undefined) return undefined;
    const station = new Station(this, address);
    this.#stations.set(address, station);
    return station;
  }

  leave(station: Station): void {
    this.#stations.delete(station.address);
  }

  /** Whether an address is of this network, and so nothing of the machine's. */
  contains(address: string): boolean {
    return address.startsWith(PREFIX) || BROADCASTS.includes(address);
  }

  station(address: string): Station | undefined {
    return this.#stations.get(address);
  }

  /** What listens at an address of the network; "nobody" where the address is nobody's. */
  listenerAt({ address, port }: Endpoint): ConnectionTaker | undefined | "nobody" {
    // The access point itself is there, and serves nothing.
    if (address === DEFAULT_LEASE.gateway) return undefined;
    const station = this.#stations.get(address);
    return station === undefined ? "nobody" : bound(station.listeners.get(port), address);
  }

  /** Hands a datagram to whom it is for: a board, or with a broadcast all but the sender. */
  switchDatagram(data: Uint8Array, from: Endpoint, to: Endpoint): void {
    const all = BROADCASTS.includes(to.address);
    for (const station of this.#stations.values()) {
      const meant = all ? station.address !== from.address : station.address === to.address;
      if (meant) bound(station.datagrams.get(to.port), station.address)?.deliver(data, from);
    }
  }

  #free(wanted: string | undefined): string | undefined {
    if (wanted !== undefined && isStation(wanted) && !this.#stations.has(wanted)) return wanted;
    for (let number = FIRST_STATION; number <= LAST_STATION; number++) {
      if (!this.#stations.has(PREFIX + number)) return PREFIX + number;
    }
    return undefined;
  }
}

/** What is at a port, where it is not bound to another address. */
function bound<T extends { readonly address: string }>(taker: T | undefined, address: string): T | undefined {
  return taker !== undefined && (taker.address === ANY_ADDRESS || taker.address === address)
    ? taker
    : undefined;
}

function isStation(address: string): boolean {
  const number = parseIpv4(address)?.[3] ?? 0;
  return address === PREFIX + number && number >= FIRST_STATION && number <= LAST_STATION;
}
