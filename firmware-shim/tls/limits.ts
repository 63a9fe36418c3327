/** Sizes and limits of the TLS engine, in one place. They are the ESP32's: Mbed TLS 3.6 with ESP-IDF's options. */

/** Bytes of a TLS record header: type, version, length (RFC 5246 section 6.2.1). */
export const RECORD_HEADER_LENGTH = 5;

/** Bytes of a handshake message header: type and 24-bit length (RFC 5246 section 7.4). */
export const HANDSHAKE_HEADER_LENGTH = 4;

/** Most plaintext bytes accepted in one record: `MBEDTLS_SSL_IN_CONTENT_LEN`. */
export const MAX_PLAINTEXT_IN = 16384;

/** Most plaintext bytes sent in one record: `MBEDTLS_SSL_OUT_CONTENT_LEN` of MicroPython's ESP32 build. */
export const MAX_PLAINTEXT_OUT = 4096;

/**
 * Most payload bytes of one record, protection included: `MBEDTLS_SSL_IN_PAYLOAD_LEN`, which is the plaintext and
 * room for an IV (16), a SHA-384 MAC (48) and padding (256). A header that announces more is refused unread.
 */
export const MAX_RECORD_PAYLOAD_IN = MAX_PLAINTEXT_IN + 16 + 48 + 256;

/**
 * Most bytes that the held fragments of a handshake message, the next record's header and its payload take
 * together. mbedTLS joins fragments inside its input buffer, so they share the buffer's room.
 */
export const MAX_JOINED_LENGTH = MAX_RECORD_PAYLOAD_IN;

/** Empty application data records accepted in a row; the next one is taken for an attack (`nb_zero` in ssl_msg.c). */
export const MAX_EMPTY_RECORDS = 3;

/** Most bytes of a host name: `MBEDTLS_SSL_MAX_HOST_NAME_LEN`. */
export const MAX_HOST_NAME_LENGTH = 255;

/** Fewest bytes of a certificate in a Certificate message that mbedTLS looks at (`ssl_parse_certificate_chain`). */
export const MIN_CERTIFICATE_LENGTH = 128;

/** Bytes of the buffer in which `mbedtls_strerror` writes for MicroPython (`ERR_STR_MAX`), terminator included. */
export const ERROR_NAME_BUFFER_LENGTH = 80;

/** Bytes of the buffer for a failed verification's text in MicroPython (`xcbuf`), terminator included. */
export const VERIFY_TEXT_BUFFER_LENGTH = 256;

/** Bytes of `verify_data` in a Finished message (RFC 5246 section 7.4.9). */
export const VERIFY_DATA_LENGTH = 12;

/**
 * Bytes of heap that a connection takes on an ESP32, measured there: once it is set up (`mbedtls_ssl_setup`: a buffer of
 * 16.7 KB in, one of 4.4 KB out, the handshake's parameters), at the most during a handshake that needs RSA or does
 * not, and after it.
 */
export const HEAP_SET_UP = 23 * 1024;
export const HEAP_HANDSHAKE = 28 * 1024;
export const HEAP_HANDSHAKE_RSA = 30 * 1024;
export const HEAP_CONNECTED = 25 * 1024;

/** Bytes of a Random (RFC 5246 section 7.4.1.2). */
export const RANDOM_LENGTH = 32;

/** Bytes of the TLS 1.2 master secret (RFC 5246 section 8.1). */
export const MASTER_SECRET_LENGTH = 48;

/** Bytes of a premaster secret that RSA carries (RFC 5246 section 7.4.7.1). */
export const RSA_PREMASTER_LENGTH = 48;

/** Most bytes of a session_id (RFC 5246 section 7.4.1.2), and what a server makes one of. */
export const SESSION_ID_LENGTH = 32;

/** Fewest bytes of a session_id that mbedTLS's client offers again (`ssl_prepare_client_hello`). */
export const MIN_RESUMED_SESSION_ID_LENGTH = 16;

/** Most bytes of a pre-shared key: `MBEDTLS_PSK_MAX_LEN`, 32, or 48 where there are suites with SHA-384 and tickets. */
export const MAX_PSK_LENGTH = 48;

/** Records of another kind that may come while a renegotiation is waited for: `renego_max_records`. */
export const MAX_RENEGOTIATION_RECORDS = 16;

