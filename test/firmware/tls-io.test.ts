/** Reading and writing through TLS: blocking or not, deferred handshakes, ends, errors, streams of Python's. */
import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { readExactly, TcpPeer } from "../emulator/gateway/peers.ts";
import { issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../firmware-shim/tls/engine/servers.ts";
import { CTRL_C } from "./board.ts";
import type { NetworkBoard } from "./network-board.ts";
import { literal, startTlsBoard } from "./tls-board.ts";

const MEBIBYTE = 1024 * 1024;
const servers = new Servers();
const ca = issueRoot();
const leaf = issueLeaf(ca, "p256");

let board: NetworkBoard;
let plain: TcpPeer;
beforeAll(async () => {
  board = await startTlsBoard("now");
  await board.run(`ca = ${literal(ca.pem)}`);
});
afterAll(() => board.close());
beforeEach(async () => {
  plain = await TcpPeer.listen();
});
afterEach(async () => {
  await board.run("s = None; gc.collect()");
  await servers.stop();
  await plain.close();
});

/** A server on Node's tls; what it does with a connection. */
const serve = async (onConnection: (socket: TLSSocket) => void): Promise<number> =>
  (
    await servers.node(leaf, (socket) => {
      socket.on("error", () => undefined);
      onConnection(socket);
    })
  ).port;
const echo = (socket: TLSSocket) => void socket.pipe(socket);

it("has the methods of a stream", async () => {
  const port = await serve((socket) => socket.end("line\nab rest of it"));
  const source = `
import json, select
s = wrap(${port}, ca)
print(s.readline(), s.read(1), s.recv(1), s.recv(1))
b = bytearray(4)
print(s.readinto(b), s.recv_into(b), b, s.read(), s.read(), s.recv(4), s.readinto(b))
print(repr(s), hasattr(s, "settimeout"), hasattr(s, "makefile"), hasattr(s, "__enter__"))
error(s.getpeercert)
error(s.getpeercert, False)
error(s.send, 5)
print(s.send(b""), s.write(b""))
p = select.poll()
p.register(s)
print([e for _, e in p.poll(0)])
s = wrap(${await serve((socket) => socket.end('{"x": [1]}'))}, ca)
print(json.load(s))
`;
  expect((await board.run(source)).split("\n")).toEqual([
    "b'line\\n' b'a' b'b' b' '",
    "4 4 bytearray(b' of ') b'it' b'' b'' 0",
    "<SSLSocket> False False False",
    expect.stringMatching(/^TypeError/),
    "NotImplementedError()",
    "TypeError('object with buffer protocol required',)",
    "0 0",
    "[5]",
    "{'x': [1]}",
    "",
  ]);
});

it("moves at most 4096 bytes in send and recv, and all in write and readinto", async () => {
  const port = await serve(echo);
  const source = `
s = wrap(${port}, ca)
b = b"0123456789abcdef" * 1024
print(s.send(b), s.write(b), s.sendall(b), s.write(b, 100), s.write(b, 1, 3), print("x", file=s))
n = 0
r = bytearray(20000)
print(len(s.recv(20000)) <= 4096)
print(s.readinto(r), s.readinto(memoryview(r)[:10]))
`;
  expect(await board.run(source)).toBe("4096 16384 16384 100 3 None\nTrue\n20000 10\n");
});

it("gives None on a non-blocking socket until it is ready", async () => {
  const port = await serve((socket) => {
    socket.once("data", () => socket.write("pong"));
  });
  const source = `
import select
s = wrap(${port}, ca)
s.setblocking(False)
b = bytearray(4)
print(s.read(4), s.recv(4), s.readinto(b), s.recv_into(b), s.readline(), s.read())
p = select.poll()
p.register(s, select.POLLIN)
print(p.poll(0), s.write(b"ping"))
print([e for _, e in p.poll(5000)], s.read(2))
print([e for _, e in p.poll(0)], s.read(9), s.read(1))
`;
  expect(await board.run(source)).toBe("None None None None None None\n[] 4\n[1] b'po'\n[1] b'ng' None\n");
});

it("does not take more than a full socket does", async () => {
  let peer: TLSSocket | undefined;
  const port = await serve((socket) => {
    peer = socket.pause();
  });
  const source = `
s = wrap(${port}, ca)
s.setblocking(False)
b = bytes(4096)
n = 0
while True:
    r = s.write(b)
    if r is None:
        break
    n += r
print(n)
s.setblocking(True)
n += s.write(b)
print(n)
`;
  await board.board.startRaw(source);
  const taken = Number((await board.board.until("\r\n")).trim());
  expect(taken).toBeGreaterThan(0);
  expect(taken).toBeLessThan(16 * MEBIBYTE);
  let received = 0;
  peer!.on("data", (bytes) => {
    received += bytes.length;
  });
  peer!.resume();
  expect((await board.board.finishRaw()).stdout).toBe(`${taken + 4096}\r\n`);
  while (received < taken + 4096) await once(peer!, "data");
  expect(received).toBe(taken + 4096);
});

it("defers the handshake to the first read or write", async () => {
  const port = await serve(echo);
  const source = `
s = wrap(${port}, ca, do_handshake_on_connect=False)
print(s.cipher(), s.getpeercert(True))
print(s.write(b"late"), s.read(4), s.cipher()[1])
s = wrap(${port}, ca, do_handshake_on_connect=False, timeout=0)
import select
p = select.poll()
p.register(s, select.POLLOUT)
polls = 0
while s.write(b"non-blocking") is None:
    polls += len(p.poll(1000))
s.setblocking(True)
print(s.read(12), 0 < polls < 10)
`;
  expect(await board.run(source)).toBe("None None\n4 b'late' TLSv1.2\nb'non-blocking' True\n");
});

it("waits for the end of the handshake even over a non-blocking socket", async () => {
  const port = await serve(echo);
  expect(await board.run(`s = wrap(${port}, ca, timeout=0)\nprint(s.cipher()[1], s.read(1))`)).toBe(
    "TLSv1.2 None\n",
  );
});

it("repeats the error of a deferred handshake that failed", async () => {
  const port = await serve(echo);
  const source = `
import select
s = wrap(${port}, ca, name="other.test", do_handshake_on_connect=False)
error(s.read, 1)
error(s.read, 1)
error(s.write, b"x")
p = select.poll()
p.register(s)
print([e for _, e in p.poll(0)])
`;
  const verify = "OSError(-9984, 'MBEDTLS_ERR_X509_CERT_VERIFY_FAILED')\n";
  expect(await board.run(source)).toBe(
    "ValueError('\\nThe certificate Common Name (CN) does not match with the expected CN\\n',)\n" +
      `${verify}${verify}[32]\n`,
  );
});

it("keeps a timeout for good", async () => {
  const port = await serve(() => undefined);
  const source = `
s = wrap(${port}, ca, timeout=0.1)
error(s.read, 1)
error(s.write, b"x")
error(s.recv, 1)
print(s.ioctl(3, 1))
try:
    wrap(${plain.port}, ca, timeout=0.1)
except OSError as e:
    print(e)
`;
  expect(await board.run(source)).toBe(
    "OSError(116,)\nOSError(116,)\nOSError(116,)\n32\n[Errno 116] ETIMEDOUT\n",
  );
});

it("closes the socket below without a close_notify, and is unusable then", async () => {
  let closed: (bytes: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    closed = resolve;
  });
  const port = await serve((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => undefined);
    socket.on("close", () => closed("closed"));
  });
  const source = `
s = wrap(${port}, ca)
below = s._raw.sock
s.close()
s.close()
print(below.fileno(), s.cipher(), s.getpeercert(True), s.ioctl(3, 1))
for f in (lambda: s.read(1), lambda: s.write(b"x"), lambda: s.readline(), lambda: s.recv(1), lambda: s.send(b"x")):
    error(f)
`;
  expect(await board.run(source)).toBe(
    `-1 None None 32\n${"OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')\n".repeat(5)}`,
  );
  expect(await ended).toBe("closed");
});

