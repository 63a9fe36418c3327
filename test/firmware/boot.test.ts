/** Power-on, boot.py and main.py, soft and hard resets, and what survives which. */
import { afterEach, describe, expect, it } from "vitest";
import { BANNER, CTRL_C, CTRL_D, createMachine, PROMPT, runProgram, TestBoard } from "./board.ts";

let board: TestBoard | undefined;
afterEach(() => board?.close());

const start = async (files: Record<string, string>): Promise<TestBoard> => {
  board = await TestBoard.start({ files });
  return board;
};

describe("start", () => {
  it("runs boot.py, then main.py, then the REPL", async () => {
    const b = await start({ "/boot.py": "print('boot')\nx = 1", "/main.py": "print('main', x, __file__)" });
    expect(await b.until(PROMPT)).toBe(`boot\r\nmain 1 main.py\r\n${BANNER}${PROMPT}`);
    expect(await b.line("x")).toBe("1\r\n");
  });

  it("has a boot.py as inisetup.py writes it, and no main.py", async () => {
    const b = await start({});
    await b.until(PROMPT);
    expect(await b.line("import os; os.listdir()")).toBe("['boot.py']\r\n");
    expect(await b.run("print(open('boot.py').read())")).toMatch(
      /^# This file is executed on every boot \(including wake-boot from deepsleep\)\n#import esp\n/,
    );
  });

  it("leaves out main.py where boot.py raised", async () => {
    const b = await start({ "/boot.py": "def f(): raise ValueError(1)\nf()", "/main.py": "print('main')" });
    expect(await b.until(PROMPT)).toBe(
      'Traceback (most recent call last):\r\n  File "boot.py", line 2, in <module>\r\n' +
        `  File "boot.py", line 1, in f\r\nValueError: 1\r\n${BANNER}${PROMPT}`,
    );
  });

  it("goes to the REPL where main.py raised, or cannot be compiled", async () => {
    const b = await start({ "/main.py": "print(1)\n1/0" });
    expect(await b.until(PROMPT)).toBe(
      '1\r\nTraceback (most recent call last):\r\n  File "main.py", line 2, in <module>\r\n' +
        `ZeroDivisionError: divide by zero\r\n${BANNER}${PROMPT}`,
    );
    b.machine.files.apply({
      kind: "write",
      path: "/main.py",
      bytes: new TextEncoder().encode("if"),
      modified: 0,
    });
    b.machine.reset();
    expect(await b.until(PROMPT)).toBe(
      'Traceback (most recent call last):\r\n  File "main.py", line 1\r\nSyntaxError: invalid syntax\r\n' +
        `${BANNER}${PROMPT}`,
    );
  });

  it("soft-resets on SystemExit in main.py, and runs boot.py again", async () => {
    const b = await start({
      "/boot.py": "print('boot')",
      "/main.py":
        "import os, sys\nif 'once' in os.listdir(): print('again')\nelse:\n open('once', 'w').close()\n sys.exit()",
    });
    expect(await b.until(PROMPT)).toBe(`boot\r\nMPY: soft reboot\r\nboot\r\nagain\r\n${BANNER}${PROMPT}`);
  });

  it("runs boot.py but not main.py after a soft reset in the raw REPL", async () => {
    const b = await start({ "/boot.py": "print('boot')", "/main.py": "print('main')" });
    await b.enterRaw();
    b.send(CTRL_D);
    expect(await b.until(">")).toBe("OK\r\nMPY: soft reboot\r\nboot\r\nraw REPL; CTRL-B to exit\r\n>");
  });

  it("can be stopped in a main.py that never ends", async () => {
    const b = await start({ "/main.py": "print('main')\nwhile True: pass" });
    await b.until("main\r\n");
    b.send(CTRL_C);
    await b.until("KeyboardInterrupt: \r\n");
    await b.until(PROMPT);
    expect(await b.line("1+1")).toBe("2\r\n");
  });
});

