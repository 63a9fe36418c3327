import { FakeConsole } from "../serial/fake-console.ts";

/** What a program gives: its output and its traceback. */
export interface Answer {
  readonly out?: string;
  readonly err?: string;
}

const BANNER =
  'MicroPython v1.29.0 on 2026-08-25; Generic ESP32 module with ESP32\r\nType "help()" for more information.\r\n';

/**
 * A board's console that follows pyexec.c's raw REPL and answers programs from a table: the program's text, or
 * a function. It does not run Python.
 */
export class FakeDevice extends FakeConsole {
  /** Programs in the order they came. */
  readonly programs: string[] = [];
  softResets = 0;
  rawPaste = true;
  readonly #answer: (program: string) => Answer | undefined;
  #mode: "friendly" | "raw" | "paste" = "friendly";
  #line: number[] = [];
  /** Raw paste: bytes until the next window is granted. */
  #window = 0;

  constructor(answer: (program: string) => Answer | undefined) {
    super();
    this.#answer = answer;
  }

  get mode(): string {
    return this.#mode;
  }

  protected override onInput(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte);
  }

  #say(text: string): void {
    this.write(new Uint8Array(Buffer.from(text, "utf8")));
  }

  #byte(byte: number): void {
    if (this.#mode === "paste") this.#paste(byte);
    else if (this.#mode === "raw") this.#raw(byte);
    else if (byte === 1) this.#enterRaw();
    else if (byte === 3) this.#say("\r\n>>> ");
    else if (byte === 4) this.#say(`\r\nMPY: soft reboot\r\n${BANNER}>>> `);
    else this.#say(byte === 13 ? "\r\n>>> " : String.fromCharCode(byte));
  }

  #enterRaw(): void {
    this.#mode = "raw";
    this.#line = [];
    this.#say("raw REPL; CTRL-B to exit\r\n>");
  }

  #raw(byte: number): void {
    if (byte === 1) this.#raws();
    else if (byte === 2) {
      this.#mode = "friendly";
      this.#say(`\r\n${BANNER}>>> `);
    } else if (byte === 3) this.#line = [];
    else if (byte === 4) this.#endOfLine();
    else this.#line.push(byte);
  }

  /** Ctrl-A: after Ctrl-E and A it asks for raw paste. */
  #raws(): void {
    const asks = this.#line[0] === 5 && this.#line[1] === 0x41;
    if (!asks) {
      this.#enterRaw();
      return;
    }
    this.#line = [];
    this.#say(this.rawPaste ? "R\x01" : "R\x00");
    if (!this.rawPaste) return;
    this.write(Uint8Array.of(128, 0, 1));
    this.#window = 128;
    this.#mode = "paste";
  }

  #paste(byte: number): void {
    if (byte === 4) {
      this.#mode = "raw";
      this.#say("\x04");
      this.#execute("");
      return;
    }
    this.#line.push(byte);
    this.#window--;
    if (this.#window > 0) return;
    this.#window = 128;
    this.#say("\x01");
  }

  #endOfLine(): void {
    const program = this.#line.filter((byte) => byte !== 13);
    if (program.length === 0) {
      this.softResets++;
      this.#say("OK\r\nMPY: soft reboot\r\n");
      this.#enterRaw();
      return;
    }
    this.#execute("OK");
  }

  #execute(prefix: string): void {
    const program = Buffer.from(this.#line).toString("utf8").replace(/^\r+/, "");
    this.#line = [];
    this.programs.push(program);
    const { out = "", err = "" } = this.#answer(program) ?? {};
    this.#say(`${prefix}${out}\x04${err}\x04>`);
  }
}
