import { describe, expect, it } from "vitest";
import { parseAddress } from "../../../emulator/cli/address.ts";
import { parseCommands } from "../../../emulator/cli/commands.ts";

const words = (text: string) => text.split(" ");

describe("parseCommands", () => {
  it("reads a chain, with + and without", () => {
    expect(parseCommands(["connect", "auto", "exec", "x = 1", "eval", "x", "+", "repl"])).toEqual([
      { verb: "connect", address: "auto" },
      { verb: "exec", code: "x = 1", follow: true },
      { verb: "eval", expression: "x" },
      { verb: "repl" },
    ]);
    expect(parseCommands(words("rtc --set + resume soft-reset reset df sleep 0.5 disconnect devs"))).toEqual([
      { verb: "rtc", set: true, local: false },
      { verb: "resume" },
      { verb: "soft-reset" },
      { verb: "reset" },
      { verb: "df" },
      { verb: "sleep", seconds: 0.5 },
      { verb: "disconnect" },
      { verb: "connect", address: "list" },
    ]);
    expect(parseCommands(words("rtc -s --local + exec --no-follow x run --no-follow f.py eval -1"))).toEqual([
      { verb: "rtc", set: true, local: true },
      { verb: "exec", code: "x", follow: false },
      { verb: "run", path: "f.py", follow: false },
      { verb: "eval", expression: "-1" },
    ]);
  });

  it("reads fs, and its commands without it", () => {
    const plain = { recursive: false, force: false, verbose: true };
    expect(parseCommands(words("fs cp -r a.py b.py :lib/ + ls + cat boot.py + fs ls : -v"))).toEqual([
      { ...plain, verb: "fs", command: "cp", paths: ["a.py", "b.py", ":lib/"], recursive: true },
      { ...plain, verb: "fs", command: "ls", paths: [""] },
      { ...plain, verb: "fs", command: "cat", paths: ["boot.py"], verbose: false },
      { ...plain, verb: "fs", command: "ls", paths: [":"] },
    ]);
  });

  it.each([
    ["frobnicate", '"frobnicate" is no command for a board; breadbox --help lists them'],
    ["exec", "exec: the code is missing"],
    ["eval + repl", "eval: the expression is missing"],
    ["exec --fast x", "exec: unknown option --fast; it takes --follow, -f, --no-follow"],
    ["connect", "connect: the board's address (or auto, or list) is missing"],
    ["rtc --local", "rtc: --local goes with --set"],
    ["rtc --utc", "rtc: unknown option --utc; it takes --set, -s, --local"],
    ["reset --now", "reset: unknown option --now; it takes none"],
    ["sleep soon", 'sleep: "soon" is no number of seconds'],
    ["fs", "fs: the command (ls, cat, cp, rm, mkdir, rmdir, touch, sha256sum) is missing"],
    ["fs format x", 'fs: "format" is no command; it has ls, cat, cp, rm, mkdir, rmdir, touch, sha256sum'],
    ["fs cat", "fs cat: a path is missing"],
    ["cp a.py", "fs cp: the destination is missing"],
  ])("refuses %j in one line", (text, message) => {
    expect(() => parseCommands(words(text))).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });
});

describe("parseAddress", () => {
  it("reads both schemes", () => {
    expect(parseAddress("rfc2217://127.0.0.1:2217")).toEqual({
      scheme: "rfc2217",
      host: "127.0.0.1",
      port: 2217,
      url: "rfc2217://127.0.0.1:2217",
    });
    expect(parseAddress("port:socket://[::1]:99")).toMatchObject({ scheme: "socket", host: "::1", port: 99 });
  });

  it.each([
    "/dev/ttyUSB0",
    "127.0.0.1:2217",
    "rfc2217://host",
    "socket://h:0",
    "socket://h:65536",
    "http://h:1",
  ])("refuses %s", (text) => {
    expect(() => parseAddress(text)).toThrow(/^".*" is no address of a board: use auto, /);
  });
});
