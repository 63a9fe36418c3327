/** DTLS on a board: between two boards, with OpenSSL in both roles, and over streams of Python's. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../emulator/gateway/gateway.ts";
import type { Serving } from "../../firmware-shim/net/socket-table.ts";
import { issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../firmware-shim/tls/engine/servers.ts";
import { TestBoard } from "./board.ts";
import { JOIN } from "./network-board.ts";

const root = issueRoot();
const leaf = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");

const DTLS = `
import tls, io, uselect
ROOT = ${JSON.stringify(root.pem)}
CERT = ${JSON.stringify(leaf.pem)}
KEY = ${JSON.stringify(leaf.key)}
def udp(port=None):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if port is None:
        return s
    s.bind(("0.0.0.0", port))
    return s
def client_context(mode=tls.CERT_REQUIRED):
    ctx = tls.SSLContext(tls.PROTOCOL_DTLS_CLIENT)
    ctx.verify_mode = mode
    ctx.load_verify_locations(ROOT)
    return ctx
def server_context():
    ctx = tls.SSLContext(tls.PROTOCOL_DTLS_SERVER)
    ctx.load_cert_chain(CERT, KEY)
    return ctx
def accept(s, ctx):
    for _ in range(2):
        first, peer = s.recvfrom(1, socket.MSG_PEEK)
        print(first)
        s.connect(peer)
        try:
            return ctx.wrap_socket(s, server_side=True, client_id=repr(peer).encode())
        except OSError as e:
            print(e)
`;

let gateway: Gateway;
let one: TestBoard;
let two: TestBoard;
const servers = new Servers();
const servings: Serving[] = [];
let tellServing: (() => void) | undefined;

async function joined(): Promise<TestBoard> {
  const board = await TestBoard.atPrompt({
    gateway: () => Promise.resolve({ url: gateway.url, token: gateway.token }),
  });
  board.machine.onServing((serving) => {
    servings.push(serving);
    tellServing?.();
  });
  board.machine.clock.setRtcMicros((Date.now() + 3_600_000) * 1000, "host");
  board.machine.clockChanged();
  await board.run(JOIN + DTLS);
  return board;
}

/** Where this machine reaches a port that a board serves. */
async function forwarded(port: number): Promise<number> {
  for (;;) {
    const serving = servings.find((candidate) => candidate.port === port);
    if (serving) return serving.forwarded?.port ?? 0;
    await new Promise<void>((resolve) => {
      tellServing = resolve;
    });
  }
}

const lines = (text: string) => text.trimEnd().split(/\r?\n/);

beforeAll(async () => {
  gateway = await startGateway();
  one = await joined();
  two = await joined();
});
afterAll(async () => {
  one.close();
  two.close();
  await gateway.close();
});
afterEach(() => servers.stop());

it("goes between two boards, with a cookie", async () => {
  const address = (await one.run("print(w.ifconfig()[0])")).trim();
  await one.startRaw(`
s = accept(udp(8000), server_context())
print(s.cipher())
for i in range(4):
    print(s.recv(32))
    s.send(b"server to client " + str(i).encode())
s.close()
`);
  await forwarded(8000);
  const client = await two.run(`
s = udp()
s.connect(("${address}", 8000))
s = client_context().wrap_socket(s, server_hostname="board.test")
print(s.cipher())
for i in range(4):
    s.send(b"client to server " + str(i).encode())
    print(s.recv(32))
s.close()
`);
  const cipher = "('TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384', 'DTLSv1.2')";
  expect(lines(client)).toEqual([cipher, ...[0, 1, 2, 3].map((index) => `b'server to client ${index}'`)]);
  expect(lines((await one.finishRaw()).stdout)).toEqual([
    "b'\\x16'",
    "(-27264, 'MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED')",
    "b'\\x16'",
    cipher,
    ...[0, 1, 2, 3].map((index) => `b'client to server ${index}'`),
  ]);
});

it("asks Python for a client's key", async () => {
  const address = (await one.run("print(w.ifconfig()[0])")).trim();
  await one.startRaw(`
ctx = tls.SSLContext(tls.PROTOCOL_DTLS_SERVER)
ctx.load_cert_chain(${JSON.stringify(rsa.pem)}, ${JSON.stringify(rsa.key)})
ctx.server_psk_keys = {b"two": b"key"}
s = accept(udp(8020), ctx)
print(s.cipher()[0], s.recv(32))
`);
  await forwarded(8020);
  await two.run(`
s = udp()
s.connect(("${address}", 8020))
ctx = client_context()
ctx.psk_identity = "two"
ctx.psk_key = b"key"
ctx.set_ciphers(["TLS-RSA-PSK-WITH-AES-128-CBC-SHA256"])
s = ctx.wrap_socket(s, server_hostname="board.test")
s.send(b"hello")
`);
  const { stdout } = await one.finishRaw();
  expect(lines(stdout).at(-1)).toBe("TLS-RSA-PSK-WITH-AES-128-CBC-SHA256 b'hello'");
});

