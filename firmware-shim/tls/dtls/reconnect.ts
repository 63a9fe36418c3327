/** A client that has lost its connection starts another from the same port: RFC 6347 section 4.2.8. */

import { concatenate } from "../bytes.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { DTLS_RECORD_HEADER_LENGTH } from "../limits.ts";
import { encodeHelloVerifyRequest } from "../messages/hello-verify-request.ts";
import { HANDSHAKE_TYPES } from "../messages/message.ts";
import { CONTENT_TYPE_HANDSHAKE, VERSION_DTLS10 } from "../record/content-type.ts";
import { encodeDtlsRecord } from "../record/dtls-record.ts";
import type { ClientCookies } from "./cookies.ts";
import { encodeFragment } from "./fragment.ts";

/** Up to the empty session_id and cookie. */
const MIN_LENGTH = 61;
const SESSION_ID_OFFSET = 59;

/** Whether it may be a ClientHello outside of a connection (`ssl_check_client_reconnect`). */
export function looksLikeReconnect(datagram: Uint8Array): boolean {
  const isHandshake = datagram[0] === CONTENT_TYPE_HANDSHAKE && datagram[3] === 0 && datagram[4] === 0;
  return isHandshake && datagram[DTLS_RECORD_HEADER_LENGTH] === HANDSHAKE_TYPES.ClientHello;
}

/**
 * The HelloVerifyRequest to send to a client without a good cookie; the connection goes on
 * (`mbedtls_ssl_check_dtls_clihlo_cookie`).
 *
 * @throws MbedTlsError `SSL_CLIENT_RECONNECT` where the cookie is good: that ends the connection. And, which ends it
 * too, `SSL_DECODE_ERROR`.
 */
export function answerReconnect(datagram: Uint8Array, cookies: ClientCookies): Uint8Array {
  const fragmentOffset = datagram.subarray(19, 22);
  if (datagram.length < MIN_LENGTH || fragmentOffset.some((byte) => byte !== 0)) throw malformed();
  const cookieOffset = SESSION_ID_OFFSET + 2 + datagram[SESSION_ID_OFFSET]!;
  if (cookieOffset > datagram.length) throw malformed();
  const end = cookieOffset + datagram[cookieOffset - 1]!;
  if (end > datagram.length) throw malformed();
  if (cookies.check(datagram.subarray(cookieOffset, end))) {
    throw new MbedTlsError(ERR.SSL_CLIENT_RECONNECT, { reason: "the client starts another connection" });
  }
  const body = encodeHelloVerifyRequest(cookies.create(), VERSION_DTLS10);
  const sequence = (datagram[17]! << 8) | datagram[18]!;
  const message = {
    type: HANDSHAKE_TYPES.HelloVerifyRequest,
    messageLength: body.length,
    sequence,
    offset: 0,
    body,
  };
  const record = encodeDtlsRecord(CONTENT_TYPE_HANDSHAKE, datagram.subarray(3, 11), encodeFragment(message));
  return concatenate(record.subarray(0, 1), datagram.subarray(1, 3), record.subarray(3));
}

function malformed(): MbedTlsError {
  return new MbedTlsError(ERR.SSL_DECODE_ERROR, { reason: "not a good ClientHello outside of a connection" });
}
