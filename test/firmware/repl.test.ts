import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BANNER, CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_E, PROMPT, TestBoard } from "./board.ts";

let board: TestBoard;
beforeEach(async () => {
  board = await TestBoard.start();
});
afterEach(() => board.close());

const UP = "\x1b[A";
const SOFT_REBOOT = `MPY: soft reboot\r\n${BANNER}`;

describe("friendly REPL", () => {
  beforeEach(async () => {
    expect(await board.until(PROMPT)).toBe(BANNER + PROMPT);
  });

  it("echoes, evaluates and prints with CR LF", async () => {
    board.send("1+1\r");
    expect(await board.until(`2\r\n${PROMPT}`)).toBe(`1+1\r\n2\r\n${PROMPT}`);
    board.send("for i in range(2):\rprint(i)\r\b\r");
    expect(await board.until(`1\r\n${PROMPT}`)).toBe(
      `for i in range(2):\r\n...     print(i)\r\n...     \b\b\b\b\x1b[K\r\n0\r\n1\r\n${PROMPT}`,
    );
  });

  it("prints tracebacks", async () => {
    expect(await board.line("1/0")).toBe(
      'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nZeroDivisionError: divide by zero\r\n',
    );
  });

  it("has history on the up arrow", async () => {
    await board.line("12*12");
    await board.line("7*7");
    board.send(`${UP}${UP}\r`);
    expect(await board.until(`144\r\n${PROMPT}`)).toBe(`7*7\b\b\b12*12\r\n144\r\n${PROMPT}`);
    board.send(`\b\x1b[D\r`);
    expect(await board.until(PROMPT)).toBe(`\r\n${PROMPT}`);
  });

  it("completes on tab", async () => {
    await board.line("import machine");
    board.send("machine.unique\t()\r");
    expect(await board.until(/b'[^\r]*\r\n>>> /)).toContain("machine.unique_id()\r\n");
    board.send("machine.RT\t");
    expect(await board.until("machine.RTC")).toBe("machine.RTC");
    board.send("\x15");
  });

  it("has a paste mode", async () => {
    board.send(CTRL_E);
    expect(await board.until("=== ")).toBe("\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ");
    board.send("if 1:\r    print(5)\r\rprint(6)\r");
    board.send(CTRL_D);
    expect(await board.until(PROMPT)).toBe(
      `if 1:\r\n===     print(5)\r\n=== \r\n=== print(6)\r\n=== \r\n5\r\n6\r\n${PROMPT}`,
    );
    board.send(`${CTRL_E}print(7)${CTRL_C}`);
    expect(await board.until(`print(7)\r\n${PROMPT}`)).not.toContain("\r\n7");
  });

  it("prints its banner on Ctrl-B", async () => {
    board.send(CTRL_B);
    expect(await board.until(PROMPT)).toBe(`\r\n${BANNER}${PROMPT}`);
  });

  it("gives a new line on Ctrl-C", async () => {
    board.send(`abc${CTRL_C}`);
    expect(await board.until(PROMPT)).toBe(`abc\r\n${PROMPT}`);
  });

  it("soft-resets on Ctrl-D, and loses what the program had", async () => {
    await board.line("x = 1");
    board.send(CTRL_D);
    expect(await board.until(PROMPT)).toBe(`\r\n${SOFT_REBOOT}${PROMPT}`);
    expect(await board.line("x")).toContain("NameError: name 'x' isn't defined\r\n");
  });

  it("soft-resets on SystemExit, also in a subclass", async () => {
    for (const exit of [
      "import sys; sys.exit()",
      "import machine; machine.soft_reset()",
      "raise type('E', (SystemExit,), {})",
    ]) {
      board.send(`${exit}\r`);
      expect(await board.until(PROMPT)).toBe(`${exit}\r\n${SOFT_REBOOT}${PROMPT}`);
    }
  });

  it("works on after SystemExit in the middle of a compound statement", async () => {
    board.send("if 1:\r raise SystemExit\r\r\r");
    await board.until(BANNER);
    await board.until(PROMPT);
    expect(await board.line("3*3")).toBe("9\r\n");
  });
});

describe("raw REPL", () => {
  beforeEach(async () => {
    await board.until(PROMPT);
    board.send(CTRL_A);
    expect(await board.until(">")).toBe("\r\nraw REPL; CTRL-B to exit\r\n>");
  });

  it("answers OK, output, error, prompt", async () => {
    board.send(`print(1)${CTRL_D}`);
    expect(await board.until(">")).toBe("OK1\r\n\x04\x04>");
    board.send(`1/0${CTRL_D}`);
    expect(await board.until(">")).toMatch(/^OK\x04Traceback /);
    expect(await board.until("\x04>")).toBe(
      '", line 1, in <module>\r\nZeroDivisionError: divide by zero\r\n\x04>',
    );
    board.send(`1 +${CTRL_D}`);
    await board.until("SyntaxError: invalid syntax\r\n\x04>");
    board.send(`print("\\x04")${CTRL_D}`);
    expect(await board.until("\x04\x04>")).toBe("OK\x04\r\n\x04\x04>");
  });

  it("forgets the line on Ctrl-C, says its banner on Ctrl-A, leaves on Ctrl-B", async () => {
    board.send(`print(1)${CTRL_C}print(2)${CTRL_D}`);
    expect(await board.until(">")).toBe("OK2\r\n\x04\x04>");
    board.send(CTRL_A);
    expect(await board.until(">")).toBe("raw REPL; CTRL-B to exit\r\n>");
    board.send(CTRL_B);
    expect(await board.until(PROMPT)).toBe(`\r\n${BANNER}${PROMPT}`);
  });

  it("stays raw over soft resets", async () => {
    board.send(CTRL_D);
    expect(await board.until(">")).toBe("OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    board.send(`raise SystemExit${CTRL_D}`);
    expect(await board.until(">")).toBe("OK\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
    board.send(`print(3)${CTRL_D}`);
    expect(await board.until(">")).toBe("OK3\r\n\x04\x04>");
    board.send(CTRL_B);
    expect(await board.until(PROMPT)).toBe(`\r\n${BANNER}${PROMPT}`);
  });

  it("pastes with a window of 128 bytes", async () => {
    board.send("\x05A\x01");
    expect(await board.until("\x01\x80\x00\x01")).toBe("R\x01\x80\x00\x01");
    board.send("#".repeat(127));
    board.send("#");
    expect(await board.until("\x01")).toBe("\x01");
    board.send(`${"#".repeat(127)}\n`);
    expect(await board.until("\x01")).toBe("\x01");
    board.send(`print(4)${CTRL_D}`);
    expect(await board.until(">")).toBe("\x044\r\n\x04\x04>");
    board.send(`\x05A\x01`);
    await board.until("\x01\x80\x00\x01");
    board.send(`nope${CTRL_D}`);
    expect(await board.until("\x04>")).toBe(
      '\x04\x04Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\n' +
        "NameError: name 'nope' isn't defined\r\n\x04>",
    );
  });

  it("cancels a paste on Ctrl-C, resets on SystemExit in one, and knows no other command", async () => {
    board.send(`\x05A\x01`);
    await board.until("\x01\x80\x00\x01");
    board.send(`print(1)${CTRL_C}`);
    expect(await board.until(">")).toBe("\x04\x04KeyboardInterrupt: \r\n\x04>");
    board.send("\x05B\x01");
    expect(await board.until(">")).toBe("R\x00>");
    board.send(`\x05A\x01`);
    await board.until("\x01\x80\x00\x01");
    board.send(`raise SystemExit${CTRL_D}`);
    expect(await board.until(">")).toBe("\x04\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>");
  });

  it("takes programs larger than the heap would, without cost to it", async () => {
    const comment = `#${"x".repeat(300_000)}\n`;
    board.send(`${comment}import gc; gc.collect(); print(gc.mem_free() > 150000)${CTRL_D}`);
    expect(await board.until(">")).toBe("OKTrue\r\n\x04\x04>");
  });

  it("says MemoryError when the heap is full, and goes on", async () => {
    board.send(`l = []\nwhile True: l.append(bytearray(8))${CTRL_D}`);
    expect(await board.until("\x04>")).toContain("MemoryError: memory allocation failed");
    board.send(`l = None\nprint(5)${CTRL_D}`);
    expect(await board.until(">")).toBe("OK5\r\n\x04\x04>");
  });

  it("runs while the heap is locked only as far as it can", async () => {
    board.send(`import micropython\nmicropython.heap_lock()\nx = [1]${CTRL_D}`);
    expect(await board.until("\x04>")).toContain("MemoryError: \r\n");
    board.send(`print(1)${CTRL_D}`);
    expect(await board.until("\x04>")).toContain("MemoryError");
    board.send(CTRL_D);
    await board.until("raw REPL; CTRL-B to exit\r\n>");
    expect(await board.run("print(6)")).toBe("6\n");
  });
});
