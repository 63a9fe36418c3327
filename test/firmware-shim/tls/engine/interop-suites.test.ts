/** Every suite that OpenSSL and GnuTLS have in common with the ESP32, the engine as client and as server. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { CIPHER_SUITES, type CipherSuite, usesPsk } from "../../../../firmware-shim/tls/ciphersuites.ts";
import { CERT_NONE } from "../../../../firmware-shim/tls/context.ts";
import { issueLeaf, issueRoot } from "./certificates.ts";
import type { SocketClient } from "./harness.ts";
import { createPeer, type PeerOptions } from "./peers.ts";
import { Servers } from "./servers.ts";

const root = issueRoot();
const rsa = issueLeaf(root, "rsa");
const p256 = issueLeaf(root, "p256");
const IDENTITY = "board";
const KEY_HEX = "00112233445566778899aabbccddeeff";
const KEY = Buffer.from(KEY_HEX, "hex");

const directory = mkdtempSync(join(tmpdir(), "breadbox-psk-"));
const pskFile = join(directory, "psk");
writeFileSync(pskFile, `${IDENTITY}:${KEY_HEX}\n`);
afterAll(() => rmSync(directory, { recursive: true }));

const servers = new Servers();
afterEach(() => servers.stop());

const ALL = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

/** Milliseconds for a process per suite, on a busy machine. */
const MANY_PROCESSES = 120_000;

/** The suites of a list with IANA numbers such as `0xC0,0x2C`, with the other program's names. */
function common(list: string): [suite: CipherSuite, name: string][] {
  const names = new Map<number, string>();
  for (const line of list.split("\n")) {
    const id = /0x([0-9a-f]{2}), ?0x([0-9a-f]{2})/i.exec(line);
    const name = /([A-Z][A-Z0-9_-]{5,})/.exec(line);
    if (id && name) names.set(Number.parseInt(`${id[1]}${id[2]}`, 16), name[1]!);
  }
  return CIPHER_SUITES.flatMap((suite) => {
    const name = names.get(suite.id);
    return name === undefined ? [] : [[suite, name] as [CipherSuite, string]];
  });
}

const openssl = common(
  execFileSync("openssl", ["ciphers", "-V", "-s", "-tls1_2", "-psk", ALL], { encoding: "latin1" }),
);
const gnutls = common(execFileSync("gnutls-cli", ["--list"], { encoding: "latin1" }));

const own = (suite: CipherSuite) => (suite.keyExchange.endsWith("ecdsa") ? p256 : rsa);

/** The engine's side; only the client's identity is known to the server. */
function side(suite: CipherSuite, role: "client" | "server"): PeerOptions {
  const configure: PeerOptions["configure"] = (context) => {
    if (!usesPsk(suite)) return;
    if (role === "client") context.setPsk(Buffer.from(IDENTITY), KEY);
    else context.setServerPskKeys((id) => (Buffer.from(id).equals(Buffer.from(IDENTITY)) ? KEY : undefined));
  };
  const identity = role === "server" ? { own: own(suite) } : { verifyMode: CERT_NONE };
  return { ciphers: [suite.name], configure, ...identity };
}

/** Sends a line through the other program, which gives it back as it is or reversed. */
async function expectAnswer(client: SocketClient, suite: CipherSuite, answer: string): Promise<void> {
  const status = await client.handshake();
  expect(`${suite.name}: ${client.connection.error?.message ?? status}`).toBe(`${suite.name}: connected`);
  expect(client.connection.cipher()).toEqual([suite.name, "TLSv1.2"]);
  await client.write(Buffer.from("breadbox\n"));
  expect(`${suite.name}: ${(await client.readAll(9)).toString()}`).toBe(`${suite.name}: ${answer}`);
}

async function connectAll(
  port: number,
  suites: readonly [CipherSuite, string][],
  answer: string,
): Promise<void> {
  for (const [suite] of suites) {
    const client = await servers.open(createPeer(0, side(suite, "client")), port);
    await expectAnswer(client, suite, answer);
    client.close();
  }
}

/** Gives back what comes. */
async function echo(server: SocketClient): Promise<void> {
  for (;;) {
    const data = await server.read(4096);
    if (typeof data === "string") return;
    await server.write(data);
  }
}

