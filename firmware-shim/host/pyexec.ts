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
  write(bytes: Uint8Array): void;
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

  /**
   * `pyexec_file_if_exists`: runs a file of the board's. True when the board is to be soft-reset (SystemExit);
   * an exception is printed, and told by `failed`.
   */
  runFile(name: "boot.py" | "main.py"): { readonly forcedExit: boolean; readonly failed: boolean } {
    // The check is Python's own, so that mounts count. A program can interrupt it.
    const result = this.#interruptible(`try:
 import os;os.stat(${JSON.stringify(name)})
except OSError:
 pass
else:
 execfile(${JSON.stringify(name)})`);
    if (result.kind === "ok") return { forcedExit: false, failed: false };
    if (result.type === "SystemExit") return { forcedExit: true, failed: false };
    this.#print(withoutFirstFrame(result.text));
    return { forcedExit: false, failed: true };
  }

  /** Runs a program as `mpremote run` does. */
  runSource(source: Uint8Array): ExecResult {
    return this.#interruptible(source);
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
          if (this.#rawPaste(line[1] as number) === "soft-reset") return "soft-reset";
          this.#print(">");
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
        this.#print("OK");
        if (line.length === 0) {
          this.#print("\r\n");
          return "soft-reset";
        }
        if (this.#executeRaw(Uint8Array.from(line)) === "soft-reset") return "soft-reset";
        line = [];
        this.#print(">");
      } else if (line.length < RAW_SOURCE_MAX) {
        line.push(c);
      }
    }
  }

  /** `do_reader_stdin`: takes a program under flow control. */
  #rawPaste(command: number): "done" | "soft-reset" {
    if (command !== "A".charCodeAt(0)) {
      this.#print("R\x00");
      return "done";
    }
    this.#print("R\x01");
    this.#console.write(Uint8Array.of(RAW_PASTE_WINDOW & 0xff, RAW_PASTE_WINDOW >> 8, 1));
    const source: number[] = [];
    let window = RAW_PASTE_WINDOW;
    for (;;) {
      const c = this.#console.readByteBlocking();
      if (c === CTRL_C || c === CTRL_D) {
        this.#print("\x04");
        if (c === CTRL_D) return this.#executeRaw(Uint8Array.from(source));
        this.#print("\x04KeyboardInterrupt: \r\n\x04");
        return "done";
      }
      if (source.length < RAW_SOURCE_MAX) source.push(c);
      if (--window === 0) {
        this.#console.write(Uint8Array.of(1));
        window = RAW_PASTE_WINDOW;
      }
    }
  }

  /** `parse_compile_execute` with EXEC_FLAG_PRINT_EOF. */
  #executeRaw(source: Uint8Array): "done" | "soft-reset" {
    const result = this.#interruptible(source);
    this.#print("\x04");
    if (result.kind === "exception" && result.type !== "SystemExit") this.#print(cooked(result.text));
    this.#print("\x04");
    return result.kind === "exception" && result.type === "SystemExit" ? "soft-reset" : "done";
  }

  #interruptible(source: string | Uint8Array): ExecResult {
    this.#firmware.interruptChar = CTRL_C;
    const result = this.#firmware.exec(source);
    this.#firmware.interruptChar = -1;
    return result;
  }

  #print(text: string): void {
    this.#console.write(encodeUtf8(text));
  }
}

/** Text with CR LF, as mp_hal_stdout_tx_strn_cooked makes it (shared/runtime/stdout_helpers.c). */
export const cooked = (text: string): string => text.replaceAll("\n", "\r\n");

/** A traceback without the frame of the line that ran execfile, which an ESP32 does not have. */
function withoutFirstFrame(text: string): string {
  return cooked(text.replace(/^(Traceback [^\n]*\n) {2}File "<stdin>", line \d+, in <module>\n/, "$1"));
}
