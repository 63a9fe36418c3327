import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerBoard } from "../../../emulator/cli/registry.ts";
import { startSerialServer } from "../../../emulator/serial/serial-server.ts";
import { FakeDevice } from "./fake-device.ts";

let folder: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
  program = join(folder, "cli.mjs");
  buildSync({
    entryPoints: [fileURLToPath(new URL("../../../emulator/cli/main.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    // The verbs that make boards have tests of their own.
    external: ["./run.ts", "./up.ts", "./serve.ts"],
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function breadbox(...words: string[]) {
  const env = { ...process.env, XDG_RUNTIME_DIR: folder };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...words], { env });
    return { status: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, out: stdout, err: stderr };
  }
}

describe("breadbox", () => {
  it("tells its version and its usage", async () => {
    expect(await breadbox("--version")).toEqual({
      status: 0,
      out: expect.stringMatching(/^breadbox \d+\.\d+\.\d+\n$/),
      err: "",
    });
    const help = await breadbox("--help");
    expect(help).toMatchObject({ status: 0, err: "" });
    expect(help.out).toContain("usage: breadbox [VERB ...]");
  });

  it.each([
    [["frobnicate"], 'unknown verb "frobnicate"; breadbox --help lists them'],
    [["--frob"], 'unknown option "--frob"; breadbox --help lists them'],
    [["run"], "run: the file is missing; write: breadbox run FILE"],
    [
      ["up", "--serial", "x"],
      '--serial: "x" is no port; it is a number from 1 to 65535, or 0 to pick a free one',
    ],
    [["connect", "/dev/ttyUSB0", "rtc"], /^"\/dev\/ttyUSB0" is no address of a board: use auto, /],
    [["rtc"], /^no board is up: start one with `breadbox up`/],
    [["rtc", "--sett"], "rtc: unknown option --sett; it takes --set, -s, --local"],
  ])("refuses %j with one line and exit status 2", async (words, message) => {
    const { status, out, err } = await breadbox(...words);
    expect([status, out]).toEqual([2, ""]);
    const line = err.replace(/^breadbox: (.*)\n$/s, "$1");
    expect(line).not.toContain("\n");
    if (typeof message === "string") expect(line).toBe(message);
    else expect(line).toMatch(message);
  });

  it("finds the board that is up, and passes on a program's failure", async () => {
    const err = "Traceback (most recent call last):\r\nValueError: no\r\n";
    const device = new FakeDevice((text) => (text === "bad" ? { err } : { out: "42\r\n" }));
    const server = await startSerialServer({ console: device, port: 0 });
    const remove = registerBoard(
      { name: "lab", url: server.url, pid: process.pid, startedAt: 1 },
      join(folder, "breadbox"),
    );
    try {
      expect(await breadbox("eval", "6*7")).toEqual({ status: 0, out: "42\r\n", err: "" });
      expect(await breadbox("connect", "lab", "exec", "bad")).toEqual({
        status: 1,
        out: "",
        err: err.replaceAll("\r\n", "\n"),
      });
      const file = join(folder, "f.py");
      writeFileSync(file, "f()");
      expect(await breadbox("connect", "auto", "run", file)).toMatchObject({ out: "42\r\n" });
    } finally {
      remove();
      await server.close();
    }
  });

  it("joins the terminal and the REPL until Ctrl-]", async () => {
    const device = new FakeDevice(() => ({}));
    const server = await startSerialServer({ console: device, port: 0 });
    try {
      const script = fileURLToPath(new URL("repl.py", import.meta.url));
      const words = [script, process.execPath, program, "connect", server.url, "repl"];
      const { stdout } = await promisify(execFile)("/usr/bin/python3", words);
      expect(stdout).toBe("raw 0\n");
      await device.until(() => device.listeners === 0);
      expect(device.resets).toBe(0);
    } finally {
      await server.close();
    }
  });
});