it.each([
  ["an end", (): undefined => undefined, "OSError(-29312, 'MBEDTLS_ERR_SSL_CONN_EOF')"],
  ["an alert", () => "15030300020228", "OSError(-30592, 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE')"],
  [
    "rubbish",
    () => Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n").toString("hex"),
    "OSError(-29184, 'MBEDTLS_ERR_SSL_INVALID_RECORD')",
  ],
])("tells of %s in the middle of the handshake", async (_name, answer, error) => {
  const running = board.run(`error(wrap, ${plain.port}, ca)`);
  const socket = await plain.connections.next();
  await readExactly(socket, 5);
  socket.end(Buffer.from(answer() ?? "", "hex"));
  expect(await running).toBe(`${error}\n`);
});

it("tells of a reset in the handshake with the socket's error", async () => {
  const running = board.run(`error(wrap, ${plain.port}, ca)`);
  const socket = await plain.connections.next();
  await readExactly(socket, 5);
  socket.resetAndDestroy();
  expect(await running).toBe("OSError(104,)\n");
});

it("is interrupted in a handshake, and goes on", async () => {
  await board.board.startRaw(`print("waiting")\nwrap(${plain.port}, ca)`);
  await board.board.until("waiting\r\n");
  await readExactly(await plain.connections.next(), 5);
  board.board.send(CTRL_C);
  expect((await board.board.finishRaw()).stderr).toMatch(/KeyboardInterrupt: \r\n$/);
  const port = await serve(echo);
  await board.run(`s = wrap(${port}, ca)`);
  await board.board.startRaw('print("waiting")\ns.read(1)');
  await board.board.until("waiting\r\n");
  board.board.send(CTRL_C);
  expect((await board.board.finishRaw()).stderr).toMatch(/KeyboardInterrupt: \r\n$/);
  expect(await board.run("s.write(b'on')\nprint(s.read(2))")).toBe("b'on'\n");
});

