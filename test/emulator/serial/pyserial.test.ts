import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startSerialServer } from "../../../emulator/serial/serial-server.ts";
import { FakeConsole } from "./fake-console.ts";

/** Debian's python3-serial belongs to this interpreter; .ci/run installs it. */
const PYTHON = "/usr/bin/python3";

class EchoConsole extends FakeConsole {
  protected override onInput(bytes: Uint8Array): void {
    this.write(bytes);
  }
}

it.each(["rfc2217", "socket"])("talks with pyserial over %s://", async (scheme) => {
  const console = new EchoConsole();
  const server = await startSerialServer({ console, port: 0 });
  try {
    const script = fileURLToPath(new URL("pyserial.py", import.meta.url));
    const url = `${scheme}://127.0.0.1:${server.port}`;
    const { stdout } = await promisify(execFile)(PYTHON, ["-W", "ignore", script, url]);
    expect(stdout).toBe("ok\n");
    expect(console.resets).toBe(scheme === "rfc2217" ? 1 : 0);
  } finally {
    await server.close();
  }
});
