import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);

it("is what boards that meet the faults give", { timeout: 60_000 }, async () => {
  const program = fileURLToPath(new URL("dist/explain-page.js", root));
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  expect(stdout).toBe(readFileSync(new URL("emulator/explain/README.md", root), "utf8"));
});
