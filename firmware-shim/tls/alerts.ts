/** The alert protocol: RFC 5246 section 7.2, RFC 6066 section 9 and RFC 8446 section 6. */

export const ALERT_LEVEL_WARNING = 1;
export const ALERT_LEVEL_FATAL = 2;

/** Descriptions by their RFC names, with the byte that stands for each. */
export const ALERT_CODES = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  decryption_failed: 21,
  record_overflow: 22,
  decompression_failure: 30,
  handshake_failure: 40,
  no_certificate: 41,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  export_restriction: 60,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  no_renegotiation: 100,
  missing_extension: 109,
  unsupported_extension: 110,
  unrecognized_name: 112,
  unknown_psk_identity: 115,
  certificate_required: 116,
  no_application_protocol: 120,
} as const;

/** An alert that has an RFC name. */
export type AlertName = keyof typeof ALERT_CODES;

/** An alert's RFC name; `unknown (N)` for a byte that no RFC names. */
export type AlertDescription = AlertName | `unknown (${number})`;

const names = new Map(
  Object.entries(ALERT_CODES).map(([name, code]): [number, AlertName] => [code, name as AlertName]),
);

/** The RFC name of an alert description byte. */
export function alertDescription(code: number): AlertDescription {
  return names.get(code) ?? `unknown (${code})`;
}

/** The two bytes of an alert. */
export function encodeAlert(level: number, description: AlertName): Uint8Array {
  return Uint8Array.of(level, ALERT_CODES[description]);
}
