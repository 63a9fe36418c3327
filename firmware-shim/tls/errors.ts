/**
 * mbedTLS's error codes and their names, as the ESP32 firmware reports them.
 *
 * The names are those of MicroPython's `lib/mbedtls_errors/esp32_mbedtls_errors.c`, the values those of Mbed TLS
 * 3.6's headers. Left out are modules that the ESP32 build has not compiled in.
 */

import type { AlertDescription, AlertName } from "./alerts.ts";
import { ERROR_NAME_BUFFER_LENGTH } from "./limits.ts";

/** Every code with a name, without the prefix `MBEDTLS_ERR_`. */
export const ERR = {
  CIPHER_FEATURE_UNAVAILABLE: -0x6080,
  CIPHER_BAD_INPUT_DATA: -0x6100,
  CIPHER_ALLOC_FAILED: -0x6180,
  CIPHER_INVALID_PADDING: -0x6200,
  CIPHER_FULL_BLOCK_EXPECTED: -0x6280,
  CIPHER_AUTH_FAILED: -0x6300,
  CIPHER_INVALID_CONTEXT: -0x6380,
  ECP_BAD_INPUT_DATA: -0x4f80,
  ECP_BUFFER_TOO_SMALL: -0x4f00,
  ECP_FEATURE_UNAVAILABLE: -0x4e80,
  ECP_VERIFY_FAILED: -0x4e00,
  ECP_ALLOC_FAILED: -0x4d80,
  ECP_RANDOM_FAILED: -0x4d00,
  ECP_INVALID_KEY: -0x4c80,
  ECP_SIG_LEN_MISMATCH: -0x4c00,
  ECP_IN_PROGRESS: -0x4b00,
  MD_FEATURE_UNAVAILABLE: -0x5080,
  MD_BAD_INPUT_DATA: -0x5100,
  MD_ALLOC_FAILED: -0x5180,
  MD_FILE_IO_ERROR: -0x5200,
  PEM_NO_HEADER_FOOTER_PRESENT: -0x1080,
  PEM_INVALID_DATA: -0x1100,
  PEM_ALLOC_FAILED: -0x1180,
  PEM_INVALID_ENC_IV: -0x1200,
  PEM_UNKNOWN_ENC_ALG: -0x1280,
  PEM_PASSWORD_REQUIRED: -0x1300,
  PEM_PASSWORD_MISMATCH: -0x1380,
  PEM_FEATURE_UNAVAILABLE: -0x1400,
  PEM_BAD_INPUT_DATA: -0x1480,
  PK_ALLOC_FAILED: -0x3f80,
  PK_TYPE_MISMATCH: -0x3f00,
  PK_BAD_INPUT_DATA: -0x3e80,
  PK_FILE_IO_ERROR: -0x3e00,
  PK_KEY_INVALID_VERSION: -0x3d80,
  PK_KEY_INVALID_FORMAT: -0x3d00,
  PK_UNKNOWN_PK_ALG: -0x3c80,
  PK_PASSWORD_REQUIRED: -0x3c00,
  PK_PASSWORD_MISMATCH: -0x3b80,
  PK_INVALID_PUBKEY: -0x3b00,
  PK_INVALID_ALG: -0x3a80,
  PK_UNKNOWN_NAMED_CURVE: -0x3a00,
  PK_FEATURE_UNAVAILABLE: -0x3980,
  PK_SIG_LEN_MISMATCH: -0x3900,
  PK_BUFFER_TOO_SMALL: -0x3880,
  RSA_BAD_INPUT_DATA: -0x4080,
  RSA_INVALID_PADDING: -0x4100,
  RSA_KEY_GEN_FAILED: -0x4180,
  RSA_KEY_CHECK_FAILED: -0x4200,
  RSA_PUBLIC_FAILED: -0x4280,
  RSA_PRIVATE_FAILED: -0x4300,
  RSA_VERIFY_FAILED: -0x4380,
  RSA_OUTPUT_TOO_LARGE: -0x4400,
  RSA_RNG_FAILED: -0x4480,
  SSL_CRYPTO_IN_PROGRESS: -0x7000,
  SSL_FEATURE_UNAVAILABLE: -0x7080,
  SSL_BAD_INPUT_DATA: -0x7100,
  SSL_INVALID_MAC: -0x7180,
  SSL_INVALID_RECORD: -0x7200,
  SSL_CONN_EOF: -0x7280,
  SSL_DECODE_ERROR: -0x7300,
  SSL_NO_RNG: -0x7400,
  SSL_NO_CLIENT_CERTIFICATE: -0x7480,
  SSL_UNSUPPORTED_EXTENSION: -0x7500,
  SSL_NO_APPLICATION_PROTOCOL: -0x7580,
  SSL_PRIVATE_KEY_REQUIRED: -0x7600,
  SSL_CA_CHAIN_REQUIRED: -0x7680,
  SSL_UNEXPECTED_MESSAGE: -0x7700,
  SSL_UNRECOGNIZED_NAME: -0x7800,
  SSL_PEER_CLOSE_NOTIFY: -0x7880,
  SSL_BAD_CERTIFICATE: -0x7a00,
  SSL_RECEIVED_NEW_SESSION_TICKET: -0x7b00,
  SSL_CANNOT_READ_EARLY_DATA: -0x7b80,
  SSL_CANNOT_WRITE_EARLY_DATA: -0x7c80,
  SSL_ALLOC_FAILED: -0x7f00,
  SSL_HW_ACCEL_FAILED: -0x7f80,
  SSL_HW_ACCEL_FALLTHROUGH: -0x6f80,
  SSL_BAD_PROTOCOL_VERSION: -0x6e80,
  SSL_HANDSHAKE_FAILURE: -0x6e00,
  SSL_SESSION_TICKET_EXPIRED: -0x6d80,
  SSL_PK_TYPE_MISMATCH: -0x6d00,
  SSL_UNKNOWN_IDENTITY: -0x6c80,
  SSL_INTERNAL_ERROR: -0x6c00,
  SSL_COUNTER_WRAPPING: -0x6b80,
  SSL_WAITING_SERVER_HELLO_RENEGO: -0x6b00,
  SSL_HELLO_VERIFY_REQUIRED: -0x6a80,
  SSL_BUFFER_TOO_SMALL: -0x6a00,
  SSL_WANT_READ: -0x6900,
  SSL_WANT_WRITE: -0x6880,
  SSL_TIMEOUT: -0x6800,
  SSL_CLIENT_RECONNECT: -0x6780,
  SSL_UNEXPECTED_RECORD: -0x6700,
  SSL_NON_FATAL: -0x6680,
  SSL_ILLEGAL_PARAMETER: -0x6600,
  SSL_CONTINUE_PROCESSING: -0x6580,
  SSL_ASYNC_IN_PROGRESS: -0x6500,
  SSL_EARLY_MESSAGE: -0x6480,
  SSL_UNEXPECTED_CID: -0x6000,
  SSL_VERSION_MISMATCH: -0x5f00,
  SSL_BAD_CONFIG: -0x5e80,
  X509_FEATURE_UNAVAILABLE: -0x2080,
  X509_UNKNOWN_OID: -0x2100,
  X509_INVALID_FORMAT: -0x2180,
  X509_INVALID_VERSION: -0x2200,
  X509_INVALID_SERIAL: -0x2280,
  X509_INVALID_ALG: -0x2300,
  X509_INVALID_NAME: -0x2380,
  X509_INVALID_DATE: -0x2400,
  X509_INVALID_SIGNATURE: -0x2480,
  X509_INVALID_EXTENSIONS: -0x2500,
  X509_UNKNOWN_VERSION: -0x2580,
  X509_UNKNOWN_SIG_ALG: -0x2600,
  X509_SIG_MISMATCH: -0x2680,
  X509_CERT_VERIFY_FAILED: -0x2700,
  X509_CERT_UNKNOWN_FORMAT: -0x2780,
  X509_BAD_INPUT_DATA: -0x2800,
  X509_ALLOC_FAILED: -0x2880,
  X509_FILE_IO_ERROR: -0x2900,
  X509_BUFFER_TOO_SMALL: -0x2980,
  X509_FATAL_ERROR: -0x3000,
  SSL_FATAL_ALERT_MESSAGE: -0x7780,
  // Low-level codes: below 0x80, added to a high-level one.
  AES_INVALID_KEY_LENGTH: -0x0020,
  AES_INVALID_INPUT_LENGTH: -0x0022,
  AES_BAD_INPUT_DATA: -0x0021,
  ARIA_BAD_INPUT_DATA: -0x005c,
  ARIA_INVALID_INPUT_LENGTH: -0x005e,
  ASN1_OUT_OF_DATA: -0x0060,
  ASN1_UNEXPECTED_TAG: -0x0062,
  ASN1_INVALID_LENGTH: -0x0064,
  ASN1_LENGTH_MISMATCH: -0x0066,
  ASN1_INVALID_DATA: -0x0068,
  ASN1_ALLOC_FAILED: -0x006a,
  ASN1_BUF_TOO_SMALL: -0x006c,
  BASE64_BUFFER_TOO_SMALL: -0x002a,
  BASE64_INVALID_CHARACTER: -0x002c,
  MPI_FILE_IO_ERROR: -0x0002,
  MPI_BAD_INPUT_DATA: -0x0004,
  MPI_INVALID_CHARACTER: -0x0006,
  MPI_BUFFER_TOO_SMALL: -0x0008,
  MPI_NEGATIVE_VALUE: -0x000a,
  MPI_DIVISION_BY_ZERO: -0x000c,
  MPI_NOT_ACCEPTABLE: -0x000e,
  MPI_ALLOC_FAILED: -0x0010,
  CCM_BAD_INPUT: -0x000d,
  CCM_AUTH_FAILED: -0x000f,
  CTR_DRBG_ENTROPY_SOURCE_FAILED: -0x0034,
  CTR_DRBG_REQUEST_TOO_BIG: -0x0036,
  CTR_DRBG_INPUT_TOO_BIG: -0x0038,
  CTR_DRBG_FILE_IO_ERROR: -0x003a,
  ENTROPY_SOURCE_FAILED: -0x003c,
  ENTROPY_MAX_SOURCES: -0x003e,
  ENTROPY_NO_SOURCES_DEFINED: -0x0040,
  ENTROPY_NO_STRONG_SOURCE: -0x003d,
  ENTROPY_FILE_IO_ERROR: -0x003f,
  ERROR_GENERIC_ERROR: -0x0001,
  ERROR_CORRUPTION_DETECTED: -0x006e,
  PLATFORM_HW_ACCEL_FAILED: -0x0070,
  PLATFORM_FEATURE_UNSUPPORTED: -0x0072,
  GCM_AUTH_FAILED: -0x0012,
  GCM_BAD_INPUT: -0x0014,
  GCM_BUFFER_TOO_SMALL: -0x0016,
  HMAC_DRBG_REQUEST_TOO_BIG: -0x0003,
  HMAC_DRBG_INPUT_TOO_BIG: -0x0005,
  HMAC_DRBG_FILE_IO_ERROR: -0x0007,
  HMAC_DRBG_ENTROPY_SOURCE_FAILED: -0x0009,
  OID_NOT_FOUND: -0x002e,
  OID_BUF_TOO_SMALL: -0x000b,
  SHA1_BAD_INPUT_DATA: -0x0073,
  SHA256_BAD_INPUT_DATA: -0x0074,
  SHA512_BAD_INPUT_DATA: -0x0075,
  THREADING_BAD_INPUT_DATA: -0x001c,
  THREADING_MUTEX_ERROR: -0x001e,
} as const;

