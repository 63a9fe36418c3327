/** A real board for tests: the built machine with the relinked firmware, its console at hand. */
import { uniqueId } from "../../board/identity.ts";
import type * as Emulator from "../../emulator/index.ts";
import type { Machine } from "../../emulator/machine/machine.ts";
import type { ProgramEnd } from "../../emulator/machine/messages.ts";
import type { MachineOptions } from "../../emulator/machine/options.ts";

// The built files, since workers are started from them; `npm test` builds them first.
const {
  Machine: BuiltMachine,
  loadFirmware,
  nodePlatform,
} = (await import(
  /* @vite-ignore */ new URL("../../dist/machine.js", import.meta.url).href
)) as typeof Emulator;

/** Milliseconds until a wait for output fails: far beyond what any of them takes. */
const DEADLINE_MS = 30_000;

export const CTRL_A = "\x01";
export const CTRL_B = "\x02";
export const CTRL_C = "\x03";
export const CTRL_D = "\x04";
export const CTRL_E = "\x05";
export const PROMPT = ">>> ";

export const BANNER =
  "MicroPython v1.29.0 on 2026-08-25; Generic ESP32 module with ESP32\r\n" +
  'Type "help()" for more information.\r\n';

export interface ExecOutput {
  readonly stdout: string;
  readonly stderr: string;
}

type Options = Partial<Omit<MachineOptions, "firmware" | "rom">> & {
  /** Files that the board has besides boot.py, by path. */
  readonly files?: Readonly<Record<string, string>>;
};

let boards = 0;
let compiled: Promise<{ firmware: WebAssembly.Module; rom: Uint8Array }> | undefined;

function firmwareOnce() {
  compiled ??= loadFirmware(() => undefined).then(async ({ wasm, rom }) => ({
    firmware: await WebAssembly.compile(wasm),
    rom,
  }));
  return compiled;
}

/**
 * A machine that is off. Its radio leads nowhere unless a gateway is given.
 *
 * @example
 * const board = await TestBoard.start();
 * expect(await board.exec("print(1 + 1)")).toEqual({ stdout: "2\r\n", stderr: "" });
 * board.close();
 */
export async function createMachine({ files, ...options }: Options = {}): Promise<Machine> {
  const machine = new BuiltMachine(
    {
      ...(await firmwareOnce()),
      gateway: () => Promise.reject(new Error("this board has none")),
      uniqueId: uniqueId(++boards),
      joinMillis: 1,
      ...options,
    },
    nodePlatform,
  );
  for (const [path, text] of Object.entries(files ?? {})) {
    machine.files.apply({ kind: "write", path, bytes: new TextEncoder().encode(text), modified: 0 });
  }
  return machine;
}

