/** `breadbox lab-server` as a class has it: the list, the page, the programs, and boards that run them. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "../../../emulator/lab/faults.ts";

const program = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
let folder: string;
let server: ChildProcess;
let listing = "";
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-server-"));
  server = spawn(process.execPath, [program, "lab-server", "--port", "0"]);
  await new Promise<void>((resolve) => {
    server.stdout!.on("data", (data) => {
      listing += data;
      if (listing.split("\n").length > FAULTS.length + 1) resolve();
    });
  });
  url = /http:\/\/\S+/.exec(listing)![0];
});

afterAll(async () => {
  server.kill("SIGTERM");
  const status = await new Promise((resolve) => server.once("exit", resolve));
  rmSync(folder, { recursive: true });
  expect(status).toBe(0);
});

const fetched = async (file: string): Promise<string> => (await fetch(new URL(file, url))).text();

async function meet(id: string, ...words: string[]) {
  const file = join(folder, `${id}.py`);
  writeFileSync(file, await fetched(`${id}.py`));
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, "run", file, ...words]);
    return { status: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, out: stdout, err: stderr };
  }
}

it("prints and shows its list", async () => {
  const page = await fetched("/");
  for (const { id, title, what } of FAULTS) {
    expect(listing).toMatch(new RegExp(`^ +\\d+ {2}${title}$`, "m"));
    expect(page).toContain(`<h2>${title}</h2>`);
    expect(page).toContain(`href="${id}.py"`);
    expect(page.replaceAll("&#39;", "'")).toContain(what);
  }
  expect(await fetched("ca.crt")).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  expect(await fetched("client.key")).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
  expect((await fetch(new URL("other", url))).status).toBe(404);
  expect((await fetch(url, { method: "POST" })).status).toBe(404);
});

describe("a board", () => {
  it("is served where nothing is wrong", async () => {
    const { status, out, err } = await meet("good", "--rtc", "now");
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Hello from the lab's server\.\n/s);
  });

  it.each(FAULTS.filter(({ error }) => error !== undefined).map(({ id, error }) => [id, error!] as const))(
    "meets %s",
    async (id, error) => {
      const { status, out, err } = await meet(id, "--rtc", "now");
      expect([status, out]).toEqual([1, ""]);
      // The exact error, then what explains it; nothing else.
      const lines = err.split("\n");
      const last = lines.findLastIndex((line) => line !== "" && !line.startsWith("breadbox: "));
      expect(lines[last]).toBe(error);
      expect(lines.slice(last + 1).filter((line) => line.startsWith("breadbox: ")).length).toBeGreaterThan(0);
    },
  );

  it.each([["TLS 1.2"], ["TLS 1.3", "--tls13"]])(
    "shows the client's certificate of the page, over %s",
    async (_version, ...words) => {
      const [certificate, key] = [await fetched("client.crt"), await fetched("client.key")];
      const text = (await fetched("client-certificate.py")).replace(
        "\ns = socket.socket()",
        `context.load_cert_chain(${JSON.stringify(certificate)}.encode(), ${JSON.stringify(key)}.encode())$&`,
      );
      const file = join(folder, "mutual.py");
      writeFileSync(file, `${text}print(s.cipher())\n`.replace("s.close()\n", ""));
      const run = [program, "run", file, "--rtc", "now", ...words];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, run);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Hello from the lab's server\.\n/s);
      expect(stdout).toContain(words.length > 0 ? "'TLSv1.3')" : "'TLSv1.2')");
    },
  );

  it("does not reach the good one before its clock is set", async () => {
    const { err } = await meet("good");
    const explanation = err.slice(err.indexOf("ValueError"));
    expect(explanation).toMatch(
      /^ValueError: \nThe certificate validity starts in the future\n\nbreadbox: The board believes it is 2000-01-01\.\nbreadbox: The server's certificate is valid from \d{4}-\d\d-\d\d\.\nbreadbox: Set the clock: rtc --set, or ntptime\.settime\(\)\.\n$/,
    );
  });
});

it("is explained on the stderr of a board that is up, and not on its console", async () => {
  const up = spawn(process.execPath, [program, "up", `lab-${process.pid}`, "--serial", "0"]);
  let stdout = "";
  let stderr = "";
  const address = await new Promise<string>((resolve) => {
    up.stdout.on("data", (data) => {
      stdout += data;
      const [found] = /rfc2217:\/\/\S+/.exec(stdout) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const explained = new Promise<void>((resolve) => {
    up.stderr.on("data", (data) => {
      stderr += data;
      if (stderr.includes("Set the clock")) resolve();
    });
  });
  const file = join(folder, "good.py");
  writeFileSync(file, await fetched("good.py"));
  const run = promisify(execFile)(process.execPath, [program, "connect", address, "run", file]);
  const { stderr: console } = await run.catch((error: { stderr: string }) => error);
  await explained;
  up.kill("SIGTERM");
  await new Promise((resolve) => up.once("exit", resolve));
  expect(console).toContain("The certificate validity starts in the future");
  expect(console).not.toContain("The board believes");
  expect(stderr).toMatch(/^breadbox: The board believes it is 2000-01-01\.\n/);
});
