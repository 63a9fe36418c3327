/** CertificateRequest: RFC 5246 section 7.4.4, with the checks of `ssl_parse_certificate_request` in mbedTLS. */

import { ByteReader } from "../bytes.ts";
import { decodeError } from "../errors.ts";

export interface CertificateRequest {
  readonly certificateTypes: Uint8Array;
  /** SignatureAndHashAlgorithm pairs, two bytes each. */
  readonly signatureAlgorithms: Uint8Array;
  /** DistinguishedNames, each with its length. */
  readonly certificateAuthorities: Uint8Array;
}

/** @throws MbedTlsError decode_error. */
export function decodeCertificateRequest(body: Uint8Array): CertificateRequest {
  const reader = new ByteReader(body);
  const certificateTypes = reader.vector(1);
  const signatureAlgorithms = reader.vector(2);
  const certificateAuthorities = reader.vector(2);
  if (reader.remaining > 0) throw decodeError("bytes after CertificateRequest");
  return { certificateTypes, signatureAlgorithms, certificateAuthorities };
}
