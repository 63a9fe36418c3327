import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../../emulator/gateway/gateway.ts";
import { MAX_STREAMS } from "../../../emulator/gateway/limits.ts";
import { PacketType } from "../../../firmware-shim/net/wisp/constants.ts";
import * as wisp from "../../../firmware-shim/net/wisp/packet.ts";
import { Inbox, portHex, RawClient, readExactly, TcpPeer, toHex } from "./peers.ts";

/** What the board knows the gateway's machine by. */
const HOST = "198.18.0.1";
const HOST_HEX = "04c6120001";
const WINDOW = 4 * 65536;

let gateway: Gateway;
let peer: TcpPeer;
/** Names to addresses; others are unknown. "hang" never answers. */
let names: Record<string, readonly string[]>;
const clients: RawClient[] = [];

beforeEach(async () => {
  names = {};
  gateway = await startGateway({
    token: "t",
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    lookup: async (name) => {
      const addresses = names[name];
      if (addresses === undefined) throw Object.assign(new Error("unknown"), { code: "ENOTFOUND" });
      return addresses;
    },
  });
  peer = await TcpPeer.listen();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.webSocket.terminate();
  await gateway.close();
  await peer.close();
});

/** A client that speaks our extension, with `window` bytes of room a stream. */
async function board(window = WINDOW): Promise<RawClient> {
  const client = new RawClient(gateway.url, ["wisp-v2"]);
  clients.push(client);
  await client.next();
  const room = toHex(Uint8Array.of(window, window >> 8, window >> 16, window >> 24));
  client.send(`05 00000000 02 00 02 02000000 00 74 f0 05000000 01 ${room}`);
  expect(await client.next()).toMatch(/^f900000000040a0a00/);
  expect(await client.next()).toBe("030000000080000000");
  return client;
}

async function plain(version: 1 | 2): Promise<RawClient> {
  const client = version === 1 ? new RawClient(`${gateway.url}t/`) : new RawClient(gateway.url, ["x"]);
  clients.push(client);
  if (version === 2) {
    await client.next();
    client.send("05 00000000 02 00 01 00000000 02 02000000 00 74");
  }
  expect(await client.next()).toBe("030000000080000000");
  return client;
}

/** Opens stream `id` of a board to the peer: the peer's end of it. */
async function open(client: RawClient, id: number): Promise<Socket> {
  client.send(wisp.encodeConnect(id, 1, HOST, peer.port));
  const socket = await peer.connections.next();
  expect(wisp.decode(await client.messages.next())).toMatchObject({ type: PacketType.OPENED, stream: id });
  return socket;
}

/** Takes messages until `bytes` bytes of DATA have come; the packets. */
async function receiveData(client: RawClient, bytes: number): Promise<wisp.Packet[]> {
  const packets: wisp.Packet[] = [];
  for (let received = 0; received < bytes; ) {
    const packet = wisp.decode(await client.messages.next());
    packets.push(packet);
    if (packet.type === PacketType.DATA) received += packet.data.length;
  }
  return packets;
}

/** Answered after everything that the gateway had to say before. */
async function barrier(client: RawClient): Promise<string[]> {
  client.send("f0 ffffff7f 04 312e322e332e34"); // RESOLVE
  names["1.2.3.4"] = ["1.2.3.4"];
  const before: string[] = [];
  for (;;) {
    const message = await client.next();
    if (message === "f1ffffff7f000401020304") return before;
    before.push(message);
  }
}

