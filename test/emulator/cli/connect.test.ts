import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectCommand } from "../../../emulator/cli/connect.ts";
import { describe as describeRtc, rtcTuple } from "../../../emulator/cli/rtc-command.ts";
import { type SerialServer, startSerialServer } from "../../../emulator/serial/serial-server.ts";
import { type Answer, FakeDevice } from "./fake-device.ts";

const OSERROR = (text: string) =>
  `Traceback (most recent call last):\r\n  File "<stdin>", line 2, in <module>\r\nOSError: ${text}\r\n`;

const stops: (() => unknown)[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "connect-"));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(folder, { recursive: true });
});

async function start(answer: (program: string) => Answer | undefined) {
  const device = new FakeDevice(answer);
  const server = await startSerialServer({ console: device, port: 0 });
  stops.push(() => server.close());
  return { device, server };
}

/** Runs a command line against the board that is up at `server`. */
async function run(server: SerialServer | undefined, ...words: string[]) {
  let out = "";
  let err = "";
  const io = {
    out: (data: string | Uint8Array) => {
      out += Buffer.from(data as Uint8Array).toString();
    },
    err: (data: string | Uint8Array) => {
      err += Buffer.from(data as Uint8Array).toString();
    },
    errIsTerminal: false,
  };
  const boards = () => (server ? [{ name: "lab", url: server.url, pid: 1, startedAt: 0 }] : []);
  try {
    const status = await connectCommand(words, { io, boards });
    return { status, out, err };
  } catch (error) {
    const { message, exitCode } = error as Error & { exitCode?: number };
    return { status: exitCode, out, err: `${err}breadbox: ${message}\n` };
  }
}

describe("programs", () => {
  it("runs exec, eval and run in one connection, after one soft reset", async () => {
    const { device, server } = await start((program) =>
      program === "print(6*7)" ? { out: "42\r\n" } : program === "# file" ? { out: "ran\r\n" } : {},
    );
    const file = join(folder, "a.py");
    writeFileSync(file, "# file");
    const result = await run(server, "exec", "x = 1", "eval", "6*7", "+", "run", file);
    expect(result).toEqual({ status: 0, out: "42\r\nran\r\n", err: "" });
    expect(device.programs).toEqual(["x = 1", "print(6*7)", "# file"]);
    expect(device.softResets).toBe(1);
    await device.until(() => device.listeners === 0);
    expect([device.mode, device.resets]).toEqual(["friendly", 0]);
  });

  it.each(["rfc2217", "socket"])("reaches an address over %s://, a name, and auto", async (scheme) => {
    const { device, server } = await start(() => ({ out: "ok\r\n" }));
    for (const address of [`${scheme}://127.0.0.1:${server.port}`, "lab", "auto"]) {
      expect(await run(server, "connect", address, "eval", "1")).toMatchObject({ status: 0, out: "ok\r\n" });
      await device.until(() => device.listeners === 0);
    }
  });

  it("sends long programs, with and without raw paste", async () => {
    const { device, server } = await start(() => ({ out: "done\r\n" }));
    const long = `x = '${"é".repeat(2000)}'`;
    expect((await run(server, "exec", long)).out).toBe("done\r\n");
    await device.until(() => device.listeners === 0);
    device.rawPaste = false;
    expect((await run(server, "exec", long)).out).toBe("done\r\n");
    expect(device.programs).toEqual([long, long]);
  });

  it("writes a traceback to stderr, exits 1, and runs nothing after it", async () => {
    const err = 'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nValueError: no\r\n';
    const { device, server } = await start((program) => (program === "bad" ? { out: "half\r\n", err } : {}));
    expect(await run(server, "exec", "bad", "exec", "never")).toEqual({
      status: 1,
      out: "half\r\n",
      err: err.replaceAll("\r\n", "\n"),
    });
    expect(device.programs).toEqual(["bad"]);
  });

  it("does not wait with --no-follow and reset; resume leaves out the soft reset", async () => {
    const { device, server } = await start(() => ({}));
    expect(await run(server, "resume", "exec", "--no-follow", "x", "+", "reset")).toMatchObject({
      status: 0,
    });
    expect(device.programs).toEqual(["x", "import time, machine; time.sleep_ms(100); machine.reset()"]);
    expect(device.softResets).toBe(0);
    await device.until(() => device.listeners === 0);
    await run(server, "soft-reset", "sleep", "0.001");
    expect(device.softResets).toBe(1);
  });
});

