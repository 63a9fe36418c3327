/** Record content types and protocol versions: RFC 5246 section 6.2.1. */

export const CONTENT_TYPE_CHANGE_CIPHER_SPEC = 20;
export const CONTENT_TYPE_ALERT = 21;
export const CONTENT_TYPE_HANDSHAKE = 22;
export const CONTENT_TYPE_APPLICATION_DATA = 23;

/** TLS 1.2 as it stands in records and hellos. */
export const VERSION_TLS12 = 0x0303;
