/**
 * Cuts handshake messages out of records, where one record may hold several messages and one message may take
 * several records: RFC 5246 section 6.2.1, `mbedtls_ssl_prepare_handshake_record`.
 */

import { ERR, MbedTlsError } from "../errors.ts";
import { HANDSHAKE_HEADER_LENGTH, MAX_JOINED_LENGTH } from "../limits.ts";
import { type HandshakeMessage, handshakeMessage } from "../messages/message.ts";

export class HandshakeJoiner {
  /** Bytes of the last record that no message has taken yet. */
  #rest: Uint8Array = new Uint8Array(0);
  /** The message under way, whose header has been seen. */
  #joined: Uint8Array | undefined;
  #joinedLength = 0;
  #messageLength = 0;

  /** Bytes of a message of which fragments are still to come; 0 between messages. */
  get heldLength(): number {
    return this.#joinedLength;
  }

  /** Whether bytes are left over from the last record, so that `next` is to be asked before another record. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  /** Adds the payload of a handshake record, not empty; the joiner keeps it. */
  push(payload: Uint8Array): void {
    this.#rest = payload;
  }

  /**
   * The next message, or undefined when it takes another record.
   *
   * @throws MbedTlsError `SSL_INVALID_RECORD` when a record ends inside a message's header: mbedTLS insists on
   * having the header in one piece.
   */
  next(): HandshakeMessage | undefined {
    if (this.#joined === undefined) {
      if (this.#rest.length === 0) return undefined;
      return this.#begin();
    }
    return this.#continue(this.#joined);
  }

  #begin(): HandshakeMessage | undefined {
    const rest = this.#rest;
    if (rest.length < HANDSHAKE_HEADER_LENGTH) {
      throw new MbedTlsError(ERR.SSL_INVALID_RECORD, { reason: "a handshake header in two records" });
    }
    const bodyLength = ((rest[1] ?? 0) << 16) | ((rest[2] ?? 0) << 8) | (rest[3] ?? 0);
    const length = HANDSHAKE_HEADER_LENGTH + bodyLength;
    if (length <= rest.length) {
      this.#rest = rest.subarray(length);
      return handshakeMessage(rest.subarray(0, length));
    }
    // A message that announces more than fits fails when its records stop fitting; no room is made for the rest.
    this.#joined = new Uint8Array(Math.min(length, MAX_JOINED_LENGTH));
    this.#messageLength = length;
    return this.#continue(this.#joined);
  }

  #continue(joined: Uint8Array): HandshakeMessage | undefined {
    const taken = Math.min(this.#messageLength - this.#joinedLength, this.#rest.length);
    joined.set(this.#rest.subarray(0, taken), this.#joinedLength);
    this.#joinedLength += taken;
    this.#rest = this.#rest.subarray(taken);
    if (this.#joinedLength < this.#messageLength) return undefined;
    this.#joined = undefined;
    this.#joinedLength = 0;
    return handshakeMessage(joined);
  }
}
