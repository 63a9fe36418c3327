/**
 * One TLS connection, without I/O: bytes from the socket go in, bytes for the socket come out. It plays the part
 * of `mbedtls_ssl_context` under MicroPython's `SSLSocket`.
 *
 * Like mbedTLS it works only when asked: nothing is sent before the first `handshake`, `read` or `write`, and a
 * record is looked at when it is needed. No method throws; a failure stays in `error`.
 */

import {
  ALERT_CODES,
  ALERT_LEVEL_FATAL,
  ALERT_LEVEL_WARNING,
  type AlertName,
  alertDescription,
  encodeAlert,
} from "./alerts.ts";
import { encodeUtf8 } from "./bytes.ts";
import { startClient12 } from "./client12/handshake.ts";
import type { TlsContext } from "./context.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import { ERR, MbedTlsError } from "./errors.ts";
import {
  alertEvent,
  handshakeEvent,
  plainEvent,
  receivedEvent,
  type TlsEvent,
  type TlsEventListener,
} from "./events.ts";
import { MAX_HOST_NAME_LENGTH, MAX_PLAINTEXT_OUT } from "./limits.ts";
import { type AlertMessage, handshakeMessage, type Message } from "./messages/message.ts";
import {
  CONTENT_TYPE_ALERT,
  CONTENT_TYPE_APPLICATION_DATA,
  CONTENT_TYPE_CHANGE_CIPHER_SPEC,
  CONTENT_TYPE_HANDSHAKE,
} from "./record/content-type.ts";
import { MessageReader } from "./record/message-reader.ts";
import { RecordWriter } from "./record/record-writer.ts";
import type { ConnectionIo, State } from "./state.ts";

export interface TlsConnectionOptions {
  readonly crypto: CryptoProvider;
  /** For server_name and for the certificate; leave it out where `server_hostname` is None. */
  readonly serverHostname?: string | undefined;
  /** Seconds since 1970 UTC on the board's clock. */
  readonly now: () => number;
  /** Told what happens, as it happens; must not throw. */
  readonly onEvent?: TlsEventListener | undefined;
}

/** How far an operation got; "error" means that `error` says why, for good. */
export type Blocked = "want-read" | "error";

export class TlsConnection {
  readonly #context: TlsContext;
  readonly #options: TlsConnectionOptions;
  readonly #reader = new MessageReader();
  readonly #writer = new RecordWriter();
  readonly #io: ConnectionIo;
  #state: State | undefined;
  #plaintext: Uint8Array | undefined;
  #socketEnded = false;
  #peerClosed = false;
  #error: MbedTlsError | undefined;

  constructor(context: TlsContext, options: TlsConnectionOptions) {
    this.#context = context;
    this.#options = options;
    this.#io = this.#createIo();
    const { serverHostname } = options;
    if (serverHostname !== undefined && encodeUtf8(serverHostname).length > MAX_HOST_NAME_LENGTH) {
      this.#fail(new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: "the host name is too long" }));
    } else if (context.isServer || context.isDatagram) {
      this.#fail(new MbedTlsError(ERR.SSL_FEATURE_UNAVAILABLE, { reason: "only TLS clients are built" }));
    }
  }

