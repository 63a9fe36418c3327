import type { TlsConnection } from "../../tls/connection.ts";
import type { TlsContext } from "../../tls/context.ts";
import { ERR } from "../../tls/errors.ts";
import { exceptionForCode, exceptionForHandshake, type PythonException } from "../../tls/python-errors.ts";
import { CERTIFICATE_HEAP_BYTES, KEY_HEAP_BYTES } from "../limits.ts";
import { HostHandle } from "../proxies.ts";
import type { SystemHeap } from "../system-heap.ts";
import type { ConnectionHeap } from "./connection-heap.ts";
import { RecordDemand } from "./record-demand.ts";

/** What `tls_question` returns for an identity, which has no depth. */
export const IDENTITY = -1;

/** A connection as an observer knows it. */
export interface ObservedConnection {
  /** Counts from 1 since the board's start. */
  readonly id: number;
  /** `server_hostname`. */
  readonly hostname: string | undefined;
  /** Whether it may use TLS 1.3. */
  readonly tls13: boolean;
}

/** What a callback has been called with: a certificate and its depth, or a client's identity. */
interface Question {
  readonly data: Uint8Array;
  readonly depth: number;
}

/** A context that Python holds. */
export class ContextHandle extends HostHandle {
  readonly context: TlsContext;
  readonly #heap: SystemHeap;
  #heapBytes = 0;
  /** The question under way; Python takes it at once. */
  question: Question = { data: new Uint8Array(0), depth: IDENTITY };

  constructor(context: TlsContext, heap: SystemHeap) {
    super();
    this.context = context;
    this.#heap = heap;
  }

  /** Python answers it. */
  ask(data: Uint8Array, depth: number): "later" {
    this.question = { data, depth };
    return "later";
  }

  /** Takes what certificates and key need; connections feel it, and loading never fails for it. */
  takeHeap(): void {
    const { caChain, ownCertificates, privateKey } = this.context;
    const certificates = [...caChain, ...ownCertificates];
    const bytes =
      certificates.reduce((sum, { der }) => sum + der.length + CERTIFICATE_HEAP_BYTES, 0) +
      (privateKey ? KEY_HEAP_BYTES : 0);
    this.#heap.take(bytes - this.#heapBytes);
    this.#heapBytes = bytes;
  }

  override release(): void {
    this.#heap.take(-this.#heapBytes);
    this.#heapBytes = 0;
  }
}

/** A connection that Python holds. */
export class ConnectionHandle extends HostHandle {
  readonly connection: TlsConnection;
  readonly observed: ObservedConnection;
  /** What is to be asked of a stream that is not a socket of the board's. */
  readonly demand = new RecordDemand();
  /** Ciphertext still to be sent. */
  output: Uint8Array | undefined;
  /** An error of the socket below; like mbedTLS's own it stays. */
  socketErrno = 0;
  /** The exception that the next failing call raises; the handshake's has its own text. */
  #handshakeFailureTold = false;
  #closed = false;
  readonly #heap: ConnectionHeap;

  /** @param heap - what the connection takes of it is given back with the handle */
  constructor(heap: ConnectionHeap, observed: ObservedConnection, connection: TlsConnection) {
    super();
    this.#heap = heap;
    this.observed = observed;
    this.connection = connection;
  }

  override release(): void {
    this.#closed = true;
    this.#heap.resize(0);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get failed(): boolean {
    return this.#closed || this.socketErrno !== 0 || this.connection.error !== undefined;
  }

  exception(): PythonException {
    const { error } = this.connection;
    if (this.#closed) return exceptionForCode(ERR.SSL_BAD_INPUT_DATA);
    if (this.socketErrno !== 0) return { type: "OSError", args: [this.socketErrno] };
    if (!error) return exceptionForCode(ERR.SSL_INTERNAL_ERROR);
    if (this.#handshakeFailureTold) return exceptionForCode(error.code);
    this.#handshakeFailureTold = true;
    // mbedtls_ssl_free: what is left only repeats the error.
    this.#heap.resize(0);
    return exceptionForHandshake(error);
  }
}
