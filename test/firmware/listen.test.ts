/** Python's listening sockets, and boards that reach each other, against ports/esp32/modsocket.c. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../emulator/gateway/gateway.ts";
import type { Serving } from "../../firmware-shim/net/socket-table.ts";
import { readExactly } from "../emulator/gateway/peers.ts";
import { CTRL_C, TestBoard } from "./board.ts";
import { JOIN } from "./network-board.ts";

let gateway: Gateway;
let one: TestBoard;
let two: TestBoard;

/** The places where this machine reaches a board's ports, as they are told. */
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
  await board.run(JOIN);
  return board;
}

/** Where this machine reaches the port that a board serves. */
async function forwarded(port: number): Promise<number> {
  for (;;) {
    const at = servings.findIndex((serving) => serving.port === port);
    const [serving] = at < 0 ? [] : servings.splice(at, 1);
    if (serving) return serving.forwarded?.port ?? 0;
    await new Promise<void>((resolve) => {
      tellServing = resolve;
    });
  }
}

const lines = (text: string) => text.trimEnd().split("\n");

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
afterEach(async () => {
  for (const board of [one, two]) await board.run("s = c = None; gc.collect()");
  servings.length = 0;
});

it("gives each board an address", async () => {
  expect(await one.run("print(w.ifconfig()[0])")).toBe("10.10.0.2\n");
  expect(await two.run("print(w.ifconfig()[0], w.ipconfig('gw4'))")).toBe("10.10.0.3 10.10.0.1\n");
});

it("connects boards by TCP, both ways", async () => {
  for (const [server, client, address] of [
    [one, two, "10.10.0.2"],
    [two, one, "10.10.0.3"],
  ] as const) {
    await server.startRaw(`
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("0.0.0.0", 8000))
s.listen(1)
print("listening")
c, peer = s.accept()
print(peer[0], c.fileno(), type(c) is socket.socket)
total = 0
while True:
    data = c.recv(2048)
    if not data:
        break
    total += len(data)
print(total, c.sendall(b"%d bytes" % total))
c.close()
s.close()
`);
    await server.until("listening\r\n");
    const source = `
c = client = socket.socket()
c.connect(("${address}", 8000))
block = bytes(range(256)) * 32
for i in range(100):
    c.write(block)
import _board
c.sendall(b"end")
`;
    await client.run(source);
    await client.run("c.close()");
    const { stdout } = await server.finishRaw();
    const from = address === "10.10.0.2" ? "10.10.0.3" : "10.10.0.2";
    expect(lines(stdout.replaceAll("\r", ""))).toEqual([`${from} 55 True`, "819203 None"]);
  }
});

it("takes datagrams at a bound port, and answers them", async () => {
  for (const [server, client, address] of [
    [one, two, "10.10.0.2"],
    [two, one, "10.10.0.3"],
  ] as const) {
    await server.startRaw(`
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 9000))
print("bound")
data, peer = s.recvfrom(100)
print(data, peer)
s.sendto(data.upper(), peer)
s.close()
`);
    await server.until("bound\r\n");
    const source = `
c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
c.bind(("", 9001))
c.sendto(b"hello", ("${address}", 9000))
print(c.recvfrom(100))
c.close()
`;
    expect(await client.run(source)).toBe(`(b'HELLO', ('${address}', 9000))\n`);
    const from = address === "10.10.0.2" ? "10.10.0.3" : "10.10.0.2";
    expect((await server.finishRaw()).stdout).toBe(`b'hello' ('${from}', 9001)\r\n`);
  }
});

it("serves HTTP to this machine", async () => {
  await one.startRaw(`
s = socket.socket()
s.bind(socket.getaddrinfo("0.0.0.0", 80)[0][-1])
s.listen()
for i in range(3):
    c, peer = s.accept()
    request = c.readline()
    while c.readline() != b"\\r\\n":
        pass
    c.write(b"HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n")
    c.write(request + b"from " + peer[0].encode())
    c.close()
s.close()
`);
  const port = await forwarded(80);
  for (const path of ["/", "/led?on=1", "/x"]) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    expect(await response.text()).toBe(`GET ${path} HTTP/1.1\r\nfrom 198.18.0.1`);
  }
  expect(await one.finishRaw()).toEqual({ stdout: "", stderr: "" });
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});

it("answers this machine's datagrams", async () => {
  await one.startRaw(`
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 9002))
data, peer = s.recvfrom(100)
s.sendto(b"got " + data, peer)
`);
  const client = createSocket("udp4");
  client.connect(await forwarded(9002), "127.0.0.1");
  await once(client, "connect");
  client.send("it");
  expect(String((await once(client, "message"))[0])).toBe("got it");
  client.close();
  await one.finishRaw();
});

