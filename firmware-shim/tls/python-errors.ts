/**
 * From an engine's failure to the exception that MicroPython raises: `mbedtls_raise_error` and
 * `ssl_check_async_handshake_failure` in MicroPython's `extmod/modtls_mbedtls.c`.
 */

import { ERR, errorName, type MbedTlsError } from "./errors.ts";
import { VERIFY_TEXT_BUFFER_LENGTH } from "./limits.ts";
import { describeFlags } from "./x509/flags.ts";

/** An exception to raise in Python: its type and its arguments. */
export interface PythonException {
  readonly type: "OSError" | "ValueError";
  readonly args: readonly (number | string)[];
}

/** `MP_ENOMEM` */
const ENOMEM = 12;

/** Codes between this and 0 are negative errno values of the socket below ("a bit hacky, sigh", says upstream). */
const ERRNO_LIMIT = -256;

/** The exception for a code: `OSError(code, name)`, with MicroPython's special cases. */
export function exceptionForCode(code: number): PythonException {
  if (code === ERR.SSL_ALLOC_FAILED) return { type: "OSError", args: [ENOMEM] };
  if (code === ERR.PK_BAD_INPUT_DATA) return { type: "ValueError", args: ["invalid key"] };
  if (code === ERR.X509_BAD_INPUT_DATA) return { type: "ValueError", args: ["invalid cert"] };
  if (code < 0 && code > ERRNO_LIMIT) return { type: "OSError", args: [-code] };
  return { type: "OSError", args: [code, errorName(code)] };
}

/**
 * The exception for a handshake that failed, raised by `wrap_socket` or by the first read or write of a deferred
 * handshake. A failed verification is a ValueError with the reasons; later reads and writes repeat
 * `exceptionForCode(error.code)` instead.
 *
 * Reasons that do not fit MicroPython's buffer leave the bare OSError, as they do there.
 */
export function exceptionForHandshake(error: MbedTlsError): PythonException {
  if (error.code === ERR.X509_CERT_VERIFY_FAILED && error.flags !== undefined) {
    const text = describeFlags(error.flags);
    if (text.length > 0 && text.length < VERIFY_TEXT_BUFFER_LENGTH)
      return { type: "ValueError", args: [text] };
  }
  return exceptionForCode(error.code);
}
