import type { HeapShortageEvent } from "../../firmware-shim/host/calls/connection-heap.ts";
import type { SocketErrorEvent } from "../../firmware-shim/host/calls/tls.ts";
import type { ObservedConnection } from "../../firmware-shim/host/calls/tls-handles.ts";
import type { TlsEvent } from "../../firmware-shim/tls/events.ts";
import { exceptionForCode, exceptionForHandshake } from "../../firmware-shim/tls/python-errors.ts";
import { summarize } from "./certificate-summary.ts";
import type { ReportedError, ReportedEvent, Stamp, TlsFailure, TlsReport, WatchOptions } from "./reports.ts";

export interface TlsWatchOptions {
  readonly watch: WatchOptions;
  readonly stamp: () => Stamp;
  readonly report: (report: TlsReport) => void;
  readonly fail: (failure: TlsFailure) => void;
}

type Remembered = TlsEvent | HeapShortageEvent;

/** Events of a connection that are kept for its failure: a handshake with everything has about twenty. */
const HISTORY_LENGTH = 64;

/**
 * Listens to the TLS engine in the board's thread. It keeps what a connection's handshake consisted of, and tells it
 * when the connection fails; on request it tells everything at once.
 */
export class TlsWatch {
  readonly #options: TlsWatchOptions;
  readonly #histories = new WeakMap<ObservedConnection, Remembered[]>();

  constructor(options: TlsWatchOptions) {
    this.#options = options;
  }

  observe(event: Remembered | SocketErrorEvent, connection: ObservedConnection): void {
    const { watch, stamp, report } = this.#options;
    if (event.kind === "error" || event.kind === "socket-error") this.#fail(reportedError(event), connection);
    else this.#remember(event, connection);
    const wanted = event.kind === "secret" ? watch.secrets : watch.tls;
    if (wanted) report({ connection, stamp: stamp(), event: reported(event) });
  }

  #remember(event: Remembered, connection: ObservedConnection): void {
    if (event.kind === "secret" || (event.kind === "message" && event.name === "ApplicationData")) return;
    const history = this.#histories.get(connection);
    if (history === undefined) this.#histories.set(connection, [event]);
    else if (history.length < HISTORY_LENGTH) history.push(event);
  }

  #fail(error: ReportedError, connection: ObservedConnection): void {
    const history = (this.#histories.get(connection) ?? []).map(reported);
    const { stamp, fail } = this.#options;
    fail({ connection, stamp: stamp(), error, history });
  }
}

function reported(event: Remembered | SocketErrorEvent): ReportedEvent {
  if (event.kind === "verification") {
    return { ...event, chain: event.chain.map(summarize), trusted: event.trusted.map(summarize) };
  }
  return event.kind === "error" || event.kind === "socket-error" ? reportedError(event) : event;
}

function reportedError(event: (TlsEvent & { kind: "error" }) | SocketErrorEvent): ReportedError {
  if (event.kind === "socket-error") {
    const code = -event.errno;
    const none = { alert: undefined, received: undefined };
    return { kind: "error", code, reason: "the socket failed", ...none, exception: exceptionForCode(code) };
  }
  const { code, message: reason, alert, received } = event.error;
  return { kind: "error", code, reason, alert, received, exception: exceptionForHandshake(event.error) };
}
