/**
 * A server's first datagram. mbedTLS reads it in a way of its own (`ssl_parse_client_hello`) and does not drop what
 * is no ClientHello: the handshake fails with it. No alert is sent, as it may come from anyone.
 */

import { ERR, MbedTlsError } from "../errors.ts";
import { DTLS_HANDSHAKE_HEADER_LENGTH, DTLS_RECORD_HEADER_LENGTH, MAX_PLAINTEXT_IN } from "../limits.ts";
import { HANDSHAKE_TYPES, type HandshakeMessage } from "../messages/message.ts";
import { CONTENT_TYPE_HANDSHAKE } from "../record/content-type.ts";
import { unexpectedMessage } from "../state.ts";
import { datagramMessage } from "./fragment.ts";

export interface FirstClientHello {
  /** The record's. */
  readonly sequenceNumber: number;
  /** The message's. */
  readonly messageSequence: number;
  /** The record's content, whatever the message's header says of its length. */
  readonly message: HandshakeMessage;
  /** Bytes of the record. */
  readonly length: number;
}

/** @throws MbedTlsError for anything else, and for a ClientHello in fragments. */
export function readFirstClientHello(datagram: Uint8Array): FirstClientHello {
  const uint = (at: number, length: number): number => {
    let value = 0;
    for (let index = at; index < at + length; index++) value = value * 256 + (datagram[index] ?? 0);
    return value;
  };
  if (datagram[0] !== CONTENT_TYPE_HANDSHAKE) throw unexpectedMessage(`content type ${datagram[0]}`);
  if (uint(3, 2) !== 0) {
    throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { reason: "a ClientHello in a later epoch" });
  }
  const contentLength = uint(11, 2);
  if (contentLength > MAX_PLAINTEXT_IN) {
    throw new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { reason: `a ClientHello of ${contentLength} bytes` });
  }
  const length = DTLS_RECORD_HEADER_LENGTH + contentLength;
  if (length > datagram.length) {
    throw new MbedTlsError(ERR.SSL_INTERNAL_ERROR, { reason: "a datagram that ends inside its record" });
  }
  if (contentLength < DTLS_HANDSHAKE_HEADER_LENGTH) {
    throw new MbedTlsError(ERR.SSL_DECODE_ERROR, { reason: "a ClientHello without its header" });
  }
  const message = datagramMessage(datagram.slice(DTLS_RECORD_HEADER_LENGTH, length));
  if (message.type !== HANDSHAKE_TYPES.ClientHello) {
    throw unexpectedMessage(`handshake type ${message.type} instead of ClientHello`);
  }
  const header = DTLS_RECORD_HEADER_LENGTH;
  if (uint(header + 6, 3) !== 0 || uint(header + 9, 3) !== uint(header + 1, 3)) {
    throw new MbedTlsError(ERR.SSL_FEATURE_UNAVAILABLE, { reason: "a ClientHello in fragments" });
  }
  return { sequenceNumber: uint(5, 6), messageSequence: uint(header + 4, 2), message, length };
}
