/** From ciphertext to messages: `mbedtls_ssl_read_record` and `mbedtls_ssl_handle_message_type` in mbedTLS's ssl_msg.c. */

import { ERR, MbedTlsError } from "../errors.ts";
import { HANDSHAKE_HEADER_LENGTH } from "../limits.ts";
import { handshakeMessage, type Message } from "../messages/message.ts";
import {
  CONTENT_TYPE_ALERT,
  CONTENT_TYPE_CHANGE_CIPHER_SPEC,
  CONTENT_TYPE_HANDSHAKE,
} from "./content-type.ts";
import { HandshakeJoiner } from "./handshake-joiner.ts";
import type { RecordOpener } from "./protection.ts";
import { type PlaintextRecord, RecordReader } from "./record-reader.ts";

const ALERT_LENGTH = 2;

export class MessageReader {
  readonly #records: RecordReader;
  readonly #joiner = new HandshakeJoiner();

  constructor(isServer = false) {
    this.#records = new RecordReader(isServer);
  }

  /** Adds bytes from the socket; they are copied. */
  append(bytes: Uint8Array): void {
    this.#records.append(bytes);
  }

  /**
   * From the next record on, records are protected.
   *
   * @throws MbedTlsError unexpected_message where a handshake message, or a part of one, is left over from a record
   * under the keys before (RFC 8446 section 5.1).
   */
  setProtection(opener: RecordOpener): void {
    if (this.#joiner.hasRest || this.#joiner.heldLength > 0) {
      const reason = "a handshake message across a change of keys";
      throw new MbedTlsError(ERR.SSL_UNEXPECTED_MESSAGE, { alert: "unexpected_message", reason });
    }
    this.#records.setProtection(opener);
  }

  /** Whether `next` has something to work on. */
  get hasMore(): boolean {
    return this.#joiner.hasRest || this.#records.hasRecord;
  }

  /**
   * The next message, or undefined until all of it has been appended.
   *
   * @throws MbedTlsError for a bad record, or one that interrupts a handshake message (which the RFC allows and
   * mbedTLS does not).
   */
  next(): Message | undefined {
    for (;;) {
      const joined = this.#joiner.next();
      if (joined) return joined;
      const isClientHello = this.#records.awaitsClientHello;
      const record = this.#records.next(this.#joiner.heldLength);
      if (!record) return undefined;
      if (isClientHello) return wholeRecord(record.payload);
      if (record.contentType === CONTENT_TYPE_HANDSHAKE) this.#joiner.push(record.payload);
      else if (this.#joiner.heldLength > 0) throw interrupted();
      else return toMessage(record);
    }
  }
}

/**
 * A server's first record, which must hold its ClientHello whole; what the message's header says of its length is
 * not looked at (`ssl_parse_client_hello`).
 */
function wholeRecord(payload: Uint8Array): Message {
  if (payload.length < HANDSHAKE_HEADER_LENGTH) {
    throw new MbedTlsError(ERR.SSL_DECODE_ERROR, { reason: "a ClientHello without its header" });
  }
  return handshakeMessage(payload);
}

/** What a record of another type than handshake holds. @throws MbedTlsError `SSL_INVALID_RECORD` */
export function toMessage({
  contentType,
  payload,
}: Pick<PlaintextRecord, "contentType" | "payload">): Message {
  const [first, second] = payload;
  if (contentType === CONTENT_TYPE_ALERT) {
    if (payload.length !== ALERT_LENGTH) throw invalid(`an alert of ${payload.length} bytes`);
    return { kind: "alert", level: first ?? 0, code: second ?? 0 };
  }
  if (contentType === CONTENT_TYPE_CHANGE_CIPHER_SPEC) {
    if (payload.length !== 1 || first !== 1) throw invalid("a ChangeCipherSpec that is not 01");
    return { kind: "change_cipher_spec" };
  }
  return { kind: "application_data", data: payload };
}

function invalid(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_INVALID_RECORD, { reason });
}

function interrupted(): MbedTlsError {
  return new MbedTlsError(ERR.SSL_UNEXPECTED_MESSAGE, {
    reason: "another record inside a handshake message",
  });
}
