import type { ExecResult, Firmware } from "./firmware.ts";
import { encodeUtf8 } from "./text.ts";

/**
 * What shared/runtime/pyexec.c and ports/esp32/main.c do around Python: files at start, the friendly and the raw
 * REPL. The stock build's event-driven pyexec serves the friendly REPL; its raw REPL cannot read from a busy
 * program's stdin, and so has no raw-paste mode, so that one is written here, byte for byte the same outside.
 */

/** The serial line: waits for input without using the processor. */
export interface Console {
  readByteBlocking(): number;
  write(bytes: Uint8Array, kind: "cooked"): void;
}

const CTRL_A = 1;
const CTRL_B = 2;
const CTRL_C = 3;
const CTRL_D = 4;
const CTRL_E = 5;

/** Bytes that the host may send ahead in raw-paste mode: half of MICROPY_REPL_STDIN_BUFFER_MAX (pyexec.c). */
const RAW_PASTE_WINDOW = 128;
/** Longest source the raw REPL takes, bytes: far above what the heap's compiler can hold. */
const RAW_SOURCE_MAX = 4 * 1024 * 1024;

export class Pyexec {
  readonly #firmware: Firmware;
  readonly #console: Console;

  constructor(firmware: Firmware, console: Console) {
    this.#firmware = firmware;
    this.#console = console;
  }

  /** `pyexec_file_if_exists`: runs a file of the board's, and prints the traceback. */
  runFile(name: "boot.py" | "main.py"): ExecResult {
    // The check is Python's own, so that mounts count. A program can interrupt it.
    const result = this.#firmware.exec(`try:
 import os;os.stat(${JSON.stringify(name)})
except OSError:
 pass
else:
 __file__=${JSON.stringify(name)};execfile(__file__)`);
    this.#print(withoutFirstFrame(result.traceback));
    return result;
  }

  /**
   * The REPL, until it asks for a soft reset.
   *
   * @param raw - whether it starts in raw mode, in which a soft reset leaves it
   * @returns whether it was in raw mode at its end
   */
  repl(raw: boolean): boolean {
    if (raw) this.#enterRaw();
    else this.#firmware.replInit();
    for (;;) {
      if (this.#firmware.replIsRaw) {
        if (this.#rawRepl() === "soft-reset") return true;
      } else if (this.#firmware.replProcessChar(this.#console.readByteBlocking())) {
        return false;
      }
    }
  }

  /** Brings the firmware's REPL to raw mode without what it prints on the way. */
  #enterRaw(): void {
    this.#firmware.silently(() => {
      this.#firmware.replInit();
      this.#firmware.replProcessChar(CTRL_A);
    });
    this.#print("raw REPL; CTRL-B to exit\r\n>");
  }

  /** `pyexec_raw_repl`, after its banner. Returns when the friendly REPL is back, or for a soft reset. */
  #rawRepl(): "friendly" | "soft-reset" {
    let line: number[] = [];
    for (;;) {
      const c = this.#console.readByteBlocking();
      if (c === CTRL_A) {
        if (line.length === 2 && line[0] === CTRL_E) {
          if (this.#rawPaste(line[1] as number)) return "soft-reset";
        } else {
          this.#print("raw REPL; CTRL-B to exit\r\n>");
        }
        line = [];
      } else if (c === CTRL_B) {
        this.#firmware.replProcessChar(CTRL_B);
        return "friendly";
      } else if (c === CTRL_C) {
        line = [];
      } else if (c === CTRL_D) {
        if (line.length === 0) {
          this.#print("OK\r\n");
          return "soft-reset";
        }
        if (this.#firmware.execRaw(Uint8Array.from(line), true)) return "soft-reset";
        line = [];
      } else if (line.length < RAW_SOURCE_MAX) {
        line.push(c);
      }
    }
  }

  /** `do_reader_stdin`: takes a program under flow control and runs it. True when it asks for a soft reset. */
  #rawPaste(command: number): boolean {
    if (command !== "A".charCodeAt(0)) {
      this.#print("R\x00>");
      return false;
    }
    this.#print("R\x01");
    this.#console.write(Uint8Array.of(RAW_PASTE_WINDOW & 0xff, RAW_PASTE_WINDOW >> 8, 1), "cooked");
    const source: number[] = [];
    let window = RAW_PASTE_WINDOW;
    for (;;) {
      const c = this.#console.readByteBlocking();
      if (c === CTRL_C || c === CTRL_D) {
        this.#print("\x04");
        if (c === CTRL_D) return this.#firmware.execRaw(Uint8Array.from(source), false);
        this.#print("\x04KeyboardInterrupt: \r\n\x04>");
        return false;
      }
      if (source.length < RAW_SOURCE_MAX) source.push(c);
      if (--window === 0) {
        this.#console.write(Uint8Array.of(1), "cooked");
        window = RAW_PASTE_WINDOW;
      }
    }
  }

  #print(text: string): void {
    this.#console.write(encodeUtf8(text), "cooked");
  }
}

/** A traceback without the frame of the line that ran execfile, which an ESP32 does not have. */
function withoutFirstFrame(text: string): string {
  return text.replace(/^(Traceback [^\r]*\r\n) {2}File "<stdin>", line \d+, in <module>\r\n/, "$1");
}
