/** Python's `socket` against ports/esp32/modsocket.c: look-ups, connects, arguments, errors, limits. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { readExactly, TcpPeer } from "../emulator/gateway/peers.ts";
import { CTRL_C } from "./board.ts";
import { JOIN, NetworkBoard } from "./network-board.ts";

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
  await board.run("s = None; gc.collect()");
  await peer.close();
});

it("looks names up as lwIP does", async () => {
  const source = `
print(socket.getaddrinfo("known.test", 80))
print(socket.getaddrinfo("10.0.0.1", "8080", 0, socket.SOCK_DGRAM))
print(socket.getaddrinfo("", 1))
print(socket.getaddrinfo(b"localhost", 1)[0][-1])
error(socket.getaddrinfo, "unknown.test", 80)
error(socket.getaddrinfo, "known.test", "http")
error(socket.getaddrinfo, "known.test", 70000)
error(socket.getaddrinfo, "known.test", 80, 99)
error(socket.getaddrinfo, "x" * 300, 80)
error(socket.getaddrinfo, 1, 80)
`;
  expect((await board.run(source)).split("\n")).toEqual([
    "[(2, 1, 0, 'known.test', ('192.0.2.1', 80))]",
    "[(2, 2, 0, '10.0.0.1', ('10.0.0.1', 8080))]",
    "[(2, 1, 0, '0.0.0.0', ('0.0.0.0', 1))]",
    "('127.0.0.1', 1)",
    "OSError(-202,)",
    "OSError(-201,)",
    "OSError(-201,)",
    "OSError(-204,)",
    "OSError(-202,)",
    "TypeError(\"can't convert 'int' object to str implicitly\",)",
    "",
  ]);
});

it("checks arguments as modsocket.c does", async () => {
  const source = `
error(socket.socket, 2, 9)
error(socket.socket, "2")
s = socket.socket()
error(s.connect, "host")
error(s.connect, ("a", 1, 2))
error(s.connect, (1, 2))
error(s.settimeout, "1")
error(s.send, 5)
error(s.recv, "5")
error(s.readinto, b"12")
error(s.setsockopt, 0, 99, 1)
error(s.setsockopt, 0, socket.SO_REUSEADDR, "x")
error(s.setsockopt, 0, socket.SO_REUSEADDR, 1)
error(s.sendto, b"x", ("known.test", 1))
print(s, s.makefile() is s, s.makefile("rb", 0) is s, s.fileno())
print(hasattr(s, "shutdown"), hasattr(s, "__enter__"), socket.MSG_PEEK, socket.MSG_DONTWAIT)
`;
  expect((await board.run(source)).split("\n")).toEqual([
    "OSError(22,)",
    'TypeError("can\'t convert str to int",)',
    "TypeError(\"object 'str' isn't a tuple or list\",)",
    "ValueError('requested length 2 but object has length 3',)",
    "TypeError(\"can't convert 'int' object to str implicitly\",)",
    'TypeError("can\'t convert str to float",)',
    "TypeError('object with buffer protocol required',)",
    'TypeError("can\'t convert str to int",)',
    "TypeError('object with buffer protocol required',)",
    "Warning: lwip.setsockopt() option not implemented",
    "None",
    'TypeError("can\'t convert str to int",)',
    "None",
    "ValueError('invalid arguments',)",
    "<socket> True True 54",
    "False False 1 8",
    "",
  ]);
});

it("shows the names of errors in tracebacks", async () => {
  expect(await board.board.error("socket.socket().recv(1)")).toBe("OSError: [Errno 128] ENOTCONN");
  expect(await board.board.error(`s = socket.socket(); s.connect((host, ${await closedPort()}))`)).toBe(
    "OSError: [Errno 104] ECONNRESET",
  );
});

it("is refused with ECONNRESET, as lwIP is", async () => {
  const source = `
s = socket.socket()
error(s.connect, (host, ${await closedPort()}))
error(socket.socket().connect, ("127.0.0.1", 80))
error(s.send, b"x")
error(s.recv, 1)
`;
  expect(await board.run(source)).toBe("OSError(104,)\nOSError(104,)\nOSError(128,)\nOSError(128,)\n");
});

it("does not wait on a non-blocking socket", async () => {
  const source = `
s = socket.socket()
s.setblocking(False)
error(s.connect, (host, ${peer.port}))
import select
p = select.poll()
p.register(s, select.POLLOUT)
print([e for _, e in p.poll(5000)])
error(s.recv, 4)
print(s.read(4), s.readline(), s.read(), s.readinto(bytearray(4)))
print(s.send(b"ping"))
p.modify(s, select.POLLIN)
print([e for _, e in p.poll(5000)])
print(s.recv(9))
n = 0
b = bytes(10000)
while True:
    try:
        n += s.send(b)
    except OSError as e:
        print(e)
        break
print(n >= 250000, s.write(b), s.poll if hasattr(s, "poll") else "")
s.close()
`;
  const running = board.run(source);
  const socket = await peer.connections.next();
  expect((await readExactly(socket, 4)).toString()).toBe("ping");
  socket.write("pong");
  expect((await running).split("\n")).toEqual([
    "OSError(119,)",
    "[4]",
    "OSError(11,)",
    "None None None None",
    "4",
    "[1]",
    "b'pong'",
    "[Errno 11] EAGAIN",
    "True None ",
    "",
  ]);
});

it("times out with ETIMEDOUT (116), in lwIP's steps of 100 ms", async () => {
  const source = `
s = client(${peer.port})
s.settimeout(0.2)
t = time.ticks_ms()
for f in (lambda: s.recv(1), lambda: s.read(1), s.readline, lambda: s.readinto(bytearray(1))):
    error(f)
print(time.ticks_diff(time.ticks_ms(), t) >= 1200)
s.settimeout(0.05)
error(s.recv, 1)
print(s.read(1))
s.settimeout(None)
s.send(b"x")
print(s.recv(1))
s.close()
`;
  const running = board.run(source);
  const socket = await peer.connections.next();
  await readExactly(socket, 1);
  socket.write("y");
  expect(await running).toBe(
    "OSError(116,)\nOSError(116,)\nOSError(116,)\nOSError(116,)\nTrue\nOSError(11,)\nNone\nb'y'\n",
  );
});

it("is unusable after close", async () => {
  const source = `
s = client(${peer.port})
s.close()
s.close()
for f in (lambda: s.recv(1), lambda: s.send(b"x"), lambda: s.read(1), lambda: s.write(b"x"), lambda: s.connect((host, 1)),
          lambda: s.setsockopt(0, 4, 1)):
    error(f)
print(s.fileno(), s.ioctl(3, 1))
`;
  expect(await board.run(source)).toBe(`${"OSError(9,)\n".repeat(6)}-1 32\n`);
});

it("has ten sockets, and collects those that nobody holds", async () => {
  const source = `
gc.collect()
a = [client(${peer.port}) for _ in range(10)]
print([s.fileno() for s in a])
error(socket.socket)
a.pop()
s = socket.socket()
print(s.fileno())
a = s = None
`;
  expect(await board.run(source)).toBe("[54, 55, 56, 57, 58, 59, 60, 61, 62, 63]\nOSError(23,)\n63\n");
  // Nobody closed them: they are collected when a new one needs their place. What only looks like a reference
  // may keep one or two.
  expect(await board.run("a = [socket.socket() for _ in range(8)]; print(len(a))")).toBe("8\n");
  await board.run("a = None");
});

it("closes a socket that is collected, and all of them in a soft reset", async () => {
  await board.run(`s = client(${peer.port})`);
  const first = await peer.connections.next();
  const ended = new Promise((resolve) => first.resume().once("end", resolve));
  await board.run("s = None\ngc.collect()\ngc.collect()");
  await ended;

  await board.run(`s = client(${peer.port})`);
  const second = await peer.connections.next();
  const reset = new Promise((resolve) => second.resume().once("end", resolve));
  board.board.send("\x04");
  await board.board.until("raw REPL; CTRL-B to exit\r\n>");
  await reset;
  await board.run(JOIN);
  expect(await board.run("print(socket.socket().fileno())")).toBe("54\n");
});

it.each([
  ["recv", "s.recv(1)"],
  ["read", "s.read(10)"],
  ["readline", "s.readline()"],
  ["a write that finds no room", "while True: s.write(bytes(20000))"],
])("is interrupted in %s, and goes on", async (_name, source) => {
  await board.run(`s = client(${peer.port})`);
  const socket = await peer.connections.next();
  await board.board.startRaw(`print("waiting")\n${source}`);
  await board.board.until("waiting\r\n");
  board.board.send(CTRL_C);
  const { stderr } = await board.board.finishRaw();
  expect(stderr).toMatch(/KeyboardInterrupt: \r\n$/);
  socket.write("still there\n");
  expect(await board.run("print(s.readline())")).toBe("b'still there\\n'\n");
});

async function closedPort(): Promise<number> {
  const closed = await TcpPeer.listen();
  const { port } = closed;
  await closed.close();
  return port;
}

it("poll ends for what comes in while others are still being asked", async () => {
  const answered = peer.connections.next().then(async (socket) => {
    await readExactly(socket, 4);
    socket.write("pong");
  });
  // The readiness that it tells is of a moment ago: the answer has come since, and the VM has taken it in.
  const source = `
import select
s = client(${peer.port})
ask = socket.socket.ioctl
def slow(self, request, arg):
    ready = ask(self, request, arg)
    if request == 3 and not ready:
        s.send(b"ping")
        while not ask(self, request, arg):
            pass
    return ready
socket.socket.ioctl = slow
p = select.poll()
p.register(s, select.POLLIN)
print(p.poll() == [(s, select.POLLIN)], s.recv(4))
socket.socket.ioctl = ask
`;
  expect(await board.run(source)).toBe("True b'pong'\n");
  await answered;
});
