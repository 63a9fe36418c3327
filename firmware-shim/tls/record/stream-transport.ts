/** TLS over a stream. */

import type { Message } from "../messages/message.ts";
import { CONTENT_TYPE_HANDSHAKE } from "./content-type.ts";
import { MessageReader } from "./message-reader.ts";
import type { RecordOpener, RecordSealer } from "./protection.ts";
import { RecordWriter } from "./record-writer.ts";
import type { RecordTransport } from "./transport.ts";

export class StreamTransport implements RecordTransport {
  readonly #reader: MessageReader;
  readonly #writer = new RecordWriter();

  /** @param isServer - Whether the first record must be a ClientHello. */
  constructor(isServer: boolean) {
    this.#reader = new MessageReader(isServer);
  }

  append(bytes: Uint8Array): void {
    this.#reader.append(bytes);
  }

  get hasMore(): boolean {
    return this.#reader.hasMore;
  }

  next(): Message | undefined {
    return this.#reader.next();
  }

  protectInput(opener: RecordOpener): void {
    this.#reader.setProtection(opener);
  }

  protectOutput(sealer: RecordSealer): void {
    this.#writer.setProtection(sealer);
  }

  writeHandshake(message: Uint8Array): Uint8Array {
    this.#writer.write(CONTENT_TYPE_HANDSHAKE, message);
    return message;
  }

  write(contentType: number, plaintext: Uint8Array): void {
    this.#writer.write(contentType, plaintext);
  }

  take(): Uint8Array | undefined {
    return this.#writer.take();
  }
}