describe("a board's TCP stream", () => {
  it("is acknowledged with both addresses, and carries bytes both ways", async () => {
    const client = await board();
    client.send(`01 07000000 01 ${portHex(peer.port)} 3139382e31382e302e31`);
    const socket = await peer.connections.next();
    expect(await client.next()).toBe(
      `f207000000047f000001${portHex(socket.remotePort!)}${HOST_HEX}${portHex(peer.port)}`.replace(
        "047f",
        "047f",
      ),
    );
    client.send("02 07000000 68656c6c6f");
    expect((await readExactly(socket, 5)).toString()).toBe("hello");
    socket.write("world");
    expect(await client.next()).toBe("0207000000776f726c64");
  });

  it("ends one half at a time, and is over after both", async () => {
    const client = await board();
    const socket = await open(client, 1);
    client.send("02 01000000 61");
    client.send("f4 01000000");
    expect((await readExactly(socket, 1)).toString()).toBe("a");
    socket.read();
    await once(socket, "end");
    socket.end("still here");
    expect(await client.next()).toBe("02010000007374696c6c2068657265");
    expect(await client.next()).toBe("f401000000");
    expect(await client.next()).toBe("040100000002");
  });

  it("takes bytes after the peer has ended its half", async () => {
    const client = await board();
    const socket = await open(client, 1);
    socket.end();
    expect(await client.next()).toBe("f401000000");
    client.send("02 01000000 6c617465");
    expect((await readExactly(socket, 4)).toString()).toBe("late");
  });

  it("sends its last bytes although it is closed at once", async () => {
    const client = await board();
    const socket = await open(client, 1);
    const data = new Uint8Array(65536).fill(5);
    for (let i = 0; i < 3; i++) client.send(wisp.encodeData(1, data));
    client.send("04 01000000 02");
    client.webSocket.close();
    expect((await readExactly(socket, 3 * 65536)).every((byte) => byte === 5)).toBe(true);
    socket.read();
    await once(socket, "end");
  });

  it("tells a reset", async () => {
    const client = await board();
    const socket = await open(client, 1);
    socket.resetAndDestroy();
    expect(await client.next()).toBe("040100000003");
  });

  it("is closed with the connection", async () => {
    const client = await board();
    const socket = await open(client, 1);
    socket.resume();
    client.webSocket.terminate();
    await once(socket, "end");
  });

  it.each([
    ["01 01000000 01 PORT 3139382e31382e302e31", "0401000000" + "44"], // refused: the peer is gone
    ["01 01000000 01 0000 3139382e31382e302e31", "0401000000" + "41"],
    ["01 01000000 01 0100 6e6f2e73756368", "0401000000" + "42"],
    ["01 00000000 01 0100 61", "0400000000" + "41"],
    ["01 01000000 01 0100", "close"],
    ["01 01000000 01 0100 ff", "close"],
    ["06 01000000", "close"],
    ["f9 00000000 04 0a0a0009", "close"],
    ["ff 00000000 01 00000000 04 00000000", "close"],
  ])("%s is answered %s", async (packet, answer) => {
    const { port } = peer;
    await peer.close();
    const client = await board();
    client.send(packet.replace("PORT", portHex(port)));
    if (answer === "close") expect(await client.closed).toBe(1002);
    else expect(await client.next()).toBe(answer);
    peer = await TcpPeer.listen();
  });

  it("has a number of its own", async () => {
    const client = await board();
    await open(client, 1);
    client.send(wisp.encodeConnect(1, 1, HOST, peer.port));
    expect(await client.next()).toBe("040100000041");
  });

  it("is one of so many", async () => {
    const client = await board();
    for (let id = 1; id <= MAX_STREAMS; id++)
      client.send(`f5 ${toHex(Uint8Array.of(id))}000000 02 04 00000000 0000`);
    client.send(wisp.encodeConnect(1000, 1, HOST, peer.port));
    const answers: string[] = [];
    for (let i = 0; i <= MAX_STREAMS; i++) answers.push((await client.next()).slice(0, 12));
    expect(answers).toContain("04e803000049");
  });
});

describe("credit", () => {
  it("stops one stream at its window, and no other", async () => {
    const client = await board(100_000);
    const slow = await open(client, 1);
    slow.write(Buffer.alloc(1_000_000, 1));
    const packets = await receiveData(client, 100_000);
    expect(packets.every((packet) => packet.stream === 1)).toBe(true);
    // Nobody reads stream 1. Stream 2 moves ten times its own window meanwhile.
    const quick = await open(client, 2);
    quick.write(Buffer.alloc(1_000_000, 2));
    let received = 0;
    while (received < 1_000_000) {
      const packet = wisp.decode(await client.messages.next());
      if (packet.type !== PacketType.DATA) throw new Error(`unexpected ${packet.type}`);
      expect(packet.stream).toBe(2);
      received += packet.data.length;
      client.send(wisp.encodeWindow(2, packet.data.length));
    }
    expect(await barrier(client)).toEqual([]);
    // And stream 1 goes on where it is read again.
    client.send(wisp.encodeWindow(1, 900_000));
    const rest = await receiveData(client, 900_000);
    expect(rest.every((packet) => packet.stream === 1)).toBe(true);
  });

  it("comes back as the peer takes what it is sent, and binds the client", async () => {
    const client = await board();
    const socket = await open(client, 1); // it reads nothing: the kernel's buffers fill
    const data = new Uint8Array(65536);
    // WINDOWs answer as long as the kernel takes bytes; then only the window is left.
    let allowance = WINDOW;
    for (let sent = 0; sent < 64 * 1024 * 1024; ) {
      while (allowance >= data.length) {
        client.send(wisp.encodeData(1, data));
        allowance -= data.length;
        sent += data.length;
      }
      const windows = await barrier(client);
      if (windows.length === 0) break;
      for (const window of windows) {
        expect(window.slice(0, 10)).toBe("f301000000");
        allowance += Buffer.from(window, "hex").readUInt32LE(5);
      }
    }
    client.send(wisp.encodeData(1, data));
    client.send(wisp.encodeData(1, data));
    expect((await barrier(client)).at(-1)).toBe("040100000049");
    socket.destroy();
  });
});

