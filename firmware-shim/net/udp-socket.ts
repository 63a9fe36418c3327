/**
 * A UDP socket of the board, as lwIP's socket API behaves on the ESP32. It outlives the gateway: with
 * the first datagram after a loss it is bound anew, from another port.
 */

import { Credit } from "./credit.ts";
import * as errno from "./errno.ts";
import { MAX_DATAGRAM, MAX_QUEUED_DATAGRAMS } from "./limits.ts";
import { POLL_RD, POLL_WR } from "./poll.ts";
import { CloseReason, PacketType, TRANSPORT_UDP } from "./wisp/constants.ts";
import {
  type Endpoint,
  encodeBind,
  encodeClose,
  encodeDatagram,
  encodeWindow,
  type Packet,
} from "./wisp/packet.ts";

export interface Datagram {
  readonly data: Uint8Array;
  readonly peer: Endpoint;
}

/** What a datagram costs besides its data: the endpoint in DATAGRAM. */
const ENDPOINT_BYTES = 7;
const ANY: Endpoint = { address: "0.0.0.0", port: 0 };

export class UdpSocket {
  readonly #send: (packet: Uint8Array<ArrayBuffer>) => void;
  /** 0 where it is not bound at the gateway. */
  #stream = 0;
  #credit = new Credit(0);
  /** With the credit that each gives back. */
  readonly #queue: (Datagram & { readonly cost: number })[] = [];
  local: Endpoint | undefined;
  /** Its own address and port, once it has one. */
  bound: Endpoint | undefined;
  /** Whether the program has chosen the port, so that others may send to it first. */
  chosen = false;
  /** SO_REUSEADDR. */
  reuseAddress = false;
  /** Where the gateway's machine reaches it, once that has told. */
  forwarded: Endpoint | undefined;
  /** Where `connect` has set one, only its datagrams are taken. */
  peer: Endpoint | undefined;

  constructor(send: (packet: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** Whether the gateway knows of it. */
  get announced(): boolean {
    return this.#stream !== 0;
  }

  /** Whether the gateway has answered, or has not been told. */
  get settled(): boolean {
    return this.#stream === 0 || this.local !== undefined;
  }

  announce(stream: number, window: number): void {
    this.#stream = stream;
    this.#credit = new Credit(window);
    this.#send(encodeBind(stream, TRANSPORT_UDP, (this.chosen && this.bound) || ANY));
  }

  /** An announced socket only. */
  sendTo(bytes: Uint8Array, peer: Endpoint): number {
    if (bytes.length > MAX_DATAGRAM) return -errno.EMSGSIZE;
    const cost = ENDPOINT_BYTES + bytes.length;
    if (this.#credit.sendable < cost) return -errno.EAGAIN;
    this.#credit.sendable -= cost;
    this.#send(encodeDatagram(this.#stream, peer, bytes));
    return bytes.length;
  }

  /** The next datagram, cut to `max` bytes; `peek` leaves it there. */
  recvFrom(max: number, peek = false): Datagram | number {
    const datagram = this.#queue[0];
    if (datagram === undefined) return -errno.EAGAIN;
    if (!peek) {
      this.#queue.shift();
      this.#consumed(datagram.cost);
    }
    return { data: datagram.data.subarray(0, max), peer: datagram.peer };
  }

  close(): void {
    if (this.#stream !== 0) this.#send(encodeClose(this.#stream, CloseReason.VOLUNTARY));
    this.#stream = 0;
    this.#queue.length = 0;
  }

  poll(): number {
    const writable = this.#stream === 0 || this.#credit.sendable > ENDPOINT_BYTES;
    return (this.#queue.length > 0 ? POLL_RD : 0) | (writable ? POLL_WR : 0);
  }

  receive(packet: Packet): void {
    switch (packet.type) {
      case PacketType.OPENED:
        this.local = packet.local;
        this.forwarded = packet.peer.port === 0 ? undefined : packet.peer;
        return;
      case PacketType.DATAGRAM:
        this.#receiveDatagram({ data: packet.data, peer: packet.peer });
        return;
      case PacketType.WINDOW:
        this.#credit.sendable += packet.credit;
        return;
      case PacketType.CLOSE:
        this.linkLost();
    }
  }

  linkLost(): void {
    // To no avail where the gateway is gone; not so where it came back before we knew.
    if (this.#stream !== 0) this.#send(encodeClose(this.#stream, CloseReason.VOLUNTARY));
    this.#stream = 0;
    this.local = undefined;
    this.forwarded = undefined;
  }

  #receiveDatagram(datagram: Datagram): void {
    const cost = ENDPOINT_BYTES + datagram.data.length;
    // A gateway that does not keep to the credit loses its datagrams like a crowded network.
    if (!this.#credit.received(cost)) return;
    if (!this.#take(datagram, cost)) this.#consumed(cost);
  }

  /** A datagram from another of the board's sockets. */
  deliver(datagram: Datagram): void {
    this.#take(datagram, 0);
  }

  #take(datagram: Datagram, cost: number): boolean {
    const { peer } = this;
    const wanted =
      peer === undefined || (peer.address === datagram.peer.address && peer.port === datagram.peer.port);
    if (!wanted || this.#queue.length >= MAX_QUEUED_DATAGRAMS) return false;
    this.#queue.push({ ...datagram, cost });
    return true;
  }

  #consumed(bytes: number): void {
    const credit = this.#credit.consumed(bytes);
    if (credit > 0 && this.#stream !== 0) this.#send(encodeWindow(this.#stream, credit));
  }
}
