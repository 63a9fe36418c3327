/** Captures of a board in each of its roles in TLS and DTLS, opened by tshark: dissected whole, and decrypted. */

import { type ChildProcessWithoutNullStreams, execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { issueLeaf, issueRoot } from "../../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../../firmware-shim/tls/engine/servers.ts";

const breadbox = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const root = issueRoot();
const leaf = issueLeaf(root, "rsa");
const servers = new Servers();
const run = promisify(execFile);

const JOIN = `
import network, socket, time, tls
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect("Breadbox", "breadbox")
while not wlan.isconnected():
    time.sleep_ms(1)
host = socket.getaddrinfo("host.breadbox", 1)[0][-1][0]
`;
const SERVER = `${JOIN}
ctx = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
ctx.load_cert_chain(${JSON.stringify(leaf.pem)}, ${JSON.stringify(leaf.key)})
l = socket.socket()
l.bind(("", 8443))
l.listen()
s = ctx.wrap_socket(l.accept()[0], server_side=True)
print(s.readline())
s.write("from the board\\n")
print(s.read())
s.close()
`;
const DATAGRAM_SERVER = `${JOIN}
ctx = tls.SSLContext(tls.PROTOCOL_DTLS_SERVER)
ctx.load_cert_chain(${JSON.stringify(leaf.pem)}, ${JSON.stringify(leaf.key)})
l = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
l.bind(("", 8443))
for _ in range(2):
    _, peer = l.recvfrom(1, socket.MSG_PEEK)
    l.connect(peer)
    try:
        s = ctx.wrap_socket(l, server_side=True, client_id=repr(peer).encode())
    except OSError as e:
        print(e)
line = s.readline()
s.write(line)
print(line)
s.close()
`;
const client = (protocol: string, type: string, port: number) => `${JOIN}
ctx = tls.SSLContext(tls.PROTOCOL_${protocol}_CLIENT)
ctx.verify_mode = tls.CERT_NONE
s = socket.socket(socket.AF_INET, socket.SOCK_${type})
s.connect((host, ${port}))
s = ctx.wrap_socket(s)
s.write("to be reversed\\n")
print(s.readline())
s.close()
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "capture-roles-"));
});
afterEach(() => servers.stop());
afterAll(() => rmSync(folder, { recursive: true }));

class Run {
  readonly pcap: string;
  readonly keyLog: string;
  readonly #child: ChildProcessWithoutNullStreams;
  stdout = "";
  stderr = "";
  readonly #ended: Promise<unknown>;

  constructor(name: string, source: string, options: readonly string[]) {
    const file = join(folder, `${name}.py`);
    writeFileSync(file, source);
    this.pcap = join(folder, `${name}.pcapng`);
    this.keyLog = join(folder, `${name}.log`);
    const watch = ["--pcap", this.pcap, "--tls-keys", "--keylog", this.keyLog];
    const words = [breadbox, "run", "--rtc", "now", file, ...watch, ...options];
    this.#child = servers.program("env", ["TRACE=tls,net", process.execPath, ...words]);
    this.#child.stdout.on("data", (data) => {
      this.stdout += data;
    });
    this.#child.stderr.on("data", (data) => {
      this.stderr += data;
    });
    this.#ended = once(this.#child, "close");
  }

  /** Where its port is to be found on this machine. */
  async port(): Promise<number> {
    for (;;) {
      const [, port] =
        /^breadbox: (?:UDP )?port 8443 of the board is at 127\.0\.0\.1:(\d+)$/m.exec(this.stderr) ?? [];
      if (port !== undefined) return Number(port);
      await once(this.#child.stderr, "data");
    }
  }

  async end(): Promise<void> {
    await this.#ended;
  }

  async tshark(...words: string[]): Promise<string[]> {
    const checks = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
    const { stdout } = await run("tshark", ["-r", this.pcap, ...checks, ...words]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** What TRACE has told of that kind: names of messages, or packets with data. */
  traced(kind: "tls" | "net"): string[] {
    const line =
      kind === "tls" ? / tls \d+ (<-|->) (\w+), \d+ bytes/ : / net (<-|->) stream \d+ (DATA|DATAGRAM)\b/;
    return this.stderr.split("\n").flatMap((text) => {
      const [, arrow, name] = line.exec(text) ?? [];
      return name === undefined ? [] : `${arrow} ${name}`;
    });
  }

  /** Types of the handshake messages, those that were encrypted included. */
  async handshake(layer: "tls" | "dtls"): Promise<number[]> {
    const lines = await this.tshark(
      "-Y",
      `${layer}.handshake`,
      "-T",
      "fields",
      "-e",
      `${layer}.handshake.type`,
    );
    return lines.join(",").split(",").map(Number);
  }

  faults(): Promise<string[]> {
    return this.tshark("-Y", "_ws.malformed || tcp.analysis.flags || _ws.expert.severity >= 0x600000");
  }

  /** What was said in the first connection, decrypted. */
  async said(layer: "tls" | "dtls"): Promise<string[]> {
    if (layer === "dtls") {
      // What is in a record that was decrypted, where nothing is known of it.
      const lines = await this.tshark("-Y", "dtls && data", "-T", "fields", "-e", "data.data");
      return lines.map((hex) => Buffer.from(hex, "hex").toString().trim());
    }
    const lines = await this.tshark("-q", "-z", "follow,tls,ascii,0");
    return lines.map((line) => line.trim()).filter((line) => /^(from|to) |^desrever|board/.test(line));
  }

  /** Labels of the secrets in the key log. */
  labels(): string[] {
    return readFileSync(this.keyLog, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[0]!);
  }
}

const SECRETS_13 = [
  ...["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET"],
  ...["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET"],
];

it.each([
  // ClientHello; ServerHello to ServerHelloDone; ClientKeyExchange and Finished; Finished.
  ["TLSv1.2", [], [1, 2, 11, 12, 14, 16, 20, 20], ["CLIENT_RANDOM"]],
  // ClientHello; ServerHello, EncryptedExtensions, Certificate, CertificateVerify and Finished; Finished.
  ["TLSv1.3", ["--tls13"], [1, 2, 8, 11, 15, 20, 20], SECRETS_13],
] as const)("a server over TCP, %s", async (version, options, types, labels) => {
  const board = new Run(`server-${version}`, SERVER, options);
  const socket = connectTls({
    ...{ port: await board.port(), host: "127.0.0.1", servername: "board.test", ca: root.pem },
    ...{ minVersion: version, maxVersion: version },
  });
  socket.write("to the board\n");
  expect(String((await once(socket, "data"))[0])).toBe("from the board\n");
  socket.end();
  await board.end();
  expect(board.stdout).toBe("b'to the board\\n'\nb''\n");
  expect(board.labels()).toEqual(labels);
  expect(await board.faults()).toEqual([]);
  expect(await board.handshake("tls")).toEqual(types);
  expect(await board.said("tls")).toEqual(["to the board", "from the board"]);
  const syn = await board.tshark(
    "-Y",
    "tcp.flags.syn == 1",
    "-T",
    "fields",
    "-e",
    "tcp.dstport",
    "-e",
    "tcp.flags.ack",
  );
  expect(syn[0]).toBe("8443\t0");
  expect(syn).toHaveLength(2);
});

it("a client over TCP, TLSv1.3", async () => {
  const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-num_tickets", "1");
  const board = new Run("client-TLSv1.3", client("TLS", "STREAM", port), ["--tls13"]);
  await board.end();
  expect(board.stdout).toBe("b'desrever eb ot\\n'\n");
  expect(board.labels()).toEqual(SECRETS_13);
  expect(await board.faults()).toEqual([]);
  expect(board.traced("tls")).toEqual([
    ...[
      "-> ClientHello",
      "<- ServerHello",
      "<- ChangeCipherSpec",
      "<- EncryptedExtensions",
      "<- Certificate",
    ],
    ...["<- CertificateVerify", "<- Finished", "-> ChangeCipherSpec", "-> Finished", "-> ApplicationData"],
    ...["<- NewSessionTicket", "<- ApplicationData"],
  ]);
  expect(board.stderr).toContain(
    "<- ServerHello, 122 bytes: server_version TLSv1.3, cipher_suite TLS1-3-CHACHA20-POLY1305-SHA256, key_share x25519, extensions supported_versions key_share",
  );
  // A NewSessionTicket comes after the handshake.
  expect(await board.handshake("tls")).toEqual([1, 2, 8, 11, 15, 20, 20, 4]);
  expect(await board.said("tls")).toEqual(["to be reversed", "desrever eb ot"]);
});

it("a client over UDP, DTLSv1.2", async () => {
  const { port, child } = await servers.openssl(leaf, "-dtls1_2", "-listen");
  child.stdout?.on("data", (data) => {
    if (String(data).includes("to be reversed")) child.stdin?.write("desrever eb ot\n");
  });
  const board = new Run("client-DTLSv1.2", client("DTLS", "DGRAM", port), []);
  await board.end();
  expect(board.stdout).toBe("b'desrever eb ot\\n'\n");
  expect(board.labels()).toEqual(["CLIENT_RANDOM"]);
  expect(await board.faults()).toEqual([]);
  expect(board.traced("net")).toEqual(
    ["->", "<-", "->", "<-", "->", "<-", "->", "<-"].map((at) => `${at} DATAGRAM`),
  );
  expect(board.traced("tls")).toEqual([
    ...["-> ClientHello", "<- HelloVerifyRequest", "-> ClientHello", "<- ServerHello", "<- Certificate"],
    ...[
      "<- ServerKeyExchange",
      "<- ServerHelloDone",
      "-> ClientKeyExchange",
      "-> ChangeCipherSpec",
      "-> Finished",
    ],
    ...[
      "<- NewSessionTicket",
      "<- ChangeCipherSpec",
      "<- Finished",
      "-> ApplicationData",
      "<- ApplicationData",
    ],
  ]);
  // ClientHello, HelloVerifyRequest, and again; then as over TCP.
  expect(await board.handshake("dtls")).toEqual([1, 3, 1, 2, 11, 12, 14, 16, 20, 4, 20]);
  expect(await board.said("dtls")).toEqual(["to be reversed", "desrever eb ot"]);
});

it("a server over UDP, DTLSv1.2", async () => {
  const board = new Run("server-DTLSv1.2", DATAGRAM_SERVER, []);
  const port = await board.port();
  const words = ["s_client", "-dtls1_2", "-quiet", "-connect", `127.0.0.1:${port}`];
  expect(await servers.client("openssl", words, "to the board")).toContain("to the board");
  await board.end();
  expect(board.stdout).toBe("(-27264, 'MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED')\nb'to the board\\n'\n");
  expect(board.labels()).toEqual(["CLIENT_RANDOM"]);
  expect(await board.faults()).toEqual([]);
  expect(await board.handshake("dtls")).toEqual([1, 3, 1, 2, 11, 12, 14, 16, 20, 20]);
  expect(await board.said("dtls")).toEqual(["to the board", "to the board"]);
});
