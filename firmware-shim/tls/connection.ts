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
import { startClient12 } from "./client12/start.ts";
import { startClient13 } from "./client13/start.ts";
import type { TlsContext } from "./context.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import { HandshakeDescriber } from "./describe.ts";
import { createDatagramParts, type DatagramParts } from "./dtls/create.ts";
import { ERR, MbedTlsError } from "./errors.ts";
import {
  alertEvent,
  handshakeEvent,
  plainEvent,
  receivedEvent,
  type TlsEvent,
  type TlsEventListener,
} from "./events.ts";
import type { Session12 } from "./handshake12/session.ts";
import type { Session13 } from "./handshake13/session.ts";
import { HEAP_CONNECTED, MAX_HOST_NAME_LENGTH } from "./limits.ts";
import { type AlertMessage, handshakeMessage, type Message } from "./messages/message.ts";
import {
  CONTENT_TYPE_ALERT,
  CONTENT_TYPE_APPLICATION_DATA,
  CONTENT_TYPE_CHANGE_CIPHER_SPEC,
} from "./record/content-type.ts";
import { StreamTransport } from "./record/stream-transport.ts";
import type { RecordTransport } from "./record/transport.ts";
import { startServer12 } from "./server12/start.ts";
import { startServer13 } from "./server13/start.ts";
import { type Answer, type ConnectionIo, type Next, type Session, type State, Unanswered } from "./state.ts";

export interface TlsConnectionOptions {
  readonly crypto: CryptoProvider;
  /** For server_name and for the certificate; leave it out where `server_hostname` is None. */
  readonly serverHostname?: string | undefined;
  /** Seconds since 1970 UTC on the board's clock. */
  readonly now: () => number;
  /** Milliseconds that only go forward, which DTLS needs to send again what got lost. */
  readonly ticks?: (() => number) | undefined;
  /** What a DTLS server knows its client by (`mbedtls_ssl_set_client_transport_id`); it goes into the cookie. */
  readonly clientId?: Uint8Array | undefined;
  /** A client's session to take up again (`mbedtls_ssl_set_session`); the server may decline. */
  readonly resume?: Session12 | Session13 | undefined;
  /**
   * Told how many bytes of heap the connection is to take from now on, in all; false where there is not that much.
   * What it takes to begin with, `HEAP_SET_UP`, and what is freed at its end, are the caller's business.
   */
  readonly resizeHeap?: ((bytes: number) => boolean) | undefined;
  /** Told what happens, as it happens; must not throw. */
  readonly onEvent?: TlsEventListener | undefined;
}

/**
 * How far an operation got. "want-answer": a callback of the context's has answered "later"; `answer` it, and do the
 * operation again. "error" means that `error` says why, for good.
 */
export type Blocked = "want-read" | "want-answer" | "error";

export class TlsConnection {
  readonly #context: TlsContext;
  readonly #options: TlsConnectionOptions;
  readonly #datagrams: DatagramParts | undefined;
  readonly #transport: RecordTransport;
  readonly #io: ConnectionIo;
  readonly #describer = new HandshakeDescriber();
  #state: State | undefined;
  #session: Session | undefined;
  #unanswered: Unanswered | undefined;
  /** Whether "want-answer" has been told of it. */
  #answerWanted = false;
  #plaintext: Uint8Array | undefined;
  #socketEnded = false;
  #peerClosed = false;
  #error: MbedTlsError | undefined;

  constructor(context: TlsContext, options: TlsConnectionOptions) {
    this.#context = context;
    this.#options = options;
    this.#datagrams = context.isDatagram ? createDatagramParts(context, options) : undefined;
    this.#transport =
      this.#datagrams?.layer ?? new StreamTransport(context.isServer && context.cipherSuites13.length === 0);
    this.#io = this.#createIo();
    const { serverHostname } = options;
    if (serverHostname !== undefined && encodeUtf8(serverHostname).length > MAX_HOST_NAME_LENGTH) {
      this.#fail(new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: "the host name is too long" }));
    } else if (this.#datagrams?.error) {
      this.#fail(this.#datagrams.error);
    }
  }

