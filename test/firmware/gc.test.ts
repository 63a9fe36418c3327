/** What the firmware was relinked for: collections while a program runs, a heap of fixed size, no growth. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TestBoard } from "./board.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await TestBoard.atPrompt();
});
beforeEach(() => board.softReset());
afterAll(() => board.close());

/** Bytes free at the first prompt, which an ESP32 without SPIRAM has. */
const FREE_AT_PROMPT = 160 * 1024;

it("has 160 KB free at the first prompt", async () => {
  const fresh = await TestBoard.atPrompt();
  await fresh.line("import gc");
  await fresh.line("gc.collect()");
  expect(Number(await fresh.line("gc.mem_free()"))).toBeGreaterThanOrEqual(FREE_AT_PROMPT);
  fresh.close();
});

/** Each collects in an awkward place, and checks what it built. */
const AWKWARD: Readonly<Record<string, string>> = {
  "a sort's keys": `
data = [[i, str(i * 7919 % 1000)] for i in range(300)]
def key(x):
    collect()
    return x[1] + "."
out = sorted(data, key=key)
assert [x[1] for x in out] == sorted(str(i * 7919 % 1000) for i in range(300))
assert sorted(x[0] for x in out) == list(range(300))`,
  comprehensions: `
def f(i):
    collect()
    return [i, "v%d" % i, (i,) * 3]
l = [f(i) for i in range(200)]
assert l == [[i, "v%d" % i, (i, i, i)] for i in range(200)]
d = {str(i): f(i) for i in range(150)}
assert all(d[str(i)][1] == "v%d" % i for i in range(150))
s = {f(i)[1] for i in range(150)}
assert len(s) == 150
assert [[y for y in [f(x)] if collect() is None] for x in range(20)] == [[[i, "v%d" % i, (i,) * 3]] for i in range(20)]`,
  generators: `
def g(n):
    for i in range(n):
        held = [i, str(i)]
        collect()
        yield held
        assert held == [i, str(i)]
def outer(n):
    r = yield from g(n)
    collect()
    yield r
assert [x for x in outer(100)][:100] == [[i, str(i)] for i in range(100)]
gens = [g(10) for _ in range(20)]
for step in range(10):
    for x in gens:
        assert next(x) == [step, str(step)]`,
  "constructors and attributes": `
class Node:
    def __init__(self, depth):
        collect()
        self.name = "n%d" % depth
        self.children = [Node(depth - 1) for _ in range(2)] if depth else []
        self.tag = bytearray(str(depth).encode())
    def check(self, depth):
        assert self.name == "n%d" % depth and self.tag == str(depth).encode()
        return 1 + sum(c.check(depth - 1) for c in self.children)
assert Node(7).check(7) == 255`,
  "deep recursion": `
def down(n, held):
    mine = [n, str(n), held]
    collect()
    r = [n] if n == 0 else down(n - 1, mine) + [n]
    assert mine[1] == str(n)
    return r
assert down(40, None) == list(range(41))`,
  "with statements and finally": `
log = []
class Held:
    def __init__(self, n): self.n = [n]
    def __enter__(self):
        collect()
        return self
    def __exit__(self, *exc):
        collect()
        log.append(self.n[0])
        return self.n[0] % 2 == 1
for i in range(50):
    try:
        with Held(i) as h, Held(i + 100) as k:
            collect()
            if i % 3 == 0:
                raise ValueError([i, str(i)])
            assert h.n == [i]
    except ValueError as e:
        collect()
        assert e.args[0] == [i, str(i)]
    finally:
        collect()
assert len(log) == 100`,
  "f-strings and formatting": `
class V:
    def __init__(self, n): self.n = n
    def __str__(self):
        collect()
        return "<%d>" % self.n
    __repr__ = __str__
for i in range(100):
    a, b = V(i), V(i * i)
    assert f"{a}-{b!r}-{[a, b]}" == "<%d>-<%d>-[<%d>, <%d>]" % (i, i * i, i, i * i)
    assert "{}|{}".format(a, b) == f"<{i}>|<{i * i}>"
    assert "%s,%s" % (a, b) == f"<{i}>,<{i * i}>"`,
  "hashes and comparisons in dicts and sets": `
class K:
    def __init__(self, n): self.n = n
    def __hash__(self):
        collect()
        return self.n % 7
    def __eq__(self, other):
        collect()
        return self.n == other.n
d = {}
for i in range(60):
    d[K(i)] = [i, str(i)]
for i in range(0, 60, 2):
    del d[K(i)]
assert sorted(v[0] for v in d.values()) == list(range(1, 60, 2))
assert all(d[K(i)] == [i, str(i)] for i in range(1, 60, 2))
s = set(K(i % 20) for i in range(60)) | {K(i) for i in range(15, 30)}
assert len(s) == 30 and K(29) in s and K(30) not in s`,
  "calls with many arguments, closures, decorators": `
def wrap(f):
    collect()
    def inner(*args, **kwargs):
        collect()
        return f(*[x for x in args], **{k: v for k, v in kwargs.items()})
    return inner
@wrap
def f(a, b=2, *rest, c, **more):
    collect()
    return [a, b, rest, c, sorted(more.items())]
for i in range(50):
    assert f(str(i), [i], *map(str, range(5)), c=(i,), d=str(i), e={i: i}) == [
        str(i), [i], ("0", "1", "2", "3", "4"), (i,), [("d", str(i)), ("e", {i: i})]]`,
  "big numbers, floats and bytes": `
def val(x):
    collect()
    return x
for i in range(1, 40):
    assert val(3 ** val(100 + i)) // val(3 ** 100) == val(3 ** i)
    assert (val(i * 1.5) + val(i * 2.5)) * val(2.0) == i * 8.0
    assert val(b"ab" * i) + val(bytes(range(i))) == b"ab" * i + bytes(range(i))
    assert val("é" * i).encode()[:2] == b"\\xc3\\xa9" and len(val("é" * i)) == i`,
  "imports, exec and json": `
import json
for i in range(20):
    ns = {"collect": collect}
    exec("def f(x):\\n collect()\\n return [x, str(x)]\\nv = [f(i) for i in range(%d)]" % i, ns)
    assert ns["v"] == [[j, str(j)] for j in range(i)]
    text = json.dumps({"a": [i, str(i), None], "b": {"c": 1.5}})
    collect()
    assert json.loads(text) == {"a": [i, str(i), None], "b": {"c": 1.5}}`,
  "an object graph nearly as large as the heap": `
import random
random.seed(1)
nodes = []
for i in range(700):
    nodes.append({"id": i, "name": "node%d" % i, "to": [random.choice(nodes) for _ in range(2)] if nodes else []})
    if i % 10 == 0:
        collect()
for i, n in enumerate(nodes):
    assert n["id"] == i and n["name"] == "node%d" % i
    for t in n["to"]:
        assert nodes[t["id"]] is t
nodes = None`,
};

