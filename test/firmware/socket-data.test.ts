/** Bytes through Python's sockets: streams large and small, their ends, datagrams, and what C makes of a socket. */
import { createHash } from "node:crypto";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { readExactly, TcpPeer } from "../emulator/gateway/peers.ts";
import { NetworkBoard } from "./network-board.ts";

const MEBIBYTE = 1024 * 1024;
const BLOCK = 16384;
const block = Uint8Array.from({ length: BLOCK }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
const pattern = Buffer.concat(Array.from({ length: MEBIBYTE / BLOCK }, () => block));
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

let board: NetworkBoard;
let peer: TcpPeer;

beforeAll(async () => {
  board = await NetworkBoard.start();
});
afterAll(() => board.close());
beforeEach(async () => {
  peer = await TcpPeer.listen();
});
afterEach(async () => {
  await board.run("s.close()");
  await peer.close();
});

/** Starts a program on a board that has connected as `s`; the peer's end comes with its outcome. */
async function connected(source: string): Promise<{ socket: Socket; output: Promise<string> }> {
  const output = board.run(`s = client(${peer.port})\n${source}`);
  output.catch(() => undefined);
  return { socket: await peer.connections.next(), output };
}

it.each([
  ["recv", "d = s.recv(3000)"],
  ["recv_into", "n = s.recv_into(b)\n    d = memoryview(b)[:n]"],
  ["recv_into with a length", "n = s.recv_into(b, 1000)\n    d = memoryview(b)[:n]"],
  ["read", "d = s.read(5000)"],
  ["readinto", "n = s.readinto(b)\n    d = memoryview(b)[:n]"],
])("receives a mebibyte by %s", async (_name, step) => {
  const { socket, output } = await connected(`
import hashlib, binascii
h = hashlib.sha256()
b = bytearray(4096)
n = t = 0
while True:
    ${step}
    if not len(d):
        break
    t += len(d)
    h.update(d)
print(t, binascii.hexlify(h.digest()).decode(), s.recv(1), s.read(1), s.read(), s.readline())
`);
  socket.end(pattern);
  expect(await output).toBe(`${MEBIBYTE} ${sha256(pattern)} b'' b'' b'' b''\n`);
});

it.each([
  ["send", "s.send(b)"],
  ["sendall", "s.sendall(b)"],
  ["write", "s.write(b)"],
  ["write with a length", "s.write(b + b'xyz', len(b))"],
  ["write with an offset", "s.write(b'xyz' + b, 3, 16384)"],
])("sends a mebibyte by %s", async (_name, step) => {
  const { socket, output } = await connected(`
b = bytes(i * 7 + (i >> 8) & 255 for i in range(${BLOCK}))
for _ in range(${MEBIBYTE / BLOCK}):
    r = ${step}
print(r)
s.close()
`);
  expect(sha256(await readExactly(socket, MEBIBYTE))).toBe(sha256(pattern));
  if (!socket.readableEnded) await once(socket.resume(), "end");
  expect(await output).toBe(_name === "sendall" ? "None\n" : "16384\n");
});

it("sends what has the buffer protocol, by its bytes", async () => {
  const { socket, output } = await connected(`
import array
print(s.send("é"), s.write("é"), s.send(array.array("H", [0x4142, 0x4344])), s.write(memoryview(b"xyz")[1:]))
error(s.send, b"")
print(s.write(b""))
`);
  expect((await readExactly(socket, 10)).toString("latin1")).toBe("Ã©Ã©BADCyz");
  expect(await output).toBe("2 2 4 2\nOSError(116,)\n0\n");
});

it("reads lines, and the rest", async () => {
  const { socket, output } = await connected(`
print(s.readline(), s.readline(3), s.readline(), s.read(0), s.read(4), s.recv(2, socket.MSG_PEEK), s.read())
`);
  socket.end("one\r\ntwothree\nabcdefghi");
  expect(await output).toBe("b'one\\r\\n' b'two' b'three\\n' b'' b'abcd' b'ef' b'efghi'\n");
});

it("goes on sending after the peer's end", async () => {
  const { socket, output } = await connected("print(s.recv(9), s.recv(9), s.send(b'more'))");
  socket.end("half");
  expect((await readExactly(socket, 4)).toString()).toBe("more");
  expect(await output).toBe("b'half' b'' 4\n");
});

it("is told once of a reset: ECONNRESET, then ENOTCONN", async () => {
  const { socket, output } = await connected(`
s.send(b"x")
error(s.recv, 1)
error(s.recv, 1)
error(s.send, b"x")
`);
  await readExactly(socket, 1);
  socket.resetAndDestroy();
  expect(await output).toBe("OSError(104,)\nOSError(128,)\nOSError(128,)\n");
});

it("is a stream for print, json and select", async () => {
  const { socket, output } = await connected(`
import json, select
print("a", 1, file=s)
print(json.load(s))
p = select.poll()
p.register(s)
print([e for _, e in p.poll(0)])
s.settimeout(1)
print(s.read())
print([e for _, e in p.poll(0)])
u = socket.socket()
p.unregister(s)
p.register(u)
print([e for _, e in p.poll(0)])
`);
  expect((await readExactly(socket, 4)).toString()).toBe("a 1\n");
  socket.end('{"b": [1, 2]} ');
  expect(await output).toBe("{'b': [1, 2]}\n[5]\nb''\n[5]\n[20]\n");
});

it("keeps the bytes of ten connections apart", async () => {
  const running = board.run(`
s = socket.socket()
s.close()
gc.collect()
a = [client(${peer.port}) for _ in range(9)]
for i, c in enumerate(a):
    c.write(str(i))
for c in reversed(a):
    print(c.read(1000) == c.read(0) or c.recv(1), end="")
    c.close()
a = None
`);
  for (let i = 0; i < 9; i++) {
    const socket = await peer.connections.next();
    void readExactly(socket, 1).then((digit) => socket.end(Buffer.concat([Buffer.alloc(1000), digit])));
  }
  expect(await running).toBe([8, 7, 6, 5, 4, 3, 2, 1, 0].map((i) => `b'${i}'`).join(""));
});

it("exchanges datagrams", async () => {
  const server = createSocket("udp4");
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const running = board.run(`
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(s.sendto(b"to you", (host, ${port})))
print(s.recv(3, socket.MSG_PEEK), s.recvfrom(100) == (b"and back", (host, ${port})))
s.connect((host, ${port}))
print(s.send(b"connected"), s.recv(4))
s.settimeout(0.1)
error(s.recv, 1)
s.setblocking(False)
error(s.recvfrom, 1)
print(s.read(1))
`);
  const answer = async (text: string, reply: string) => {
    const [data, from] = (await once(server as UdpSocket, "message")) as [
      Buffer,
      { port: number; address: string },
    ];
    expect(data.toString()).toBe(text);
    server.send(reply, from.port, from.address);
  };
  await answer("to you", "and back");
  await answer("connected", "again and more");
  expect(await running).toBe("6\nb'and' True\n9 b'agai'\nOSError(116,)\nOSError(11,)\nNone\n");
  server.close();
});

it("allocates a recv's bytes once", async () => {
  const { socket, output } = await connected(`
s.recv(1)
gc.collect()
a = gc.mem_alloc()
d = s.recv(20000)
b = gc.mem_alloc()
print(len(d), b - a < 22000)
d = None
error(s.recv, 1 << 20)
`);
  socket.write(Buffer.alloc(20001));
  expect(await output).toMatch(/^20000 True\nMemoryError\(/);
});