describe("rtc and df", () => {
  it("shows the clock", async () => {
    const { server } = await start((program) =>
      program.includes("repr") ? { out: "(2000, 1, 1, 5, 0, 0, 12, 345)\r\n" } : {},
    );
    expect((await run(server, "rtc")).out).toBe("(2000, 1, 1, 5, 0, 0, 12, 345)\n");
  });

  it("sets UTC and says what it set", async () => {
    const { device, server } = await start(() => ({}));
    const { out } = await run(server, "rtc", "--set");
    expect(out).toMatch(/^RTC set to \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n$/);
    expect(device.programs[0]).toBe("import machine");
    expect(device.programs[1]).toMatch(/^machine\.RTC\(\)\.datetime\(\(\d{4}(, \d+){7}\)\)$/);
  });

  it("makes the tuple, UTC and local", () => {
    const date = new Date("2026-09-01T23:30:05.250Z");
    expect(rtcTuple(date, false)).toBe("(2026, 9, 1, 1, 23, 30, 5, 250000)");
    expect(describeRtc(date, false)).toBe("RTC set to 2026-09-01 23:30:05 UTC");
    const oneHourEast = Object.assign(new Date(date), { getTimezoneOffset: () => -90 });
    expect(rtcTuple(oneHourEast, true)).toBe("(2026, 9, 2, 2, 1, 0, 5, 250000)");
    expect(describeRtc(oneHourEast, true)).toBe(
      "RTC set to 2026-09-02 01:00:05 local time (UTC+01:30); certificates are checked against UTC",
    );
  });

  it("prints mpremote's table", async () => {
    const { server } = await start(() => ({
      out: '["<VfsLfs2>", "/", 2097152, 2088960]\r\n["x", "/rom", 0, 0]\r\n',
    }));
    expect((await run(server, "df")).out).toBe(
      "filesystem     size     used    avail use% mounted on\n<VfsLfs2>   2097152     8192  2088960    0 /\n",
    );
  });
});

describe("fs", () => {
  it("lists, prints, hashes and changes", async () => {
    const { device, server } = await start((program) => {
      if (program.includes("ilistdir")) return { out: '["boot.py", 32768, 139]\r\n["lib", 16384, 0]\r\n' };
      if (program.startsWith('with open("boot.py")')) return { out: "# boot\r\n" };
      if (program.includes("sha256")) return { out: "ab12\r\n" };
      return {};
    });
    expect((await run(server, "fs", "ls")).out).toBe("ls :\n         139 boot.py\n           0 lib/\n");
    await device.until(() => device.listeners === 0);
    expect((await run(server, "cat", ":boot.py")).out).toBe("# boot\r\n");
    await device.until(() => device.listeners === 0);
    expect((await run(server, "sha256sum", "a", "b")).out).toBe("sha256sum :a\nab12\nsha256sum :b\nab12\n");
    await device.until(() => device.listeners === 0);
    device.programs.length = 0;
    await run(server, "mkdir", "d", "+", "touch", "d/f", "+", "rm", "d/f", "+", "rmdir", 'd"\n');
    expect(device.programs).toEqual([
      'import os\nos.mkdir("d")',
      "f=open(\"d/f\",'a')\nf.close()",
      'import os\nos.remove("d/f")',
      'import os\nos.rmdir("d\\"\\n")',
    ]);
  });

  it.each([
    ["[Errno 2] ENOENT", "cat: gone.txt: No such file or directory."],
    ["39", "cat: gone.txt: Directory not empty."],
    ["[Errno 28] ENOSPC: gone.txt", "cat: gone.txt: No space left on device."],
  ])("puts OSError: %s in one line", async (text, message) => {
    const { server } = await start(() => ({ err: OSERROR(text) }));
    expect(await run(server, "fs", "cat", "gone.txt")).toEqual({
      status: 1,
      out: "",
      err: `breadbox: ${message}\n`,
    });
  });

  it("shows other exceptions whole", async () => {
    const { server } = await start(() => ({
      err: "Traceback (most recent call last):\r\nMemoryError: \r\n",
    }));
    expect(await run(server, "ls")).toEqual({
      status: 1,
      out: "ls :\n",
      err: "Traceback (most recent call last):\nMemoryError: \nbreadbox: the board raised an exception\n",
    });
  });

  /** A board that has files in memory and understands the programs of board-files.ts. */
  function fileBoard(files: Map<string, Buffer>) {
    let open = "";
    return (program: string): Answer => {
      const path = /(?:stat|open|mkdir)\("([^"]*)"/.exec(program)?.[1] ?? open;
      const chunk = /^w\(d\('(.*)'\)\)$/.exec(program);
      if (program.includes("os.stat")) {
        const isDirectory = [...files.keys()].some((name) => name.startsWith(`${path}/`));
        const data = files.get(path);
        if (!data && !isDirectory) return { err: OSERROR("[Errno 2] ENOENT") };
        return { out: `[${data ? 32768 : 16384}, ${data?.length ?? 0}]\r\n` };
      }
      if (program.includes("sha256")) {
        return { out: `${createHash("sha256").update(files.get(path)!).digest("hex")}\r\n` };
      }
      if (program.includes("'wb'")) {
        open = path;
        files.set(path, Buffer.alloc(0));
      } else if (chunk) files.set(open, Buffer.concat([files.get(open)!, Buffer.from(chunk[1]!, "base64")]));
      else if (program.includes("b2a_base64")) {
        const lines =
          files
            .get(path)!
            .toString("base64")
            .match(/.{1,1024}/g) ?? [];
        return { out: lines.map((line) => `${line}\r\n`).join("") };
      } else if (program.includes("ilistdir")) {
        const prefix = `${/ilistdir\("([^"]*)"/.exec(program)![1]}/`;
        const names = [...files.keys()].filter((name) => name.startsWith(prefix));
        return { out: names.map((name) => `["${name.slice(prefix.length)}",32768,0]\r\n`).join("") };
      }
      return {};
    };
  }

  it("copies to the board and back, and leaves what is there alone", async () => {
    const files = new Map<string, Buffer>();
    const { device, server } = await start(fileBoard(files));
    const data = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7) % 256));
    const local = join(folder, "data.bin");
    writeFileSync(local, data);
    expect(await run(server, "cp", local, ":data.bin")).toEqual({
      status: 0,
      out: `cp ${local} :data.bin\n`,
      err: "",
    });
    expect(files.get("data.bin")).toEqual(data);
    await device.until(() => device.listeners === 0);
    expect((await run(server, "cp", local, ":data.bin")).out).toContain("Up to date: data.bin\n");
    await device.until(() => device.listeners === 0);
    expect((await run(server, "cp", "-f", local, ":data.bin")).out).not.toContain("Up to date");
    await device.until(() => device.listeners === 0);
    await mkdir(join(folder, "back"));
    expect(await run(server, "cp", ":data.bin", join(folder, "back"))).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, "back", "data.bin"))).toEqual(data);
  });

  it("copies trees with -r alone", async () => {
    const files = new Map([["lib/a.py", Buffer.from("a")]]);
    const { device, server } = await start(fileBoard(files));
    const target = join(folder, "copy");
    expect(await run(server, "cp", ":lib", target)).toMatchObject({
      status: 1,
      err: "breadbox: cp: -r not specified; omitting directory\n",
    });
    await device.until(() => device.listeners === 0);
    expect(await run(server, "cp", "-r", ":lib", target)).toMatchObject({ status: 0, err: "" });
    expect(readFileSync(join(target, "a.py"), "utf8")).toBe("a");
    await device.until(() => device.listeners === 0);
    expect(await run(server, "cp", "-r", target, ":new")).toMatchObject({ status: 0, err: "" });
    expect(files.get("new/a.py")).toEqual(Buffer.from("a"));
    await device.until(() => device.listeners === 0);
    expect(await run(server, "cp", join(folder, "none"), ":x")).toMatchObject({
      status: 2,
      err: `breadbox: cp: ${join(folder, "none")}: No such file or directory.\n`,
    });
    await device.until(() => device.listeners === 0);
    expect((await run(server, "cp", target, target, ":nowhere")).err).toBe(
      "breadbox: cp: destination does not exist\n",
    );
  });
});

