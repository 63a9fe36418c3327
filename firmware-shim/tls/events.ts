/** What a connection tells an observer, for a trace or a view. Nothing depends on it. */

import { ALERT_LEVEL_FATAL, type AlertDescription, alertDescription } from "./alerts.ts";
import type { EventDetails, HandshakeDescriber } from "./describe.ts";
import type { MbedTlsError } from "./errors.ts";
import type { HandshakeMessage, Message } from "./messages/message.ts";
import type { Certificate } from "./x509/certificate.ts";

export type { EventDetails } from "./describe.ts";

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
  /** What was judged, the peer's own certificate first. */
  readonly chain: readonly Certificate[];
  /** The certificates that were loaded as trusted. */
  readonly trusted: readonly Certificate[];
  /** The name that the peer was to have. */
  readonly hostName: string | undefined;
  /** The time it was judged at: seconds since 1970 UTC on the board's clock. */
  readonly now: number;
}

/**
 * A secret has been agreed on, as a line of NSS's key log has it. Who has it can decrypt the connection: a listener
 * that writes or shows it has to have been asked to.
 */
export interface SecretEvent {
  readonly kind: "secret";
  /** "CLIENT_RANDOM" for a master secret of TLS 1.2. */
  readonly label: string;
  /** ClientHello's random, 32 bytes, by which the connection is found. */
  readonly clientRandom: Uint8Array;
  readonly secret: Uint8Array;
}

/** The connection has failed. */
export interface ErrorEvent {
  readonly kind: "error";
  readonly error: MbedTlsError;
}

export type TlsEvent = MessageEvent | VerificationEvent | SecretEvent | ErrorEvent;
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
export function receivedEvent(message: Message, describer: HandshakeDescriber): MessageEvent {
  switch (message.kind) {
    case "handshake":
      return handshakeEvent("received", message, describer);
    case "alert":
      return alertEvent("received", message.level, alertDescription(message.code));
    case "change_cipher_spec":
      return plainEvent("received", "ChangeCipherSpec", 1);
    case "application_data":
      return plainEvent("received", "ApplicationData", message.data.length);
  }
}

/** The event of a handshake message. */
export function handshakeEvent(
  direction: "sent" | "received",
  message: HandshakeMessage,
  describer: HandshakeDescriber,
): MessageEvent {
  return { kind: "message", direction, length: message.bytes.length, ...describer.describe(message) };
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
