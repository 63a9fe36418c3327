/** What a connection tells an observer, for a trace or a view. Nothing depends on it. */

import { ALERT_LEVEL_FATAL, type AlertDescription, alertDescription } from "./alerts.ts";
import { cipherSuiteFromId } from "./ciphersuites.ts";
import { MbedTlsError } from "./errors.ts";
import { decodeCertificates } from "./messages/certificate.ts";
import { EXTENSION_TYPES } from "./messages/extensions.ts";
import { HANDSHAKE_TYPES, type HandshakeMessage, handshakeName, type Message } from "./messages/message.ts";
import { decodeExtensions, decodeServerHello } from "./messages/server-hello.ts";
import { decodeServerKeyExchange } from "./messages/server-key-exchange.ts";

/** Decoded basics of a message, by the RFC's field names. */
export type EventDetails = Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;

export interface MessageEvent {
  readonly kind: "message";
  readonly direction: "sent" | "received";
  /** A handshake message's RFC name, or "ChangeCipherSpec", "Alert", "ApplicationData". */
  readonly name: string;
  /** Bytes, a handshake message's header included, protection not. */
  readonly length: number;
  readonly details: EventDetails;
}

/** The peer's certificate has been judged. `flags` are mbedTLS's (`MBEDTLS_X509_BADCERT_*`), 0 when it is good. */
export interface VerificationEvent {
  readonly kind: "verification";
  readonly flags: number;
  /** Whether the handshake goes on. */
  readonly accepted: boolean;
}

/** The connection has failed. */
export interface ErrorEvent {
  readonly kind: "error";
  readonly error: MbedTlsError;
}

export type TlsEvent = MessageEvent | VerificationEvent | ErrorEvent;
export type TlsEventListener = (event: TlsEvent) => void;

/** The event of a message of which only the length is told. */
export function plainEvent(
  direction: "sent" | "received",
  name: "ChangeCipherSpec" | "ApplicationData",
  length: number,
): MessageEvent {
  return { kind: "message", direction, name, length, details: {} };
}

/** The event of a message from the peer. */
export function receivedEvent(message: Message): MessageEvent {
  switch (message.kind) {
    case "handshake":
      return handshakeEvent("received", message);
    case "alert":
      return alertEvent("received", message.level, alertDescription(message.code));
    case "change_cipher_spec":
      return plainEvent("received", "ChangeCipherSpec", 1);
    case "application_data":
      return plainEvent("received", "ApplicationData", message.data.length);
  }
}

/** The event of a handshake message. */
export function handshakeEvent(direction: "sent" | "received", message: HandshakeMessage): MessageEvent {
  const name = handshakeName(message.type) ?? `handshake type ${message.type}`;
  return { kind: "message", direction, name, length: message.bytes.length, details: describe(message) };
}

/** The event of an alert. */
export function alertEvent(
  direction: "sent" | "received",
  level: number,
  description: AlertDescription,
): MessageEvent {
  const details = { level: level === ALERT_LEVEL_FATAL ? "fatal" : "warning", description };
  return { kind: "message", direction, name: "Alert", length: 2, details };
}

/** Basics of a message as far as it decodes; what is wrong with it is the state's business. */
function describe(message: HandshakeMessage): EventDetails {
  try {
    if (message.type === HANDSHAKE_TYPES.ServerHello) return describeServerHello(message.body);
    if (message.type === HANDSHAKE_TYPES.Certificate) {
      return { certificate_lengths: [...decodeCertificates(message.body)].map((der) => der.length) };
    }
    if (message.type === HANDSHAKE_TYPES.ServerKeyExchange) {
      const { parameters, signed } = decodeServerKeyExchange(message.body);
      return { named_curve: parameters.curve, signature_algorithm: signed.algorithm };
    }
    return {};
  } catch (error) {
    if (error instanceof MbedTlsError) return {};
    throw error;
  }
}

function describeServerHello(body: Uint8Array): EventDetails {
  const hello = decodeServerHello(body);
  const names = Object.entries(EXTENSION_TYPES);
  const extensions = [...decodeExtensions(hello.extensions)].map(
    ({ type }) => names.find(([, number]) => number === type)?.[0] ?? String(type),
  );
  return {
    cipher_suite: cipherSuiteFromId(hello.cipherSuite)?.name ?? String(hello.cipherSuite),
    extensions,
  };
}
