/** DTLS with OpenSSL and GnuTLS over UDP, as client and as server. */

import { type ChildProcess, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { CIPHER_SUITES, type CipherSuite, usesPsk } from "../../../../firmware-shim/tls/ciphersuites.ts";
import { CERT_NONE, CERT_REQUIRED } from "../../../../firmware-shim/tls/context.ts";
import { issueLeaf, issueRoot } from "../engine/certificates.ts";
import type { PeerOptions } from "../engine/peers.ts";
import { Servers } from "../engine/servers.ts";
import { type UdpPeer, UdpSockets } from "./udp.ts";

const root = issueRoot();
const rsa = issueLeaf(root, "rsa");
const p256 = issueLeaf(root, "p256");
const clientLeaf = issueLeaf(root, "p256", { extensions: ["extendedKeyUsage=clientAuth"] });
const KEY_HEX = "00112233445566778899aabbccddeeff";
const KEY = Buffer.from(KEY_HEX, "hex");
const psk = ["-psk", KEY_HEX, "-psk_identity", "board"];

const directory = mkdtempSync(join(tmpdir(), "breadbox-dtls-"));
const pskFile = join(directory, "psk");
writeFileSync(pskFile, `board:${KEY_HEX}\n`);
afterAll(() => rmSync(directory, { recursive: true }));

const servers = new Servers();
const sockets = new UdpSockets();
afterEach(async () => {
  sockets.closeAll();
  await servers.stop();
});

const ALL = "ALL:COMPLEMENTOFALL:@SECLEVEL=0";

/** Suites with OpenSSL's names. */
const openssl = new Map<number, string>();
for (const line of execFileSync("openssl", ["ciphers", "-V", "-s", "-tls1_2", "-psk", ALL], {
  encoding: "latin1",
}).split("\n")) {
  const match = /0x([0-9A-F]{2}),0x([0-9A-F]{2}) - (\S+)/.exec(line);
  if (match) openssl.set(Number.parseInt(`${match[1]}${match[2]}`, 16), match[3]!);
}
const common = CIPHER_SUITES.filter(({ id }) => openssl.has(id));

/** One of each kind of protection and key exchange. */
const some = common.filter(({ name }) =>
  [
    "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
    "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256",
    "TLS-ECDHE-ECDSA-WITH-AES-128-CCM-8",
    "TLS-ECDHE-RSA-WITH-AES-256-CBC-SHA384",
    "TLS-RSA-WITH-AES-128-CBC-SHA",
    "TLS-RSA-WITH-AES-256-CCM",
    "TLS-PSK-WITH-AES-128-CCM-8",
    "TLS-ECDHE-PSK-WITH-AES-128-CBC-SHA256",
    "TLS-RSA-PSK-WITH-AES-256-GCM-SHA384",
    "TLS-ECDHE-ECDSA-WITH-ARIA-256-GCM-SHA384",
  ].includes(name),
);

function side(suite: CipherSuite, role: "client" | "server"): PeerOptions {
  const configure: PeerOptions["configure"] = (context) => {
    if (!usesPsk(suite)) return;
    if (role === "client") context.setPsk(Buffer.from("board"), KEY);
    else context.setServerPskKeys((id) => (Buffer.from(id).equals(Buffer.from("board")) ? KEY : undefined));
  };
  const own = suite.keyExchange.endsWith("ecdsa") ? p256 : rsa;
  return { ciphers: [suite.name], configure, ...(role === "server" ? { own } : { verifyMode: CERT_NONE }) };
}

/** Talks to a program that shows what comes, and sends what it is given. */
async function expectTalk(peer: UdpPeer, suite: string, { stdin, stdout }: ChildProcess): Promise<void> {
  expect(`${await peer.handshake()} ${peer.connection.error?.message}`).toBe("connected undefined");
  expect(peer.connection.cipher()).toEqual([suite, "DTLSv1.2"]);
  const line = `breadbox ${"x".repeat(1000)}\n`;
  let shown = "";
  const all = new Promise<void>((resolve) => {
    stdout?.on("data", (bytes) => {
      shown += bytes;
      if (shown.includes(line)) resolve();
    });
  });
  peer.write(line);
  await all;
  stdin?.write("from the other side\n");
  expect(await peer.read()).toBe("from the other side\n");
}

/** Gives back what comes. */
async function echo(peer: UdpPeer): Promise<void> {
  await peer.handshake();
  while (peer.connection.state === "connected") peer.write(await peer.read());
}

describe("OpenSSL", () => {
  const DTLS = ["-dtls1_2", "-cipher", ALL];

  test.each(some.map((suite) => [suite.name, suite] as const))("s_server, %s", async (name, suite) => {
    const second = ["-dcert", p256.certificateFile, "-dkey", p256.keyFile];
    const { port, child } = await servers.openssl(rsa, ...DTLS, ...psk, ...second);
    await expectTalk(await sockets.client(port, side(suite, "client")), name, child);
  });

  test.each(some.map((suite) => [suite.name, suite] as const))("s_client, %s", async (name, suite) => {
    const ciphers: (string | undefined)[] = [];
    const port = await sockets.server(side(suite, "server"), async (peer) => {
      await peer.handshake();
      ciphers.push(peer.connection.cipher()?.[0]);
      await echo(peer);
    });
    const key = usesPsk(suite) ? psk : [];
    const args = ["s_client", "-connect", `127.0.0.1:${port}`, ...DTLS, "-quiet", ...key];
    expect(await servers.client("openssl", args, "breadbox")).toContain("breadbox");
    expect(ciphers).toEqual([name]);
  });

  test("s_server that asks for a cookie, cuts its flight, and wants a certificate", async () => {
    const verify = ["-Verify", "2", "-verify_return_error", "-CAfile", root.certificateFile];
    const { port, child } = await servers.openssl(rsa, ...DTLS, "-listen", "-mtu", "300", ...verify);
    const options = { trusted: [root], verifyMode: CERT_REQUIRED, own: clientLeaf };
    const peer = await sockets.client(port, options);
    await expectTalk(peer, "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384", child);
  });

  test("s_client with a certificate, which cuts its flight", async () => {
    const options = { own: p256, trusted: [root], verifyMode: CERT_REQUIRED };
    const seen: (Uint8Array | undefined)[] = [];
    const port = await sockets.server(options, async (peer) => {
      await peer.handshake();
      seen.push(peer.connection.peerCertificateDer);
      await echo(peer);
    });
    const own = ["-cert", clientLeaf.certificateFile, "-key", clientLeaf.keyFile];
    const args = ["s_client", "-connect", `127.0.0.1:${port}`, ...DTLS, "-quiet", "-mtu", "400", ...own];
    expect(await servers.client("openssl", args, "breadbox")).toContain("breadbox");
    expect(seen).toEqual([clientLeaf.der]);
  });

  test("what gets lost comes again, from either side", async () => {
    // The cookie's answer, the server's flight, the client's, and the last one.
    const lost = new Set(["server 1", "client 3", "server 3"]);
    const port = await sockets.server({ own: p256 }, echo, (from, count) => lost.delete(`${from} ${count}`));
    const args = ["s_client", "-connect", `127.0.0.1:${port}`, ...DTLS, "-quiet"];
    expect(await servers.client("openssl", args, "breadbox")).toContain("breadbox");
    expect([...lost]).toEqual([]);
  });
});

describe("GnuTLS", () => {
  const PRIORITY =
    "NONE:+VERS-DTLS1.2:+ECDHE-ECDSA:+ECDHE-RSA:+RSA:+PSK:+ECDHE-PSK:+RSA-PSK:+AES-256-GCM:+AES-256-CCM:+AES-256-CBC:+AES-128-GCM:+AES-128-CCM-8:+AES-128-CBC:+AEAD:+SHA1:+SHA256:+SHA384:+SIGN-ALL:+GROUP-ALL:+COMP-NULL";
  const suites = some.filter(({ cipher }) => cipher.startsWith("aes"));
  // gnutls-cli 3.7 crashes after an ECDHE-PSK handshake, with gnutls-serv too, when it tells of it.
  const clients = suites.filter(({ keyExchange }) => keyExchange !== "ecdhe-psk");

  test.each(suites.map((suite) => [suite.name, suite] as const))("gnutls-serv, %s", async (name, suite) => {
    const second = ["--x509certfile", p256.certificateFile, "--x509keyfile", p256.keyFile];
    const options = ["--udp", "--mtu", "600", "--pskpasswd", pskFile];
    const port = await servers.gnutls(rsa, PRIORITY, ...second, ...options);
    const peer = await sockets.client(port, side(suite, "client"));
    expect(`${await peer.handshake()} ${peer.connection.error?.message}`).toBe("connected undefined");
    expect(peer.connection.cipher()).toEqual([name, "DTLSv1.2"]);
    peer.write("breadbox\n");
    expect(await peer.read()).toBe("breadbox\n");
  });

  test.each(clients.map((suite) => [suite.name, suite] as const))("gnutls-cli, %s", async (name, suite) => {
    const ciphers: (string | undefined)[] = [];
    const port = await sockets.server(side(suite, "server"), async (peer) => {
      await peer.handshake();
      ciphers.push(peer.connection.cipher()?.[0]);
      await echo(peer);
    });
    const key = usesPsk(suite) ? ["--pskusername", "board", "--pskkey", KEY_HEX] : [];
    const args = ["--udp", "--insecure", "-p", String(port), "--priority", PRIORITY, ...key, "127.0.0.1"];
    expect(await servers.client("gnutls-cli", args, "breadbox")).toContain("breadbox");
    expect(ciphers).toEqual([name]);
  });
});
