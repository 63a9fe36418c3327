/** Mutual TLS with certificates of `breadbox ca`: a program on a board, and OpenSSL's server that demands one. */

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Issued } from "../../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../../firmware-shim/tls/engine/servers.ts";

const program = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const exec = promisify(execFile);
const servers = new Servers();
let folder: string;

/** `breadbox ca` in that folder. */
const ca = (...words: string[]) => exec(process.execPath, [program, "ca", ...words, "--dir", folder]);
const file = (name: string): string => join(folder, name);
const contents = (name: string): string => readFileSync(file(name), "utf8");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mutual-"));
  await ca("init", "--name", "Room 7");
  await ca("issue", "host.breadbox");
  await ca("issue", "board-ec", "--use", "client");
  await ca("issue", "board-rsa", "--use", "client", "--key", "rsa2048", "--pkcs8");
  await ca("issue", "floor", "--use", "ca");
  await ca("issue", "board-floor", "--use", "client", "--by", "floor");
  await ca("issue", "stranger", "--use", "client", "--self-signed");
  await ca("issue", "late", "--use", "client", "--from", "2020-01-01", "--days", "30");
  await ca("issue", "server-only");
});
afterEach(() => servers.stop());
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Runs a board that shows that certificate; what it prints, and what the server says of the client. One that is to be
 * refused says nothing: bytes that the server leaves unread would reset the connection, perhaps before its alert.
 */
async function meet(client: string, line: "" | "breadbox", ...options: string[]) {
  const server = { certificateFile: file("host.breadbox.crt"), keyFile: file("host.breadbox.key") } as Issued;
  const demand = ["-Verify", "3", "-verify_return_error", "-CAfile", file("ca.crt"), "-rev"];
  const { port, child } = await servers.openssl(server, ...demand);
  let log = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on("data", (data) => {
      log += data;
    });
  }
  const source = `
import network, socket, ssl, time
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect("Breadbox", "breadbox")
while not wlan.isconnected():
    time.sleep_ms(1)
for name, text in (("client.crt", ${JSON.stringify(contents(`${client}.crt`))}), ("client.key", ${JSON.stringify(contents(`${client}.key`))}), ("ca.crt", ${JSON.stringify(contents("ca.crt"))})):
    with open(name, "w") as f:
        f.write(text)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations("ca.crt")
context.load_cert_chain("client.crt", "client.key")
s = socket.socket()
s.connect(socket.getaddrinfo("host.breadbox", ${port})[0][-1])
s = context.wrap_socket(s, server_hostname="host.breadbox")
if "${line}":
    s.write("${line}\\n")
print(s.cipher()[1], s.readline())
s.close()
`;
  const path = file(`${client}.py`);
  writeFileSync(path, source);
  const run = exec(process.execPath, [program, "run", "--rtc", "now", path, ...options]);
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return { stdout, stderr, log };
}

describe.each([
  ["TLSv1.2", []],
  ["TLSv1.3", ["--tls13"]],
] as const)("over %s", (version, options) => {
  it.each(["board-ec", "board-rsa", "board-floor"])("%s is let in", async (client) => {
    const { stdout, stderr, log } = await meet(client, "breadbox", ...options);
    expect(stderr).toBe("");
    expect(stdout).toBe(`${version} b'xobdaerb\\n'\n`);
    expect(log).toMatch(new RegExp(`^depth=0 CN ?= ?${client}$`, "m"));
  });

  it.each([
    ["stranger", "unknown_ca|bad_certificate|certificate_unknown"],
    ["late", "certificate_expired"],
    ["server-only", "unsupported_certificate"],
  ])("%s is refused, and it is said why", async (client, alert) => {
    const { stdout, stderr } = await meet(client, "", ...options);
    expect(stdout).toBe("");
    const told = new RegExp(
      `OSError: \\(-30592, 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE'\\)\nbreadbox: The server does not accept the board's client certificate \\((${alert})\\)\\.\n$`,
    );
    expect(stderr).toMatch(told);
  });
});