/**
 * `MBEDTLS_ERR_SSL_CERTIFICATE_VERIFICATION_WITHOUT_HOSTNAME`, which is younger than MicroPython's table of names
 * and is therefore reported as `MBEDTLS_ERR_UNKNOWN (0x5D80)`.
 */
export const ERR_SSL_CERTIFICATE_VERIFICATION_WITHOUT_HOSTNAME = -0x5d80;

/** The bits of a code that hold its high-level part; the rest is the low-level part. */
const HIGH_LEVEL_MASK = 0xff80;

const PREFIX = "MBEDTLS_ERR_";

const names: ReadonlyMap<number, string> = new Map(Object.entries(ERR).map(([name, code]) => [-code, name]));

function nameOf(part: number): string {
  const name = names.get(part) ?? `UNKNOWN (0x${part.toString(16).toUpperCase().padStart(4, "0")})`;
  return PREFIX + name;
}

/**
 * The text that `mbedtls_strerror` of MicroPython's error table gives for a code: names joined by `+`, cut to what
 * fits MicroPython's buffer.
 *
 * @param code - An mbedTLS code; the sign is ignored, as there.
 */
export function errorName(code: number): string {
  const value = Math.abs(code);
  const high = value & HIGH_LEVEL_MASK;
  const low = value & ~HIGH_LEVEL_MASK;
  if (high === -ERR.SSL_FATAL_ALERT_MESSAGE) return nameOf(high);
  const parts = [high, low].filter((part) => part !== 0);
  return parts
    .map(nameOf)
    .join("+")
    .slice(0, ERROR_NAME_BUFFER_LENGTH - 1);
}