describe("look-ups", () => {
  it("are answered with addresses, or not", async () => {
    names["a.example"] = ["1.2.3.4", "5.6.7.8"];
    const client = await board();
    for (const [name, answer] of [
      ["a.example", "00 04 01020304 04 05060708"],
      ["no.example", "01"],
      ["host.breadbox", "00 04 c6120001"],
      ["HOST.Breadbox", "00 04 c6120001"],
    ] as const) {
      client.send(wisp.encodeResolve(9, name));
      expect(await client.next()).toBe(`f109000000${answer.replaceAll(" ", "")}`);
    }
  });

  it("ask the system where nothing else is said", async () => {
    await gateway.close();
    gateway = await startGateway({ token: "t" });
    const client = await board();
    client.send(wisp.encodeResolve(1, "localhost"));
    expect(await client.next()).toBe("f101000000" + "00047f000001");
    client.send(wisp.encodeResolve(2, "\0"));
    expect((await client.next()).slice(0, 10)).toBe("f102000000");
  });
});

describe("a board's UDP stream", () => {
  const sockets: UdpSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });

  async function udpPeer(): Promise<{
    port: number;
    messages: Inbox<[Buffer, AddressInfo]>;
    socket: UdpSocket;
  }> {
    const socket = createSocket("udp4");
    sockets.push(socket);
    const messages = new Inbox<[Buffer, AddressInfo]>();
    socket.on("message", (data, from) => messages.push([data, from as AddressInfo]));
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return { port: socket.address().port, messages, socket };
  }

  it("has many peers, this machine among them", async () => {
    const [one, two] = [await udpPeer(), await udpPeer()];
    const client = await board();
    client.send("f5 03000000 02 04 00000000 0000");
    const opened = await client.next();
    expect(opened).toMatch(/^f203000000040a0a000200c004000000000000$/);
    client.send(`f6 03000000 ${HOST_HEX} ${portHex(one.port)} 61`);
    client.send(`f6 03000000 ${HOST_HEX} ${portHex(two.port)} 6262`);
    const [data, from] = await one.messages.next();
    expect(data.toString()).toBe("a");
    expect((await two.messages.next())[0].toString()).toBe("bb");
    two.socket.send("from two", from.port, "127.0.0.1");
    expect(await client.next()).toBe(
      `f603000000${HOST_HEX}${portHex(two.port)}${toHex(Buffer.from("from two"))}`,
    );
    one.socket.send("", from.port, "127.0.0.1");
    expect(await client.next()).toBe(`f603000000${HOST_HEX}${portHex(one.port)}`);
  });

  it("sends what was given to it before it was closed, from one socket or a new one each time", async () => {
    const one = await udpPeer();
    const client = await board();
    client.send("f5 03000000 02 04 00000000 0000");
    await client.next();
    const datagram = (stream: string, text: string) =>
      `f6 ${stream}000000 ${HOST_HEX} ${portHex(one.port)} ${toHex(Buffer.from(text))}`;
    client.send(datagram("03", "one"));
    client.send(datagram("03", "two"));
    client.send("04 03000000 02");
    client.send("f5 04000000 02 04 00000000 0000");
    client.send(datagram("04", "three"));
    client.send("04 04000000 02");
    const received = [await one.messages.next(), await one.messages.next(), await one.messages.next()];
    expect(received.map(([data]) => data.toString()).sort()).toEqual(["one", "three", "two"]);
  });

  it("loses what its client has no room for", async () => {
    const one = await udpPeer();
    const client = await board(20);
    client.send("f5 03000000 02 04 00000000 0000");
    await client.next();
    client.send(`f6 03000000 ${HOST_HEX} ${portHex(one.port)} 61`);
    const [, from] = await one.messages.next();
    const send = (text: string) =>
      new Promise((resolve) => one.socket.send(text, from.port, "127.0.0.1", resolve));
    await send("thirteen byte"); // 7 and 13 are 20
    expect((await client.next()).slice(24)).toBe(toHex(Buffer.from("thirteen byte")));
    await send("lost");
    client.send(`f6 03000000 ${HOST_HEX} ${portHex(one.port)} 61`);
    await one.messages.next();
    expect(await barrier(client)).toEqual([]);
    client.send("f3 03000000 ff000000");
    await barrier(client);
    await send("again");
    expect((await client.next()).slice(24)).toBe(toHex(Buffer.from("again")));
  });

  const NTP_REQUEST = `23${"00".repeat(47)}`;

  it("gets the host's time where pool.ntp.org has no address", async () => {
    const client = await board();
    client.send(wisp.encodeResolve(1, "pool.ntp.org"));
    expect(await client.next()).toBe("f1010000000004c612007b");
    client.send("f5 03000000 02 04 00000000 0000");
    await client.next();
    client.send(`f6 03000000 04c612007b 7b00 ${NTP_REQUEST}`);
    const reply = await client.next();
    expect(reply.slice(0, 26)).toBe("f60300000004c612007b7b0024");
    expect(reply.slice(24 + 80, 24 + 96)).toBe("ed01b42500000000");
  });

  it("gets the host's time where pool.ntp.org has an address that does not answer", async () => {
    names["pool.ntp.org"] = ["127.77.0.9"];
    const client = await board();
    client.send(wisp.encodeResolve(1, "pool.ntp.org"));
    expect(await client.next()).toBe("f101000000" + "00047f4d0009");
    client.send("f5 03000000 02 04 00000000 0000");
    await client.next();
    client.send(`f6 03000000 047f4d0009 7b00 ${NTP_REQUEST}`);
    const reply = await client.next();
    expect(reply.slice(0, 26)).toBe("f603000000047f4d00097b0024");
    expect(reply.slice(24 + 80, 24 + 96)).toBe("ed01b42500000000");
  });

  it("gets nothing where another name's server is silent", async () => {
    names["time.example"] = ["127.77.0.9"];
    const client = await board();
    client.send(wisp.encodeResolve(1, "time.example"));
    await client.next();
    client.send("f5 03000000 02 04 00000000 0000");
    await client.next();
    client.send(`f6 03000000 047f4d0009 7b00 ${NTP_REQUEST}`);
    // An answer would be due 700 ms later; a name that resolves to none is answered by then, or not at all.
    expect(await barrier(client)).toEqual([]);
  });
});

