import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type SerialServer, startSerialServer } from "../../../emulator/serial/serial-server.ts";
import { UserError } from "../../../emulator/user-error.ts";
import { FakeConsole } from "./fake-console.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(): Promise<{ console: FakeConsole; server: SerialServer }> {
  const console = new FakeConsole();
  const server = await startSerialServer({ console, port: 0 });
  stops.push(() => server.close());
  return { console, server };
}

async function client(server: SerialServer): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  stops.push(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Everything a socket receives, and a wait until it ends with something. */
function collect(socket: Socket) {
  let received = Buffer.alloc(0);
  let wake = () => {};
  socket.on("data", (bytes) => {
    received = Buffer.concat([received, bytes]);
    wake();
  });
  return async (ending: Buffer) => {
    while (!received.subarray(-ending.length).equals(ending)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return received;
  };
}

describe("startSerialServer", () => {
  it("is a plain line for a client that does not begin with 255", async () => {
    const { console, server } = await start();
    const socket = await client(server);
    const received = collect(socket);
    socket.write(Uint8Array.of(3, 255, 254, 65));
    await console.until(() => console.received.length === 4);
    expect(console.received).toEqual([3, 255, 254, 65]);
    console.write(Uint8Array.of(255, 0, 62));
    expect(await received(Buffer.from([62]))).toEqual(Buffer.from([255, 0, 62]));
  });

  it("shows output to a client that has said nothing", async () => {
    const { console, server } = await start();
    const received = collect(await client(server));
    await console.until(() => console.listeners === 1);
    console.write(Buffer.from("MicroPython\r\n>>> "));
    expect((await received(Buffer.from(">>> "))).toString()).toBe("MicroPython\r\n>>> ");
  });

  it("is RFC 2217 for a client that begins with 255", async () => {
    const { console, server } = await start();
    const socket = await client(server);
    const received = collect(socket);
    socket.write(Buffer.from("fffb2c", "hex"));
    await received(Buffer.from("fffd2cfffb00fffd00fffa2c6bb0fff0", "hex"));
    socket.write(Buffer.from("41ffff", "hex"));
    await console.until(() => console.received.length === 2);
    expect(console.received).toEqual([0x41, 0xff]);
    console.write(Uint8Array.of(0x41, 0xff));
    await received(Buffer.from("41ffff", "hex"));
  });

  it("resets the board on RTS without DTR", async () => {
    const { console, server } = await start();
    const socket = await client(server);
    socket.write(Buffer.from("fffb2c fffa2c0508fff0 fffa2c050bfff0".replaceAll(" ", ""), "hex"));
    socket.write(Buffer.from("fffa2c0509fff0fffa2c050cfff0", "hex"));
    await console.until(() => console.resets > 0);
    expect(console.resets).toBe(1);
  });

  it("keeps input for a board that is full, in order, and still hears the reset line", async () => {
    const { console, server } = await start();
    console.room = 3;
    const socket = await client(server);
    socket.write(Buffer.from("fffb2c", "hex"));
    const sent = Buffer.from(Array.from({ length: 200 }, (_, i) => i % 250));
    socket.write(sent);
    await console.until(() => console.received.length === 3);
    for (let total = 10; total <= 200; total += 10) console.makeRoom(total - console.received.length);
    await console.until(() => console.received.length === 200);
    expect(Buffer.from(console.received)).toEqual(sent);
    console.room = 0;
    socket.write(sent);
    socket.write(Buffer.from("fffa2c050bfff0", "hex"));
    await console.until(() => console.resets === 1);
    console.makeRoom(1000);
    expect(console.received.length).toBe(200);
  });

  it("holds the board's output while the client does not read, and loses none", async () => {
    const { console, server } = await start();
    const socket = await client(server);
    socket.pause();
    await console.until(() => console.listeners === 1);
    const block = Buffer.alloc(1 << 16, "x");
    let blocks = 0;
    while (console.holds === 0) {
      console.write(block);
      blocks++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    let total = 0;
    socket.on("data", (bytes) => {
      total += bytes.length;
      console.onChange();
    });
    socket.resume();
    await console.until(() => console.holds === 0 && total === blocks * block.length);
  });

  it("holds output between FLOWCONTROL-SUSPEND and -RESUME", async () => {
    const { console, server } = await start();
    const socket = await client(server);
    socket.write(Buffer.from("fffb2cfffa2c08fff0", "hex"));
    await console.until(() => console.holds === 1);
    socket.write(Buffer.from("fffa2c09fff0", "hex"));
    await console.until(() => console.holds === 0);
  });

  it("tells a second client who has the line, and takes it when that one has gone", async () => {
    const { console, server } = await start();
    const first = await client(server);
    await console.until(() => console.listeners === 1);
    const second = await client(server);
    const text = await collect(second)(Buffer.from("\r\n"));
    const peer = `127.0.0.1:${first.localPort}`;
    expect(text.toString()).toBe(
      `breadbox: this serial port is in use by ${peer}; close that connection and try again\r\n`,
    );
    await once(second, "close");
    first.end();
    await console.until(() => console.listeners === 0);
    const third = await client(server);
    third.write("x");
    await console.until(() => console.received.length === 1);
  });

  it("says so where the port is in use", async () => {
    const { server } = await start();
    const again = startSerialServer({ console: new FakeConsole(), port: server.port });
    await expect(again).rejects.toThrow(UserError);
    await expect(again).rejects.toThrow(
      `serial port ${server.port} is in use, perhaps by another board: stop it, or choose another with --serial PORT (0 picks a free one)`,
    );
  });
});
