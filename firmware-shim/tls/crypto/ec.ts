/** EC points that do not depend on a provider. */

import { p256, p384, p521 } from "@noble/curves/nist.js";
import type { CurveName } from "./provider.ts";

const CURVES = { secp256r1: p256, secp384r1: p384, secp521r1: p521 } as const;

/**
 * Decodes a point (SEC 1 section 2.3.4) and checks that it is on the curve and not at infinity, as
 * `mbedtls_ecp_point_read_binary` and `mbedtls_ecp_check_pubkey` do together.
 *
 * @param encoded - Uncompressed (0x04) or compressed (0x02, 0x03); hybrid forms are refused.
 * @returns The point uncompressed, or undefined.
 */
export function decodeEcPoint(curve: CurveName, encoded: Uint8Array): Uint8Array | undefined {
  try {
    const point = CURVES[curve].Point.fromBytes(encoded);
    point.assertValidity();
    return point.toBytes(false);
  } catch {
    return undefined;
  }
}

/** Whether a big-endian number of field size is a private key: 1 to n - 1 (`mbedtls_ecp_check_privkey`). */
export function isEcSecretKey(curve: CurveName, secretKey: Uint8Array): boolean {
  return CURVES[curve].utils.isValidSecretKey(secretKey);
}
