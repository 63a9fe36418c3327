/** The sending half of DTLS: epochs, flights, datagrams. `mbedtls_ssl_flight_transmit` and `mbedtls_ssl_write_record`. */

import { concatenate } from "../bytes.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { DTLS_HANDSHAKE_HEADER_LENGTH, DTLS_RECORD_HEADER_LENGTH, MAX_DATAGRAM_OUT } from "../limits.ts";
import { HANDSHAKE_TYPES } from "../messages/message.ts";
import {
  CONTENT_TYPE_CHANGE_CIPHER_SPEC,
  CONTENT_TYPE_HANDSHAKE,
  VERSION_DTLS12,
} from "../record/content-type.ts";
import { encodeDtlsRecord, encodeSequence, SEQUENCE_NUMBER_LIMIT } from "../record/dtls-record.ts";
import type { RecordSealer } from "../record/protection.ts";
import { encodeFragment, type Fragment } from "./fragment.ts";

/** What records of one epoch are sent with; an old one stays as long as its flight can be sent again. */
class Epoch {
  readonly number: number;
  readonly #sealer: RecordSealer | undefined;
  sequenceNumber = 0;

  constructor(number: number, sealer: RecordSealer | undefined) {
    this.number = number;
    this.#sealer = sealer;
  }

  /** Most bytes that a record has besides its content. */
  get expansion(): number {
    return DTLS_RECORD_HEADER_LENGTH + (this.#sealer?.expansion ?? 0);
  }

  /** The next record. @throws MbedTlsError `SSL_COUNTER_WRAPPING` where the numbers have run out. */
  record(contentType: number, content: Uint8Array): Uint8Array {
    const number = this.sequenceNumber++;
    if (number >= SEQUENCE_NUMBER_LIMIT - 1) throw new MbedTlsError(ERR.SSL_COUNTER_WRAPPING);
    const sequence = encodeSequence(this.number, number);
    const context = { contentType, version: VERSION_DTLS12, sequence };
    return encodeDtlsRecord(contentType, sequence, this.#sealer?.seal(context, content) ?? content);
  }
}

/** Part of a flight: a handshake message, or ChangeCipherSpec. */
type FlightItem =
  | { readonly epoch: Epoch; readonly message: Fragment }
  | { readonly epoch: Epoch; readonly message?: undefined };

/** Records that share a datagram as long as there is room. */
class Packer {
  readonly #send: (datagram: Uint8Array) => void;
  readonly #maxDatagram: number;
  readonly #maxPlaintext: number;
  #records: Uint8Array[] = [];
  #length = 0;

  constructor(send: (datagram: Uint8Array) => void, maxDatagram: number, maxPlaintext: number) {
    this.#send = send;
    this.#maxDatagram = maxDatagram;
    this.#maxPlaintext = maxPlaintext;
  }

  /** Bytes of content for which there is room (`ssl_get_remaining_payload_in_datagram`). */
  room(epoch: Epoch): number {
    const space = this.#maxDatagram - this.#length - epoch.expansion;
    return Math.max(0, Math.min(space, this.#maxPlaintext - this.#length));
  }

  add(epoch: Epoch, contentType: number, content: Uint8Array): void {
    const record = epoch.record(contentType, content);
    this.#records.push(record);
    this.#length += record.length;
    if (this.room(epoch) === 0) this.flush();
  }

  flush(): void {
    if (this.#records.length > 0) this.#send(concatenate(...this.#records));
    this.#records = [];
    this.#length = 0;
  }
}

export class DatagramOutput {
  #datagrams: Uint8Array[] = [];
  #epoch = new Epoch(0, undefined);
  #flight: FlightItem[] = [];
  /** Most bytes of content in a datagram: the agreed max_fragment_length. */
  maxPlaintext: number;
  /** Most bytes of a datagram, or 0 where nothing is known (`mbedtls_ssl_get_current_mtu`). */
  mtu = 0;

  constructor(maxPlaintext: number) {
    this.maxPlaintext = maxPlaintext;
  }

  /** Most bytes of application data in a record (`mbedtls_ssl_get_max_out_record_payload`). */
  get maxApplicationData(): number {
    const { maxPlaintext, mtu } = this;
    return mtu === 0 ? maxPlaintext : Math.min(maxPlaintext, mtu - this.#epoch.expansion);
  }

  get hasFlight(): boolean {
    return this.#flight.length > 0;
  }

  /** From here on records are of the next epoch, and protected. */
  setProtection(sealer: RecordSealer): void {
    this.#epoch = new Epoch(this.#epoch.number + 1, sealer);
  }

  /** A server goes on from the number of the ClientHello's record: RFC 6347 section 4.2.1. */
  continueFrom(sequenceNumber: number): void {
    this.#epoch.sequenceNumber = sequenceNumber;
  }

  addMessage(message: Fragment): void {
    this.#flight.push({ epoch: this.#epoch, message });
  }

  addChangeCipherSpec(): void {
    this.#flight.push({ epoch: this.#epoch });
  }

  dropFlight(): void {
    this.#flight = [];
  }

  /** Sends the flight, for the first time or again. A ClientHello is never cut: servers could not join it. */
  transmit(): void {
    const isHello = this.#flight[0]?.message?.type === HANDSHAKE_TYPES.ClientHello;
    const maxDatagram = this.mtu === 0 || isHello ? MAX_DATAGRAM_OUT : this.mtu;
    const packer = new Packer((datagram) => this.#datagrams.push(datagram), maxDatagram, this.maxPlaintext);
    for (const { epoch, message } of this.#flight) {
      if (message) packMessage(packer, epoch, message);
      else {
        if (packer.room(epoch) === 0) packer.flush();
        packer.add(epoch, CONTENT_TYPE_CHANGE_CIPHER_SPEC, Uint8Array.of(1));
      }
    }
    packer.flush();
  }

  /** Sends a record in a datagram of its own. */
  send(contentType: number, content: Uint8Array): void {
    this.#datagrams.push(this.#epoch.record(contentType, content));
  }

  /** Sends a datagram as it is. */
  sendRaw(datagram: Uint8Array): void {
    this.#datagrams.push(datagram);
  }

  /** Removes and returns the next datagram. */
  take(): Uint8Array | undefined {
    return this.#datagrams.shift();
  }
}

/** In as many fragments as it takes, the first one filling the datagram up. */
function packMessage(packer: Packer, epoch: Epoch, message: Fragment): void {
  const { messageLength } = message;
  let offset = 0;
  for (;;) {
    const room = packer.room(epoch) - DTLS_HANDSHAKE_HEADER_LENGTH;
    if (room < 0 || (room === 0 && messageLength > 0)) {
      packer.flush();
      continue;
    }
    const body = message.body.subarray(offset, offset + room);
    packer.add(epoch, CONTENT_TYPE_HANDSHAKE, encodeFragment({ ...message, offset, body }));
    offset += body.length;
    if (offset >= messageLength) return;
  }
}
