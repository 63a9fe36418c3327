/**
 * MicroPython's raw REPL as a protocol without I/O, after mpremote's transport_serial.py and
 * shared/runtime/pyexec.c. Each conversation is a generator that yields steps (write this, read until that) and
 * is handed their results; `runProtocol` in board-stream.ts performs them over a connection.
 */
import { ANSWER_TIMEOUT_MS, ENTER_TIMEOUT_MS, RAW_CHUNK_BYTES, RAW_CHUNK_PAUSE_MS } from "./limits.ts";

/** The board did not follow the protocol, or went away. */
export class TransportError extends Error {
  override readonly name = "TransportError";
}

export type Step =
  /** Sends bytes. */
  | { readonly type: "write"; readonly bytes: Uint8Array }
  /** Waits for exactly `count` bytes. Result: they, or undefined when the time ran out. */
  | { readonly type: "read"; readonly count: number; readonly timeoutMs: number }
  /** Waits for everything up to and with `ending`. Result: it, or undefined when the time ran out. */
  | { readonly type: "until"; readonly ending: Uint8Array; readonly timeoutMs: number }
  /**
   * Hands on what comes, as it comes, up to the byte `end`, which is dropped. Result: empty, or undefined when
   * nothing came for `timeoutMs`.
   */
  | {
      readonly type: "stream";
      readonly end: number;
      readonly sink: (bytes: Uint8Array) => void;
      readonly timeoutMs: number;
    }
  /** Result: one byte where one has come already, else empty. */
  | { readonly type: "poll" }
  /** Drops what has come. */
  | { readonly type: "drain" }
  | { readonly type: "pause"; readonly ms: number };

export type Protocol<T> = Generator<Step, T, Uint8Array | undefined>;

/** What an execution gave: its output (unless it went to a sink) and its traceback. */
export interface Execution {
  readonly output: Uint8Array;
  /** Empty where there was no exception. */
  readonly error: Uint8Array;
}

const CTRL_A = 0x01;
const CTRL_B = 0x02;
const CTRL_C = 0x03;
const CTRL_D = 0x04;
const CTRL_E = 0x05;
const CR = 0x0d;

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const RAW_BANNER = ascii("raw REPL; CTRL-B to exit\r\n");
const RAW_PROMPT = ascii("raw REPL; CTRL-B to exit\r\n>");
const SOFT_REBOOT = ascii("soft reboot\r\n");
const PROMPT = ascii(">");
const EOT = Uint8Array.of(CTRL_D);

const write = (...bytes: number[]): Step => ({ type: "write", bytes: Uint8Array.from(bytes) });

function* until(ending: Uint8Array, timeoutMs: number, failure: string): Protocol<Uint8Array> {
  const bytes = yield { type: "until", ending, timeoutMs };
  if (!bytes) throw new TransportError(failure);
  return bytes;
}

function* read(count: number, failure: string): Protocol<Uint8Array> {
  const bytes = yield { type: "read", count, timeoutMs: ANSWER_TIMEOUT_MS };
  if (!bytes) throw new TransportError(failure);
  return bytes;
}

/** Interrupts what runs and enters the raw REPL, by default through a soft reset, so that programs start clean. */
export function* enterRawRepl(softReset: boolean): Protocol<void> {
  const failure = "could not enter raw repl";
  yield write(CR, CTRL_C);
  yield { type: "drain" };
  yield write(CR, CTRL_A);
  if (softReset) {
    yield* until(RAW_PROMPT, ENTER_TIMEOUT_MS, failure);
    yield write(CTRL_D);
    // boot.py may print between this line and the banner.
    yield* until(SOFT_REBOOT, ENTER_TIMEOUT_MS, failure);
  }
  yield* until(RAW_BANNER, ENTER_TIMEOUT_MS, failure);
}

/** Back to the friendly REPL. */
export function* exitRawRepl(): Protocol<void> {
  yield write(CR, CTRL_B);
}

/** Runs programs in the raw REPL; remembers whether the board takes raw paste. */
export class RawRepl {
  #rawPaste = true;

