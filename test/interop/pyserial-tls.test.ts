/** pyserial over RFC 2217: TLS fails until the script has set the board's clock. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SerialTls } from "./serial-tls.ts";

/** Debian's python3-serial belongs to this interpreter; .ci/run installs it. */
const PYTHON = "/usr/bin/python3";
const MPREMOTE = process.env.MPREMOTE;
const FAILURE = "ValueError: \nThe certificate validity starts in the future\n";

let lab: SerialTls;
beforeEach(async () => {
  lab = await SerialTls.start();
});
afterEach(() => lab.stop());

const run = promisify(execFile);

it("a pyserial script sets the clock, and TLS works", async () => {
  const script = fileURLToPath(new URL("pyserial_tls.py", import.meta.url));
  const { stdout } = await run(PYTHON, ["-W", "ignore", script, lab.url, lab.program]);
  expect(stdout.split("\n")).toEqual([
    "('2000\\r\\n', '')",
    expect.stringMatching(
      /^\('', 'Traceback .*ValueError: \\r\\nThe certificate validity starts in the future\\r\\n.*'\)$/,
    ),
    "('', '')",
    `("TLSv1.2 b'well met'\\r\\n", '')`,
    "",
  ]);
});

const reason = MPREMOTE ? "" : " (skipped: the environment variable MPREMOTE does not name a tools/mpremote)";
it.skipIf(!MPREMOTE)(`unmodified mpremote sets the clock, and TLS works${reason}`, async () => {
  const mpremote = (...args: string[]) =>
    // rtc --set writes local time, and certificates go by UTC.
    run(PYTHON, ["-W", "ignore", `${MPREMOTE}/mpremote.py`, "connect", lab.url, ...args], {
      env: { ...process.env, TZ: "UTC" },
    });
  const failed = await mpremote("run", lab.program).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  expect((failed.stdout + failed.stderr).replaceAll("\r", "")).toContain(FAILURE);
  await mpremote("rtc", "--set");
  const { stdout } = await mpremote("run", lab.program);
  expect(stdout.replaceAll("\r", "")).toBe("TLSv1.2 b'well met'\n");
});
