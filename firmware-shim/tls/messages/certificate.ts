/** Certificate: RFC 5246 section 7.4.2, with the checks of `ssl_parse_certificate_chain` in mbedTLS. */

import { ByteReader, encodeVector } from "../bytes.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { MIN_CERTIFICATE_LENGTH } from "../limits.ts";

/** mbedTLS takes certificates of up to 64 KiB: the first byte of a 24-bit length must be 0. */
const MAX_CERTIFICATE_LENGTH = 0xffff;

/**
 * The certificates in DER, the peer's own first, one after the other, so that each is parsed before the next is
 * looked at.
 *
 * @throws MbedTlsError decode_error, or `SSL_BAD_CERTIFICATE` for one that is too large.
 */
export function* decodeCertificates(body: Uint8Array): Generator<Uint8Array> {
  if (body.length < 3 + 3) throw decodeError("Certificate is too short");
  const outer = new ByteReader(body);
  const length = outer.uint(3);
  if (length > MAX_CERTIFICATE_LENGTH || length !== outer.remaining) {
    throw decodeError("bad length of the certificate list");
  }
  const reader = new ByteReader(outer.bytes(length));
  while (reader.remaining > 0) {
    const certificateLength = reader.uint(3);
    if (certificateLength > MAX_CERTIFICATE_LENGTH) {
      throw new MbedTlsError(ERR.SSL_BAD_CERTIFICATE, { alert: "unsupported_certificate" });
    }
    if (certificateLength < MIN_CERTIFICATE_LENGTH) throw decodeError("a certificate is too short");
    yield reader.bytes(certificateLength);
  }
}

/** The body of a Certificate message with these certificates, which may be none. */
export function encodeCertificates(certificates: readonly Uint8Array[]): Uint8Array {
  return encodeVector(3, ...certificates.map((certificate) => encodeVector(3, certificate)));
}
