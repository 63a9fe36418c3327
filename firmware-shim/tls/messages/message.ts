/** What the record layer hands to a state: one message of one of the four content types. */

import { concatenate, encodeUint } from "../bytes.ts";
import { HANDSHAKE_HEADER_LENGTH } from "../limits.ts";

/** Handshake types by their RFC names: RFC 5246 section 7.4, RFC 5077 section 3.3, RFC 6347 section 4.2.1, RFC 8446 section 4. */
export const HANDSHAKE_TYPES = {
  HelloRequest: 0,
  ClientHello: 1,
  ServerHello: 2,
  HelloVerifyRequest: 3,
  NewSessionTicket: 4,
  EncryptedExtensions: 8,
  Certificate: 11,
  ServerKeyExchange: 12,
  CertificateRequest: 13,
  ServerHelloDone: 14,
  CertificateVerify: 15,
  ClientKeyExchange: 16,
  Finished: 20,
  KeyUpdate: 24,
} as const;

export type HandshakeName = keyof typeof HANDSHAKE_TYPES;

const names = new Map<number, HandshakeName>(
  Object.entries(HANDSHAKE_TYPES).map(([name, type]) => [type, name as HandshakeName]),
);

/** The RFC name of a handshake type, or undefined. */
export function handshakeName(type: number): HandshakeName | undefined {
  return names.get(type);
}

export interface HandshakeMessage {
  readonly kind: "handshake";
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body, as they enter the transcript. */
  readonly bytes: Uint8Array;
}

export interface AlertMessage {
  readonly kind: "alert";
  readonly level: number;
  /** The description's byte. */
  readonly code: number;
}

export interface ChangeCipherSpecMessage {
  readonly kind: "change_cipher_spec";
}

export interface ApplicationDataMessage {
  readonly kind: "application_data";
  readonly data: Uint8Array;
}

export type Message = HandshakeMessage | AlertMessage | ChangeCipherSpecMessage | ApplicationDataMessage;

/** A handshake message from its whole bytes. */
export function handshakeMessage(bytes: Uint8Array): HandshakeMessage {
  return { kind: "handshake", type: bytes[0] ?? 0, body: bytes.subarray(HANDSHAKE_HEADER_LENGTH), bytes };
}

/** The bytes of a handshake message: type, 24-bit length, body. */
export function encodeHandshake(name: HandshakeName, body: Uint8Array): Uint8Array {
  return concatenate(Uint8Array.of(HANDSHAKE_TYPES[name]), encodeUint(body.length, 3), body);
}
