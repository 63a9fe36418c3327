/**
 * The connection's states. There is one class for each thing that a connection can wait for; a state takes a
 * message and returns the state that comes after it, which is often itself.
 */

import type { AlertName } from "./alerts.ts";
import type { CipherSuite } from "./ciphersuites.ts";
import type { Later } from "./context.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import type { ClientCookies } from "./dtls/cookies.ts";
import { ERR, MbedTlsError } from "./errors.ts";
import type { TlsEvent } from "./events.ts";
import type { Session12 } from "./handshake12/session.ts";
import type { Session13 } from "./handshake13/session.ts";
import {
  HANDSHAKE_TYPES,
  type HandshakeMessage,
  type HandshakeName,
  type Message,
} from "./messages/message.ts";
import type { RecordOpener, RecordSealer } from "./record/protection.ts";
import type { Certificate } from "./x509/certificate.ts";

/** What a finished handshake has agreed on. */
export interface Session {
  readonly cipherSuite: Pick<CipherSuite, "id" | "name">;
  /** mbedTLS's name of the protocol version, such as "TLSv1.2". */
  readonly version: string;
  /** The peer's chain as it came, its own certificate first; empty when it has none. */
  readonly peerCertificates: readonly Certificate[];
  /** Most bytes of application data in a record that is sent. */
  readonly maxFragmentLength: number;
  /** What a later connection can take up again; over TLS 1.3 there once a ticket has come. */
  readonly resumable: Session12 | Session13 | undefined;
}

/** What a state waits for, where datagrams need to know. */
export type Awaited = "change_cipher_spec" | "finished";

export interface State {
  readonly awaits?: Awaited;
  /** There once the handshake is over. */
  readonly session: Session | undefined;
  /** Takes the next message. @throws MbedTlsError, which ends the connection. */
  handle(message: Message): Next;
  /** Asks for another handshake, once one is over. @throws MbedTlsError */
  renegotiate?(): State;
  /** Changes the keys of what is sent, over TLS 1.3. @param requestPeer - Whether the peer shall do likewise. */
  updateKeys?(requestPeer: boolean): void;
}

/** What comes after a message: a state, or a wait for the answer of a callback, after which that state comes. */
export type Next = State | Unanswered;

/** What a callback of the context's may answer, each its own kind. */
export type Answer = number | Uint8Array | undefined;

/** A callback has answered "later". A message that comes before its answer is the state's that has asked. */
export class Unanswered {
  /** Goes on with the answer. @throws MbedTlsError */
  readonly resume: (answer: Answer) => Next;

  constructor(resume: (answer: Answer) => Next) {
    this.resume = resume;
  }
}

/** Goes on with what a callback has answered, or will answer: the same kind of thing then. */
export function afterAnswer<T extends Answer>(answer: T | Later, then: (answer: T) => Next): Next {
  return answer === "later" ? new Unanswered((later) => then(later as T)) : then(answer);
}

/** What a state may do to the connection that it belongs to. */
export interface ConnectionIo {
  readonly crypto: CryptoProvider;
  /** Seconds since 1970 UTC on the board's clock. */
  now(): number;
  /**
   * Sends a whole handshake message in a record of its own, as mbedTLS does. Returns it as it enters the transcript:
   * over datagrams its header is longer.
   */
  sendHandshake(message: Uint8Array): Uint8Array;
  sendChangeCipherSpec(): void;
  /** A warning; a fatal alert is sent by throwing an error that has one. */
  sendWarning(description: AlertName): void;
  protectOutput(sealer: RecordSealer): void;
  protectInput(opener: RecordOpener): void;
  /** Hands application data to the reader. */
  deliver(data: Uint8Array): void;
  /**
   * Says how many bytes of heap the connection takes from now on, in all.
   *
   * @throws MbedTlsError `SSL_ALLOC_FAILED` where there is not that much.
   */
  resizeHeap(bytes: number): void;
  report(event: TlsEvent): void;
  /** There over datagrams. */
  readonly datagram?: DatagramIo | undefined;
}

/** What states need of DTLS. */
export interface DatagramIo {
  /** A server's. */
  readonly cookies: ClientCookies | undefined;
  /** Sets the most bytes of content in a record, as max_fragment_length has it. */
  limitOutput(length: number): void;
}

/** `MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE`, with the alert where mbedTLS sends it. */
export function unexpectedMessage(reason: string, alert?: AlertName): MbedTlsError {
  return new MbedTlsError(ERR.SSL_UNEXPECTED_MESSAGE, alert ? { alert, reason } : { reason });
}

/** The message as a handshake message; any other is unexpected. */
export function requireHandshake(message: Message, wanted: HandshakeName): HandshakeMessage {
  if (message.kind === "handshake") return message;
  throw unexpectedMessage(`${message.kind} instead of ${wanted}`, "unexpected_message");
}

/** The body of a handshake message of that type; any other is unexpected. */
export function requireMessage(message: Message, wanted: HandshakeName): Uint8Array {
  const { type, body } = requireHandshake(message, wanted);
  if (type === HANDSHAKE_TYPES[wanted]) return body;
  throw unexpectedMessage(`handshake type ${type} instead of ${wanted}`, "unexpected_message");
}