  /** "closed" is after the peer's end: nothing more is to be read, but writing is still possible. */
  get state(): "handshaking" | "connected" | "closed" | "failed" {
    if (this.#error) return "failed";
    if (this.#peerClosed) return "closed";
    return this.#state?.session ? "connected" : "handshaking";
  }

  /** What ended the connection; it stays. */
  get error(): MbedTlsError | undefined {
    return this.#error;
  }

  /** Takes ciphertext from the socket; the bytes are copied. */
  receive(ciphertext: Uint8Array): void {
    this.#reader.append(ciphertext);
  }

  /** The socket has ended: no more ciphertext will come. */
  receiveEof(): void {
    this.#socketEnded = true;
  }

  /** Ciphertext to send, all of it, or undefined. To be asked after every other call, failed ones included. */
  takeOutput(): Uint8Array | undefined {
    return this.#writer.take();
  }

  /** Goes on with the handshake as far as it goes. */
  handshake(): "connected" | Blocked {
    while (!this.#error && !this.#state?.session) {
      if (!this.#step()) return this.#error ? "error" : "want-read";
    }
    return this.#error ? "error" : "connected";
  }

  /**
   * At most `max` bytes of application data, of one record. "eof" is the peer's close_notify, or a bare end of the
   * socket after the handshake, which mbedTLS takes for the same. Starts or finishes the handshake first.
   */
  read(max: number): Uint8Array | "eof" | Blocked {
    const status = this.handshake();
    if (status !== "connected") return this.#error?.code === ERR.SSL_PEER_CLOSE_NOTIFY ? "eof" : status;
    while (this.#plaintext === undefined) {
      if (this.#peerClosed) return "eof";
      if (!this.#step()) return this.#blocked();
    }
    const data = this.#plaintext.subarray(0, max);
    this.#plaintext =
      data.length < this.#plaintext.length ? this.#plaintext.subarray(data.length) : undefined;
    return data;
  }

  /**
   * Sends application data in one record, and returns how many bytes were taken, at most 4096. The output is not
   * limited here: a caller whose socket is full does not write. Starts or finishes the handshake first.
   */
  write(bytes: Uint8Array): number | Blocked {
    const status = this.handshake();
    if (status !== "connected") return status;
    const plaintext = bytes.subarray(0, MAX_PLAINTEXT_OUT);
    if (plaintext.length === 0) return 0;
    try {
      const event = plainEvent("sent", "ApplicationData", plaintext.length);
      this.#send(CONTENT_TYPE_APPLICATION_DATA, plaintext, event);
      return plaintext.length;
    } catch (error) {
      this.#fail(error);
      return "error";
    }
  }

  /** Whether `read` would return at once: data, an end or an error (`mbedtls_ssl_check_pending`, and more). */
  get pending(): boolean {
    const more = this.#reader.hasMore || this.#socketEnded;
    return this.#plaintext !== undefined || this.#peerClosed || this.#error !== undefined || more;
  }

  /** mbedTLS's names of suite and version, such as `["TLS-ECDHE-…", "TLSv1.2"]`; undefined before the end of the handshake. */
  cipher(): readonly [name: string, version: string] | undefined {
    const session = this.#state?.session;
    return session && [session.cipherSuite.name, session.version];
  }

  /** The peer's certificate; undefined before the end of the handshake. */
  get peerCertificateDer(): Uint8Array | undefined {
    return this.#state?.session?.peerCertificates[0]?.der;
  }

  /** Starts, or takes one message. Returns false when nothing more can be done for now, or for good. */
  #step(): boolean {
    try {
      if (!this.#state) {
        this.#state = startClient12(this.#io, this.#context, this.#options.serverHostname);
        return true;
      }
      const message = this.#reader.next();
      if (message) this.#state = this.#take(this.#state, message);
      else if (this.#socketEnded) throw new MbedTlsError(ERR.SSL_CONN_EOF);
      return message !== undefined;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #take(state: State, message: Message): State {
    if (this.#options.onEvent) this.#report(receivedEvent(message));
    return message.kind === "alert" && settlesAlert(message) ? state : state.handle(message);
  }

  #blocked(): "eof" | Blocked {
    if (this.#error) return "error";
    return this.#peerClosed ? "eof" : "want-read";
  }

  #fail(cause: unknown): void {
    const error = cause instanceof MbedTlsError ? cause : internalError(cause);
    const ended = error.code === ERR.SSL_CONN_EOF || error.code === ERR.SSL_PEER_CLOSE_NOTIFY;
    if (ended && this.#state?.session) {
      this.#peerClosed = true;
      return;
    }
    this.#error = error;
    if (error.alert) this.#sendAlert(ALERT_LEVEL_FATAL, error.alert);
    this.#report({ kind: "error", error });
  }

  #send(contentType: number, plaintext: Uint8Array, event: TlsEvent): void {
    this.#writer.write(contentType, plaintext);
    this.#report(event);
  }

  #sendAlert(level: number, name: AlertName): void {
    this.#send(CONTENT_TYPE_ALERT, encodeAlert(level, name), alertEvent("sent", level, name));
  }

  #report(event: TlsEvent): void {
    this.#options.onEvent?.(event);
  }

  #createIo(): ConnectionIo {
    return {
      crypto: this.#options.crypto,
      now: this.#options.now,
      sendHandshake: (bytes) => {
        this.#send(CONTENT_TYPE_HANDSHAKE, bytes, handshakeEvent("sent", handshakeMessage(bytes)));
      },
      sendChangeCipherSpec: () => {
        this.#send(
          CONTENT_TYPE_CHANGE_CIPHER_SPEC,
          Uint8Array.of(1),
          plainEvent("sent", "ChangeCipherSpec", 1),
        );
      },
      sendWarning: (name) => this.#sendAlert(ALERT_LEVEL_WARNING, name),
      protectOutput: (sealer) => this.#writer.setProtection(sealer),
      protectInput: (opener) => this.#reader.setProtection(opener),
      deliver: (data) => {
        if (data.length > 0) this.#plaintext = data;
      },
      report: (event) => this.#report(event),
    };
  }
}

/**
 * Deals with an alert that is no state's business. Warnings are ignored, except that no_renegotiation is left to
 * the state, as in mbedTLS.
 *
 * @throws MbedTlsError for a fatal alert and for close_notify.
 */
function settlesAlert({ level, code }: AlertMessage): boolean {
  if (level === ALERT_LEVEL_FATAL) {
    const received = alertDescription(code);
    throw new MbedTlsError(ERR.SSL_FATAL_ALERT_MESSAGE, { received, reason: `the peer sent ${received}` });
  }
  if (level !== ALERT_LEVEL_WARNING) return true;
  if (code === ALERT_CODES.close_notify) throw new MbedTlsError(ERR.SSL_PEER_CLOSE_NOTIFY);
  return code !== ALERT_CODES.no_renegotiation;
}

/** A fault of the engine's own; it must not leave as an exception, since Python could not catch it. */
function internalError(cause: unknown): MbedTlsError {
  return new MbedTlsError(ERR.SSL_INTERNAL_ERROR, { alert: "internal_error", reason: String(cause) });
}
