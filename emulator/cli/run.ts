/** `run FILE`: a fresh board runs the file. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type { TlsFailure } from "../watch/reports.ts";
import { createNodeBoard } from "./node-board.ts";
import type { RunOptions } from "./options.ts";
import { explainNow, raised } from "./watch-board.ts";

const CTRL_C = Uint8Array.of(3);

/**
 * V8 optimises a wasm function once it has used up a budget, in a thread of its own that a process which ends
 * waits for (about 130 ms for the firmware's VM, measured). Nine times V8's own budget lets the board boot and a
 * short program end before that; a longer one runs unoptimised some tens of milliseconds more.
 */
const TIERING = "--wasm-tiering-budget=16000000";

/**
 * The program's output goes to stdout alone; a traceback to stderr, and after it, where a TLS connection was its
 * cause, why that failed. Ctrl-C interrupts the program, a second one ends the board.
 *
 * @returns 0, or 1 where an exception was not caught or the time ran out
 */
export async function runCommand(options: RunOptions): Promise<number> {
  setFlagsFromString(TIERING);
  const board = await createNodeBoard(options, { cooked: false, program: readFileSync(options.file) });
  const { machine } = board;
  machine.onOutput((bytes) => process.stdout.write(bytes));
  const forwarding = forwardInput((bytes) => machine.input(bytes), machine.onInputDrain.bind(machine));
  let lastFailure: TlsFailure | undefined;
  machine.onTlsFailure((failure) => {
    lastFailure = failure;
  });
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<number>((resolve) => {
    machine.onEnd(({ ok, traceback }) => {
      process.stderr.write(traceback);
      if (lastFailure && raised(lastFailure, traceback)) {
        for (const sentence of explainNow(lastFailure)) process.stderr.write(`breadbox: ${sentence}\n`);
      }
      resolve(ok ? 0 : 1);
    });
    let interrupts = 0;
    process.on("SIGINT", () => {
      if (++interrupts > 1) resolve(1);
      else machine.input(CTRL_C);
    });
    if (options.timeoutMs !== undefined) {
      timer = setTimeout(() => {
        process.stderr.write(`breadbox: run: stopped after ${options.timeoutMs! / 1000} s (--timeout)\n`);
        resolve(1);
      }, options.timeoutMs);
    }
    board.powerOn();
  });
  try {
    return await Promise.race([ended, board.refused]);
  } finally {
    clearTimeout(timer);
    forwarding.stop();
    await board.close();
  }
}

/** Hands standard input to the board as fast as it takes it. */
function forwardInput(
  give: (bytes: Uint8Array) => number,
  onDrain: (listener: () => void) => () => void,
): { stop(): void } {
  let waiting: Uint8Array | undefined;
  const push = (bytes: Uint8Array): void => {
    const taken = give(bytes);
    if (taken === bytes.length) return;
    waiting = bytes.subarray(taken);
    process.stdin.pause();
  };
  onDrain(() => {
    const bytes = waiting;
    waiting = undefined;
    if (!bytes) return;
    push(bytes);
    if (!waiting) process.stdin.resume();
  });
  process.stdin.on("data", push);
  // A terminal or pipe that nobody writes to must not keep the program from ending.
  (process.stdin as { unref?: () => void }).unref?.();
  return {
    stop: () => {
      process.stdin.removeListener("data", push);
      process.stdin.pause();
    },
  };
}
