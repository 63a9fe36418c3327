/** Boards of one gateway: addresses, streams and datagrams between them, and what reaches them from this machine. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../../emulator/gateway/gateway.ts";
import { Lan } from "../../../emulator/gateway/lan.ts";
import * as wisp from "../../../firmware-shim/net/wisp/packet.ts";
import { hex, portHex, RawClient, readExactly, toHex } from "./peers.ts";

let gateway: Gateway;
const clients: RawClient[] = [];

beforeEach(async () => {
  gateway = await startGateway({ token: "t" });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.webSocket.terminate();
  await gateway.close();
});

/** A board; `wanted` is the address that it asks for. */
async function board(address: string, { window = 1000, wanted = "" } = {}): Promise<RawClient> {
  const client = new RawClient(gateway.url, ["wisp-v2"]);
  clients.push(client);
  await client.next();
  const room = toHex(Uint8Array.of(window, window >> 8, 0, 0));
  client.send(`05 00000000 02 00 02 02000000 00 74 f0 ${wanted ? "0a" : "05"}000000 01 ${room} ${wanted}`);
  expect(await client.next()).toBe(toHex(wisp.encodeLease(address)));
  expect(await client.next()).toBe("030000000080000000");
  return client;
}

const BIND = (port: number) => `f5 01000000 01 04 00000000 ${portHex(port)}`;
const ADDRESS_2 = "31302e31302e302e32"; // "10.10.0.2"
const HOST = "04c6120001"; // 198.18.0.1

/** Has a board listen on its stream 1; where this machine reaches it. */
async function listen(client: RawClient, port: number, backlog = 2): Promise<number> {
  client.send(BIND(port));
  client.send(`f7 01000000 ${portHex(backlog)}`);
  const opened = wisp.decode(hex(await client.next()));
  if (opened.type !== 0xf2) throw new Error("not OPENED");
  expect(opened.local).toEqual({ address: "10.10.0.2", port });
  expect(opened.peer.address).toBe("127.0.0.1");
  return opened.peer.port;
}

describe("addresses", () => {
  it("are the lowest free ones, or those wanted again", () => {
    const lan = new Lan();
    const first = lan.join(undefined)!;
    expect(first.address).toBe("10.10.0.2");
    expect(lan.join("10.10.0.2")?.address).toBe("10.10.0.3");
    expect(lan.join("10.10.0.9")?.address).toBe("10.10.0.9");
    for (const no of ["10.10.0.1", "10.10.0.255", "10.10.0.0", "192.168.0.7", "x", "10.10.0.04"]) {
      const station = lan.join(no)!;
      expect(station.address).toBe("10.10.0.4");
      lan.leave(station);
    }
    lan.leave(first);
    expect(lan.join(undefined)?.address).toBe("10.10.0.2");
    while (lan.join(undefined));
    expect(lan.join("10.10.0.7")).toBeUndefined();
  });

  it("are handed out as boards come and go", async () => {
    const one = await board("10.10.0.2");
    await board("10.10.0.3");
    await board("10.10.0.77", { wanted: "04 0a0a004d" });
    one.webSocket.terminate();
    await one.closed;
    await board("10.10.0.2", { wanted: "04 0a0a004d" });
  });
});

