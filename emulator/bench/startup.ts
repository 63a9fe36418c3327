import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, report, timed } from "./report.ts";

const RUNS = 15;

/** Wall time of `breadbox run` on a hello world, against `node -e 0`. */
export async function benchStartup(): Promise<void> {
  const cli = fileURLToPath(new URL("cli.js", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "breadbox-bench-"));
  const hello = join(folder, "hello.py");
  writeFileSync(hello, 'print("hello world")\n');
  const node: number[] = [];
  const run: number[] = [];
  // In turns, so that both meet the same disturbances.
  for (let i = 0; i < RUNS; i++) {
    node.push(await timed(() => spawnSync(process.execPath, ["-e", "0"])));
    run.push(await timed(() => spawnSync(process.execPath, [cli, "run", hello])));
  }
  rmSync(folder, { recursive: true });
  report("node -e 0", median(node), "ms");
  report("breadbox run hello.py", median(run), "ms");
  report("ratio", median(run) / median(node), "", "goal: at most 4");
}
