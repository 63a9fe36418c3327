// Runs MicroPython's own tests (tests/run-tests.py of a checkout) on a board, through its raw REPL:
//
//   node test/firmware/micropython-suite.mjs CHECKOUT UNITTEST.PY [-d basics float …]
//
// UNITTEST.PY is python-stdlib/unittest/unittest/__init__.py of a checkout of micropython-lib; the board gets it as
// /lib/unittest.py. Build first (`node emulator/build/build.mjs`). Needs python3. What follows are run-tests.py's
// arguments; without any it runs what it runs on a real ESP32. Its results stay in CHECKOUT/tests/results.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A board whose console is this process's stdin and stdout, as run-tests.py's `exec:` wants it. */
async function serveBoard(unittest) {
  const { Machine, loadFirmware, nodePlatform } = await import("../../dist/machine.js");
  const { wasm, rom } = await loadFirmware(() => undefined);
  const machine = new Machine(
    {
      firmware: new WebAssembly.Module(wasm),
      rom,
      gateway: () => Promise.reject(new Error("these tests have no network")),
      uniqueId: Uint8Array.of(0x24, 0x0a, 0xc4, 0, 0, 1),
    },
    nodePlatform,
  );
  machine.files.mkdir("/lib");
  machine.files.apply({
    kind: "write",
    path: "/lib/unittest.py",
    bytes: readFileSync(unittest),
    modified: 0,
  });
  machine.onOutput((bytes) => process.stdout.write(bytes));
  const give = (bytes) => {
    const taken = machine.input(bytes);
    if (taken === bytes.length) return;
    process.stdin.pause();
    const end = machine.onInputDrain(() => {
      end();
      process.stdin.resume();
      give(bytes.subarray(taken));
    });
  };
  process.stdin.on("data", give);
  process.stdin.on("end", () => process.exit());
  machine.powerOn();
}

function runSuite([checkout, unittest, ...args]) {
  if (!checkout || !unittest || !existsSync(join(checkout, "tests/run-tests.py")) || !existsSync(unittest)) {
    process.stderr.write("usage: micropython-suite.mjs CHECKOUT UNITTEST.PY [arguments of run-tests.py]\n");
    return 2;
  }
  const board = `exec:${process.execPath} ${fileURLToPath(import.meta.url)} --board ${resolve(unittest)}`;
  const { status } = spawnSync("python3", ["run-tests.py", "-t", board, ...args], {
    cwd: join(checkout, "tests"),
    stdio: "inherit",
  });
  return status ?? 1;
}

if (process.argv[2] === "--board") await serveBoard(process.argv[3]);
else process.exitCode = runSuite(process.argv.slice(2));
