/** Ctrl-C ends whatever the board does, and leaves what the program had. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { CTRL_C, PROMPT, TestBoard } from "./board.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await TestBoard.atPrompt({ files: { "/loops.py": "while True: pass" } });
});
afterAll(() => board.close());

const LOOPS: Readonly<Record<string, string>> = {
  "while True: pass": "while True: pass",
  "a for loop": "for i in range(10**9): n = i",
  "a list comprehension": "l = [i for i in range(10**9) if i < 0]",
  "a generator": "sum(1 for i in range(10**9))",
  calls: "def f(): return 1\nwhile f(): pass",
  "slow functions": "x = bytes(60000)\nwhile True: x.count(b'ab')",
  "time.sleep": "import time; time.sleep(3600)",
  "time.sleep_ms": "import time; time.sleep_ms(3600000)",
  "time.sleep_us": "import time; time.sleep_us(2000000000)",
  "input()": "input('? ')",
  "sys.stdin.read": "import sys; sys.stdin.read(1)",
  "sys.stdin.readline": "import sys; sys.stdin.readline()",
  "sys.stdin.buffer.read": "import sys; sys.stdin.buffer.read(1)",
  "select.poll on stdin": "import select, sys; p = select.poll(); p.register(sys.stdin, 1); p.poll()",
  printing: "while True: print('x' * 50)",
  "an import": "import loops",
};

it.each(Object.entries(LOOPS))("interrupts %s", async (_name, source) => {
  await board.startRaw(`kept = [1]\nprint("started")\n${source}`);
  await board.until("started\r\n");
  board.send(CTRL_C);
  const { stderr } = await board.finishRaw();
  expect(stderr).toMatch(
    /^Traceback \(most recent call last\):\r\n {2}File "<stdin>", line \d.*\r\nKeyboardInterrupt: \r\n$/s,
  );
  expect(await board.run("print(kept)")).toBe("[1]\n");
});

it("can be caught, and the program goes on", async () => {
  await board.startRaw(
    "try:\n print('a')\n while True: pass\nexcept KeyboardInterrupt:\n print('caught')\nprint('on')",
  );
  await board.until("a\r\n");
  board.send(CTRL_C);
  expect(await board.finishRaw()).toEqual({ stdout: "caught\r\non\r\n", stderr: "" });
});

it("comes through behind more input than the board holds", async () => {
  await board.startRaw("print('go')\nwhile True: pass");
  await board.until("go\r\n");
  board.send(new Uint8Array(250 * 1024).fill(0x78));
  board.send(CTRL_C);
  expect((await board.finishRaw()).stderr).toContain("KeyboardInterrupt");
  // What was typed before is the raw REPL's line now.
  board.send(CTRL_C);
  expect(await board.run("print(1)")).toBe("1\n");
});

it("is an input byte where micropython.kbd_intr says so", async () => {
  await board.startRaw(
    "import sys, micropython\nmicropython.kbd_intr(-1)\nprint('go')\nprint(sys.stdin.buffer.read(3))\nmicropython.kbd_intr(3)",
  );
  await board.until("go\r\n");
  board.send(`a${CTRL_C}b`);
  expect(await board.finishRaw()).toEqual({ stdout: "b'a\\x03b'\r\n", stderr: "" });
  await board.startRaw("import micropython\nmicropython.kbd_intr(ord('q'))\nprint('go')\nwhile True: pass");
  await board.until("go\r\n");
  board.send("q");
  expect((await board.finishRaw()).stderr).toContain("KeyboardInterrupt");
});

it("interrupts at the friendly prompt, and in boot.py and main.py", async () => {
  const other = await TestBoard.start({
    files: {
      "/boot.py": "print('in boot')\nwhile True: pass",
      "/main.py": "print('in main')\nwhile True: pass",
    },
  });
  await other.until("in boot\r\n");
  other.send(CTRL_C);
  expect(await other.until("KeyboardInterrupt: \r\n")).toBe(
    'Traceback (most recent call last):\r\n  File "boot.py", line 2, in <module>\r\nKeyboardInterrupt: \r\n',
  );
  await other.until(PROMPT);
  other.send("while True: pass\r\r\r");
  await other.until("while True: pass\r\n");
  other.send(CTRL_C);
  await other.until("KeyboardInterrupt: \r\n>>> ");
  other.close();
});