describe("connecting", () => {
  it("lists the boards that are up, and says when there is none", async () => {
    const { server } = await start(() => ({}));
    expect((await run(server, "connect", "list")).out).toBe(`${server.url} lab (process 1)\n`);
    expect((await run(undefined, "devs")).out).toBe("");
    expect(await run(undefined, "rtc")).toEqual({
      status: 2,
      out: "",
      err: "breadbox: no board is up: start one with `breadbox up`, or name one with `breadbox connect rfc2217://HOST:PORT`\n",
    });
  });

  it("says when nobody listens, and when the line is in use", async () => {
    const { device, server } = await start(() => ({}));
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    await new Promise((resolve) => other.close(resolve));
    expect(await run(server, "connect", `socket://127.0.0.1:${port}`, "rtc")).toMatchObject({
      status: 2,
      err: `breadbox: cannot reach a board at socket://127.0.0.1:${port}: nothing listens on 127.0.0.1:${port}; start one with: breadbox up --serial ${port}\n`,
    });
    const { connect } = await import("node:net");
    const holder = connect(server.port, "127.0.0.1");
    stops.push(() => holder.destroy());
    await device.until(() => device.listeners === 1);
    expect((await run(server, "rtc")).err).toBe(
      `breadbox: cannot reach a board at ${server.url}: this serial port is in use by 127.0.0.1:${holder.localPort}; close that connection and try again\n`,
    );
  });

  it("says when the board goes away in the middle", async () => {
    let stop = () => {};
    const { server } = await start(() => {
      stop();
      return undefined;
    });
    stop = () => void server.close();
    expect(await run(server, "exec", "x")).toMatchObject({
      status: 1,
      err: "breadbox: the board has closed the connection\n",
    });
  });

  it("wants a terminal for repl, also where no command acts", async () => {
    const { device, server } = await start(() => ({}));
    const err = "breadbox: repl needs a terminal; to run code use exec, eval or run\n";
    expect(await run(server, "repl")).toMatchObject({ status: 2, err });
    await device.until(() => device.listeners === 0);
    expect(await run(server, "connect", "auto")).toMatchObject({ status: 2, err });
  });

  it("refuses a file that is not there before anything is sent", async () => {
    const { device, server } = await start(() => ({}));
    expect(await run(server, "connect", "auto", "run", "none.py")).toMatchObject({
      status: 2,
      err: "breadbox: could not read file 'none.py'\n",
    });
    expect(device.programs).toEqual([]);
  });
});