describe("OpenSSL", () => {
  it("as a server", async () => {
    const { port, child } = await servers.openssl(leaf, "-dtls1_2");
    let shown = "";
    const seen = new Promise<void>((resolve) => {
      child.stdout?.on("data", (bytes) => {
        shown += bytes;
        if (shown.includes("hello server\n")) resolve();
      });
    });
    child.stdin?.write("hello board\n");
    const output = await one.run(`
s = udp()
s.connect((host, ${port}))
s = client_context().wrap_socket(s, server_hostname="board.test")
s.write(b"hello server\\n")
print(s.readline())
print(s.cipher()[1])
error(s.send, bytes(4097))
error(s.send, b"x")
s.close()
error(s.send, b"x")
`);
    await seen;
    expect(lines(output)).toEqual([
      "b'hello board\\n'",
      "DTLSv1.2",
      "OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')",
      "OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')",
      "OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')",
    ]);
  });

  it("as a server with a certificate that is refused", async () => {
    const { port } = await servers.openssl(issueLeaf(issueRoot(), "p256"), "-dtls1_2");
    const output = await one.run(`
s = udp()
s.connect((host, ${port}))
error(lambda: client_context().wrap_socket(s, server_hostname="board.test"))
`);
    expect(output).toContain(
      "ValueError('\\nThe certificate is not correctly signed by the trusted CA\\n',)",
    );
  });

  it("as a client", async () => {
    await one.startRaw(`
s = accept(udp(8001), server_context())
print(s.readline())
s.write(b"hello client\\n")
`);
    const port = await forwarded(8001);
    const args = ["s_client", "-dtls1_2", "-connect", `127.0.0.1:${port}`, "-quiet"];
    const child = servers.program("openssl", args);
    child.stdin.write("hello board\n");
    const answer = await new Promise<string>((resolve) => {
      child.stdout.on("data", (bytes) => resolve(String(bytes)));
    });
    expect(answer).toBe("hello client\n");
    expect((await one.finishRaw()).stdout).toContain("b'hello board\\n'");
  });
});

describe("what gets lost", () => {
  const client = (program: string) => `
class Lossy(io.IOBase):
    def __init__(self):
        self.sent = []
    def write(self, data):
        self.sent.append((time.ticks_ms(), len(data)))
        return len(data)
    def readinto(self, buf):
        return None
    def ioctl(self, request, arg):
        return 0
stream = Lossy()
s = client_context(tls.CERT_NONE).wrap_socket(stream, do_handshake_on_connect=False)
${program}
`;

  it("is sent again when the program calls, once a second has passed, and two", async () => {
    const output = await one.run(
      client(`
starts = [time.ticks_ms()]
print(s.read(1), s.write(b"x"), s.recv(10), len(stream.sent))
while len(stream.sent) < 3:
    count, before = len(stream.sent), time.ticks_ms()
    s.read(1)
    if len(stream.sent) > count:
        starts.append(before)
    time.sleep_ms(5)
# A timer starts within the call that sends, before the stream is given the datagram.
a, b, c = [t for t, n in stream.sent]
print(time.ticks_diff(b, starts[0]) >= 1000, time.ticks_diff(c, starts[1]) >= 2000, len(set(n for t, n in stream.sent)))
`),
    );
    expect(lines(output)).toEqual(["None None None 1", "True True 1"]);
  });

  it("comes again while a blocking socket waits", async () => {
    const address = (await one.run("print(w.ifconfig()[0])")).trim();
    await one.startRaw(`
s = udp(8002)
lost, peer = s.recvfrom(2000)
s = accept(s, server_context())
print(s.recv(10))
`);
    await forwarded(8002);
    const output = await two.run(`
s = udp()
s.connect(("${address}", 8002))
t = time.ticks_ms()
s = client_context().wrap_socket(s, server_hostname="board.test")
print(time.ticks_diff(time.ticks_ms(), t) >= 1000)
s.send(b"at last")
s = udp()
s.connect(("${address}", 8003))
s.settimeout(0.5)
error(lambda: client_context().wrap_socket(s, server_hostname="board.test"))
`);
    expect(lines(output)).toEqual(["True", "OSError(116,)"]);
    expect((await one.finishRaw()).stdout).toContain("b'at last'");
  });
});

it("wants a client_id with bytes in it, but only of servers", async () => {
  const output = await one.run(`
class Silent(io.IOBase):
    def write(self, data):
        return len(data)
    def readinto(self, buf):
        return None
    def ioctl(self, request, arg):
        return 0
ctx = server_context()
def wrap(*args, **kw):
    return type(ctx.wrap_socket(Silent(), do_handshake_on_connect=False, **kw))
error(wrap)
for client_id in (4, None, b"", b"id", "id", bytearray(3), memoryview(b"id")):
    error(lambda: wrap(client_id=client_id))
ctx = client_context(0)
error(wrap)
error(lambda: wrap(client_id=4))
ctx.verify_mode = 2
error(wrap)
`);
  const refused = "OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')";
  const taken = "<class 'SSLSocket'>";
  expect(lines(output)).toEqual([
    refused,
    refused,
    refused,
    ...Array.from({ length: 5 }, () => taken),
    taken,
    taken,
    "ValueError('CERT_REQUIRED requires server_hostname',)",
  ]);
});

it("peeks at datagrams, and tells whom they are from", async () => {
  const output = await one.run(`
a, b = udp(8010), udp(8011)
b.sendto(b"first", (w.ifconfig()[0], 8010))
print(a.recvfrom(2, socket.MSG_PEEK)[0], a.recvfrom(100, socket.MSG_PEEK)[0])
data, peer = a.recvfrom(100)
print(data, peer[1])
a.settimeout(0)
error(a.recvfrom, 1, socket.MSG_PEEK)
a.close(), b.close()
`);
  expect(lines(output)).toEqual(["b'fi' b'first'", "b'first' 8011", "OSError(11,)"]);
});
