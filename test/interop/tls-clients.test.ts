/** A board's Python serves TLS, and other people's clients come: OpenSSL, GnuTLS, Node. */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Serving } from "../../firmware-shim/net/socket-table.ts";
import type { NetworkBoard } from "../firmware/network-board.ts";
import { literal, startTlsBoard } from "../firmware/tls-board.ts";
import { type Issued, issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../firmware-shim/tls/engine/servers.ts";

const programs = new Servers();
const root = issueRoot();
const forClients = { extensions: ["subjectAltName=DNS:client.test", "extendedKeyUsage=clientAuth"] };
const LEAVES = { RSA: issueLeaf(root, "rsa"), ECDSA: issueLeaf(root, "p256") } as const;
const client = issueLeaf(root, "p256", forClients);
const stranger = issueLeaf(issueRoot("p256", "Stranger"), "p256", forClients);
const KINDS = ["RSA", "ECDSA"] as const;

/** Programs wait for a client with `accept`, which a port's number has told of. */
const SERVER = `
import asyncio
ROOT = ${literal(root.pem)}
def context(cert, key, mode=ssl.CERT_NONE):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(cert.encode(), key.encode())
    ctx.verify_mode = mode
    if mode:
        ctx.load_verify_locations(cadata=ROOT)
    return ctx
def listen(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", port))
    s.listen(2)
    return s
def accept(listener, ctx):
    c, peer = listener.accept()
    try:
        return ctx.wrap_socket(c, server_side=True)
    except Exception as e:
        # A client that is told why closes; close() with something of it unread would be a reset.
        while isinstance(e, ValueError) and c.recv(4096):
            pass
        c.close()
        raise e
`;

let board: NetworkBoard;
const servings: Serving[] = [];
let tellServing: (() => void) | undefined;

/** Where this machine reaches a port of the board's. */
async function forwarded(port: number): Promise<number> {
  for (;;) {
    const serving = servings.find((candidate) => candidate.port === port);
    if (serving?.forwarded) return serving.forwarded.port;
    await new Promise<void>((resolve) => {
      tellServing = resolve;
    });
  }
}

const lines = (text: string) => text.trimEnd().split(/\r?\n/);
const contextOf = ({ pem, key }: Issued, mode = "ssl.CERT_NONE") =>
  `context(${literal(pem)}, ${literal(key)}, ${mode})`;

/** What the board's program prints, once it has ended. */
async function finished(): Promise<string[]> {
  const { stdout, stderr } = await board.board.finishRaw();
  expect(stderr).toBe("");
  return lines(stdout);
}

function node(port: number, own?: Issued, below: Socket = connectTcp(port, "127.0.0.1")): TLSSocket {
  const options = { socket: below, ca: root.pem, servername: "board.test" };
  const socket = connect({ ...options, ...(own && { cert: own.pem, key: own.key }) });
  below.on("error", () => undefined);
  socket.on("error", () => undefined);
  return socket;
}

beforeAll(async () => {
  board = await startTlsBoard("now");
  board.board.machine.onServing((serving) => {
    servings.push(serving);
    tellServing?.();
  });
  await board.run(SERVER);
});
afterAll(() => board.close());
afterEach(async () => {
  await programs.stop();
  await board.run("s = c = l = None; gc.collect()");
  servings.length = 0;
});

describe.each(KINDS)("with a certificate of kind %s", (kind) => {
  const leaf = LEAVES[kind];
  const exchange = `TLS-ECDHE-${kind}-WITH-`;

  it("answers s_client, gnutls-cli and Node one after the other", async () => {
    await board.board.startRaw(`
ctx = ${contextOf(leaf)}
l = listen(8443)
for _ in range(3):
    c = accept(l, ctx)
    line = c.readline()
    print(line, c.cipher()[0][:${exchange.length}], c.cipher()[1])
    c.write(line)
    print(c.read())
    c.close()
l.close()
`);
    const port = await forwarded(8443);
    const ca = root.certificateFile;
    const toOpenssl = ["-connect", `127.0.0.1:${port}`, "-servername", "board.test", "-CAfile", ca];
    const openssl = await programs.client(
      "openssl",
      ["s_client", ...toOpenssl, "-verify_return_error", "-verify_hostname", "board.test", "-quiet"],
      "from openssl",
    );
    expect(openssl).toContain("from openssl");
    const toGnutls = ["--x509cafile", ca, "--sni-hostname=board.test", "--verify-hostname=board.test"];
    const gnutls = await programs.client(
      "gnutls-cli",
      [...toGnutls, "-p", String(port), "127.0.0.1"],
      "from gnutls",
    );
    expect(gnutls).toContain("The certificate is trusted.");
    const socket = node(port);
    socket.end("from node\n");
    const [answer] = await once(socket, "data");
    expect(String(answer)).toBe("from node\n");
    expect(socket.authorized).toBe(true);
    const came = (from: string) => `b'from ${from}\\n' ${exchange} TLSv1.2`;
    // The first two are killed with their connection open; Node says close_notify. read() gives b'' for both.
    expect(await finished()).toEqual([came("openssl"), "b''", came("gnutls"), "b''", came("node"), "b''"]);
  });

  it("serves several at once with asyncio.start_server", async () => {
    await board.board.startRaw(`
served = 0
async def serve(reader, writer):
    global served
    line = await reader.readline()
    writer.write(b"hello " + line)
    await writer.drain()
    print(await reader.read(10))
    writer.close()
    await writer.wait_closed()
    served += 1
    if served == 3:
        done.set()
async def main():
    global done
    done = asyncio.Event()
    server = await asyncio.start_server(serve, "0.0.0.0", 8444, ssl=${contextOf(leaf)})
    await done.wait()
    server.close()
    await server.wait_closed()
asyncio.run(main())
`);
    const port = await forwarded(8444);
    const sockets = [node(port), node(port), node(port)];
    await Promise.all(sockets.map((socket) => once(socket, "secureConnect")));
    const answers = sockets.map((socket) => once(socket, "data"));
    for (const [index, socket] of sockets.entries()) socket.write(`${index}\n`);
    const texts = (await Promise.all(answers)).map(([data]) => String(data));
    expect(texts).toEqual(["hello 0\n", "hello 1\n", "hello 2\n"]);
    for (const socket of sockets) socket.end();
    expect(await finished()).toEqual(["b''", "b''", "b''"]);
  });
});

describe("a server that demands a certificate of clients", () => {
  const accepting = `
ctx = ${contextOf(LEAVES.ECDSA, "ssl.CERT_REQUIRED")}
l = listen(8445)
try:
    c = accept(l, ctx)
    print(c.getpeercert(True) == ${`bytes([${client.der.join(",")}])`}, c.readline())
    c.write(b"welcome\\n")
    c.read()
    c.close()
except Exception as e:
    print(repr(e))
l.close()
`;

  it.each([
    ["openssl", ["s_client", "-quiet", "-cert", client.certificateFile, "-key", client.keyFile, "-connect"]],
    [
      "gnutls-cli",
      ["--insecure", "--x509certfile", client.certificateFile, "--x509keyfile", client.keyFile, "-p"],
    ],
  ])("gets %s's", async (command, args) => {
    await board.board.startRaw(accepting);
    const port = await forwarded(8445);
    const to = command === "openssl" ? [`127.0.0.1:${port}`] : [String(port), "127.0.0.1"];
    const child = programs.program(command, [...args, ...to]);
    child.stdin.write("hello\n");
    let shown = "";
    for await (const data of child.stdout) {
      shown += data;
      if (shown.includes("welcome\n")) break;
    }
    child.kill("SIGKILL");
    expect(await finished()).toEqual(["True b'hello\\n'"]);
  });

  it.each([
    [
      "none",
      undefined,
      "OSError(-29824, 'MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE')",
      // A handshake within wrap_socket sends no alert for it (ssl_check_async_handshake_failure is read's and write's).
      "ECONNRESET",
    ],
    [
      "one of another CA",
      stranger,
      "ValueError('\\nThe certificate is not correctly signed by the trusted CA\\n',)",
      "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
    ],
  ])("and Node has %s", async (_name, own, error, code) => {
    await board.board.startRaw(accepting);
    const socket = node(await forwarded(8445), own);
    const [failure] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(failure.code).toBe(code);
    expect(await finished()).toEqual([error]);
  });
});

describe("the end of a connection", () => {
  const serving = (program: string) => `
ctx = ${contextOf(LEAVES.ECDSA)}
l = listen(8446)
c = accept(l, ctx)
${program}
c.close()
l.close()
`;

  it("that Node cuts off is an error of the socket's", async () => {
    await board.board.startRaw(serving("c.write(b'go\\n')\nerror(c.read, 1)\nerror(c.read, 1)"));
    const below = connectTcp(await forwarded(8446), "127.0.0.1");
    const socket = node(0, undefined, below);
    await once(socket, "data");
    below.resetAndDestroy();
    expect(await finished()).toEqual(["OSError(104,)", "OSError(104,)"]);
    socket.destroy();
  });

  it("that the board closes comes without close_notify", async () => {
    await board.board.startRaw(serving("c.write(b'bye\\n')"));
    const port = await forwarded(8446);
    const child = programs.program("gnutls-cli", ["--insecure", "-p", String(port), "127.0.0.1"]);
    const ended = once(child, "exit");
    let told = "";
    child.stderr.on("data", (data) => {
      told += data;
    });
    child.stdout.resume();
    await ended;
    expect(told).toContain("The TLS connection was non-properly terminated.");
    expect(await finished()).toEqual([""]);
  });
});

it("moves 10 MB each way", async () => {
  const size = 10 * 1024 * 1024;
  await board.board.startRaw(`
l = listen(8447)
c = accept(l, ${contextOf(LEAVES.ECDSA)})
buf = bytearray(16384)
total = tally = 0
while total < ${size}:
    n = c.readinto(buf)
    total += n
    tally = (tally + buf[0] + buf[n - 1]) & 0xffff
print(total)
block = bytes(range(256)) * 64
for _ in range(${size} // len(block)):
    c.write(block)
c.read()
c.close()
l.close()
`);
  const socket = node(await forwarded(8447));
  socket.write(
    Buffer.alloc(
      size,
      Uint8Array.from({ length: 256 }, (_, index) => index),
    ),
  );
  let received = 0;
  let wrong = 0;
  for await (const data of socket) {
    for (const byte of data as Buffer) wrong += Number(byte !== (received++ & 255));
    if (received === size) socket.end();
  }
  expect([received, wrong]).toEqual([size, 0]);
  expect(await finished()).toEqual([String(size)]);
});

/** Starts a program, sends it a line, and returns what came back from the board. */
async function talk(command: string, args: readonly string[], answer: string): Promise<string> {
  const child = programs.program(command, args);
  child.stdin.write("hello board\n");
  let shown = "";
  for await (const data of child.stdout) {
    shown += data;
    if (shown.includes(answer)) break;
  }
  child.kill("SIGKILL");
  return shown;
}

describe("pre-shared keys", () => {
  const key = Buffer.from("secret").toString("hex");
  it.each([
    ["openssl", ["s_client", "-quiet", "-tls1_2", "-psk_identity", "me", "-psk", key, "-cipher", "PSK"]],
    // Not ECDHE-PSK: gnutls-cli 3.7 crashes when it tells of it.
    [
      "gnutls-cli",
      ["--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+PSK", "--pskusername", "me", "--pskkey", key],
    ],
  ])("are asked of Python for %s", async (command, args) => {
    await board.board.startRaw(`
ctx = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
ctx.server_psk_keys = {b"me": b"secret"}
l = listen(8448)
c = accept(l, ctx)
print("PSK" in c.cipher()[0], c.readline())
c.write(b"hello client\\n")
c.read()
c.close()
l.close()
`);
    const port = await forwarded(8448);
    const to = command === "openssl" ? ["-connect", `127.0.0.1:${port}`] : ["-p", String(port), "127.0.0.1"];
    expect(await talk(command, [...args, ...to], "hello client\n")).toContain("hello client\n");
    expect(await finished()).toEqual(["True b'hello board\\n'"]);
  });
});

describe.each(KINDS)("DTLS with a certificate of kind %s", (kind) => {
  const firstPort = kind === "RSA" ? 8450 : 8460;
  const { pem, key } = LEAVES[kind];
  const ca = root.certificateFile;
  it.each([
    ["openssl", ["s_client", "-quiet", "-dtls1_2", "-CAfile", ca, "-verify_return_error", "-connect"]],
    ["gnutls-cli", ["--udp", "--x509cafile", ca, "--verify-hostname=board.test", "-p"]],
  ])("answers %s, once it has shown its cookie", async (command, args) => {
    const own = firstPort + Number(command === "openssl");
    await board.board.startRaw(`
ctx = tls.SSLContext(tls.PROTOCOL_DTLS_SERVER)
ctx.load_cert_chain(${literal(pem)}, ${literal(key)})
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", ${own}))
while True:
    first, peer = s.recvfrom(1, socket.MSG_PEEK)
    s.connect(peer)
    try:
        c = ctx.wrap_socket(s, server_side=True, client_id=repr(peer).encode())
        break
    except OSError as e:
        print(e)
print(c.cipher()[1], c.readline())
c.write(b"hello client\\n")
`);
    const port = await forwarded(own);
    const to = command === "openssl" ? [`127.0.0.1:${port}`] : [String(port), "127.0.0.1"];
    expect(await talk(command, [...args, ...to], "hello client\n")).toContain("hello client\n");
    expect(await finished()).toEqual([
      "(-27264, 'MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED')",
      "DTLSv1.2 b'hello board\\n'",
    ]);
  });
});
