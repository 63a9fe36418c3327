import { EAGAIN, EBADF, EINPROGRESS, ETIMEDOUT } from "../../net/errno.ts";
import type { Blocked } from "../../tls/connection.ts";
import { TlsConnection } from "../../tls/connection.ts";
import { TlsContext } from "../../tls/context.ts";
import { ERR, MbedTlsError } from "../../tls/errors.ts";
import type { TlsEvent } from "../../tls/events.ts";
import { HEAP_HANDSHAKE_RSA, HEAP_SET_UP, MAX_DATAGRAM_IN } from "../../tls/limits.ts";
import { exceptionForCode, type PythonException } from "../../tls/python-errors.ts";
import type { Board, MemoryOf } from "../board.ts";
import { EINTR, ENOMEM } from "../errno.ts";
import type { HostCall, HostHandle } from "../proxies.ts";
import { ConnectionHeap, type HeapShortageEvent, heapShortage } from "./connection-heap.ts";
import { SocketHandle } from "./socket.ts";
import { ConnectionHandle, ContextHandle, IDENTITY, type ObservedConnection } from "./tls-handles.ts";

/** Ciphertext taken from a socket at a time: a record of the largest size and its header. */
const RECEIVE_BYTES = 16 * 1024 + 512;
/** Plaintext sealed before it is sent: four records, a small part of what the socket takes ahead of the gateway. */
const SEND_BYTES = 16 * 1024;
/** What a call returns when `tls_error` has an exception for Python to raise. Not an errno: those are above. */
const FAILED = -1000;
/** MBEDTLS_ERR_SSL_WANT_WRITE, where -EAGAIN is _WANT_READ: no errno either. */
const WANT_WRITE = -1001;
/** A callback of the context's has been called: Python has to answer it, and to call again. */
const WANT_ANSWER = -1002;

/** What was done, if anything was, and what keeps it from going on: 0, -EAGAIN, WANT_WRITE or FAILED. */
interface Progress {
  readonly done?: number;
  readonly blocked: number;
}

/** The socket below has failed in the middle of the handshake, of which the engine knows nothing. */
export interface SocketErrorEvent {
  readonly kind: "socket-error";
  readonly errno: number;
}

/** Told what the engine tells of a connection, for a trace or a view. */
export type TlsObserver = (
  event: TlsEvent | SocketErrorEvent | HeapShortageEvent,
  connection: ObservedConnection,
) => void;

interface Operation {
  /** Whether it is not to be begun while output waits: a socket that is full takes no more. */
  readonly writes: boolean;
  run(connection: TlsConnection): number | Blocked;
}

/**
 * Host calls of the `tls` module (extmod/modtls_mbedtls.c). With a socket of the board's below, a call goes on
 * until it is done; with another stream Python moves the ciphertext. They return what was done, -EAGAIN,
 * {@link WANT_WRITE}, {@link WANT_ANSWER}, -EINTR, -ETIMEDOUT, or {@link FAILED}.
 */
