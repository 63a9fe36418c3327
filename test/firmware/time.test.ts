/** time, machine, os, sys and errno against the ESP32's sources (extmod/modtime.c, machine_rtc.c, modmachine.c). */
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestBoard } from "./board.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await TestBoard.atPrompt();
});
afterAll(() => board.close());

/** The repr of an expression, or the last line of its traceback. */
async function value(expression: string): Promise<string> {
  const { stdout, stderr } = await board.exec(
    `import time, machine, os, sys, errno, gc\nprint(repr((${expression})))`,
  );
  return stderr === "" ? stdout.trimEnd() : (stderr.trimEnd().split("\r\n").at(-1) as string);
}

const NO_INT = "TypeError: can't convert float to int";

it.each([
  ["time.gmtime(0)", "(2000, 1, 1, 0, 0, 0, 5, 1)"],
  ["time.localtime(86399)", "(2000, 1, 1, 23, 59, 59, 5, 1)"],
  ["time.gmtime(-1)", "(1999, 12, 31, 23, 59, 59, 4, 365)"],
  ["time.gmtime(-946684800)", "(1970, 1, 1, 0, 0, 0, 3, 1)"],
  ["time.gmtime(5097600)", "(2000, 2, 29, 0, 0, 0, 1, 60)"],
  ["time.gmtime(3155760000)", "(2100, 1, 1, 0, 0, 0, 4, 1)"],
  // Built without MICROPY_TIME_SUPPORT_Y2100_AND_BEYOND, it takes 2100 for a leap year.
  ["time.gmtime(3160857600)", "(2100, 2, 29, 0, 0, 0, 0, 60)"],
  ["time.gmtime(1.9)", NO_INT],
  ["time.gmtime('a')", "TypeError: can't convert str to int"],
  ["time.gmtime(None)[:5] == time.gmtime()[:5]", "True"],
  ["time.mktime((2000, 1, 1, 0, 0, 0, 0, 0))", "0"],
  ["time.mktime((1999, 12, 31, 23, 59, 59, 0, 0, 0))", "-1"],
  ["time.mktime((1970, 1, 1, 0, 0, 0, 0, 0))", "-946684800"],
  ["time.mktime((2100, 1, 1, 0, 0, 0, 0, 0))", "3155760000"],
  ["time.mktime((2000, 13, 1, 25, 61, 61, 0, 0))", "31716121"],
  ["time.mktime((2000, 1, 1, 0, 0, -1, 0, 0))", "-1"],
  ["time.mktime((2000, 1, 1))", "TypeError: mktime needs a tuple of length 8 or 9"],
  ["time.mktime(1)", "TypeError: object 'int' isn't a tuple or list"],
  ["all(time.mktime(time.gmtime(t)) == t for t in range(-900000000, 2100000000, 12345678))", "True"],
  ["type(time.time()), type(time.time_ns())", "(<class 'int'>, <class 'int'>)"],
  ["time.time_ns() // 10**9 - time.time() in (0, 1)", "True"],
  ["time.ticks_add(0, (1 << 29) - 1)", "536870911"],
  ["time.ticks_add(0, 1 << 29)", "OverflowError: ticks interval overflow"],
  ["time.ticks_add(0, -(1 << 29))", "OverflowError: ticks interval overflow"],
  ["time.ticks_diff(0, (1 << 30) - 1)", "1"],
  ["time.sleep_ms(-1), time.sleep_us(-1), time.sleep(-1), time.sleep(0)", "(None, None, None, None)"],
  ["time.sleep_ms(1.5)", NO_INT],
  ["time.sleep('a')", "TypeError: can't convert str to float"],
  ["[f() >= 0 for f in (time.ticks_ms, time.ticks_us, time.ticks_cpu)]", "[True, True, True]"],
])("%s is %s", async (expression, expected) => {
  expect(await value(expression)).toBe(expected);
});

it("sleeps as long as it was told to", async () => {
  for (const sleep of ["sleep(0.05)", "sleep_ms(50)", "sleep_us(50000)"]) {
    expect(
      await board.run(
        `import time\nt = time.ticks_us()\ntime.${sleep}\nprint(time.ticks_diff(time.ticks_us(), t) >= 50000)`,
      ),
    ).toBe("True\n");
  }
});

it("sleeps faster where the clock does, also when it is sped up meanwhile", async () => {
  board.machine.clock.setSpeed(1000, "host");
  expect(await board.run("import time\ntime.sleep(100)\nprint('awake')")).toBe("awake\n");
  board.machine.clock.setSpeed(1, "host");
  await board.startRaw("import time\nprint('asleep')\ntime.sleep(3600)\nprint('awake')");
  await board.until("asleep\r\n");
  board.machine.clock.setSpeed(1_000_000, "host");
  board.machine.clockChanged();
  expect((await board.finishRaw()).stdout).toBe("awake\r\n");
  board.machine.clock.setSpeed(1, "host");
});

