/** Certificate of TLS 1.3: RFC 8446 section 4.4.2, with the checks of `mbedtls_ssl_tls13_parse_certificate`. */

import { ByteReader, concatenate, encodeVector } from "../bytes.ts";
import { decodeError } from "../errors.ts";
import { MIN_CERTIFICATE_LENGTH } from "../limits.ts";
import { checkAnswer } from "./extensions13.ts";

/** mbedTLS takes lists and certificates of up to 64 KiB. */
const MAX_LIST_LENGTH = 0xffff;

/**
 * The certificates in DER, the peer's own first, one after the other, so that each is parsed before the next is
 * looked at. No extensions of certificates are ever asked for.
 *
 * @throws MbedTlsError decode_error; illegal_parameter or unsupported_extension for an extension.
 */
export function* decodeCertificates13(body: Uint8Array): Generator<Uint8Array> {
  const reader = new ByteReader(body);
  const contextLength = reader.uint(1);
  const length = reader.uint(3);
  if (contextLength !== 0 || length > MAX_LIST_LENGTH)
    throw decodeError("bad length of the certificate list");
  const list = new ByteReader(reader.bytes(length));
  while (list.remaining > 0) {
    const certificateLength = list.uint(3);
    if (certificateLength < MIN_CERTIFICATE_LENGTH || certificateLength > MAX_LIST_LENGTH) {
      throw decodeError("bad length of a certificate");
    }
    yield list.bytes(certificateLength);
    checkExtensions(list.vector(2));
  }
  if (reader.remaining > 0) throw decodeError("bytes after the certificate list");
}

function checkExtensions(bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  while (reader.remaining > 0) {
    const type = reader.uint(2);
    reader.vector(2);
    checkAnswer("Certificate", type, new Set());
  }
}

/**
 * The body of a Certificate message with these certificates, which may be none.
 *
 * @param context - Of the request that is answered; empty for a server's.
 */
export function encodeCertificates13(context: Uint8Array, certificates: readonly Uint8Array[]): Uint8Array {
  const entries = certificates.map((der) => concatenate(encodeVector(3, der), Uint8Array.of(0, 0)));
  return concatenate(encodeVector(1, context), encodeVector(3, ...entries));
}