  /** "closed" is after the peer's end: nothing more is to be read, but writing is still possible. */
  get state(): "handshaking" | "connected" | "closed" | "failed" {
    if (this.#error) return "failed";
    if (this.#peerClosed) return "closed";
    return this.#state?.session ? "connected" : "handshaking";
  }

  /** Whether it runs over datagrams. */
  get isDatagram(): boolean {
    return this.#context.isDatagram;
  }

  /** What ended the connection; it stays. */
  get error(): MbedTlsError | undefined {
    return this.#error;
  }

  /** Takes ciphertext from the socket, over DTLS one datagram; the bytes are copied. */
  receive(ciphertext: Uint8Array): void {
    this.#transport.append(ciphertext);
  }

  /** The socket has ended: no more ciphertext will come. */
  receiveEof(): void {
    this.#socketEnded = true;
  }

  /**
   * Ciphertext to send: all of it, over DTLS one datagram, or undefined where there is none left. To be asked after
   * every other call, failed ones included.
   */
  takeOutput(): Uint8Array | undefined {
    return this.#transport.take();
  }

  /**
   * Milliseconds after which DTLS has something to send again, so that the operation under way is to be repeated even
   * if nothing has come; undefined where it has not.
   */
  get nextTimeout(): number | undefined {
    return this.#error ? undefined : this.#datagrams?.layer.nextTimeout;
  }

  /** Goes on with the handshake as far as it goes. */
  handshake(): "connected" | Blocked {
    return this.#handshake(false);
  }

  /**
   * Brings the answer that a callback has promised, after "want-answer": what it would have returned. Where it is
   * not brought, the handshake goes on as mbedTLS's does when an exception has jumped out of a callback: it takes
   * the peer's next message for the one that has been asked about.
   */
  answer(answer: Answer): void {
    const unanswered = this.#unanswered;
    this.#unanswered = undefined;
    try {
      if (unanswered) this.#enter(unanswered.resume(answer));
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Asks the peer for another handshake (`mbedtls_ssl_renegotiate`), for which the context's `renegotiation` must
   * be set. `handshake`, `read` and `write` go on with it.
   *
   * @returns 0, or an mbedTLS code where it cannot be asked for; that changes nothing.
   */
  renegotiate(): number {
    if (this.#error || !this.#state?.renegotiate) return ERR.SSL_BAD_INPUT_DATA;
    try {
      this.#enter(this.#state.renegotiate());
      return 0;
    } catch (error) {
      if (!(error instanceof MbedTlsError)) throw error;
      return error.code;
    }
  }

  /**
   * Changes the keys of what is sent from now on, over TLS 1.3 (RFC 8446 section 4.6.3). What the peer does likewise
   * needs no call.
   *
   * @param requestPeer - Whether the peer shall change its keys as well.
   * @returns 0, or an mbedTLS code where it cannot be done; that changes nothing.
   */
  updateKeys(requestPeer = false): number {
    if (this.#error || !this.#state?.updateKeys) return ERR.SSL_BAD_INPUT_DATA;
    this.#state.updateKeys(requestPeer);
    return 0;
  }

  /**
   * At most `max` bytes of application data, of one record. "eof" is the peer's close_notify, or a bare end of the
   * socket after the handshake, which mbedTLS takes for the same. Starts or finishes the handshake first.
   */
  read(max: number): Uint8Array | "eof" | Blocked {
    if (this.#error) return this.#blocked();
    while (this.#plaintext === undefined) {
      if (this.#peerClosed) return "eof";
      if (!this.#step(true)) return this.#blocked();
    }
    const data = this.#plaintext.subarray(0, max);
    this.#plaintext =
      data.length < this.#plaintext.length ? this.#plaintext.subarray(data.length) : undefined;
    return data;
  }

  /**
   * Sends application data in one record, and returns how many bytes were taken, at most 4096, or fewer where the
   * peers have agreed on shorter records. Over DTLS more than that is an error. The output is not limited here: a
   * caller whose socket is full does not write. Starts or finishes the handshake first.
   */
  write(bytes: Uint8Array): number | Blocked {
    const status = this.#handshake(true);
    if (status !== "connected") return status;
    const plaintext = bytes.subarray(0, this.#session?.maxFragmentLength);
    if (plaintext.length === 0) return 0;
    try {
      if (this.#datagrams) checkDatagram(bytes, plaintext.length, this.#datagrams);
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
    const more = this.#transport.hasMore || this.#socketEnded;
    return this.#plaintext !== undefined || this.#peerClosed || this.#error !== undefined || more;
  }

  /** mbedTLS's names of suite and version, such as `["TLS-ECDHE-…", "TLSv1.2"]`; undefined before the end of the handshake. */
  cipher(): readonly [name: string, version: string] | undefined {
    return this.#session && [this.#session.cipherSuite.name, this.#session.version];
  }

  /** The peer's certificate; undefined before the end of the handshake. */
  get peerCertificateDer(): Uint8Array | undefined {
    return this.#session?.peerCertificates[0]?.der;
  }

  /**
   * What a client needs to take the session up again (`mbedtls_ssl_get_session`); undefined before the handshake's end,
   * and over TLS 1.3 until a read has come upon a ticket.
   */
  get resumableSession(): Session12 | Session13 | undefined {
    return this.#session?.resumable;
  }

  #handshake(deferred: boolean): "connected" | Blocked {
    while (!this.#error && !this.#state?.session) {
      // In a renegotiation data may come in between; it has to be read first.
      if (this.#plaintext !== undefined) return "want-read";
      if (!this.#step(deferred)) return this.#error ? "error" : this.#waiting();
    }
    return this.#error ? "error" : "connected";
  }

  /**
   * Starts, or takes one message. Returns false when nothing more can be done for now, or for good.
   *
   * @param deferred - Whether it is part of a read or a write.
   */
  #step(deferred: boolean): boolean {
    if (this.#unanswered && !this.#answerWanted) return false;
    this.#unanswered = undefined;
    try {
      if (!this.#state) {
        this.#enter(this.#start());
        return true;
      }
      const message = this.#transport.next();
      if (message) this.#enter(this.#take(this.#state, message));
      else if (this.#socketEnded) throw new MbedTlsError(ERR.SSL_CONN_EOF);
      return message !== undefined && !this.#unanswered;
    } catch (error) {
      this.#fail(error, deferred);
      return false;
    }
  }

  #start(): State {
    const { serverHostname, resume } = this.#options;
    const uses13 = this.#context.cipherSuites13.length > 0;
    if (this.#context.isServer) {
      const startServer = uses13 ? startServer13 : startServer12;
      return startServer(this.#io, this.#context, serverHostname);
    }
    // A session is taken up in its own version only.
    const [session12, session13] = resume?.version === "TLSv1.3" ? [undefined, resume] : [resume, undefined];
    return uses13 && !session12
      ? startClient13(this.#io, this.#context, serverHostname, session13)
      : startClient12(this.#io, this.#context, serverHostname, session12);
  }

  /** In a renegotiation the session before it stays the one that is asked for. */
  #enter(next: Next): void {
    if (next instanceof Unanswered) {
      this.#unanswered = next;
      this.#answerWanted = false;
      return;
    }
    if (next.session && next !== this.#state) {
      this.#io.resizeHeap(HEAP_CONNECTED);
      this.#session = next.session;
    }
    this.#state = next;
    this.#datagrams?.layer.enter(next);
  }

  #take(state: State, message: Message): Next {
    if (this.#options.onEvent) this.#report(receivedEvent(message, this.#describer));
    return message.kind === "alert" && settlesAlert(message) ? state : state.handle(message);
  }

  #blocked(): "eof" | Blocked {
    if (this.#error) return this.#error.code === ERR.SSL_PEER_CLOSE_NOTIFY ? "eof" : "error";
    return this.#peerClosed ? "eof" : this.#waiting();
  }

  #waiting(): "want-read" | "want-answer" {
    if (!this.#unanswered) return "want-read";
    this.#answerWanted = true;
    return "want-answer";
  }

  #fail(cause: unknown, deferred = false): void {
    const error = cause instanceof MbedTlsError ? cause : internalError(cause);
    const ended = error.code === ERR.SSL_CONN_EOF || error.code === ERR.SSL_PEER_CLOSE_NOTIFY;
    if (ended && this.#state?.session) {
      this.#peerClosed = true;
      return;
    }
    this.#error = error;
    const alert = error.alert ?? (deferred ? deferredAlert(error) : undefined);
    if (alert) this.#sendAlert(ALERT_LEVEL_FATAL, alert);
    this.#report({ kind: "error", error });
  }

  #send(contentType: number, plaintext: Uint8Array, event: TlsEvent): void {
    this.#transport.write(contentType, plaintext);
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
        const sent = this.#transport.writeHandshake(bytes);
        const message = { ...handshakeMessage(bytes), bytes: sent };
        this.#report(handshakeEvent("sent", message, this.#describer));
        return sent;
      },
      sendChangeCipherSpec: () => {
        this.#send(
          CONTENT_TYPE_CHANGE_CIPHER_SPEC,
          Uint8Array.of(1),
          plainEvent("sent", "ChangeCipherSpec", 1),
        );
      },
      sendWarning: (name) => this.#sendAlert(ALERT_LEVEL_WARNING, name),
      protectOutput: (sealer) => this.#transport.protectOutput(sealer),
      protectInput: (opener) => this.#transport.protectInput(opener),
      deliver: (data) => {
        if (data.length > 0) this.#plaintext = data;
      },
      resizeHeap: (bytes) => {
        if (this.#options.resizeHeap?.(bytes) === false) throw new MbedTlsError(ERR.SSL_ALLOC_FAILED);
      },
      report: (event) => this.#report(event),
      datagram: this.#datagrams?.io,
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

/** What MicroPython adds where a handshake fails in a read or a write (`ssl_check_async_handshake_failure`). */
function deferredAlert(error: MbedTlsError): AlertName | undefined {
  return error.code === ERR.SSL_NO_CLIENT_CERTIFICATE ? "handshake_failure" : undefined;
}

/** mbedTLS does not cut what is written to a datagram (`ssl_write_real`). */
function checkDatagram(bytes: Uint8Array, taken: number, { layer }: DatagramParts): void {
  if (bytes.length <= Math.min(taken, layer.maxApplicationData)) return;
  throw new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: `${bytes.length} bytes for one datagram` });
}

/** A fault of the engine's own; it must not leave as an exception, since Python could not catch it. */
function internalError(cause: unknown): MbedTlsError {
  return new MbedTlsError(ERR.SSL_INTERNAL_ERROR, { alert: "internal_error", reason: String(cause) });
}
