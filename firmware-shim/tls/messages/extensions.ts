/** Hello extensions: their numbers and the contents that this engine sends. */

import { concatenate, encodeUint, encodeUint16List, encodeVector } from "../bytes.ts";
import type { CurveName, HashName } from "../crypto/provider.ts";

/** Extension types: RFC 6066, RFC 8422, RFC 5246, RFC 7366, RFC 7627, RFC 5077, RFC 5746. */
export const EXTENSION_TYPES = {
  server_name: 0,
  max_fragment_length: 1,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  encrypt_then_mac: 22,
  extended_master_secret: 23,
  session_ticket: 35,
  renegotiation_info: 0xff01,
} as const;

export type ExtensionName = keyof typeof EXTENSION_TYPES;

export interface Extension {
  readonly type: number;
  readonly data: Uint8Array;
}

/** Curves that the ESP32 offers, in its order, by their RFC 8422 numbers. */
export const NAMED_CURVES: ReadonlyMap<number, CurveName> = new Map([
  [23, "secp256r1"],
  [24, "secp384r1"],
  [25, "secp521r1"],
]);

export interface SignatureAlgorithm {
  readonly hash: HashName;
  readonly signature: "rsa" | "ecdsa";
}

/** The RFC 8422 number of a curve. */
export function namedCurveNumber(curve: CurveName): number {
  return curve === "secp256r1" ? 23 : curve === "secp384r1" ? 24 : 25;
}

/**
 * Curves that the ESP32's mbedTLS knows, though it offers but three: secp192k1 to secp521r1 without Brainpool's
 * (`mbedtls_ssl_get_ecp_group_id_from_tls_id`).
 */
export const KNOWN_CURVES: ReadonlySet<number> = new Set([18, 19, 20, 21, 22, 23, 24, 25]);

/** SignatureAndHashAlgorithm pairs that the ESP32 offers, in its order: RFC 5246 section 7.4.1.4.1. No PSS. */
export const SIGNATURE_ALGORITHMS: ReadonlyMap<number, SignatureAlgorithm> = new Map([
  [0x0603, { hash: "sha512", signature: "ecdsa" }],
  [0x0601, { hash: "sha512", signature: "rsa" }],
  [0x0503, { hash: "sha384", signature: "ecdsa" }],
  [0x0501, { hash: "sha384", signature: "rsa" }],
  [0x0403, { hash: "sha256", signature: "ecdsa" }],
  [0x0401, { hash: "sha256", signature: "rsa" }],
]);

export const POINT_FORMAT_UNCOMPRESSED = 0;
export const POINT_FORMAT_COMPRESSED_PRIME = 1;

const NAME_TYPE_HOST_NAME = 0;

/** An extension's bytes: type, length, content. */
export function encodeExtension(name: ExtensionName, ...content: readonly Uint8Array[]): Uint8Array {
  return concatenate(encodeUint(EXTENSION_TYPES[name], 2), encodeVector(2, ...content));
}

/** The server_name extension with one host name: RFC 6066 section 3. */
export function encodeServerName(hostName: Uint8Array): Uint8Array {
  const name = concatenate(Uint8Array.of(NAME_TYPE_HOST_NAME), encodeVector(2, hostName));
  return encodeExtension("server_name", encodeVector(2, name));
}

/** The supported_groups extension: RFC 8422 section 5.1.1. */
export function encodeSupportedGroups(groups: readonly number[]): Uint8Array {
  return encodeExtension("supported_groups", encodeVector(2, encodeUint16List(groups)));
}

/** The signature_algorithms extension: RFC 5246 section 7.4.1.4.1. */
export function encodeSignatureAlgorithms(algorithms: readonly number[]): Uint8Array {
  return encodeExtension("signature_algorithms", encodeVector(2, encodeUint16List(algorithms)));
}

/** The ec_point_formats extension: RFC 8422 section 5.1.2. */
export function encodePointFormats(formats: readonly number[]): Uint8Array {
  return encodeExtension("ec_point_formats", encodeVector(1, Uint8Array.from(formats)));
}

/** The renegotiation_info extension: RFC 5746 section 3.2. */
export function encodeRenegotiationInfo(verifyData: Uint8Array): Uint8Array {
  return encodeExtension("renegotiation_info", encodeVector(1, verifyData));
}
