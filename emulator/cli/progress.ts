/** One line on the terminal that says how far a copy is; only where it takes longer than a moment. */
import type { CliIo } from "./cli-io.ts";
import { PROGRESS_AFTER_MS } from "./limits.ts";

const WIDTH = 20;

export class ProgressBar {
  readonly #io: CliIo;
  readonly #started = Date.now();
  #shown = "";

  constructor(io: CliIo) {
    this.#io = io;
  }

  show(done: number, total: number): void {
    if (!this.#io.errIsTerminal || total === 0 || Date.now() - this.#started < PROGRESS_AFTER_MS) return;
    const bar = "#".repeat(Math.floor((done * WIDTH) / total)).padEnd(WIDTH, "-");
    const line = `\r ... copying ${String(Math.floor((done * 100) / total)).padStart(3)}% [${bar}]`;
    if (line === this.#shown) return;
    this.#shown = line;
    this.#io.err(line);
  }

  clear(): void {
    if (this.#shown !== "") this.#io.err(`\r${" ".repeat(this.#shown.length - 1)}\r`);
    this.#shown = "";
  }
}
