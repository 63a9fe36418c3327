/** What a board tells of its traffic to whoever watches it: plain data, which passes between threads. */

import type { HeapShortageEvent } from "../../firmware-shim/host/calls/connection-heap.ts";
import type { ObservedConnection } from "../../firmware-shim/host/calls/tls-handles.ts";
import type { AlertDescription } from "../../firmware-shim/tls/alerts.ts";
import type { MessageEvent, SecretEvent, VerificationEvent } from "../../firmware-shim/tls/events.ts";
import type { PythonException } from "../../firmware-shim/tls/python-errors.ts";
import type { CertificateSummary } from "./certificate-summary.ts";

/** What a watcher wants to be told. Each costs the board some time, so nothing is told unasked but failures. */
export interface WatchOptions {
  /** Every TLS event as it happens. */
  readonly tls?: boolean;
  /** The secrets with which what was captured can be decrypted. */
  readonly secrets?: boolean;
  /** Every packet between the board and its bridge. */
  readonly packets?: boolean;
}

/** When something happened. */
export interface Stamp {
  /** Microseconds since 1970 UTC on the board's clock, whatever it is set to. */
  readonly rtc: number;
  /** Microseconds of the host's monotonic clock. */
  readonly host: number;
}

export interface ReportedVerification extends Omit<VerificationEvent, "chain" | "trusted"> {
  readonly chain: readonly CertificateSummary[];
  readonly trusted: readonly CertificateSummary[];
}

/** The connection has failed. */
export interface ReportedError {
  readonly kind: "error";
  /** mbedTLS's, or the negative errno of the socket below. */
  readonly code: number;
  /** What went wrong, in words, or the code's name. */
  readonly reason: string;
  /** The fatal alert that the peer was sent. */
  readonly alert: string | undefined;
  /** The alert that the peer sent. */
  readonly received: AlertDescription | undefined;
  /** What Python is told. */
  readonly exception: PythonException;
}

export type ReportedEvent =
  | MessageEvent
  | SecretEvent
  | ReportedVerification
  | HeapShortageEvent
  | ReportedError;

export interface TlsReport {
  readonly connection: ObservedConnection;
  readonly stamp: Stamp;
  readonly event: ReportedEvent;
}

/** A connection that failed, and how it came to it. */
export interface TlsFailure {
  readonly connection: ObservedConnection;
  readonly stamp: Stamp;
  readonly error: ReportedError;
  /** What happened before, application data left out. */
  readonly history: readonly ReportedEvent[];
}

/** The board's Wi-Fi interface as it is configured at the moment. */
export interface Station {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** Its own address and its name server's, dotted. */
  readonly address: string;
  readonly dns: string;
}

/** A packet of the board's sockets, as `firmware-shim/net/wisp` encodes it. */
export interface PacketReport {
  readonly direction: "sent" | "received";
  readonly packet: Uint8Array;
  readonly stamp: Stamp;
  readonly station: Station;
}
