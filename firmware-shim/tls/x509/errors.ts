import { errorName } from "../errors.ts";

/** A certificate, or a file of them, that mbedTLS would not parse. The only error that parsing throws. */
export class InvalidCertificateError extends Error {
  /** mbedTLS's code, high-level and low-level part added: what a handshake fails with. Negative. */
  readonly code: number;

  constructor(code: number) {
    super(`invalid certificate: ${errorName(code)}`);
    this.name = "InvalidCertificateError";
    this.code = code;
  }
}

/** Runs a part of a parse; adds the part's high-level code to an ASN.1 error, as `MBEDTLS_ERROR_ADD` does. */
export function within<T>(highLevelCode: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidCertificateError && error.code > LOWEST_LOW_LEVEL_CODE) {
      throw new InvalidCertificateError(highLevelCode + error.code);
    }
    throw error;
  }
}

/** Codes above this one (-1 to -127) are low-level ones, which a high-level code is added to. */
const LOWEST_LOW_LEVEL_CODE = -0x80;
