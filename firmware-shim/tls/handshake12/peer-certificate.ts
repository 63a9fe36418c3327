/** The peer's Certificate message: `ssl_parse_certificate_chain` in mbedTLS's ssl_tls.c. */

import { ERR, MbedTlsError } from "../errors.ts";
import { decodeCertificates } from "../messages/certificate.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { InvalidCertificateError } from "../x509/errors.ts";

/** mbedTLS leaves such certificates out of the chain, the peer's own included: another one may be trusted. */
const UNKNOWN_SIGNATURE_ALGORITHM = ERR.X509_UNKNOWN_SIG_ALG + ERR.OID_NOT_FOUND;

/**
 * Parses each certificate as it is reached. One that does not parse ends the handshake whatever the verify mode.
 *
 * @param checkFirst - Looks at the first certificate before it is parsed.
 */
export function parsePeerCertificates(
  body: Uint8Array,
  checkFirst: (der: Uint8Array) => void = () => {},
): Certificate[] {
  const chain: Certificate[] = [];
  let isFirst = true;
  for (const der of decodeCertificates(body)) {
    if (isFirst) checkFirst(der);
    isFirst = false;
    const certificate = parsePeerCertificate(der);
    if (certificate) chain.push(certificate);
  }
  return chain;
}

/**
 * One certificate; undefined for one to leave out.
 *
 * @throws MbedTlsError for one that does not parse.
 */
export function parsePeerCertificate(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!(error instanceof InvalidCertificateError)) throw error;
    if (error.code === UNKNOWN_SIGNATURE_ALGORITHM) return undefined;
    const alert = error.code === ERR.X509_UNKNOWN_VERSION ? "unsupported_certificate" : "bad_certificate";
    throw new MbedTlsError(error.code, { alert, reason: error.message });
  }
}
