/** Record content types and protocol versions: RFC 5246 section 6.2.1. */

export const CONTENT_TYPE_CHANGE_CIPHER_SPEC = 20;
export const CONTENT_TYPE_ALERT = 21;
export const CONTENT_TYPE_HANDSHAKE = 22;
export const CONTENT_TYPE_APPLICATION_DATA = 23;

/** TLS 1.2 as it stands in records and hellos. */
export const VERSION_TLS12 = 0x0303;
/** TLS 1.3 as it stands in supported_versions; records and hellos say TLS 1.2 (RFC 8446 section 4.2.1). */
export const VERSION_TLS13 = 0x0304;

/** DTLS 1.2, which counts down: RFC 6347 section 4.1. */
export const VERSION_DTLS12 = 0xfefd;
/** DTLS 1.0, which may stand in a first ClientHello's record and in HelloVerifyRequest. */
export const VERSION_DTLS10 = 0xfeff;

/** The version as it stands in hellos, and in what RSA encrypts. */
export function helloVersion({ isDatagram }: { readonly isDatagram: boolean }): number {
  return isDatagram ? VERSION_DTLS12 : VERSION_TLS12;
}
