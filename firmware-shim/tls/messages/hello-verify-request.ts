/** HelloVerifyRequest: RFC 6347 section 4.2.1, with the checks of `ssl_parse_hello_verify_request` in mbedTLS. */

import { ByteReader, concatenate, encodeUint, encodeVector } from "../bytes.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { VERSION_DTLS10, VERSION_DTLS12 } from "../record/content-type.ts";

/** The body of a HelloVerifyRequest. @param version - DTLS 1.2 from mbedTLS's handshake, 1.0 where it answers a reconnect. */
export function encodeHelloVerifyRequest(cookie: Uint8Array, version = VERSION_DTLS12): Uint8Array {
  return concatenate(encodeUint(version, 2), encodeVector(1, cookie));
}

/** The cookie; bytes after it are ignored. @throws MbedTlsError decode_error; protocol_version for another version. */
export function decodeHelloVerifyRequest(body: Uint8Array): Uint8Array {
  const reader = new ByteReader(body);
  const header = new ByteReader(reader.bytes(3));
  const version = header.uint(2);
  if (version !== VERSION_DTLS12 && version !== VERSION_DTLS10) {
    throw new MbedTlsError(ERR.SSL_BAD_PROTOCOL_VERSION, { alert: "protocol_version" });
  }
  return reader.bytes(header.uint(1)).slice();
}
