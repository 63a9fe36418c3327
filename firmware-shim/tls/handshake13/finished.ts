/** Finished of TLS 1.3: RFC 8446 section 4.4.4. */

import { equalConstantTime } from "../bytes.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { verifyData13 } from "../key-schedule13.ts";
import type { HandshakeMessage } from "../messages/message.ts";
import type { Handshake13 } from "./handshake.ts";
import type { HandshakeKeys } from "./keys.ts";

function finishedData(handshake: Handshake13, keys: HandshakeKeys, sender: "client" | "server"): Uint8Array {
  const { io, transcript } = handshake;
  return verifyData13(io.crypto, keys.cipherSuite, keys.traffic[sender], transcript.digest());
}

/** `mbedtls_ssl_tls13_write_finished_message` */
export function sendFinished13(handshake: Handshake13, keys: HandshakeKeys): void {
  handshake.send("Finished", finishedData(handshake, keys, handshake.role));
}

/**
 * Checks the peer's Finished and adds it to the transcript: `mbedtls_ssl_tls13_process_finished_message`.
 *
 * @throws MbedTlsError decode_error, decrypt_error.
 */
export function takeFinished13(
  handshake: Handshake13,
  keys: HandshakeKeys,
  { body, bytes }: HandshakeMessage,
): void {
  const expected = finishedData(handshake, keys, handshake.peerRole);
  if (body.length !== expected.length) throw decodeError("bad length of Finished");
  if (!equalConstantTime(body, expected)) {
    const reason = "Finished does not match";
    throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, { alert: "decrypt_error", reason });
  }
  handshake.transcript.add(bytes);
}