  /** Sends a program and starts it. The prompt must be next in the input. */
  *submit(program: Uint8Array): Protocol<void> {
    yield* until(PROMPT, ANSWER_TIMEOUT_MS, "could not enter raw repl");
    if (this.#rawPaste) {
      if (yield* this.#tryRawPaste(program)) return;
      this.#rawPaste = false;
    }
    for (let at = 0; at < program.length; at += RAW_CHUNK_BYTES) {
      yield { type: "write", bytes: program.subarray(at, at + RAW_CHUNK_BYTES) };
      yield { type: "pause", ms: RAW_CHUNK_PAUSE_MS };
    }
    yield write(CTRL_D);
    const answer = yield* read(2, "the board does not answer");
    if (!equal(answer, ascii("OK"))) {
      throw new TransportError(`could not exec command (response: ${JSON.stringify(latin1(answer))})`);
    }
  }

  /** Waits for the program's end. Output goes to `sink`, or into the result; `timeoutMs` is for the next byte. */
  *follow(timeoutMs: number, sink?: (bytes: Uint8Array) => void): Protocol<Execution> {
    const failure = "timeout waiting for the program's end";
    const output: Uint8Array[] = [];
    const error: Uint8Array[] = [];
    const out = sink ?? ((bytes) => output.push(bytes));
    if (!(yield { type: "stream", end: CTRL_D, sink: out, timeoutMs })) throw new TransportError(failure);
    const err = (bytes: Uint8Array) => error.push(bytes);
    if (!(yield { type: "stream", end: CTRL_D, sink: err, timeoutMs })) throw new TransportError(failure);
    return { output: concat(output), error: concat(error) };
  }

  /** True where the program has gone over; false where the board declines and stands at a new prompt. */
  *#tryRawPaste(program: Uint8Array): Protocol<boolean> {
    yield write(CTRL_E, "A".charCodeAt(0), CTRL_A);
    const answer = yield* read(2, "the board does not answer");
    if (equal(answer, ascii("R\x01"))) {
      yield* this.#rawPasteWrite(program);
      return true;
    }
    // "R\0" is a plain no. A board that does not know raw paste greets again, and two bytes of that are read.
    const rest = RAW_PROMPT.subarray(2);
    if (!equal(answer, ascii("R\x00"))) yield* until(rest, ANSWER_TIMEOUT_MS, "could not enter raw repl");
    return false;
  }

  *#rawPasteWrite(program: Uint8Array): Protocol<void> {
    const size = yield* read(2, "no window size for raw paste");
    const window = size[0]! | (size[1]! << 8);
    let room = window;
    let at = 0;
    while (at < program.length) {
      // More than is needed is read only if it is there: a new window, or the board's wish to stop.
      const answer =
        room === 0 ? yield* read(1, "raw paste: the board takes no more") : yield { type: "poll" };
      const byte = answer?.[0];
      if (byte === CTRL_D) {
        yield write(CTRL_D);
        return;
      }
      if (byte === CTRL_A) room += window;
      else if (byte !== undefined) throw new TransportError(`unexpected byte ${byte} during raw paste`);
      if (byte !== undefined) continue;
      const chunk = program.subarray(at, at + room);
      yield { type: "write", bytes: chunk };
      room -= chunk.length;
      at += chunk.length;
    }
    yield write(CTRL_D);
    yield* until(EOT, ANSWER_TIMEOUT_MS, "could not complete raw paste");
  }
}

/** What has come from the board and is not used yet; answers the reading steps as far as it can. */
export class Inbox {
  #bytes = new Uint8Array(0);

  push(chunk: Uint8Array): void {
    this.#bytes = concat([this.#bytes, chunk]);
  }

  /** The result of a reading step, or undefined where more has to come. Passes on what a stream may have now. */
  tryStep(step: Extract<Step, { type: "read" | "until" | "stream" }>): Uint8Array | undefined {
    if (step.type === "read") return this.#bytes.length >= step.count ? this.take(step.count) : undefined;
    if (step.type === "until") {
      const at = indexOf(this.#bytes, step.ending);
      return at === -1 ? undefined : this.take(at + step.ending.length);
    }
    const end = this.#bytes.indexOf(step.end);
    const passed = this.take(end === -1 ? this.#bytes.length : end);
    if (passed.length > 0) step.sink(passed);
    return end === -1 ? undefined : this.take(1);
  }

  /** Up to `count` bytes. */
  take(count: number): Uint8Array {
    const taken = this.#bytes.slice(0, count);
    this.#bytes = this.#bytes.slice(count);
    return taken;
  }

  clear(): void {
    this.#bytes = new Uint8Array(0);
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function indexOf(haystack: Uint8Array, needle: Uint8Array): number {
  for (let at = 0; at + needle.length <= haystack.length; at++) {
    if (needle.every((byte, i) => byte === haystack[at + i])) return at;
  }
  return -1;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
