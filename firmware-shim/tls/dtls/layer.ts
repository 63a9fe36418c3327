/**
 * DTLS 1.2 under a connection's states: RFC 6347, as `mbedtls_ssl_read_record`, `ssl_get_next_record`,
 * `mbedtls_ssl_prepare_handshake_record` and `mbedtls_ssl_fetch_input` have it in mbedTLS's ssl_msg.c.
 *
 * States see whole messages, in order, once; lost ones come again by the timer, and what is bad is dropped in silence.
 */

import { ERR, MbedTlsError } from "../errors.ts";
import {
  DTLS_HANDSHAKE_HEADER_LENGTH,
  HANDSHAKE_HEADER_LENGTH,
  MAX_PLAINTEXT_OUT,
  REDUCED_MTU,
} from "../limits.ts";
import { HANDSHAKE_TYPES, type HandshakeMessage, type Message } from "../messages/message.ts";
import { CONTENT_TYPE_CHANGE_CIPHER_SPEC, CONTENT_TYPE_HANDSHAKE } from "../record/content-type.ts";
import { type DtlsRecord, parseDtlsRecord } from "../record/dtls-record.ts";
import { toMessage } from "../record/message-reader.ts";
import type { RecordOpener, RecordSealer } from "../record/protection.ts";
import type { DatagramTransport } from "../record/transport.ts";
import type { Awaited, State } from "../state.ts";
import type { ClientCookies } from "./cookies.ts";
import { readFirstClientHello } from "./first-hello.ts";
import { encodeFragment, isWhole, messageOf, parseFragment, wholeFragment } from "./fragment.ts";
import { RecordInput } from "./input.ts";
import { DatagramOutput } from "./output.ts";
import { Reassembly } from "./reassembly.ts";
import { answerReconnect, looksLikeReconnect } from "./reconnect.ts";
import { RetransmissionTimer } from "./timer.ts";

/** After these the other side has its turn, and what it sends shows that the flight has come. */
const LAST_OF_FLIGHT: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPES.ClientHello,
  HANDSHAKE_TYPES.HelloVerifyRequest,
  HANDSHAKE_TYPES.ServerHelloDone,
  HANDSHAKE_TYPES.Finished,
]);

export interface DtlsOptions {
  /** Milliseconds that only go forward. */
  readonly ticks: () => number;
  /** Most bytes of content in a record, as the own side asks for it. */
  readonly maxPlaintext: number;
  /** A server's, whose first datagram must be a ClientHello. */
  readonly cookies: ClientCookies | undefined;
}

/** A record's content; "again" where it was dropped, undefined where there is none. */
type NextRecord = { readonly contentType: number; readonly payload: Uint8Array } | "again" | undefined;

export class DtlsLayer implements DatagramTransport {
  readonly #cookies: ClientCookies | undefined;
  readonly #timer: RetransmissionTimer;
  readonly #input = new RecordInput();
  readonly #output: DatagramOutput;
  readonly #reassembly = new Reassembly();
  #awaitsFirstHello: boolean;
  /** Handshake messages of the record under way that have not been looked at. */
  #rest: Uint8Array = new Uint8Array(0);
  #nextIn = 0;
  #nextOut = 0;
  /** The number of the first message of the flight that is coming in. */
  #flightStart = 0;
  #awaits: Awaited | undefined;
  #isOver = false;
  /** Whether the handshake's memory is still kept (`ssl->handshake`), be it only for its last flight. */
  #isKept = true;

  constructor({ ticks, maxPlaintext, cookies }: DtlsOptions) {
    this.#cookies = cookies;
    this.#timer = new RetransmissionTimer(ticks);
    this.#output = new DatagramOutput(maxPlaintext);
    this.#awaitsFirstHello = cookies !== undefined;
  }

  append(datagram: Uint8Array): void {
    this.#input.append(datagram);
  }

  get hasMore(): boolean {
    return this.#rest.length > 0 || this.#input.hasMore;
  }

  get nextTimeout(): number | undefined {
    return this.#timer.remaining;
  }

  get maxApplicationData(): number {
    return this.#output.maxApplicationData;
  }