describe.each([1, 2] as const)("a plain Wisp client of version %i", (version) => {
  it("opens a TCP stream, without waiting, by name", async () => {
    names["peer.example"] = ["127.0.0.1"];
    const client = await plain(version);
    client.send(`01 78563412 01 ${portHex(peer.port)} 706565722e6578616d706c65`);
    client.send("02 78563412 6869");
    const socket = await peer.connections.next();
    expect((await readExactly(socket, 2)).toString()).toBe("hi");
    expect(await client.next()).toBe("037856341280000000"); // opened
    socket.write("ho");
    expect(await client.next()).toBe("0278563412686f");
    socket.end();
    expect(await client.next()).toBe("047856341202");
  });

  it("gets packets of credit as its own are taken", async () => {
    const client = await plain(version);
    client.send(wisp.encodeConnect(1, 1, "127.0.0.1", peer.port));
    const socket = await peer.connections.next();
    expect(await client.next()).toBe("030100000080000000");
    for (let i = 0; i < 32; i++) client.send("02 01000000 61");
    expect((await readExactly(socket, 32)).length).toBe(32);
    const packet = wisp.decode(await client.messages.next());
    expect(packet).toMatchObject({ type: PacketType.CONTINUE, stream: 1 });
  });

  it("is told why a stream does not open", async () => {
    const client = await plain(version);
    client.send(wisp.encodeConnect(1, 1, "no.such", 80));
    expect(await client.next()).toBe("040100000042");
  });

  it("closes a stream", async () => {
    const client = await plain(version);
    client.send(wisp.encodeConnect(1, 1, "127.0.0.1", peer.port));
    const socket = await peer.connections.next();
    await client.next();
    client.send("02 01000000 627965");
    client.send("04 01000000 02");
    expect((await readExactly(socket, 3)).toString()).toBe("bye");
    socket.read();
    await once(socket, "end");
  });

  it("has UDP with one peer", async () => {
    const udp = createSocket("udp4");
    udp.bind(0, "127.0.0.1");
    await once(udp, "listening");
    const client = await plain(version);
    const message = once(udp, "message");
    client.send(`01 02000000 02 ${portHex(udp.address().port)} 3132372e302e302e31`);
    client.send("02 02000000 70696e67");
    const [data, from] = await message;
    expect(data.toString()).toBe("ping");
    udp.send("pong", from.port, from.address);
    expect(await client.next()).toBe("0202000000706f6e67");
    udp.close();
  });

  it("must not use what was not agreed on", async () => {
    const client = await plain(version);
    client.send("f0 01000000 04 61");
    expect(await client.closed).toBe(1002);
  });
});

it("a text message is no packet", async () => {
  const client = await board();
  client.webSocket.send("hello");
  expect(await client.closed).toBe(1002);
});