it("has accept's timeouts and errors", async () => {
  const source = `
s = socket.socket()
error(s.accept)
s.bind(("0.0.0.0", 8001))
s.listen(1)
s.settimeout(0)
error(s.accept)
s.settimeout(0.05)
error(s.accept)
s.settimeout(0.2)
t = time.ticks_ms()
error(s.accept)
print(300 <= time.ticks_diff(time.ticks_ms(), t) < 1000)
error(s.connect, ("10.10.0.3", 1))
error(s.recv, 1)
error(s.send, b"x")
c = socket.socket()
error(c.bind, ("0.0.0.0", 8001))
error(c.bind, "x")
error(c.bind, ("0.0.0.0",))
error(c.listen, "x")
print(errno.errorcode[112])
s.close()
error(s.accept)
error(s.listen)
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
error(u.listen)
error(u.accept)
u.close()
c.close()
`;
  expect(lines(await one.run(source))).toEqual([
    "OSError(22,)",
    "OSError(11,)",
    "OSError(11,)",
    "OSError(116,)",
    "True",
    "OSError(127,)",
    "OSError(128,)",
    "OSError(128,)",
    "OSError(112,)",
    "TypeError(\"object 'str' isn't a tuple or list\",)",
    "ValueError('requested length 2 but object has length 1',)",
    'TypeError("can\'t convert str to int",)',
    "EADDRINUSE",
    "OSError(9,)",
    "OSError(9,)",
    "OSError(95,)",
    "OSError(95,)",
  ]);
});

it("polls listening sockets, and reaches itself", async () => {
  const source = `
import select
s = socket.socket()
p = select.poll()
p.register(s, select.POLLIN | select.POLLOUT)
print([e for _, e in p.poll(0)])
s.bind(("0.0.0.0", 8002))
s.listen(2)
print(p.poll(0))
c = socket.socket()
c.connect(("127.0.0.1", 8002))
print([e for _, e in p.poll(1000)])
a, peer = s.accept()
print(peer[0], p.poll(0))
print(c.send(b"abc"), a.recv(10), a.fileno())
c.close()
print(a.read(), a.recv(1))
a.close()
c = socket.socket()
c.connect((w.ifconfig()[0], 8002))
a, peer = s.accept()
print(peer[0])
for x in (s, a, c): x.close()
error(socket.socket().connect, ("127.0.0.1", 8002))
`;
  expect(lines(await one.run(source))).toEqual([
    "[20]",
    "[]",
    "[1]",
    "127.0.0.1 []",
    "3 b'abc' 56",
    "b'' b''",
    "10.10.0.2",
    "OSError(104,)",
  ]);
});

it("is interrupted in accept", async () => {
  await one.startRaw("s = socket.socket(); s.bind(('', 8003)); s.listen(); print('go'); s.accept()");
  await one.until("go\r\n");
  one.send(CTRL_C);
  expect((await one.finishRaw()).stderr).toContain("KeyboardInterrupt");
  expect(await one.run("s.settimeout(0); error(s.accept); s.close()")).toBe("OSError(11,)\n");
});

it("keeps a port for a while where it was the first to close, unless told to reuse it", async () => {
  const source = `
def listener(*options):
    s = socket.socket()
    for option in options:
        s.setsockopt(socket.SOL_SOCKET, option, 1)
    s.bind(("0.0.0.0", 8004))
    s.listen()
    return s
s = listener()
c = socket.socket()
c.connect(("127.0.0.1", 8004))
a, _ = s.accept()
a.close(); c.close(); s.close()
error(listener)
listener(socket.SO_REUSEADDR).close()
`;
  expect(await one.run(source)).toBe("OSError(112,)\n");
});

it("frees listeners with a soft reset", async () => {
  await one.run("s = socket.socket(); s.bind(('', 8005)); s.listen()");
  const port = await forwarded(8005);
  await one.softReset();
  // A look-up's answer comes after all that was sent before.
  await one.run(JOIN);
  const socket = connect(port, "127.0.0.1");
  expect((await once(socket, "error"))[0].code).toBe("ECONNREFUSED");
  await one.run("s = socket.socket(); s.bind(('', 8005)); s.listen(); s.close()");
});

it("goes on listening, at the same address, when the gateway is started anew", async () => {
  await two.run("s = socket.socket(); s.bind(('', 8006)); s.listen()");
  await forwarded(8006);
  const { token } = gateway;
  const gatewayPort = Number(new URL(gateway.url).port);
  await gateway.close();
  gateway = await startGateway({ token, port: gatewayPort });
  const socket = connect(await forwarded(8006), "127.0.0.1");
  socket.write("hello");
  expect(
    await two.run(
      "c, _ = s.accept(); print(c.recv(5), w.ifconfig()[0]); c.write(b'x'); c.close(); s.close()",
    ),
  ).toBe("b'hello' 10.10.0.3\n");
  expect((await readExactly(socket, 1)).toString()).toBe("x");
  socket.destroy();
});

it("sends what was sent before a socket was closed", async () => {
  const taker = createSocket("udp4");
  taker.bind(0, "127.0.0.1");
  await once(taker, "listening");
  const { port } = taker.address();
  const came: string[] = [];
  const all = new Promise<void>((resolve) => {
    taker.on("message", (data) => {
      if (came.push(String(data)) === 9) resolve();
    });
  });
  await one.run(`
for i, prepare in enumerate((lambda s: s.setblocking(True), lambda s: s.bind(("0.0.0.0", 9100)), lambda s: s.connect((host, ${port})))):
    for j in range(3):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        prepare(s)
        s.sendto(b"%d%d" % (i, j), (host, ${port}))
        s.close()
`);
  await all;
  expect(came.sort()).toEqual(["00", "01", "02", "10", "11", "12", "20", "21", "22"]);
  taker.close();
});