  limitOutput(length: number): void {
    this.#output.maxPlaintext = length;
  }

  protectInput(opener: RecordOpener): void {
    this.#input.setProtection(opener);
  }

  protectOutput(sealer: RecordSealer): void {
    this.#output.setProtection(sealer);
  }

  enter(state: State): void {
    this.#awaits = state.awaits;
    if (this.#isOver || !state.session) return;
    // `mbedtls_ssl_handshake_wrapup`: who has sent the last flight may have to send it again.
    this.#isOver = true;
    this.#timer.stop();
    if (!this.#output.hasFlight) this.#forgetHandshake();
  }

  writeHandshake(message: Uint8Array): Uint8Array {
    const fragment = wholeFragment(message, this.#nextOut);
    const added = DTLS_HANDSHAKE_HEADER_LENGTH - HANDSHAKE_HEADER_LENGTH;
    if (message.length + added > MAX_PLAINTEXT_OUT) {
      throw new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: `a message of ${message.length} bytes` });
    }
    this.#nextOut++;
    this.#output.addMessage(fragment);
    if (LAST_OF_FLIGHT.has(fragment.type)) {
      this.#timer.reset();
      this.#transmit();
    }
    return encodeFragment(fragment);
  }

  write(contentType: number, plaintext: Uint8Array): void {
    if (contentType === CONTENT_TYPE_CHANGE_CIPHER_SPEC) this.#output.addChangeCipherSpec();
    else this.#output.send(contentType, plaintext);
  }

  take(): Uint8Array | undefined {
    return this.#output.take();
  }

  next(): Message | undefined {
    if (this.#awaitsFirstHello) return this.#firstHello();
    for (;;) {
      let message: Message | undefined;
      if (this.#rest.length > 0) message = this.#takeFragment();
      else {
        // What was kept waits until the datagram has been looked at.
        if (this.#input.datagram.length === 0) message = this.#takeKept();
        if (!message) {
          const record = this.#nextRecord();
          if (record === undefined) return undefined;
          if (record !== "again") message = this.#read(record.contentType, record.payload);
        }
      }
      if (message) return this.#deliver(message);
    }
  }

  #firstHello(): Message | undefined {
    if (!this.#input.loadNext()) return undefined;
    const { sequenceNumber, messageSequence, message, length } = readFirstClientHello(this.#input.datagram);
    this.#awaitsFirstHello = false;
    this.#input.note(sequenceNumber);
    this.#input.skip(length);
    this.#output.continueFrom(sequenceNumber);
    this.#nextIn = messageSequence;
    this.#nextOut = messageSequence;
    return this.#deliver(message);
  }

  #nextRecord(): NextRecord {
    const input = this.#input;
    if (input.datagram.length === 0) {
      const kept = this.#reassembly.takeRecord(input.epoch);
      if (kept) input.load(kept);
      else if (this.#timer.hasExpired) this.#expire();
      // Not before the timer has been looked at, so that a flood does not put it off.
      else if (!input.loadNext()) return undefined;
      if (input.datagram.length === 0) return "again";
    }
    const record = parseDtlsRecord(input.datagram);
    if (!record) {
      input.drop();
      return "again";
    }
    return this.#openRecord(record);
  }

  #openRecord(record: DtlsRecord): NextRecord {
    const input = this.#input;
    const bytes = input.datagram;
    input.skip(record.length);
    if (!input.expects(record)) {
      this.#passOver(record, bytes);
      return "again";
    }
    const payload = input.open(record);
    if (payload) return { contentType: record.contentType, payload };
    // Where it is the peer's Finished that cannot be read, something has gone wrong, such as with a key.
    if (this.#awaits === "finished") {
      throw new MbedTlsError(ERR.SSL_INVALID_MAC, { alert: "bad_record_mac" });
    }
    input.drop();
    return "again";
  }

  /** A record of another epoch, or one that has been seen. @param bytes - The datagram from there on. */
  #passOver({ contentType, epoch, length }: DtlsRecord, bytes: Uint8Array): void {
    if (epoch === this.#input.epoch + 1) {
      if (this.#isKept && contentType === CONTENT_TYPE_HANDSHAKE) {
        this.#reassembly.keepRecord(epoch, bytes.subarray(0, length));
      }
    } else if (this.#cookies && this.#isOver && looksLikeReconnect(bytes)) {
      this.#output.sendRaw(answerReconnect(bytes, this.#cookies));
    }
  }

  /** `mbedtls_ssl_handle_message_type` */
  #read(contentType: number, payload: Uint8Array): Message | undefined {
    if (contentType === CONTENT_TYPE_HANDSHAKE) {
      this.#rest = payload;
      return this.#takeFragment();
    }
    const message = toMessage({ contentType, payload });
    if (message.kind === "change_cipher_spec" && this.#awaits !== "change_cipher_spec") {
      if (!this.#isKept) throw new MbedTlsError(ERR.SSL_UNEXPECTED_RECORD, { reason: "ChangeCipherSpec" });
      this.#reassembly.seenChangeCipherSpec = true;
      return undefined;
    }
    return message.kind === "application_data" && !this.#isOver ? undefined : message;
  }

  /** `mbedtls_ssl_prepare_handshake_record` */
  #takeFragment(): HandshakeMessage | undefined {
    const fragment = parseFragment(this.#rest);
    if (!fragment) throw new MbedTlsError(ERR.SSL_INVALID_RECORD, { reason: "a bad handshake header" });
    // As mbedTLS has it: behind a fragment that is not the last nothing more is looked at.
    this.#rest = this.#rest.subarray(DTLS_HANDSHAKE_HEADER_LENGTH + fragment.messageLength);
    const { sequence, type } = fragment;
    const isDue = this.#isOver ? type === HANDSHAKE_TYPES.ClientHello : sequence === this.#nextIn;
    if (!this.#isKept) return isWhole(fragment) ? messageOf(fragment) : undefined;
    if (isDue && isWhole(fragment)) return messageOf(fragment);
    if (sequence > this.#nextIn || (isDue && sequence === this.#nextIn)) {
      this.#reassembly.add(fragment, this.#nextIn);
    } else if (sequence === this.#flightStart - 1 && type !== HANDSHAKE_TYPES.HelloVerifyRequest) {
      // The end of the peer's last flight has come again: it has not got ours.
      this.#transmit();
    }
    return undefined;
  }

  /** `ssl_load_buffered_message` */
  #takeKept(): Message | undefined {
    if (this.#isOver) return undefined;
    const reassembly = this.#reassembly;
    if (this.#awaits === "change_cipher_spec") {
      if (!reassembly.seenChangeCipherSpec) return undefined;
      reassembly.seenChangeCipherSpec = false;
      return { kind: "change_cipher_spec" };
    }
    const whole = reassembly.complete(this.#nextIn);
    return whole && messageOf(whole);
  }

  #deliver(message: Message): Message {
    if (this.#isOver) {
      // The peer goes on, so that it has got the last flight.
      if (message.kind !== "alert") this.#forgetHandshake();
    } else if (message.kind === "handshake") {
      this.#nextIn++;
      this.#reassembly.advance();
      if (LAST_OF_FLIGHT.has(message.type)) this.#completeFlight();
    }
    return message;
  }

  /** `mbedtls_ssl_recv_flight_completed` */
  #completeFlight(): void {
    this.#output.dropFlight();
    this.#flightStart = this.#nextIn;
    this.#reassembly.clear();
    this.#timer.stop();
  }

  #forgetHandshake(): void {
    this.#isKept = false;
    this.#output.dropFlight();
    this.#output.mtu = 0;
    this.#reassembly.clear();
  }

  #transmit(): void {
    this.#output.transmit();
    if (!this.#isOver) this.#timer.start();
  }

  /** The peer has not answered in time. @throws MbedTlsError `SSL_TIMEOUT` in the end. */
  #expire(): void {
    this.#timer.stop();
    if (!this.#timer.isFirst) this.#output.mtu = REDUCED_MTU;
    if (!this.#timer.double()) {
      throw new MbedTlsError(ERR.SSL_TIMEOUT, { reason: "the peer does not answer" });
    }
    this.#transmit();
  }
}