/** Seconds that a session stays in a server's cache: `MBEDTLS_SSL_CACHE_DEFAULT_TIMEOUT`. */
export const SESSION_CACHE_TIMEOUT = 86400;

/** Sessions in a server's cache: `MBEDTLS_SSL_CACHE_DEFAULT_MAX_ENTRIES`. */
export const SESSION_CACHE_ENTRIES = 50;

/** Groups of a client that a server remembers: `MBEDTLS_ECP_DP_MAX` less one. */
export const MAX_CLIENT_GROUPS = 11;

/** Bytes of a nonce and an IV in TLS 1.3 (RFC 8446 section 5.3, with the AEADs of its suites). */
export const TLS13_IV_LENGTH = 12;

/** Plaintexts of TLS 1.3 are padded to a multiple of so many bytes: `MBEDTLS_SSL_CID_TLS1_3_PADDING_GRANULARITY`. */
export const TLS13_PADDING_GRANULARITY = 16;

/** Seconds that a ticket may be good for: `MBEDTLS_SSL_TLS1_3_MAX_ALLOWED_TICKET_LIFETIME`, RFC 8446 section 4.6.1. */
export const TLS13_MAX_TICKET_LIFETIME = 604800;

/** Bytes of a server's ticket_nonce: `MBEDTLS_SSL_TLS1_3_TICKET_NONCE_LENGTH`. */
export const TLS13_TICKET_NONCE_LENGTH = 32;

/**
 * Milliseconds by which client and server may disagree on a ticket's age:
 * `MBEDTLS_SSL_TLS1_3_TICKET_AGE_TOLERANCE`.
 */
export const TLS13_TICKET_AGE_TOLERANCE = 6000;

/** First size of the buffer for received ciphertext, in bytes: one record of the largest kind. */
export const INPUT_BUFFER_LENGTH = RECORD_HEADER_LENGTH + MAX_RECORD_PAYLOAD_IN;

/** Bytes of a DTLS record header: type, version, epoch, sequence number, length (RFC 6347 section 4.1). */
export const DTLS_RECORD_HEADER_LENGTH = 13;

/** Bytes of a DTLS handshake header: type, length, message_seq, fragment_offset, fragment_length (RFC 6347 section 4.2.2). */
export const DTLS_HANDSHAKE_HEADER_LENGTH = 12;

/** Bytes of a datagram that are looked at: `MBEDTLS_SSL_IN_BUFFER_LEN`. */
export const MAX_DATAGRAM_IN = DTLS_RECORD_HEADER_LENGTH + MAX_RECORD_PAYLOAD_IN;

/** Most bytes of a datagram that is sent, where no MTU is known: `MBEDTLS_SSL_OUT_BUFFER_LEN`. */
export const MAX_DATAGRAM_OUT = DTLS_RECORD_HEADER_LENGTH + MAX_PLAINTEXT_OUT + 16 + 48 + 256;

/** Bytes of a datagram that gets through anywhere, used once a flight has been lost twice (`ssl_double_retransmit_timeout`). */
export const REDUCED_MTU = 508;

/** Handshake messages that are held before their turn: `MBEDTLS_SSL_MAX_BUFFERED_HS`. */
export const MAX_BUFFERED_MESSAGES = 4;

/** Bytes that are held for reassembly and before their turn: `MBEDTLS_SSL_DTLS_MAX_BUFFERING`. */
export const MAX_BUFFERED_BYTES = 32768;

/** Datagrams that wait to be looked at; lwIP's `UDP_RECVMBOX_SIZE` is 6, but ours may come in bursts. */
export const MAX_WAITING_DATAGRAMS = 64;

/** Milliseconds until a flight is sent again for the first time: `MBEDTLS_SSL_DTLS_TIMEOUT_DFL_MIN`. */
export const MIN_RETRANSMIT_TIMEOUT = 1000;

/** Milliseconds that a flight is waited for at most, after which the handshake has failed: `MBEDTLS_SSL_DTLS_TIMEOUT_DFL_MAX`. */
export const MAX_RETRANSMIT_TIMEOUT = 60000;

/** Seconds that a cookie is good for: `MBEDTLS_SSL_COOKIE_TIMEOUT`. */
export const COOKIE_TIMEOUT = 60;