describe("resets", () => {
  const CAUSE = "import machine\nprint(machine.reset_cause())";

  it("tell their causes", async () => {
    board = await TestBoard.atPrompt();
    expect(await board.run(CAUSE)).toBe("1\n"); // PWRON_RESET
    await board.softReset();
    expect(await board.run(CAUSE)).toBe("5\n"); // SOFT_RESET
    await board.leaveRaw();
    board.machine.reset();
    await board.until(PROMPT);
    expect(await board.run(CAUSE)).toBe("2\n"); // HARD_RESET
    await board.startRaw("import machine\nprint('bye')\nmachine.reset()\nprint('never')");
    expect(await board.until(BANNER)).toBe(`bye\r\n${BANNER}`);
    await board.until(PROMPT);
    await board.enterRaw();
    expect(await board.run(CAUSE)).toBe("2\n");
    await board.leaveRaw();
    board.machine.powerOn();
    await board.until(PROMPT);
    expect(await board.run(CAUSE)).toBe("1\n");
  });

  it("keep files, clock and RTC memory, but a power-on keeps files only", async () => {
    board = await TestBoard.atPrompt();
    await board.run(
      "import machine, os\nmachine.RTC().datetime((2024, 5, 6, 0, 7, 8, 9, 0))\nmachine.RTC().memory(b'kept')\n" +
        "os.mkdir('/lib')\nopen('/lib/a.txt', 'w').write('A')\nwith open('b.txt', 'w') as f: f.write('B')\nos.rename('b.txt', 'c.txt')",
    );
    const state =
      "import machine, os\nprint(machine.RTC().datetime()[:6], machine.RTC().memory(), os.listdir('/'), open('/lib/a.txt').read())";
    const kept = "(2024, 5, 6, 0, 7, 8) b'kept' ['boot.py', 'c.txt', 'lib'] A\n";
    await board.softReset();
    expect(await board.run(state)).toBe(kept);
    await board.leaveRaw();
    board.machine.reset();
    await board.until(PROMPT);
    expect(await board.run(state)).toBe(kept);
    await board.leaveRaw();
    board.machine.powerOn();
    await board.until(PROMPT);
    expect(await board.run(state)).toBe("(2000, 1, 1, 5, 0, 0) b'' ['boot.py', 'c.txt', 'lib'] A\n");
  });

  it("lose what was written and neither flushed nor closed", async () => {
    board = await TestBoard.atPrompt();
    await board.run(
      "kept = open('a', 'w'); kept.write('1'); kept.flush(); kept.write('2')\nlost = open('b', 'w'); lost.write('x')",
    );
    board.machine.reset();
    await board.until(PROMPT);
    await board.enterRaw();
    expect(await board.run("import os\nprint(open('a').read(), 'b' in os.listdir())")).toBe("1 False\n");
  });

  it("follow a crash of the worker, with a message, and keep the files", async () => {
    board = await TestBoard.atPrompt();
    await board.run("with open('kept', 'w') as f: f.write('1')");
    await board.leaveRaw();
    // A host call that throws, which none does when it is called as the board's modules call it.
    board.send("import _board; _board.unique_id(-1)\r");
    expect(await board.until(PROMPT)).toContain(
      `[Breadbox] the board crashed and is reset: offset is out of bounds\r\n${BANNER}${PROMPT}`,
    );
    await board.enterRaw();
    expect(await board.run(`${CAUSE}\nprint(open('kept').read())`)).toBe("2\n1\n");
  });

  it("follow an exception where nothing catches any", async () => {
    board = await TestBoard.atPrompt();
    await board.line("import micropython");
    // The REPL's line cannot grow.
    board.send(`micropython.heap_lock()\r${"x".repeat(200)}\r`);
    expect(await board.until(BANNER)).toContain(
      "[Breadbox] the board crashed and is reset: NLR jump failed\r\n",
    );
  });

  it("stop where the board crashes again and again before its prompt", async () => {
    const b = await start({ "/main.py": "import _board; _board.unique_id(-1)" });
    await b.until("[Breadbox] the board crashed 3 times in a row and stays off: offset is out of bounds\r\n");
    expect(b.machine.isOn).toBe(false);
  });
});

describe("a program that is run", () => {
  it("prints its output alone, and tells how it ended", async () => {
    expect(await runProgram("print('a\\r\\nb')", { cooked: false })).toEqual({
      output: "a\r\nb\n",
      ok: true,
      traceback: "",
    });
    expect((await runProgram("help(1)", { cooked: false })).output).not.toContain("\r");
  });

  it("tells its traceback apart from its output", async () => {
    expect(await runProgram("print('\\x04')\ndef f(): return {}['x']\nf()", { cooked: false })).toEqual({
      output: "\x04\n",
      ok: false,
      traceback:
        'Traceback (most recent call last):\n  File "<stdin>", line 3, in <module>\n  File "<stdin>", line 2, in f\nKeyError: x\n',
    });
  });

  it("ends well with SystemExit, and runs after boot.py instead of main.py", async () => {
    const files = { "/boot.py": "print('boot')", "/main.py": "print('main')" };
    expect(await runProgram("print(1)\nraise SystemExit(3)", { files })).toEqual({
      output: "boot\r\n1\r\n",
      ok: true,
      traceback: "",
    });
  });

  it("ends in MemoryError when the heap does", async () => {
    const end = await runProgram("l = []\nwhile True: l.append(bytearray(8))");
    expect(end.ok).toBe(false);
    expect(end.traceback).toMatch(/line 2, in <module>\nMemoryError: memory allocation failed/);
  });
});

it("is off until it is switched on", async () => {
  const machine = await createMachine();
  expect(machine.isOn).toBe(false);
  machine.reset();
  expect(machine.isOn).toBe(false);
});
