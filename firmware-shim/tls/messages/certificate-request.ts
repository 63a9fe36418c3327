/** CertificateRequest: RFC 5246 section 7.4.4, with the checks of `ssl_parse_certificate_request` in mbedTLS. */

import { ByteReader, concatenate, encodeUint16List, encodeVector } from "../bytes.ts";
import { decodeError } from "../errors.ts";
import { HANDSHAKE_HEADER_LENGTH, MAX_PLAINTEXT_OUT } from "../limits.ts";

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

/** ClientCertificateType: rsa_sign and ecdsa_sign. */
const CERTIFICATE_TYPES = Uint8Array.of(1, 64);

/** What a client may sign CertificateVerify with: mbedTLS leaves SHA-512 out (`mbedtls_ssl_set_calc_verify_md`). */
export const CERTIFICATE_VERIFY_ALGORITHMS: readonly number[] = [0x0503, 0x0501, 0x0403, 0x0401];

/**
 * The body of the request that mbedTLS's server sends.
 *
 * @param authorities - Distinguished names in DER; those that no longer fit a record are left out.
 */
export function encodeCertificateRequest(authorities: readonly Uint8Array[]): Uint8Array {
  const start = concatenate(
    encodeVector(1, CERTIFICATE_TYPES),
    encodeVector(2, encodeUint16List(CERTIFICATE_VERIFY_ALGORITHMS)),
  );
  let room = MAX_PLAINTEXT_OUT - HANDSHAKE_HEADER_LENGTH - start.length - 2;
  const names: Uint8Array[] = [];
  for (const authority of authorities) {
    room -= 2 + authority.length;
    if (room < 0) break;
    names.push(encodeVector(2, authority));
  }
  return concatenate(start, encodeVector(2, ...names));
}