/** What else is known of a failure. */
export interface ErrorDetails {
  /** The fatal alert that the peer must be sent, where mbedTLS sends one. */
  readonly alert?: AlertName;
  /** The certificate's verification flags (`mbedtls_ssl_get_verify_result`). */
  readonly flags?: number;
  /** The alert that the peer sent. */
  readonly received?: AlertDescription;
  /** What went wrong, in words, for a trace. */
  readonly reason?: string;
}

/**
 * A failure of the connection. It is thrown inside the engine only; `TlsConnection` catches it, sends its alert
 * and keeps it as `error`.
 */
export class MbedTlsError extends Error {
  /** An mbedTLS error code. Negative, except where a verification callback returned a positive one. */
  readonly code: number;
  readonly alert: AlertName | undefined;
  readonly flags: number | undefined;
  readonly received: AlertDescription | undefined;

  constructor(code: number, details: ErrorDetails = {}) {
    super(details.reason ?? errorName(code));
    this.name = "MbedTlsError";
    this.code = code;
    this.alert = details.alert;
    this.flags = details.flags;
    this.received = details.received;
  }
}

/** A message that does not decode: `MBEDTLS_ERR_SSL_DECODE_ERROR`, alert decode_error. */
export function decodeError(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_DECODE_ERROR, { alert: "decode_error", reason });
}
