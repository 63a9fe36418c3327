/** CertificateRequest of TLS 1.3: RFC 8446 section 4.3.2, `ssl_tls13_parse_certificate_request`. */

import { ByteReader, concatenate, encodeVector } from "../bytes.ts";
import { decodeError } from "../errors.ts";
import { EXTENSION_TYPES, encodeSignatureAlgorithms, OFFERED_SIGNATURE_SCHEMES } from "./extensions.ts";
import { checkRequest, handshakeFailure } from "./extensions13.ts";

export interface CertificateRequest13 {
  /** Repeated in the answer. */
  readonly context: Uint8Array;
  /** SignatureSchemes, in the server's order. */
  readonly signatureSchemes: readonly number[];
}

/** @throws MbedTlsError decode_error; illegal_parameter for an extension that does not belong there. */
export function decodeCertificateRequest13(body: Uint8Array): CertificateRequest13 {
  const reader = new ByteReader(body);
  const context = reader.vector(1).slice();
  const extensions = new ByteReader(reader.vector(2));
  let signatureSchemes: number[] | undefined;
  while (extensions.remaining > 0) {
    const type = extensions.uint(2);
    const data = extensions.vector(2);
    checkRequest("CertificateRequest", type);
    if (type === EXTENSION_TYPES.signature_algorithms) signatureSchemes = decodeSignatureSchemes(data);
  }
  if (reader.remaining > 0) throw decodeError("bytes after CertificateRequest");
  if (!signatureSchemes) throw decodeError("CertificateRequest without signature_algorithms");
  return { context, signatureSchemes };
}

/** The body of the request that mbedTLS's server sends; it names no certificate authorities. */
export function encodeCertificateRequest13(): Uint8Array {
  return concatenate(encodeVector(1), encodeVector(2, encodeSignatureAlgorithms(OFFERED_SIGNATURE_SCHEMES)));
}

/**
 * signature_algorithms: section 4.2.3, `mbedtls_ssl_parse_sig_alg_ext`.
 *
 * @throws MbedTlsError decode_error; handshake_failure for an empty list.
 */
export function decodeSignatureSchemes(data: Uint8Array): number[] {
  const reader = new ByteReader(data);
  const list = new ByteReader(reader.vector(2));
  const schemes: number[] = [];
  while (list.remaining > 0) schemes.push(list.uint(2));
  if (reader.remaining > 0) throw decodeError("bad length of signature_algorithms");
  if (schemes.length === 0) throw handshakeFailure("no signature algorithms");
  return schemes;
}
