import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listBoards, registerBoard, registryDirectory } from "../../../emulator/cli/registry.ts";

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "registry-")), "breadbox");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true }));

const board = (name: string, port: number, startedAt: number, pid = process.pid) => ({
  name,
  url: `rfc2217://127.0.0.1:${port}`,
  pid,
  startedAt,
});

it("lists boards, the oldest first, until they are removed", () => {
  expect(listBoards(directory)).toEqual([]);
  const removeB = registerBoard(board("b", 2, 200), directory);
  registerBoard(board("a", 1, 100), directory);
  expect(listBoards(directory).map(({ name }) => name)).toEqual(["a", "b"]);
  removeB();
  removeB();
  expect(listBoards(directory)).toEqual([board("a", 1, 100)]);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

it("prunes boards whose process has gone, and files that are none", () => {
  const { pid } = spawnSync(process.execPath, ["-e", "0"]);
  registerBoard(board("gone", 1, 1, pid), directory);
  writeFileSync(join(directory, "1-2.json"), "{");
  writeFileSync(join(directory, "notes.txt"), "kept");
  expect(listBoards(directory)).toEqual([]);
  expect(readdirSync(directory)).toEqual(["notes.txt"]);
});

it("lives in the user's runtime directory", () => {
  expect(registryDirectory({ XDG_RUNTIME_DIR: "/run/user/1" })).toBe("/run/user/1/breadbox");
  expect(registryDirectory({})).toBe(join(tmpdir(), `breadbox-${process.getuid!()}`));
  expect(existsSync(directory)).toBe(false);
});
