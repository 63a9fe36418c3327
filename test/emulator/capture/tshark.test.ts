/** Captures of real runs, opened by Wireshark's tshark. */

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { issueLabCertificates } from "../../../emulator/demo/lab-certificates.ts";
import { labProgram } from "../../../emulator/lab/program.ts";

const DAY_MS = 86_400_000;
const program = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const lab = issueLabCertificates("host.breadbox", new Date(Date.now() - DAY_MS), 30);
/** Several segments and two records. */
const BODY = "All that was said. ".repeat(1000);

let folder: string;
let server: Server;
let source: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "capture-"));
  server = createServer({ key: lab.key, cert: lab.certificate }, (_request, response) => {
    response.setHeader("Content-Type", "text/plain");
    response.setHeader("Content-Length", BODY.length);
    response.end(BODY);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  source = labProgram({ host: "host.breadbox", port, ca: lab.ca });
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

async function tshark(file: string, ...words: string[]): Promise<string[]> {
  const checks = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
  const { stdout } = await promisify(execFile)("tshark", ["-r", file, ...checks, ...words]);
  return stdout.split("\n").filter((line) => line !== "");
}

async function breadbox(name: string, text: string, ...words: string[]) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return promisify(execFile)(process.execPath, [program, "run", "--rtc", "now", file, ...words]);
}

it("is decrypted, whole and without a fault", { timeout: 40_000 }, async () => {
  const pcap = join(folder, "all.pcapng");
  const keyLog = join(folder, "keys.log");
  const { stdout } = await breadbox("all.py", source, "--pcap", pcap, "--tls-keys", "--keylog", keyLog);
  expect(stdout.endsWith(`${BODY}\n`)).toBe(true);

  const [lookUp, handshake, application, faults] = await Promise.all([
    tshark(pcap, "-Y", "dns", "-T", "fields", "-e", "dns.qry.name", "-e", "dns.a"),
    tshark(pcap, "-Y", "tls.handshake", "-T", "fields", "-e", "tls.handshake.type"),
    tshark(pcap, "-Y", `http.request.method == "GET" || http.file_data contains "${BODY.slice(0, 40)}"`),
    tshark(pcap, "-Y", "_ws.malformed || tcp.analysis.flags || _ws.expert.severity >= 0x600000"),
  ]);
  expect(lookUp).toEqual(["host.breadbox\t", "host.breadbox\t198.18.0.1"]);
  // ClientHello; ServerHello to ServerHelloDone; ClientKeyExchange and Finished; a ticket and Finished.
  expect(handshake.join(",").split(",").map(Number)).toEqual([1, 2, 11, 12, 14, 16, 20, 4, 20]);
  expect(application).toHaveLength(2);
  expect(faults).toEqual([]);

  expect(readFileSync(keyLog, "utf8")).toMatch(/^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$/);
  expect([pcap, keyLog].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
});

it("has no secrets unless they are asked for", async () => {
  const pcap = join(folder, "secret.pcapng");
  await breadbox("secret.py", source, "--pcap", pcap);
  expect(await tshark(pcap, "-Y", "http")).toEqual([]);
  expect((await tshark(pcap, "-Y", "tls.app_data")).length).toBeGreaterThan(0);
  expect(await tshark(pcap, "-Y", "tls.handshake.type == 20")).toEqual([]);
});

it("can be read when its writer has been killed", async () => {
  const pcap = join(folder, "killed.pcapng");
  const file = join(folder, "killed.py");
  writeFileSync(file, source.replace("s.close()", 'print("ready"); time.sleep(1000)'));
  const child = spawn(process.execPath, [program, "run", "--rtc", "now", file, "--pcap", pcap, "--tls-keys"]);
  await new Promise<void>((resolve) => {
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
      if (output.includes("ready")) resolve();
    });
  });
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  expect(await tshark(pcap, "-Y", "http.response", "-T", "fields", "-e", "http.response.code")).toEqual([
    "200",
  ]);
});
