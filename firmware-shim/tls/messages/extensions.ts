/** Hello extensions: their numbers and the contents that this engine sends. */

import { concatenate, encodeUint, encodeUint16List, encodeVector } from "../bytes.ts";
import type { CurveName, GroupName, HashName } from "../crypto/provider.ts";

/** Extension types: RFC 6066, RFC 8422, RFC 5246, RFC 7366, RFC 7627, RFC 5077, RFC 5746, RFC 8446 section 4.2. */
export const EXTENSION_TYPES = {
  server_name: 0,
  max_fragment_length: 1,
  truncated_hmac: 4,
  status_request: 5,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  use_srtp: 14,
  heartbeat: 15,
  application_layer_protocol_negotiation: 16,
  signed_certificate_timestamp: 18,
  client_certificate_type: 19,
  server_certificate_type: 20,
  padding: 21,
  encrypt_then_mac: 22,
  extended_master_secret: 23,
  record_size_limit: 28,
  session_ticket: 35,
  pre_shared_key: 41,
  early_data: 42,
  supported_versions: 43,
  cookie: 44,
  psk_key_exchange_modes: 45,
  certificate_authorities: 47,
  oid_filters: 48,
  post_handshake_auth: 49,
  signature_algorithms_cert: 50,
  key_share: 51,
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

/** The groups of a connection that may use TLS 1.3, in mbedTLS's order (`ssl_preset_default_groups`). */
export const NAMED_GROUPS: ReadonlyMap<number, GroupName> = new Map<number, GroupName>([
  [29, "x25519"],
  ...NAMED_CURVES,
]);

export interface SignatureAlgorithm {
  readonly hash: HashName;
  readonly signature: "rsa" | "ecdsa" | "rsa-pss";
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

/** SignatureSchemes that sign CertificateVerify in TLS 1.3 (RFC 8446 section 4.2.3), in mbedTLS's order. */
export const SIGNATURE_SCHEMES: ReadonlyMap<number, SignatureAlgorithm & { readonly curve?: CurveName }> =
  new Map([
    [0x0403, { hash: "sha256", signature: "ecdsa", curve: "secp256r1" }],
    [0x0503, { hash: "sha384", signature: "ecdsa", curve: "secp384r1" }],
    [0x0603, { hash: "sha512", signature: "ecdsa", curve: "secp521r1" }],
    [0x0806, { hash: "sha512", signature: "rsa-pss" }],
    [0x0805, { hash: "sha384", signature: "rsa-pss" }],
    [0x0804, { hash: "sha256", signature: "rsa-pss" }],
  ]);

/**
 * What a connection that may use TLS 1.3 offers (`ssl_preset_default_sig_algs`): those, and for certificates and
 * TLS 1.2 RSASSA-PKCS1-v1_5.
 */
export const OFFERED_SIGNATURE_SCHEMES: readonly number[] = [
  ...SIGNATURE_SCHEMES.keys(),
  0x0601,
  0x0501,
  0x0401,
];

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
