/** sys.stdin, sys.stdout, input() and select on the console. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { TestBoard } from "./board.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await TestBoard.atPrompt();
});
beforeEach(() => board.softReset());
afterAll(() => board.close());

/** Runs a program that says "go", is given input then, and tells what it printed after that. */
async function given(source: string, input: string | Uint8Array): Promise<string> {
  await board.startRaw(`import sys, select, time, io\nprint("go")\n${source}`);
  await board.until("go\r\n");
  board.send(input);
  const { stdout, stderr } = await board.finishRaw();
  expect(stderr).toBe("");
  return stdout;
}

it("reads lines and characters as text, with CR made LF", async () => {
  expect(await given("print(repr(sys.stdin.readline()))", "abc\r")).toBe("'abc\\n'\r\n");
  expect(await given("print(repr(sys.stdin.read(3)))", "a\rb")).toBe("'a\\nb'\r\n");
  expect(await given("print(repr(sys.stdin.read(2)))", "\xc3\xa9x")).toBe("'\xc3\xa9x'\r\n");
  expect(await given("for _ in range(2): print(repr(sys.stdin.readline()))", "1\n2\n")).toBe(
    "'1\\n'\r\n'2\\n'\r\n",
  );
});

it("reads bytes as they are, and waits for as many as it was asked for", async () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const read = "import micropython\nmicropython.kbd_intr(-1)\n";
  expect(
    await given(
      `${read}b = bytearray(300)\nn = sys.stdin.buffer.readinto(b, 256)\nprint(n, b[:256] == bytes(range(256)))`,
      all,
    ),
  ).toBe("256 True\r\n");
  expect(await given("print(sys.stdin.buffer.read(4))", "\r\n\xff\x00")).toBe("b'\\r\\n\\xff\\x00'\r\n");
});

it("writes bytes as they are, and text with CR LF", async () => {
  expect(await given("sys.stdout.buffer.write(bytes([10, 13, 0, 255, 10]))", "")).toBe("\n\r\0\xff\n");
  expect(await given("sys.stdout.write('a\\nb\\r\\nc\\r')\nprint()", "")).toBe("a\r\nb\r\r\nc\r\r\n");
  expect(await given("print('x', file=sys.stderr)\nsys.print_exception(ValueError(1))", "")).toBe(
    "x\r\nValueError: 1\r\n",
  );
});

it("has input() with its line editor", async () => {
  expect(await given("print(repr(input('? ')))", "ab\bc\r")).toBe("? ab\b\x1b[Kc\r\n'ac'\r\n");
  expect(await given("print(repr(input()))", "\xc3\xa9\x7f!\r")).toContain("'!'");
  expect(await given("try: input()\nexcept EOFError: print('end')", "\x04")).toBe("\r\nend\r\n");
});

it("polls stdin without reading it", async () => {
  const poll = "p = select.poll()\np.register(sys.stdin, select.POLLIN)\n";
  expect(await given(`${poll}print(p.poll(0))`, "")).toBe("[]\r\n");
  expect(
    await given(
      `${poll}r = p.poll()\nprint(r[0][0] is sys.stdin, r[0][1], sys.stdin.read(1), p.poll(0))`,
      "x",
    ),
  ).toBe("True 1 x []\r\n");
  expect(
    await given(`${poll}for obj, event in p.ipoll(5000): print(event, sys.stdin.buffer.read(1))`, "y"),
  ).toBe("1 b'y'\r\n");
  expect(
    await given(
      "r, w, x = select.select([sys.stdin], [], [], 5)\nprint(len(r), w, x, sys.stdin.read(1))",
      "z",
    ),
  ).toBe("1 [] [] z\r\n");
  expect(await given("print(select.select([sys.stdin], [], [], 0.01))", "")).toBe("([], [], [])\r\n");
});

it("waits as long as poll was told to", async () => {
  const out = await given(
    "p = select.poll()\np.register(sys.stdin, 1)\nt = time.ticks_ms()\nprint(p.poll(50), time.ticks_diff(time.ticks_ms(), t) >= 50)",
    "",
  );
  expect(out).toBe("[] True\r\n");
});

it("polls objects of the program's own", async () => {
  const program = `
class Ready(io.IOBase):
    def __init__(self): self.asked = 0
    def ioctl(self, request, arg):
        if request != 3: return -1
        self.asked += 1
        return arg if self.asked > 5 else 0
o = Ready()
p = select.poll()
p.register(o)
r = p.poll(5000)
print(r[0][0] is o, r[0][1], o.asked)
p.modify(o, select.POLLOUT)
print(p.poll(0)[0][1])
for _, e in p.ipoll(0, 1): print(e)
print(p.poll(0))
p.unregister(o)
print(p.poll(0))
try: p.modify(o, 1)
except OSError as e: print(e.errno)
try: p.register(1)
except OSError as e: print(e)
try: p.register(object())
except OSError as e: print(e)
`;
  expect(await given(program, "")).toBe(
    "True 5 6\r\n4\r\n4\r\n[]\r\n[]\r\n2\r\nstream operation not supported\r\nstream operation not supported\r\n",
  );
});

it("keeps up with more output than the host holds", async () => {
  await board.startRaw("for i in range(20000): print('%019d' % i)");
  const { stdout } = await board.finishRaw();
  expect(stdout.length).toBe(20000 * 21);
});

it("holds back while its host does", async () => {
  const release = board.machine.holdOutput();
  await board.startRaw("for i in range(40000): print('%019d' % i)");
  await board.until("0000000000000005000\r\n");
  // 40000 lines are three times what may be undelivered.
  expect(board.untaken).not.toContain("39999");
  release();
  expect((await board.finishRaw()).stdout).toContain("0000000000000039999\r\n");
});
