#!/usr/bin/env node
// Runs MicroPython's tests of two instances (tests/run-multitests.py of a checkout) on two boards of one gateway:
//
//   node test/firmware/micropython-multitests.mjs CHECKOUT [multi_net/udp_data.py …]
//
// Without names it runs all of multi_net. Build first (`node emulator/build/build.mjs`). Needs python3. Each test has
// fresh boards, with the clock set, the network joined and the test folder's certificates among their files; it is
// this file, made run-multitests.py's command, that starts them. The results stay in CHECKOUT/tests/results.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BOOT_PY = `
import network, time
nic = network.WLAN()
nic.active(True)
nic.connect("Breadbox", "breadbox")
while not nic.isconnected():
    time.sleep_ms(1)
`;

/** What the runner tells the boards of: the gateway's URL and token. */
const GATEWAY = "BREADBOX_TEST_GATEWAY";

/** Runs a program, console at stdin and stdout, as `python3 -c PROGRAM` does. */
async function runOnBoard(program) {
  const { Machine, loadFirmware, nodePlatform } = await import("../../dist/machine.js");
  const { wasm, rom } = await loadFirmware(() => undefined);
  const [url, token] = process.env[GATEWAY].split(" ");
  const machine = new Machine(
    {
      firmware: new WebAssembly.Module(wasm),
      rom,
      gateway: async () => ({ url, token }),
      uniqueId: Uint8Array.of(0x24, 0x0a, 0xc4, 0, process.pid >> 8, process.pid),
      cooked: false,
      program: Buffer.from(program),
    },
    nodePlatform,
  );
  const write = (path, bytes) => machine.files.apply({ kind: "write", path, bytes, modified: 0 });
  write("/boot.py", Buffer.from(BOOT_PY));
  for (const name of readdirSync(".")) if (name.endsWith(".der")) write(`/${name}`, readFileSync(name));
  machine.onOutput((bytes) => process.stdout.write(bytes));
  process.stdin.on("data", (bytes) => machine.input(bytes));
  machine.onEnd(async ({ traceback }) => {
    await machine.finish();
    process.stdout.write(traceback, () => process.exit());
  });
  machine.clock.setRtcMicros(Date.now() * 1000, "host");
  machine.powerOnKeepingClock();
}

async function runTests([checkout, ...names]) {
  const tests = checkout && join(checkout, "tests");
  if (!tests || !existsSync(join(tests, "run-multitests.py"))) {
    process.stderr.write("usage: micropython-multitests.mjs CHECKOUT [TEST.py …]\n");
    return 2;
  }
  const { startGateway } = await import("../../dist/machine.js");
  const gateway = await startGateway();
  const all = () => readdirSync(join(tests, "multi_net")).filter((name) => name.endsWith(".py"));
  const files = names.length > 0 ? names : all().map((name) => `multi_net/${name}`);
  const board = `exec:${fileURLToPath(import.meta.url)}`;
  const child = spawn("python3", ["run-multitests.py", "-t", board, "-t", board, ...files], {
    cwd: tests,
    stdio: "inherit",
    env: { ...process.env, [GATEWAY]: `${gateway.url} ${gateway.token}` },
  });
  const status = await new Promise((resolve) => child.on("exit", resolve));
  await gateway.close();
  return status ?? 1;
}

if (process.argv[2] === "-c") await runOnBoard(process.argv[3]);
else process.exitCode = await runTests(process.argv.slice(2));
