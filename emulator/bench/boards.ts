import type { Machine } from "../machine/machine.ts";
import { createBenchBoard } from "./bench-board.ts";
import { median, report, timed } from "./report.ts";

const BOOTS = 9;
const MORE_BOARDS = 4;

/** Power-on to the first prompt, and the memory of boards beyond the first. */
export async function benchBoards(): Promise<void> {
  const boots: number[] = [];
  for (let i = 0; i < BOOTS; i++) {
    const machine = createBenchBoard();
    boots.push(await timed(() => toPrompt(machine)));
    machine.powerOff();
  }
  report("power-on to prompt, first", boots[0] ?? Number.NaN, "ms");
  report("power-on to prompt, median", median(boots), "ms", "goal: 150");

  const first = createBenchBoard();
  await toPrompt(first);
  const before = process.memoryUsage.rss();
  const more = Array.from({ length: MORE_BOARDS }, () => createBenchBoard());
  for (const machine of more) await toPrompt(machine);
  const each = (process.memoryUsage.rss() - before) / MORE_BOARDS / 1e6;
  report("memory of a board beyond the first", each, "MB", "goal: at most 40");
  for (const machine of [first, ...more]) machine.powerOff();
}

function toPrompt(machine: Machine): Promise<void> {
  return new Promise((resolve) => {
    machine.onPrompt(resolve);
    machine.powerOn();
  });
}
