/** What a connection needs of its records, over a stream or over datagrams. */

import type { Message } from "../messages/message.ts";
import type { State } from "../state.ts";
import type { RecordOpener, RecordSealer } from "./protection.ts";

export interface RecordTransport {
  /** Takes bytes from the socket, or one datagram; they are copied. */
  append(bytes: Uint8Array): void;
  /** Whether `next` has something to work on. */
  readonly hasMore: boolean;
  /** The next message, or undefined until more has come. @throws MbedTlsError */
  next(): Message | undefined;
  protectInput(opener: RecordOpener): void;
  protectOutput(sealer: RecordSealer): void;
  /** Sends a handshake message; returns it as it enters the transcript. @throws MbedTlsError */
  writeHandshake(message: Uint8Array): Uint8Array;
  /** Sends a record of another type. @throws MbedTlsError */
  write(contentType: number, plaintext: Uint8Array): void;
  /** Removes and returns what is to be sent: all of it, or the next datagram. */
  take(): Uint8Array | undefined;
}

/** What datagrams need besides. */
export interface DatagramTransport extends RecordTransport {
  /** Tells what the connection waits for from now on. */
  enter(state: State): void;
  /** Milliseconds until `next` has something to send again, 0 where it has already; undefined where it waits for nothing. */
  readonly nextTimeout: number | undefined;
  /** Most bytes of application data in a datagram. */
  readonly maxApplicationData: number;
  /** Sets the most bytes of content in a record, as the handshake has agreed. */
  limitOutput(length: number): void;
}
