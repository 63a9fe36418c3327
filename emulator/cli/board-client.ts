/** A board one is connected to, and whether it is in the raw REPL: mpremote's State and SerialTransport. */
import type { BoardStream } from "./board-stream.ts";
import { ANSWER_TIMEOUT_MS } from "./limits.ts";
import { enterRawRepl, exitRawRepl, RawRepl } from "./raw-repl.ts";

/** An exception in a program of ours on the board. */
export class BoardException extends Error {
  override readonly name = "BoardException";
  readonly traceback: string;

  constructor(traceback: string) {
    super(traceback.trimEnd().split(/\r?\n/).at(-1) ?? "");
    this.traceback = traceback;
  }

  /** The errno's name of an OSError: `ENOENT`, or the number where MicroPython gives no name. */
  get errno(): string | undefined {
    return /^OSError: (?:\[Errno \d+\] )?([A-Z0-9]+)/.exec(this.message)?.[1];
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

export class BoardClient {
  readonly stream: BoardStream;
  readonly #raw = new RawRepl();
  #inRawRepl = false;
  /** The first program of a connection runs on a board that was soft-reset, unless `resume` says otherwise. */
  #autoSoftReset = true;

  constructor(stream: BoardStream) {
    this.stream = stream;
  }

  resume(): void {
    this.#autoSoftReset = false;
  }

  async softReset(): Promise<void> {
    await this.#ensureRawRepl(true);
  }

  async ensureFriendlyRepl(): Promise<void> {
    if (!this.#inRawRepl) return;
    await this.stream.run(exitRawRepl());
    this.#inRawRepl = false;
  }

  /**
   * Runs a program of the user's, for as long as it takes. Output goes to `sink` as it comes.
   * @returns the traceback, empty where there was no exception.
   */
  async follow(program: string | Uint8Array, sink: (bytes: Uint8Array) => void): Promise<Uint8Array> {
    await this.start(program);
    const { error } = await this.stream.run(this.#raw.follow(Number.POSITIVE_INFINITY, sink));
    return error;
  }

  /** Starts a program and does not wait for it. */
  async start(program: string | Uint8Array): Promise<void> {
    await this.#ensureRawRepl(this.#autoSoftReset);
    await this.stream.run(this.#raw.submit(typeof program === "string" ? encode(program) : program));
  }

  /** After a program that is not waited for the next one has to interrupt it, and enter the raw REPL again. */
  abandon(): void {
    this.#inRawRepl = false;
  }

  /**
   * Runs a program of ours and returns its output, or hands it to `sink`.
   * @throws BoardException where it raises.
   */
  async exec(program: string, sink?: (bytes: Uint8Array) => void): Promise<string> {
    await this.start(program);
    const { output, error } = await this.stream.run(this.#raw.follow(ANSWER_TIMEOUT_MS, sink));
    const decoder = new TextDecoder();
    if (error.length > 0) throw new BoardException(decoder.decode(error));
    return decoder.decode(output);
  }

  /** Leaves the board in its friendly REPL and closes. */
  async close(): Promise<void> {
    try {
      if (!this.stream.closed) await this.ensureFriendlyRepl();
    } finally {
      await this.stream.close();
    }
  }

  async #ensureRawRepl(softReset: boolean): Promise<void> {
    if (this.#inRawRepl && !softReset) return;
    await this.stream.run(enterRawRepl(softReset));
    this.#inRawRepl = true;
    this.#autoSoftReset = false;
  }
}
