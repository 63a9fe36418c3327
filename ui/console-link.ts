/** Joins the board's console and a terminal, so that neither overruns the other. */
import type { ConsolePort } from "../emulator/serial/console-port.ts";

/** Bytes that the terminal has not shown yet, above which the board waits, and below which it goes on. */
const HIGH_WATER = 128 * 1024;
const LOW_WATER = 16 * 1024;

const CTRL_C = 3;

/** Where output goes; calls back when it has been taken. */
export interface Screen {
  write(bytes: Uint8Array, done: () => void): void;
}

/** Shows the board's output; lets the board wait while the terminal has much to show. */
export function showOutput(port: ConsolePort, screen: Screen): void {
  let waiting = 0;
  let release: (() => void) | undefined;
  port.onOutput((bytes) => {
    waiting += bytes.length;
    if (waiting > HIGH_WATER) release ??= port.holdOutput();
    screen.write(bytes, () => {
      waiting -= bytes.length;
      if (waiting > LOW_WATER) return;
      release?.();
      release = undefined;
    });
  });
}

/** Input on its way to the board: what it cannot take yet waits here. */
export class BoardInput {
  readonly #port: ConsolePort;
  #waiting = new Uint8Array(0);

  constructor(port: ConsolePort) {
    this.#port = port;
    port.onInputDrain(() => this.#push(new Uint8Array(0)));
  }

  send(text: string): void {
    const bytes = new TextEncoder().encode(text);
    // Who interrupts does not want the rest of a paste first.
    if (bytes[0] === CTRL_C) this.clear();
    this.#push(bytes);
  }

  /** Forgets what waits: the board was switched off or reset. */
  clear(): void {
    this.#waiting = new Uint8Array(0);
  }

  #push(more: Uint8Array): void {
    const bytes = new Uint8Array(this.#waiting.length + more.length);
    bytes.set(this.#waiting);
    bytes.set(more, this.#waiting.length);
    this.#waiting = bytes.slice(this.#port.input(bytes));
  }
}