const STREAM = `
import io
class Stream(io.IOBase):
    def __init__(self, sock):
        self.sock = sock
        self.asked = []
        self.closed = 0
    def readinto(self, buf):
        self.asked.append(len(buf))
        return self.sock.readinto(buf)
    def write(self, buf):
        return self.sock.write(buf)
    def ioctl(self, request, arg):
        if request == 4:
            self.closed += 1
            return 0
        return self.sock.ioctl(request, arg)
ctx = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
ctx.load_verify_locations(ca)
`;

it("works over a stream written in Python, and asks it for no byte too many", async () => {
  const port = await serve(echo);
  const source = `${STREAM}
below = Stream(client(${port}))
s = ctx.wrap_socket(below, server_hostname="board.test")
b = b"0123456789abcdef" * 1024
print(s.write(b), s.read(16384) == b, s.cipher()[1])
print(below.asked[:1], sorted(set(n for n in below.asked if n < 16)))
below.sock.setblocking(False)
print(s.read(1), s.ioctl(3, 5))
s.close()
s.close()
print(below.closed, below.sock.fileno() > 0)
below.sock.close()
`;
  expect(await board.run(source)).toBe("16384 True TLSv1.2\n[5] [1, 4, 5]\nNone 4\n1 True\n");
});

it("hands on what a stream of Python's raises and answers", async () => {
  const source = `${STREAM}
class Bad(Stream):
    def readinto(self, buf):
        return self.sock(buf)
    def write(self, buf):
        return len(buf)
def bad(f):
    try:
        ctx.wrap_socket(Bad(f), server_hostname="board.test")
    except Exception as e:
        print(repr(e))
bad(lambda buf: 1 / 0)
bad(lambda buf: 0)
bad(lambda buf: -5)
s = ctx.wrap_socket(Bad(lambda buf: None), server_hostname="board.test", do_handshake_on_connect=False)
print(s.read(1))
s = ctx.wrap_socket(Bad(lambda buf: -104), server_hostname="board.test", do_handshake_on_connect=False)
error(s.read, 1)
error(s.write, b"x")
`;
  expect(await board.run(source)).toBe(
    "ZeroDivisionError('divide by zero',)\nOSError(-29312, 'MBEDTLS_ERR_SSL_CONN_EOF')\nOSError(5,)\n" +
      "None\nOSError(104,)\nOSError(104,)\n",
  );
});
