/** ClientHello in what a socket carries, by whose random a connection's secrets are found. */

import { RANDOM_LENGTH } from "../../firmware-shim/tls/limits.ts";
import { HANDSHAKE_TYPES } from "../../firmware-shim/tls/messages/message.ts";
import { CONTENT_TYPE_HANDSHAKE } from "../../firmware-shim/tls/record/content-type.ts";

/** Bytes of the headers of a record and of a handshake message (RFC 5246, RFC 6347 sections 4.1 and 4.2.2), and of a version. */
const TLS = { major: 3, record: 5, message: 4 };
const DTLS = { major: 0xfe, record: 13, message: 12 };
const VERSION_LENGTH = 2;

/** The random of a ClientHello of TLS or DTLS that the data begin with; undefined where they do not. */
export function clientHelloRandom(data: Uint8Array): Uint8Array | undefined {
  const { record, message } = data[1] === DTLS.major ? DTLS : TLS;
  if (data[0] !== CONTENT_TYPE_HANDSHAKE || (data[1] !== TLS.major && data[1] !== DTLS.major))
    return undefined;
  const start = record + message + VERSION_LENGTH;
  if (data[record] !== HANDSHAKE_TYPES.ClientHello || data.length < start + RANDOM_LENGTH) return undefined;
  return data.subarray(start, start + RANDOM_LENGTH);
}
