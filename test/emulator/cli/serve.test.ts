import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

/** The built program: it finds the page beside itself. */
const PROGRAM = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill("SIGKILL");
});

interface Run {
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves once stdout has a whole line. */
  readonly line: Promise<string>;
  readonly status: Promise<number | null>;
}

function breadbox(...words: string[]): Run {
  const process_ = spawn(process.execPath, [PROGRAM, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  child = process_;
  let out = "";
  let err = "";
  process_.stderr.on("data", (data) => {
    err += data;
  });
  const line = new Promise<string>((resolve) => {
    process_.stdout.on("data", (data) => {
      out += data;
      if (out.includes("\n")) resolve(out);
    });
  });
  const status = new Promise<number | null>((resolve) => process_.once("close", resolve));
  return { out: () => out, err: () => err, line, status };
}

async function occupy(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as { port: number }).port };
}

describe("serve", () => {
  it("prints the URL alone, serves the page, and ends with 0 when it is told to", async () => {
    const run = breadbox("serve", "--port", "0");
    const url = (await run.line).trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const html = await (await fetch(url)).text();
    expect(html).toContain('<script type="module" src="app.js">');
    child!.kill("SIGTERM");
    expect(await run.status).toBe(0);
    expect(run.out().trim()).toBe(url);
    const gateway = `${url.replace("http", "ws")}wisp/`;
    expect(run.err()).toMatch(
      new RegExp(
        `^A board of the command line uses its gateway with: --gateway ${gateway} --token [\\w-]{22}\n$`,
      ),
    );
  });

  it("says in one line that a port is in use", async () => {
    const { server, port } = await occupy();
    const run = breadbox("serve", "--port", String(port));
    expect(await run.status).toBe(2);
    server.close();
    expect([run.out(), run.err()]).toEqual([
      "",
      `breadbox: port ${port} is in use, perhaps by another Breadbox; end that, or write: breadbox serve --port 0\n`,
    ]);
  });

  it("says in one line that an address is not this machine's", async () => {
    // Of TEST-NET-3, which no machine has (RFC 5737).
    const run = breadbox("serve", "--port", "0", "--host", "203.0.113.1");
    const status = await run.status;
    // One line; which one is the system's choice: a sandbox may answer EPERM where Linux has EADDRNOTAVAIL.
    expect([status, run.err()]).toEqual([
      2,
      expect.stringMatching(
        /^breadbox: --host: (203\.0\.113\.1 is no address of this machine; it has .+|cannot listen on 203\.0\.113\.1 \(E[A-Z]+\); .+)\n$/,
      ),
    ]);
  });
});
