import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { runOnBoard } from "./bench-board.ts";
import { median, report } from "./report.ts";

const RUNS = 3;

/** Integer, float, attribute, call, allocation and container work, as pystone mixes them; prints milliseconds. */
const PROGRAM = `
import time

class Record:
    def __init__(self, next=None, kind=0):
        self.next = next
        self.kind = kind
        self.value = 0

    def bump(self, by):
        self.value += by
        return self.value

def integers(n):
    total = 0
    for i in range(n):
        total = (total + i * 3) % 100003
    return total

def floats(n):
    x = 0.5
    for i in range(n):
        x = x * 1.0000001 + 0.25
    return x

def records(n):
    head = None
    for i in range(n):
        head = Record(head if i % 50 else None, i)
        head.bump(i)
    return head.value

def containers(n):
    table = {}
    for i in range(n):
        key = "k%d" % (i % 100)
        table[key] = table.get(key, 0) + len(key)
    return sum(sorted(table.values())[:10])

def calls(n):
    def f(a, b=1):
        return a + b
    total = 0
    for i in range(n):
        total = f(total) - f(0)
    return total

for name, work, n in (("integers", integers, 400000), ("floats", floats, 400000), ("records", records, 60000), ("containers", containers, 60000), ("calls", calls, 200000)):
    work(n // 20)
    t = time.ticks_ms()
    work(n)
    print(name, time.ticks_diff(time.ticks_ms(), t))
`;

/** The same program on a board and on the stock build of the package. */
export async function benchPython(): Promise<void> {
  const board: Map<string, number>[] = [];
  const stock: Map<string, number>[] = [];
  for (let i = 0; i < RUNS; i++) {
    stock.push(parse(runOnStock()));
    board.push(parse(await runOnBoard(PROGRAM)));
  }
  let total = 0;
  let stockTotal = 0;
  for (const name of board[0]?.keys() ?? []) {
    const here = median(board.map((run) => run.get(name) ?? Number.NaN));
    const there = median(stock.map((run) => run.get(name) ?? Number.NaN));
    total += here;
    stockTotal += there;
    report(name, here, "ms", `stock wasm ${there.toFixed(0)} ms`);
  }
  report("all, against the stock wasm", stockTotal / total, "times", "goal: no slower (1)");
}

function parse(output: string): Map<string, number> {
  return new Map(
    output
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name = "", ms]) => [name, Number(ms)]),
  );
}

/** In a process of its own, with the heap that keeps the stock build from growing while it runs. */
function runOnStock(): string {
  const path = createRequire(import.meta.url).resolve("@micropython/micropython-webassembly-pyscript");
  const script = `
    const { loadMicroPython } = await import(${JSON.stringify(pathToFileURL(path).href)});
    const mp = await loadMicroPython({ heapsize: 64 << 20, pystack: 16384, stdout: (l) => process.stdout.write(l + "\\n") });
    mp.runPython(${JSON.stringify(PROGRAM)});
  `;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
  if (status !== 0) throw new Error(`the stock build failed: ${stderr.toString().slice(-500)}`);
  return stdout.toString();
}