describe("between boards", () => {
  it("TCP goes both ways, in windows, to the end of each half", async () => {
    const server = await board("10.10.0.2", { window: 4 });
    const client = await board("10.10.0.3");
    await listen(server, 40_001);
    client.send(`01 05000000 01 ${portHex(40_001)} ${ADDRESS_2}`);
    client.send("02 05000000 616263646566"); // "abcdef", before it is accepted
    const local = { address: "10.10.0.2", port: 40_001 };
    const peer = { address: "10.10.0.3", port: 49152 };
    expect(await client.next()).toBe(toHex(wisp.encodeOpened(5, peer, local)));
    expect(await server.next()).toBe(toHex(wisp.encodeAccepted(1, 0x80000000, local, peer)));
    expect(await server.next()).toBe("020000008061626364");
    server.send("f3 00000080 04000000");
    expect(await server.next()).toBe("02000000806566");
    server.send("02 00000080 78");
    expect(await client.next()).toBe("020500000078");
    client.send("f4 05000000");
    expect(await server.next()).toBe("f400000080");
    server.send("02 00000080 79");
    expect(await client.next()).toBe("020500000079");
    server.send("f4 00000080");
    expect(await client.next()).toBe("f405000000");
    expect(await client.next()).toBe("040500000002");
    expect(await server.next()).toBe("040000008002");
  });

  it("a close ends the other's reading, and resets what it then sends; a reset is passed on", async () => {
    const server = await board("10.10.0.2");
    const client = await board("10.10.0.3");
    await listen(server, 40_001);
    for (const stream of ["05000000", "06000000"]) {
      client.send(`01 ${stream} 01 ${portHex(40_001)} ${ADDRESS_2}`);
      await client.next();
      await server.next();
    }
    client.send("02 05000000 61");
    client.send("04 05000000 02");
    expect([await server.next(), await server.next()]).toEqual(["020000008061", "f400000080"]);
    server.send("02 00000080 62");
    expect(await server.next()).toBe("040000008003");
    server.send("04 01000080 81");
    expect(await client.next()).toBe("040600000003");
  });

  it.each([
    ["10.10.0.2", "44"], // nothing listens: refused
    ["10.10.0.1", "44"], // the access point
    ["10.10.0.9", "43"], // nobody: no answer
  ])("a connect to %s ends with reason %s", async (address, reason) => {
    await board("10.10.0.2");
    const client = await board("10.10.0.3");
    client.send(wisp.encodeConnect(5, 1, address, 80));
    expect(await client.next()).toBe(`0405000000${reason}`);
  });

  it("connections wait for room, and go when the listener or its board does", async () => {
    const server = await board("10.10.0.2");
    const client = await board("10.10.0.3");
    await listen(server, 40_001, 1);
    for (const stream of ["05000000", "06000000"]) {
      client.send(`01 ${stream} 01 ${portHex(40_001)} ${ADDRESS_2}`);
    }
    expect(await client.next()).toMatch(/^f205/);
    server.send("f3 01000000 01000000");
    expect(await client.next()).toMatch(/^f206/);
    client.send(`01 07000000 01 ${portHex(40_001)} ${ADDRESS_2}`);
    client.send("f0 01000000 04 686f73742e6272656164626f78"); // RESOLVE, so that the CONNECT is known to be there
    expect(await client.next()).toMatch(/^f1/);
    server.send("04 01000000 02");
    expect(await client.next()).toBe("040700000044");
    server.webSocket.terminate();
    expect([await client.next(), await client.next()].sort()).toEqual(["040500000003", "040600000003"]);
  });

  it("a bound port is where a connection comes from", async () => {
    const server = await board("10.10.0.2");
    const client = await board("10.10.0.3");
    await listen(server, 40_001);
    client.send(BIND(500));
    client.send(`01 01000000 01 ${portHex(40_001)} ${ADDRESS_2}`);
    expect(await client.next()).toMatch(/^f201000000040a0a0003f401/);
  });

  it("datagrams go by address and port, and broadcasts to all others", async () => {
    const [one, two, three] = [await board("10.10.0.2"), await board("10.10.0.3"), await board("10.10.0.4")];
    for (const client of [one, two, three]) {
      client.send(`f5 01000000 02 04 00000000 ${portHex(40_002)}`);
      expect(await client.next()).toMatch(/^f201/);
    }
    one.send(`f6 01000000 04 0a0a0003 ${portHex(40_002)} 61`);
    const from = (last: string) => `040a0a00${last}${portHex(40_002)}`;
    expect(await two.next()).toBe(`f601000000${from("02")}61`);
    two.send(`f6 01000000 04 0a0a00ff ${portHex(40_002)} 62`);
    expect(await one.next()).toBe(`f601000000${from("03")}62`);
    expect(await three.next()).toBe(`f601000000${from("03")}62`);
    expect(two.messages.take()).toEqual([]);
    // From a port of nobody's choice, and the way back to it.
    three.send("f5 02000000 02 04 00000000 0000");
    expect(await three.next()).toBe("f202000000040a0a000400c004000000000000");
    three.send(`f6 02000000 04 0a0a0002 ${portHex(40_002)} 63`);
    expect(await one.next()).toBe("f601000000040a0a000400c063");
    one.send("f6 01000000 04 0a0a0004 00c0 64");
    expect(await three.next()).toBe(`f602000000${from("02")}64`);
  });
});

describe("from this machine", () => {
  it("a program reaches a board's listener", async () => {
    const client = await board("10.10.0.2");
    const port = await listen(client, 40_003);
    const socket = connect(port, "127.0.0.1");
    socket.write("hello");
    await once(socket, "connect");
    const from = `${HOST}${portHex(socket.localPort!)}`;
    expect(await client.next()).toBe(`f80100000000000080040a0a0002${portHex(40_003)}${from}`);
    expect(await client.next()).toBe("020000008068656c6c6f");
    client.send("02 00000080 6869");
    expect((await readExactly(socket, 2)).toString()).toBe("hi");
    client.send("04 00000080 02");
    socket.resume();
    await once(socket, "end");
    socket.destroy();
    // The listener's end is the port's.
    client.send("04 01000000 02");
    client.send("f0 01000000 04 686f73742e6272656164626f78");
    await client.next();
    const refused = connect(port, "127.0.0.1");
    expect((await once(refused, "error"))[0].code).toBe("ECONNREFUSED");
  });

  it("a port that is taken, or an administrator's, is another one here", async () => {
    const client = await board("10.10.0.2");
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const taken = (other.address() as { port: number }).port;
    expect(await listen(client, taken)).not.toBe(taken);
    other.close();
    client.send("04 01000000 02");
    expect(await listen(client, 81)).toBeGreaterThanOrEqual(1024);
  });

  it("a port cannot listen twice, nor 0", async () => {
    const client = await board("10.10.0.2");
    await listen(client, 40_004);
    client.send(`f5 02000000 01 04 00000000 ${portHex(40_004)}`);
    client.send("f7 02000000 0100");
    expect(await client.next()).toBe("040200000041");
    client.send("f5 03000000 01 04 00000000 0000");
    client.send("f7 03000000 0100");
    expect(await client.next()).toBe("040300000041");
  });

  it("a program's datagrams reach a board and are answered from where they went", async () => {
    const client = await board("10.10.0.2");
    client.send(`f5 01000000 02 04 00000000 ${portHex(40_005)}`);
    const opened = wisp.decode(hex(await client.next()));
    if (opened.type !== 0xf2) throw new Error("not OPENED");
    const socket = createSocket("udp4");
    socket.connect(opened.peer.port, "127.0.0.1");
    await once(socket, "connect");
    socket.send("ping");
    const from = `${HOST}${portHex(socket.address().port)}`;
    expect(await client.next()).toBe(`f601000000${from}70696e67`);
    client.send(`f6 01000000 ${from} 706f6e67`);
    expect(String((await once(socket, "message"))[0])).toBe("pong");
    socket.close();
  });
});
