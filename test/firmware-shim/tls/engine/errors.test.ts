/** Codes, their names, and what Python raises for them. */

import { describe, expect, test } from "vitest";
import { alertDescription, encodeAlert } from "../../../../firmware-shim/tls/alerts.ts";
import { ERR, errorName, MbedTlsError } from "../../../../firmware-shim/tls/errors.ts";
import { exceptionForCode, exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { signatureErrorCode } from "../../../../firmware-shim/tls/signature-errors.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));

test.each([
  [-24192, "MBEDTLS_ERR_SSL_BAD_CONFIG"],
  [-30336, "MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED"],
  [-23936, "MBEDTLS_ERR_UNKNOWN (0x5D80)"],
  [-30592, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE"],
  [-30593, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE"],
  [-28160, "MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE"],
  [-29312, "MBEDTLS_ERR_SSL_CONN_EOF"],
  [-9984, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED"],
  [-12288, "MBEDTLS_ERR_X509_FATAL_ERROR"],
  [1, "MBEDTLS_ERR_ERROR_GENERIC_ERROR"],
  [-0x4284, "MBEDTLS_ERR_RSA_PUBLIC_FAILED+MBEDTLS_ERR_MPI_BAD_INPUT_DATA"],
  [-0x21e2, "MBEDTLS_ERR_X509_INVALID_FORMAT+MBEDTLS_ERR_ASN1_UNEXPECTED_TAG"],
  [-0x5d81, "MBEDTLS_ERR_UNKNOWN (0x5D80)+MBEDTLS_ERR_ERROR_GENERIC_ERROR"],
])("errorName(%i)", (code, name) => {
  expect(errorName(code)).toBe(name);
});

test("a name is cut to MicroPython's buffer", () => {
  const name = errorName(ERR.SSL_RECEIVED_NEW_SESSION_TICKET + ERR.CTR_DRBG_ENTROPY_SOURCE_FAILED);
  expect(name).toBe("MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET+MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE");
  expect(name).toHaveLength(79);
});

describe("exceptions", () => {
  test.each([
    [-0x7f00, { type: "OSError", args: [12] }],
    [-0x3e80, { type: "ValueError", args: ["invalid key"] }],
    [-0x2800, { type: "ValueError", args: ["invalid cert"] }],
    [-110, { type: "OSError", args: [110] }],
    [-255, { type: "OSError", args: [255] }],
    [1, { type: "OSError", args: [1, "MBEDTLS_ERR_ERROR_GENERIC_ERROR"] }],
    [-29184, { type: "OSError", args: [-29184, "MBEDTLS_ERR_SSL_INVALID_RECORD"] }],
  ])("%i", (code, exception) => {
    expect(exceptionForCode(code)).toEqual(exception);
  });

  test("a failed verification names its reasons at first, and its code later", () => {
    const error = new MbedTlsError(ERR.X509_CERT_VERIFY_FAILED, { flags: 0x204 });
    expect(exceptionForHandshake(error)).toEqual({
      type: "ValueError",
      args: [
        "\nThe certificate Common Name (CN) does not match with the expected CN\n" +
          "\nThe certificate validity starts in the future\n",
      ],
    });
    expect(exceptionForCode(error.code)).toEqual({
      type: "OSError",
      args: [-9984, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED"],
    });
  });

  test("reasons that do not fit MicroPython's 256 bytes leave the code", () => {
    const error = new MbedTlsError(ERR.X509_CERT_VERIFY_FAILED, { flags: 0x1 | 0x4 | 0x8 | 0x800 | 0x1000 });
    expect(exceptionForHandshake(error).type).toBe("OSError");
  });
});

test("alerts", () => {
  expect(encodeAlert(2, "handshake_failure")).toEqual(hex("0228"));
  expect(alertDescription(112)).toBe("unrecognized_name");
  expect(alertDescription(99)).toBe("unknown (99)");
});

describe("bad signatures", () => {
  const rsa = { type: "rsa", modulus: hex("00c000"), exponent: hex("03") } as const;
  const ec = { type: "ec", curve: "secp256r1", point: new Uint8Array(65) } as const;

  test.each([
    ["shorter than the modulus", rsa, "01", ERR.RSA_VERIFY_FAILED],
    ["a wrong number", rsa, "bfff", ERR.RSA_VERIFY_FAILED],
    ["the modulus", rsa, "c000", ERR.RSA_PUBLIC_FAILED + ERR.MPI_BAD_INPUT_DATA],
    ["above the modulus", rsa, "c00100", ERR.RSA_PUBLIC_FAILED + ERR.MPI_BAD_INPUT_DATA],
    ["well formed", ec, "3006 020101 020101", ERR.ECP_VERIFY_FAILED],
    ["empty", ec, "", ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_OUT_OF_DATA],
    ["no SEQUENCE", ec, "3106 020101 020101", ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_UNEXPECTED_TAG],
    ["cut", ec, "3006 020101 0201", ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_OUT_OF_DATA],
    [
      "longer than the SEQUENCE",
      ec,
      "3006 020101 020101 00",
      ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_LENGTH_MISMATCH,
    ],
    ["an indefinite length", ec, "3080 020101 020101", ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_INVALID_LENGTH],
    ["a length in a cut number", ec, "3082 01", ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_OUT_OF_DATA],
    ["one number", ec, "3003 020101", ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_OUT_OF_DATA],
    ["a BOOLEAN", ec, "3006 020101 010101", ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_UNEXPECTED_TAG],
    ["a long form", ec, "308106 020101 020101", ERR.ECP_VERIFY_FAILED],
  ] as const)("%s", (_, key, signature, code) => {
    expect(signatureErrorCode(key, hex(signature))).toBe(code);
  });
});
