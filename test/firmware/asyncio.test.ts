/** asyncio against extmod/asyncio: tasks, streams between boards and with this machine, TLS streams, Ctrl-C. */
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startGateway } from "../../emulator/gateway/gateway.ts";
import { readExactly } from "../emulator/gateway/peers.ts";
import { CTRL_C, TestBoard } from "./board.ts";
import { JOIN } from "./network-board.ts";

const lines = (text: string) => text.trimEnd().split(/\r?\n/);

let one: TestBoard;
let two: TestBoard;
let closeGateway: () => Promise<void>;

beforeAll(async () => {
  const gateway = await startGateway();
  closeGateway = () => gateway.close();
  const start = async () => {
    const board = await TestBoard.atPrompt({ gateway: () => Promise.resolve(gateway) });
    await board.run(`${JOIN}import asyncio\n`);
    return board;
  };
  one = await start();
  two = await start();
});
afterAll(async () => {
  one.close();
  two.close();
  await closeGateway();
});

/** Where this machine reaches the next port that a board serves. */
const forwarded = (board: TestBoard) =>
  new Promise<number>((resolve) => {
    const stop = board.machine.onServing(({ forwarded: at }) => {
      stop();
      resolve(at?.port ?? 0);
    });
  });

it("runs tasks, in turn and by time", async () => {
  const source = `
async def count(name, n, ms):
    for i in range(n):
        print(name, i)
        await asyncio.sleep_ms(ms)
    return n
async def fail():
    raise ValueError("no")
async def main():
    print(await asyncio.gather(count("a", 2, 30), count("b", 2, 40)))
    print(await asyncio.gather(count("c", 1, 0), fail(), return_exceptions=True))
    for wait, time in ((asyncio.wait_for, 0.02), (asyncio.wait_for_ms, 20)):
        try:
            await wait(asyncio.Event().wait(), time)
        except asyncio.TimeoutError as e:
            print(repr(e))
    print(await asyncio.wait_for(count("d", 1, 1), 5), asyncio.current_task() is not None)
    event, lock, flag = asyncio.Event(), asyncio.Lock(), asyncio.ThreadSafeFlag()
    async def waits():
        async with lock:
            await event.wait()
            await flag.wait()
            print("woken")
    t = asyncio.create_task(waits())
    await asyncio.sleep_ms(1)
    print(lock.locked(), t.done())
    event.set()
    await asyncio.sleep_ms(1)
    flag.set()
    await t
    t = asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep_ms(0)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError:
        print("cancelled", t.done())
    asyncio.create_task(fail())
    await asyncio.sleep_ms(5)
    return "end"
print(asyncio.run(main()))
print(asyncio.get_event_loop() is asyncio.new_event_loop(), asyncio.__version__, asyncio.__file__)
error(asyncio.run, 5)
error(asyncio.current_task)
`;
  expect(lines(await one.run(source))).toEqual([
    "a 0",
    "b 0",
    "a 1",
    "b 1",
    "[2, 2]",
    "c 0",
    "[1, ValueError('no',)]",
    "TimeoutError()",
    "TimeoutError()",
    "d 0",
    "1 True",
    "True False",
    "woken",
    "cancelled True",
    "Task exception wasn't retrieved",
    expect.stringMatching(/^future: <Task> coro= <generator object 'fail' at [0-9a-f]+>$/),
    "Traceback (most recent call last):",
    expect.stringMatching(/^ {2}File "asyncio\/core.py", line \d+, in run_until_complete$/),
    expect.stringMatching(/^ {2}File "<stdin>", line \d+, in fail$/),
    "ValueError: no",
    "end",
    "True (3, 0, 0) /rom/asyncio/__init__.mpy",
    "TypeError('coroutine expected',)",
    "RuntimeError('no running event loop',)",
  ]);
});

it("serves many clients at once, this machine's and another board's", async () => {
  const at = forwarded(one);
  await one.startRaw(`
served = 0
done = asyncio.Event()
async def serve(reader, writer):
    global served
    name = (await reader.readline()).strip().decode()
    writer.write(b"hello %s from %s\\n" % (name, writer.get_extra_info("peername")[0]))
    await writer.drain()
    data = await reader.readexactly(6000)
    writer.write(data)
    await writer.drain()
    rest = await reader.read()
    writer.close()
    await writer.wait_closed()
    served += 1
    if served == 5:
        done.set()
    return rest
async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", 8100)
    print("serving")
    await done.wait()
    async with server:
        pass
    print("served", served)
asyncio.run(main())
`);
  await one.until("serving\r\n");
  const port = await at;
  const payload = Buffer.alloc(6_000, "0123456789");
  const sockets: Socket[] = [];
  for (let i = 0; i < 4; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    sockets.push(socket);
  }
  // All are greeted before any has sent the rest.
  for (const [i, socket] of sockets.entries()) {
    socket.write(`n${i}\n`);
    const greeting = `hello n${i} from 198.18.0.1\n`;
    expect((await readExactly(socket, greeting.length)).toString()).toBe(greeting);
  }
  const client = `
async def talk():
    reader, writer = await asyncio.open_connection("10.10.0.2", 8100)
    writer.write(b"two\\n")
    await writer.drain()
    print(await reader.readline())
    block = bytes(range(250)) * 24
    writer.write(block)
    await writer.drain()
    print(await reader.readexactly(6000) == block)
    writer.close()
    await writer.wait_closed()
asyncio.run(talk())
`;
  expect(lines(await two.run(client))).toEqual(["b'hello two from 10.10.0.3\\n'", "True"]);
  for (const socket of sockets) {
    socket.write(payload);
    expect((await readExactly(socket, payload.length)).equals(payload)).toBe(true);
    socket.end();
  }
  expect(lines((await one.finishRaw()).stdout)).toEqual(["served 5"]);
  for (const socket of sockets) socket.destroy();
});

it("is interrupted by Ctrl-C while it waits", async () => {
  for (const waits of [
    "asyncio.sleep(1000)",
    "asyncio.Event().wait()",
    "asyncio.ThreadSafeFlag().wait()",
    "asyncio.start_server(None, '0.0.0.0', 8101)",
  ]) {
    await one.startRaw(`
async def main():
    print("waiting")
    await ${waits}
    await asyncio.sleep(1000)
asyncio.run(main())
`);
    await one.until("waiting\r\n");
    one.send(CTRL_C);
    expect((await one.finishRaw()).stderr).toContain("KeyboardInterrupt");
    await one.run("asyncio.new_event_loop(); gc.collect()");
  }
});

it("waits for a line at the console and for time at once", async () => {
  await one.startRaw(`
async def ticks():
    for i in range(3):
        await asyncio.sleep_ms(5)
    print("ticked")
async def main():
    t = asyncio.create_task(ticks())
    reader = asyncio.StreamReader(sys.stdin)
    await t
    print("got", await reader.readline())
asyncio.run(main())
`);
  await one.until("ticked\r\n");
  one.send("a line\n");
  expect((await one.finishRaw()).stdout).toContain("got b'a line");
});

it("fails to connect as socket does", async () => {
  const source = `
async def main(host, port):
    try:
        r, w = await asyncio.open_connection(host, port)
        await r.read(1)
    except OSError as e:
        print(e)
asyncio.run(main("127.0.0.1", 9))
asyncio.run(main("10.10.0.3", 9))
`;
  expect(lines(await one.run(source))).toEqual(["[Errno 104] ECONNRESET", "[Errno 104] ECONNRESET"]);
});