/** Runs a program instead of the REPL. */
export async function runProgram(
  source: string,
  options: Options = {},
): Promise<ProgramEnd & { output: string }> {
  const machine = await createMachine({ ...options, program: new TextEncoder().encode(source) });
  let output = "";
  machine.onOutput((bytes) => {
    output += latin1(bytes);
  });
  const end = await new Promise<ProgramEnd>((resolve) => {
    machine.onEnd(resolve);
    machine.powerOn();
  });
  machine.powerOff();
  return { ...end, output };
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** A board that is on. Output is kept as a string of bytes (Latin-1) until it is taken. */
export class TestBoard {
  readonly machine: Machine;
  #output = "";
  #check: (() => void) | undefined;
  #pending: Uint8Array[] = [];
  #raw = false;

  private constructor(machine: Machine) {
    this.machine = machine;
    machine.onOutput((bytes) => {
      this.#output += latin1(bytes);
      this.#check?.();
    });
    machine.onInputDrain(() => this.#push());
  }

  /** Powers a board on and waits for its first prompt; the output before it stays to be taken. */
  static async start(options: Options = {}): Promise<TestBoard> {
    const board = new TestBoard(await createMachine(options));
    board.machine.powerOn();
    return board;
  }

  /** Powers a board on, and takes what it prints up to its first prompt. */
  static async atPrompt(options: Options = {}): Promise<TestBoard> {
    const board = await TestBoard.start(options);
    await board.until(PROMPT);
    return board;
  }

  /** Types text or bytes (a string's characters are bytes), all of it, as fast as the board takes it. */
  send(input: string | Uint8Array): void {
    this.#pending.push(typeof input === "string" ? Buffer.from(input, "latin1") : input);
    this.#push();
  }

  #push(): void {
    while (this.#pending.length > 0) {
      const bytes = this.#pending.shift() as Uint8Array;
      const taken = this.machine.input(bytes);
      if (taken === bytes.length) continue;
      this.#pending.unshift(bytes.subarray(taken));
      return;
    }
  }

  /**
   * Waits for text (or a pattern) in the output and takes everything up to its end.
   *
   * @throws Error with what came instead, when it does not come
   */
  until(wanted: string | RegExp, deadlineMs = DEADLINE_MS): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#check = undefined;
        const tail = JSON.stringify(this.#output.slice(-1000));
        reject(
          new Error(`waited ${deadlineMs} ms for ${JSON.stringify(String(wanted))}; the board wrote ${tail}`),
        );
      }, deadlineMs);
      this.#check = () => {
        const end = endOf(this.#output, wanted);
        if (end < 0) return;
        clearTimeout(timer);
        this.#check = undefined;
        const taken = this.#output.slice(0, end);
        this.#output = this.#output.slice(end);
        resolve(taken);
      };
      this.#check();
    });
  }

  /** What has come and not been taken. */
  get untaken(): string {
    return this.#output;
  }

  /** Types a line at the friendly prompt; returns what it prints, without the echo. */
  async line(source: string): Promise<string> {
    this.send(`${source}\r`);
    await this.until(`${source}\r\n`);
    return (await this.until(PROMPT)).slice(0, -PROMPT.length);
  }

  /** Goes to the raw REPL as mpremote does. */
  async enterRaw(): Promise<void> {
    this.send(`\r${CTRL_C}\r${CTRL_A}`);
    await this.until("raw REPL; CTRL-B to exit\r\n>");
    this.#raw = true;
  }

  async leaveRaw(): Promise<void> {
    this.send(CTRL_B);
    await this.until(PROMPT);
    this.#raw = false;
  }

  /** Starts a program in the raw REPL, without waiting for its end. */
  async startRaw(source: string): Promise<void> {
    if (!this.#raw) await this.enterRaw();
    this.send(Buffer.from(source + CTRL_D, "utf8"));
    await this.until("OK");
  }

  /** Waits for the end of what {@link startRaw} started. */
  async finishRaw(deadlineMs?: number): Promise<ExecOutput> {
    const stdout = (await this.until("\x04", deadlineMs)).slice(0, -1);
    const stderr = (await this.until("\x04", deadlineMs)).slice(0, -1);
    await this.until(">");
    return { stdout, stderr };
  }

  /** Runs a program in the raw REPL. Its output has CR LF. */
  async exec(source: string, deadlineMs?: number): Promise<ExecOutput> {
    await this.startRaw(source);
    return this.finishRaw(deadlineMs);
  }

  /** Runs a program and returns its output with LF. Throws where it raised. */
  async run(source: string, deadlineMs?: number): Promise<string> {
    const { stdout, stderr } = await this.exec(source, deadlineMs);
    if (stderr !== "") throw new Error(`the program raised:\n${stderr}`);
    return stdout.replaceAll("\r\n", "\n");
  }

  /** The last line of the traceback of a program that is to raise. */
  async error(source: string): Promise<string> {
    const { stderr } = await this.exec(source);
    return stderr.trimEnd().split("\r\n").at(-1) ?? "";
  }

  /** A soft reset that leaves the board in the raw REPL, with nothing of what was run before. */
  async softReset(): Promise<void> {
    if (!this.#raw) await this.enterRaw();
    this.send(CTRL_D);
    await this.until("raw REPL; CTRL-B to exit\r\n>");
  }

  close(): void {
    this.machine.powerOff();
  }
}

function endOf(text: string, wanted: string | RegExp): number {
  if (typeof wanted === "string") {
    const at = text.indexOf(wanted);
    return at < 0 ? -1 : at + wanted.length;
  }
  const match = wanted.exec(text);
  return match ? match.index + match[0].length : -1;
}