it.each([
  ["machine.RTC()", "<RTC>"],
  ["machine.RTC() is machine.RTC()", "True"],
  // The weekday is ignored, and a day past its month counts on.
  [
    "(machine.RTC().datetime((2024, 2, 30, 0, 1, 2, 3, 0)), machine.RTC().datetime()[:7])",
    "(None, (2024, 3, 1, 4, 1, 2, 3))",
  ],
  [
    "(machine.RTC().init((2023, 5, 6, 7, 8, 9, 0, 0)), machine.RTC().datetime()[:7], time.localtime()[:6])",
    "(None, (2023, 5, 6, 5, 7, 8, 9), (2023, 5, 6, 7, 8, 9))",
  ],
  ["len(machine.RTC().datetime())", "8"],
  ["machine.RTC().datetime((2024, 2, 3))", "ValueError: requested length 8 but object has length 3"],
  ["machine.RTC().datetime(5)", "TypeError: object 'int' isn't a tuple or list"],
  ["machine.RTC().datetime((2024, 1, 1, 0, 0, 0, 0, 'x'))", "TypeError: can't convert str to int"],
  ["machine.RTC().memory(), machine.RTC().memory(b'abc'), machine.RTC().memory()", "(b'', None, b'abc')"],
  ["machine.RTC().memory(bytes(2048)), len(machine.RTC().memory())", "(None, 2048)"],
  ["machine.RTC().memory(bytes(2049))", "ValueError: buffer too long"],
  ["machine.RTC().memory(5)", "TypeError: object with buffer protocol required"],
  ["machine.freq(), machine.freq(240000000), machine.freq()", "(160000000, None, 240000000)"],
  ["machine.freq(123)", "ValueError: frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz"],
  ["machine.freq('a')", "TypeError: can't convert str to int"],
  ["len(machine.unique_id()), machine.unique_id()[:3]", "(6, b'$\\n\\xc4')"],
  [
    "machine.PWRON_RESET, machine.HARD_RESET, machine.WDT_RESET, machine.DEEPSLEEP_RESET, machine.SOFT_RESET",
    "(1, 2, 3, 4, 5)",
  ],
  ["machine.idle()", "None"],
])("%s is %s", async (expression, expected) => {
  expect(await value(expression)).toBe(expected);
});

it("runs on after the RTC was set", async () => {
  const out = await board.run(
    "import machine, time\nmachine.RTC().datetime((2030, 1, 1, 0, 0, 0, 0, 999000))\ntime.sleep_ms(5)\nprint(machine.RTC().datetime()[:7], time.gmtime(time.time()))",
  );
  expect(out).toBe("(2030, 1, 1, 1, 0, 0, 1) (2030, 1, 1, 0, 0, 1, 1, 1)\n");
});

it.each([
  ["sys.platform", "'esp32'"],
  ["sys.version", "'3.4.0; MicroPython v1.29.0 on 2026-08-25'"],
  ["sys.implementation.name, sys.implementation.version[:3]", "('micropython', (1, 29, 0))"],
  [
    "sys.implementation._machine, sys.implementation._build, sys.implementation._mpy & 255",
    "('Generic ESP32 module with ESP32', 'ESP32_GENERIC', 6)",
  ],
  ["sys.maxsize, sys.byteorder", "(2147483647, 'little')"],
  ["'' in sys.path and '/lib' in sys.path", "True"],
  [
    "os.uname()",
    "(sysname='esp32', nodename='esp32', release='1.29.0', version='v1.29.0 on 2026-08-25 (Breadbox)', machine='Generic ESP32 module with ESP32')",
  ],
  ["len(os.urandom(5)), os.urandom(0)", "(5, b'')"],
  ["os.urandom(8) != os.urandom(8)", "True"],
  // newlib's numbers, as ESP-IDF has them.
  [
    "errno.ETIMEDOUT, errno.EINPROGRESS, errno.ECONNRESET, errno.ECONNREFUSED, errno.ENOTCONN, errno.EHOSTUNREACH",
    "(116, 119, 104, 111, 128, 118)",
  ],
  ["errno.errorcode[116], errno.errorcode[112]", "('ETIMEDOUT', 'EADDRINUSE')"],
])("%s is %s", async (expression, expected) => {
  expect(await value(expression)).toBe(expected);
});

it.each([
  ["open('/nope')", "OSError: [Errno 2] ENOENT"],
  ["open('/nope/x', 'w')", "OSError: [Errno 2] ENOENT"],
  ["os.stat('/nope')", "OSError: [Errno 2] ENOENT"],
  ["os.listdir('/nope')", "OSError: [Errno 2] ENOENT"],
  ["os.remove('/nope')", "OSError: [Errno 2] ENOENT"],
  ["os.rename('/nope', '/x')", "OSError: [Errno 2] ENOENT"],
  ["os.mkdir('/nope/x')", "OSError: [Errno 2] ENOENT"],
  ["os.chdir('/nope')", "OSError: [Errno 2] ENOENT"],
  ["[os.mkdir('/d') for _ in range(2)]", "OSError: [Errno 17] EEXIST"],
  ["open('/d')", "OSError: [Errno 21] EISDIR"],
  ["(open('/d/f', 'w').close(), os.rmdir('/d'))", "OSError: 39"],
  ["(os.remove('/d/f'), os.rmdir('/d'), 'd' in os.listdir('/'))", "(None, None, False)"],
  ["open('/' + 'n' * 256, 'w')", "OSError: 36"],
  ["open('/big', 'wb').write(bytes(20000))", "20000"],
  ["[open('/big', 'ab').write(bytes(20000)) for _ in range(200)]", "OSError: 28"],
  ["os.stat('/big')[6] % 20000, os.remove('/big')", "(0, None)"],
  ["os.stat('/boot.py')[0], os.stat('/')[0]", "(32768, 16384)"],
  ["os.statvfs('/')[:3], os.statvfs('/')[9]", "((4096, 4096, 512), 255)"],
  ["[e[:2] for e in os.ilistdir()]", "[('boot.py', 32768)]"],
  ["(open('/t', 'w').close(), os.stat('/t')[8] == time.time(), os.remove('/t'))", "(None, True, None)"],
  ["(os.chdir('/'), os.getcwd())", "(None, '/')"],
])("%s is %s", async (expression, expected) => {
  expect(await value(expression)).toBe(expected);
});