export function tlsCalls(board: Board, memory: MemoryOf, observe?: TlsObserver): Record<string, HostCall> {
  /** Seconds since 1970 UTC on the board's clock, whatever it is set to: the engine's only time. */
  const now = (): number => Math.floor(board.clock.rtcMicros() / 1e6);
  let connections = 0;

  const reading = (address: number, length: number): Operation => ({
    writes: false,
    run: (connection) => {
      const data = connection.read(length);
      if (data === "eof") return 0;
      if (typeof data === "string") return data;
      memory().bytes.set(data, address);
      return data.length;
    },
  });
  const writing = (address: number, length: number): Operation => ({
    writes: true,
    run: (connection) => {
      // Several records at once: the way to the gateway costs by the packet.
      const data = memory().bytes.subarray(address, address + Math.min(length, SEND_BYTES));
      if (connection.isDatagram) return connection.write(data);
      let written = 0;
      while (written < data.length) {
        const result = connection.write(data.subarray(written));
        if (typeof result !== "number") return written || result;
        written += result;
      }
      return written;
    },
  });
  const handshaking: Operation = {
    writes: true,
    run: (connection) => {
      const status = connection.handshake();
      return status === "connected" ? 0 : status;
    },
  };

  /** Sends what is to be sent: 0 when all is, WANT_WRITE, or FAILED. */
  const flush = (handle: ConnectionHandle, fd: number): number => {
    for (;;) {
      handle.output ??= handle.connection.takeOutput();
      if (!handle.output) return 0;
      const sent = board.sockets.send(fd, handle.output);
      if (sent === -EAGAIN || sent === -EINPROGRESS) return WANT_WRITE;
      if (sent < 0) return fail(handle, -sent);
      handle.output = sent < handle.output.length ? handle.output.subarray(sent) : undefined;
    }
  };
  const fail = (handle: ConnectionHandle, errno: number): number => {
    const { state } = handle.connection;
    if (state === "handshaking") observe?.({ kind: "socket-error", errno }, handle.observed);
    handle.socketErrno = errno;
    return FAILED;
  };
  /** Takes ciphertext that is there: 0 when some was, -EAGAIN, or FAILED. */
  const feed = (handle: ConnectionHandle, fd: number): number => {
    const data = board.sockets.recv(fd, RECEIVE_BYTES);
    if (data === -EAGAIN || data === -EINPROGRESS) return -EAGAIN;
    if (typeof data === "number") return fail(handle, -data);
    if (data.length === 0) handle.connection.receiveEof();
    else handle.connection.receive(data);
    return 0;
  };
  /**
   * Begins or goes on with an operation as far as it goes without waiting. What it did stands even where its
   * output still waits: it must not be done twice.
   */
  const advance = (handle: ConnectionHandle, fd: number, operation: Operation): Progress => {
    for (;;) {
      const before = flush(handle, fd);
      if (before === FAILED || (before !== 0 && operation.writes)) return { blocked: before };
      const result = operation.run(handle.connection);
      // What is sent last is the alert that tells the peer.
      const after = flush(handle, fd);
      if (result === "error" || after === FAILED) return { blocked: FAILED };
      if (result === "want-answer") return { blocked: WANT_ANSWER };
      if (typeof result === "number") return { done: result, blocked: operation.writes ? after : 0 };
      if (after !== 0) return { blocked: after };
      const fed = feed(handle, fd);
      if (fed !== 0) return { blocked: fed };
    }
  };

  /** When, in ticks, DTLS has something to send again. */
  const retransmissionTime = ({ nextTimeout = Number.POSITIVE_INFINITY }: TlsConnection): number =>
    board.clock.ticksMicros() + nextTimeout * 1000;

  /** Does an operation over a socket; `deadline` in ticks, None for ever, 0 not to wait. */
  const run = (
    handle: HostHandle,
    socket: HostHandle,
    operation: Operation,
    deadline: number | null,
  ): number => {
    if (!(handle instanceof ConnectionHandle) || !(socket instanceof SocketHandle)) return -EBADF;
    if (handle.failed) return FAILED;
    let done: number | undefined;
    for (;;) {
      const progress: Progress =
        done === undefined
          ? advance(handle, socket.fd, operation)
          : { done, blocked: flush(handle, socket.fd) };
      done = progress.done;
      if (progress.blocked === FAILED || progress.blocked === WANT_ANSWER) return progress.blocked;
      if (done !== undefined && (progress.blocked === 0 || deadline === 0)) return done;
      if (deadline === 0) return progress.blocked;
      const end = deadline ?? Number.POSITIVE_INFINITY;
      const retransmission = retransmissionTime(handle.connection);
      const wake = board.wait(Math.min(end, retransmission));
      if (wake === "timeout" && end <= retransmission) return done ?? -ETIMEDOUT;
      if (wake === "interrupted") return done ?? -EINTR;
    }
  };

  const step = (handle: HostHandle, operation: Operation): number => {
    if (!(handle instanceof ConnectionHandle)) return -EBADF;
    if (handle.failed) return FAILED;
    const result = operation.run(handle.connection);
    return typeof result === "number" ? result : BLOCKED[result];
  };
  const contextOf = (handle: HostHandle): TlsContext => (handle as ContextHandle).context;
  /** A copy of a buffer of Python's. */
  const copy = (address: number, length: number): Uint8Array =>
    memory().bytes.slice(address, address + length);
  const heap = board.systemHeap;

  return {
    tls_context: (protocol: number) => {
      const context = new TlsContext(protocol);
      context.tls13 = board.tls13;
      return new ContextHandle(context, heap);
    },
    tls_set_verify_mode: (handle: HostHandle, mode: number) => {
      contextOf(handle).verifyMode = mode;
    },
    tls_load_ca: (handle: ContextHandle, address: number, length: number) => {
      const code = handle.context.loadVerifyLocations(copy(address, length));
      handle.takeHeap();
      return code;
    },
    tls_load_cert_chain: (
      handle: ContextHandle,
      address: number,
      length: number,
      key: number,
      keyLength: number,
    ) => {
      const code = handle.context.loadCertChain(copy(address, length), copy(key, keyLength));
      handle.takeHeap();
      return code;
    },
    /** Whether Python is to be asked about certificates. */
    tls_set_verify_callback: (handle: ContextHandle, on: boolean) => {
      handle.context.verifyCallback = on ? (der, depth) => handle.ask(der, depth) : undefined;
    },
    tls_set_psk: (handle: HostHandle, identity: number, length: number, key: number, keyLength: number) =>
      contextOf(handle).setPsk(copy(identity, length), copy(key, keyLength)),
    /** From now on Python is asked for the keys of clients. */
    tls_ask_for_psk: (handle: ContextHandle) => {
      handle.context.setServerPskKeys((identity) => handle.ask(identity, IDENTITY));
    },
    // After WANT_ANSWER: what is asked, and Python's answer to it.
    tls_question_length: (handle: ContextHandle) => handle.question.data.length,
    /** Copies the certificate, and returns its depth; or the identity, and returns -1. */
    tls_question: (handle: ContextHandle, address: number) => {
      memory().bytes.set(handle.question.data, address);
      return handle.question.depth;
    },
    tls_answer_verify: (handle: ConnectionHandle, code: number) => {
      handle.connection.answer(code);
    },
    /** The key; none is no key. */
    tls_answer_psk: (handle: ConnectionHandle, address: number, length: number) => {
      handle.connection.answer(length === 0 ? undefined : copy(address, length));
    },
    tls_set_ciphers: (handle: HostHandle, names: string) =>
      contextOf(handle).setCiphers(names === "" ? [] : names.split("\n")),
    tls_ciphers: () => TlsContext.cipherNames(board.tls13).join(" "),
    /**
     * @param ample - whether to ask for room for the handshake too: without it Python first collects its garbage
     * @param idLength - of a DTLS server's client_id, or -1 without
     */
    tls_open: (
      handle: HostHandle,
      hostname: string | null,
      ample: boolean,
      idAddress: number,
      idLength: number,
    ) => {
      const context = contextOf(handle);
      const observed: ObservedConnection = {
        id: ++connections,
        hostname: hostname ?? undefined,
        tls13: context.cipherSuites13.length > 0,
      };
      const needed = ample ? HEAP_HANDSHAKE_RSA : HEAP_SET_UP;
      if (heap.free < needed) {
        if (!ample) {
          observe?.(heapShortage(heap, needed, 0), observed);
          observe?.({ kind: "error", error: new MbedTlsError(ERR.SSL_ALLOC_FAILED) }, observed);
        }
        return -ENOMEM;
      }
      const share = new ConnectionHeap(heap, (event) => observe?.(event, observed));
      const connection = new TlsConnection(context, {
        crypto: board.crypto,
        now,
        ticks: () => board.clock.ticksMicros() / 1000,
        resizeHeap: (bytes) => share.resize(bytes),
        ...(idLength >= 0 && { clientId: copy(idAddress, idLength) }),
        ...(hostname !== null && { serverHostname: hostname }),
        ...(observe && { onEvent: (event) => observe(event, observed) }),
      });
      share.resize(HEAP_SET_UP);
      return new ConnectionHandle(share, observed, connection);
    },
    tls_close: (handle: HostHandle) => {
      handle.release();
    },
    tls_handshake: (
      handle: HostHandle,
      socket: HostHandle,
      _address: number,
      _length: number,
      deadline: number | null,
    ) => run(handle, socket, handshaking, deadline),
    tls_read: (
      handle: HostHandle,
      socket: HostHandle,
      address: number,
      length: number,
      deadline: number | null,
    ) => run(handle, socket, reading(address, length), deadline),
    tls_write: (
      handle: HostHandle,
      socket: HostHandle,
      address: number,
      length: number,
      deadline: number | null,
    ) => run(handle, socket, writing(address, length), deadline),
    /** Whether a read would find something without the socket: 0, 1, or -1 where only the error is left. */
    tls_pending: (handle: ConnectionHandle) => {
      if (handle.failed) return -1;
      return handle.connection.pending ? 1 : 0;
    },
    // Over any other stream Python does the reading and writing.
    tls_step_handshake: (handle: HostHandle) => step(handle, handshaking),
    tls_step_read: (handle: HostHandle, address: number, length: number) =>
      step(handle, reading(address, length)),
    tls_step_write: (handle: HostHandle, address: number, length: number) =>
      step(handle, writing(address, length)),
    /** Bytes of ciphertext to send. */
    tls_output_length: (handle: ConnectionHandle) => {
      handle.output ??= handle.connection.takeOutput();
      return handle.output?.length ?? 0;
    },
    /** Copies `length` bytes of ciphertext to send, no more than there are; they stay until `tls_sent`. */
    tls_output: (handle: ConnectionHandle, address: number, length: number) => {
      if (handle.output) memory().bytes.set(handle.output.subarray(0, length), address);
    },
    tls_sent: (handle: ConnectionHandle, length: number) => {
      const rest = handle.output?.subarray(length);
      handle.output = rest?.length ? rest : undefined;
    },
    /** Bytes of ciphertext to ask for. */
    tls_wanted: ({ connection, demand }: ConnectionHandle) =>
      connection.isDatagram ? MAX_DATAGRAM_IN : demand.bytes,
    /** Hands in ciphertext, as much as was asked for or less; none means the stream has ended. */
    tls_put: (handle: ConnectionHandle, address: number, length: number) => {
      const data = memory().bytes.subarray(address, address + length);
      if (!handle.connection.isDatagram) handle.demand.took(data);
      if (length === 0) handle.connection.receiveEof();
      else handle.connection.receive(data);
    },
    /** An error of the stream below, which stays. */
    tls_fail: (handle: ConnectionHandle, errno: number) => fail(handle, errno),
    /** The exception to raise: "ValueError" or "OSError", its code, and its text, in lines; a text may have more. */
    tls_error: (handle: ConnectionHandle) => describe(handle.exception()),
    tls_code_error: (code: number) => describe(exceptionForCode(code)),
    /** Suite and version, or None. */
    tls_cipher: (handle: ConnectionHandle) =>
      handle.closed ? null : (handle.connection.cipher()?.join(" ") ?? null),
    tls_certificate_length: (handle: ConnectionHandle) =>
      handle.closed ? 0 : (handle.connection.peerCertificateDer?.length ?? 0),
    tls_certificate: (handle: ConnectionHandle, address: number) => {
      memory().bytes.set(handle.connection.peerCertificateDer ?? [], address);
    },
  };
}

const BLOCKED: Readonly<Record<Blocked, number>> = {
  error: FAILED,
  "want-read": -EAGAIN,
  "want-answer": WANT_ANSWER,
};

function describe({ type, args }: PythonException): string {
  const [first, text] = type === "ValueError" ? ["", args[0]] : args;
  return `${type}\n${first}\n${text ?? ""}`;
}