/** As a server, meets one client program for each suite; those that crash must have finished their handshake. */
async function serveAll(
  suites: readonly [CipherSuite, string][],
  run: (port: number, suite: CipherSuite, name: string) => Promise<string>,
  crashes: (suite: CipherSuite) => boolean = () => false,
): Promise<void> {
  for (const [suite, name] of suites) {
    const seen: string[] = [];
    const port = await servers.engine(side(suite, "server"), async (server) => {
      seen.push(`${await server.handshake()} ${server.connection.cipher()?.[0]}`);
      await echo(server);
    });
    const output = await run(port, suite, name);
    expect(seen, `${suite.name}: ${output}`).toEqual([`connected ${suite.name}`]);
    if (!crashes(suite)) expect(output, suite.name).toContain("breadbox");
  }
}

describe("OpenSSL", () => {
  const psk = ["-psk", KEY_HEX, "-psk_identity", IDENTITY];

  test("has all but static ECDH and ARIA with CBC", () => {
    const missing = CIPHER_SUITES.filter((suite) => !openssl.some(([has]) => has === suite));
    const expected = CIPHER_SUITES.filter(
      ({ keyExchange, cipher }) =>
        keyExchange === "ecdh-rsa" || keyExchange === "ecdh-ecdsa" || /^aria.*cbc$/.test(cipher),
    );
    expect(missing).toEqual(expected);
  });

  test.each([
    ["with encrypt-then-MAC", []],
    ["without", ["-no_etm"]],
  ])("s_server, every suite, %s", async (_, options) => {
    const second = ["-dcert", p256.certificateFile, "-dkey", p256.keyFile];
    const flags = ["-rev", "-tls1_2", "-cipher", ALL, ...psk, ...second, ...options];
    const { port } = await servers.openssl(rsa, ...flags);
    const suites = openssl.filter(([suite]) => options.length === 0 || suite.cipher.endsWith("cbc"));
    await connectAll(port, suites, "xobdaerb\n");
  });

  test.each([
    ["with encrypt-then-MAC", []],
    ["without", ["-no_etm"]],
  ])(
    "s_client, every suite, %s",
    async (_, options) => {
      const suites = openssl.filter(([suite]) => options.length === 0 || suite.cipher.endsWith("cbc"));
      await serveAll(suites, (port, suite, name) => {
        const flags = ["-tls1_2", "-quiet", "-cipher", `${name}:@SECLEVEL=0`, ...options];
        const key = usesPsk(suite) ? psk : [];
        const args = ["s_client", "-connect", `127.0.0.1:${port}`, ...flags, ...key];
        return servers.client("openssl", args, "breadbox");
      });
    },
    MANY_PROCESSES,
  );
});

describe("GnuTLS", () => {
  const KEY_EXCHANGES = "+ECDHE-ECDSA:+ECDHE-RSA:+RSA:+PSK:+ECDHE-PSK:+RSA-PSK";
  const CIPHERS =
    "+AES-256-GCM:+AES-256-CCM:+AES-256-CBC:+AES-256-CCM-8:+AES-128-GCM:+AES-128-CCM:+AES-128-CBC:+AES-128-CCM-8";
  const MACS = "+AEAD:+SHA1:+SHA256:+SHA384";
  const PRIORITY = `NONE:+VERS-TLS1.2:${KEY_EXCHANGES}:${CIPHERS}:${MACS}:+SIGN-ALL:+GROUP-ALL:+COMP-NULL`;
  const suites = gnutls.filter(([suite]) => suite.cipher.startsWith("aes"));

  test("has AES, without static ECDH", () => {
    const expected = CIPHER_SUITES.filter(
      ({ keyExchange, cipher }) => cipher.startsWith("aes") && !/^ecdh-/.test(keyExchange),
    );
    const missing = expected.filter((suite) => !suites.some(([has]) => has === suite));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  test("gnutls-serv, every suite", async () => {
    const second = ["--x509certfile", p256.certificateFile, "--x509keyfile", p256.keyFile];
    const port = await servers.gnutls(rsa, PRIORITY, ...second, "--pskpasswd", pskFile);
    await connectAll(port, suites, "breadbox\n");
  });

  test(
    "gnutls-cli, every suite",
    async () => {
      const run = (port: number, suite: CipherSuite) => {
        const key = usesPsk(suite) ? ["--pskusername", IDENTITY, "--pskkey", KEY_HEX] : [];
        const args = ["--insecure", "-p", String(port), "--priority", PRIORITY, ...key, "127.0.0.1"];
        return servers.client("gnutls-cli", args, "breadbox");
      };
      // gnutls-cli 3.7 crashes after an ECDHE-PSK handshake, with gnutls-serv too, when it tells of it.
      await serveAll(suites, run, ({ keyExchange }) => keyExchange === "ecdhe-psk");
    },
    MANY_PROCESSES,
  );
});
