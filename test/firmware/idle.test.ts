/** An idle board waits; it does not spin. */
import { afterEach, expect, it } from "vitest";
import { PROMPT, TestBoard } from "./board.ts";

let board: TestBoard;
afterEach(() => board.close());

/** Host milliseconds over which the processor's use is measured. */
const WINDOW_MS = 1500;
/** The goal is 1 % of a core; this process also runs the test itself, so a bound that tells waiting from spinning. */
const CPU_FRACTION = 0.03;
/** The engine goes on compiling for a while after the start, so the least busy of some windows counts. */
const WINDOWS = 4;

async function cpuFraction(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < WINDOWS && least >= CPU_FRACTION; i++) {
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000 / WINDOW_MS);
  }
  return least;
}

it.each([
  ["the prompt", ""],
  ["time.sleep", "import time; time.sleep(3600)"],
  ["input()", "input()"],
  ["select.poll", "import select, sys; p = select.poll(); p.register(sys.stdin, 1); p.poll(3600000)"],
  ["sys.stdin.read", "import sys; sys.stdin.read(1)"],
])("uses no processor at %s", async (_name, source) => {
  board = await TestBoard.start();
  await board.until(PROMPT);
  if (source) {
    board.send(`${source}\r`);
    await board.until(`${source}\r\n`);
  }
  expect(await cpuFraction()).toBeLessThan(CPU_FRACTION);
});