describe("collects while a program runs, in", () => {
  it.each(Object.entries(AWKWARD))("%s", async (_name, source) => {
    // At module level and in a function: locals lie elsewhere than globals.
    const inFunction = source.split("\n").map((line) => ` ${line}`);
    const programs = [source, `def main():${inFunction.join("\n")}\nmain()`];
    for (const program of programs) {
      await board.softReset();
      expect(await board.exec(`from gc import collect\n${program}\nprint("intact")`)).toEqual({
        stdout: "intact\r\n",
        stderr: "",
      });
    }
  });
});

describe("the heap", () => {
  it("gives back what is garbage, through 10 million allocations, without growing the process", async () => {
    const sizeOf = () => process.memoryUsage.rss();
    await board.run("x = 1.5\nfor i in range(100000): x = x * 1.0000001");
    const before = sizeOf();
    // Each product is a new object.
    const out = await board.run("x = 1.5\nfor i in range(10000000): x = x * 1.0000001\nprint(x > 4)", 60_000);
    expect(out).toBe("True\n");
    expect(sizeOf() - before).toBeLessThan(48 * 1024 * 1024);
    const free = Number(await board.run("import gc; print(gc.mem_free() + gc.mem_alloc())"));
    expect(free).toBeLessThan(200 * 1024);
  }, 90_000);

  it("ends in MemoryError, again and again, and recovers", async () => {
    for (let i = 0; i < 3; i++) {
      expect(await board.error("b = bytearray(300000)")).toBe(
        "MemoryError: memory allocation failed, allocating 300000 bytes",
      );
      expect(await board.error("l = []\nwhile True: l.append([1, 2, 3])")).toMatch(/^MemoryError: /);
      expect(
        await board.run(
          "l = None\nimport gc\ngc.collect()\nprint(gc.mem_free() > 150000, len(bytearray(100000)))",
        ),
      ).toBe("True 100000\n");
    }
  });

  it("lets a program catch MemoryError in the middle of its work", async () => {
    const program = `
import gc
kept = []
reserve = bytearray(10000)
try:
    while True:
        kept.append(str(len(kept)) * 10)
except MemoryError:
    reserve = None
    n = len(kept)
    intact = all(kept[i] == str(i) * 10 for i in range(n))
    kept = None
print(n > 500, intact, len([0] * 1000))`;
    expect(await board.run(program)).toBe("True True 1000\n");
    expect(await board.run("gc.collect()\nprint(gc.mem_free() > 150000)")).toBe("True\n");
  });

  it("ends recursion in RuntimeError", async () => {
    expect(await board.error("def f(n): return f(n + 1) + 1\nf(0)")).toBe(
      "RuntimeError: maximum recursion depth exceeded",
    );
  });

  it("has no other threshold than its end", async () => {
    expect(await board.run("import gc\nprint(gc.threshold())")).toBe("-1\n");
  });
});
