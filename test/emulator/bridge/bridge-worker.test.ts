import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../../emulator/gateway/gateway.ts";
import * as errno from "../../../firmware-shim/net/errno.ts";
import { SOCK_DGRAM } from "../../../firmware-shim/net/socket-table.ts";
import { readExactly, TcpPeer } from "../gateway/peers.ts";
import { TestBoard } from "./test-board.ts";

const HOST = "198.18.0.1";
let gateway: Gateway;
let peer: TcpPeer;
let board: TestBoard;

beforeEach(async () => {
  gateway = await startGateway({ token: "t" });
  peer = await TcpPeer.listen();
  board = new TestBoard(gateway.url, "t");
});

afterEach(async () => {
  await board.terminate();
  await gateway.close();
  await peer.close();
});

/** Bytes in which a piece that is missing, doubled or misplaced shows. */
const pattern = (length: number, seed: number) => {
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer, 0, length >> 2);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + seed, 2654435761);
  return bytes;
};

describe("a board through the bridge", () => {
  it("looks a name up, connects, and talks both ways", async () => {
    await board.linkUp();
    expect(await board.statuses.next()).toEqual({
      kind: "connected",
      protocol: "breadbox",
      address: "10.10.0.2",
    });
    expect(await board.resolve("host.breadbox")).toEqual([HOST]);
    const fd = await board.connect(HOST, peer.port);
    const socket = await peer.connections.next();
    expect(board.sockets.localAddress(fd)).toEqual({ address: "127.0.0.1", port: socket.remotePort });
    expect(board.sockets.peerAddress(fd)).toEqual({ address: HOST, port: peer.port });
    await board.sendAll(fd, Buffer.from("hello"));
    expect((await readExactly(socket, 5)).toString()).toBe("hello");
    socket.end("world");
    expect((await board.recvExactly(fd, 5)).toString()).toBe("world");
    expect(await board.recv(fd, 1)).toEqual(new Uint8Array(0));
    board.sockets.shutdown(fd);
    socket.read();
    await once(socket, "end");
  });

  it("is refused as lwIP is", async () => {
    await board.linkUp();
    const { port } = peer;
    await peer.close();
    expect(await board.connect(HOST, port)).toBe(-errno.ECONNRESET);
    peer = await TcpPeer.listen();
  });

  it("moves megabytes both ways at once, through a small ring, without losing any", async () => {
    await board.terminate();
    board = new TestBoard(gateway.url, "t", 128 * 1024);
    await board.linkUp();
    const fds = [await board.connect(HOST, peer.port), await board.connect(HOST, peer.port)];
    const sockets = [await peer.connections.next(), await peer.connections.next()];
    const length = 5_000_000;
    const results = fds.map(async (fd, i) => {
      const [up, down] = [pattern(length, i), pattern(length, i + 7)];
      sockets[i]!.write(down);
      const arrived = readExactly(sockets[i]!, length);
      const sent = board.sendAll(fd, up);
      expect((await board.recvExactly(fd, length)).equals(down)).toBe(true);
      expect(await sent).toBe(length);
      expect((await arrived).equals(up)).toBe(true);
    });
    await Promise.all(results);
  });

  it("reads one stream although nobody reads another", async () => {
    await board.linkUp();
    const slow = await board.connect(HOST, peer.port);
    const slowSocket = await peer.connections.next();
    slowSocket.write(pattern(4_000_000, 1));
    const quick = await board.connect(HOST, peer.port);
    const quickSocket = await peer.connections.next();
    quickSocket.write(pattern(4_000_000, 2));
    expect((await board.recvExactly(quick, 4_000_000)).equals(pattern(4_000_000, 2))).toBe(true);
    expect((await board.recvExactly(slow, 4_000_000)).equals(pattern(4_000_000, 1))).toBe(true);
  });

  it("sends datagrams and hears answers", async () => {
    const udp = createSocket("udp4");
    udp.bind(0, "127.0.0.1");
    await once(udp, "listening");
    udp.on("message", (data, from) => udp.send(`${data}!`, from.port, from.address));
    await board.linkUp();
    const fd = board.sockets.open(SOCK_DGRAM);
    expect(board.sockets.sendTo(fd, Buffer.from("ping"), HOST, udp.address().port)).toBe(4);
    const answer = await board.until(() => board.sockets.recvFrom(fd, 100));
    expect(answer).toMatchObject({ peer: { address: HOST, port: udp.address().port } });
    expect(Buffer.from((answer as { data: Uint8Array }).data).toString()).toBe("ping!");
    udp.close();
  });

  it("loses its connections with the gateway, and finds a new one", async () => {
    await board.linkUp();
    const fd = await board.connect(HOST, peer.port);
    const { port } = gateway.server.address() as AddressInfo;
    await gateway.close();
    expect(await board.recv(fd, 1)).toBe(-errno.ECONNABORTED);
    await board.linkDown();
    expect(board.sockets.connect(board.sockets.open(1), HOST, peer.port)).toBe(-errno.EHOSTUNREACH);
    expect(await board.resolve("host.breadbox")).toBe(-errno.EAI_FAIL);
    gateway = await startGateway({ token: "t", port });
    await board.linkUp();
    expect(await board.connect(HOST, peer.port)).toBeGreaterThan(0);
    expect([
      await board.statuses.next(),
      await board.statuses.next(),
      await board.statuses.next(),
    ]).toMatchObject([
      { kind: "connected" },
      { kind: "disconnected", refused: false },
      { kind: "connected" },
    ]);
  });

  it("is told where its token is wrong or there is no gateway", async () => {
    await board.terminate();
    board = new TestBoard(gateway.url, "wrong");
    expect(await board.statuses.next()).toEqual({
      kind: "disconnected",
      refused: true,
      reason: "the gateway does not accept the token",
    });
    await board.terminate();
    const { port } = peer;
    await peer.close();
    board = new TestBoard(`ws://127.0.0.1:${port}/wisp/`, "t");
    expect(await board.statuses.next()).toEqual({
      kind: "disconnected",
      refused: false,
      reason: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
    peer = await TcpPeer.listen();
  });

  it("has its last bytes sent when it is stopped", async () => {
    await board.linkUp();
    const fd = await board.connect(HOST, peer.port);
    const socket = await peer.connections.next();
    expect(board.sockets.send(fd, pattern(200_000, 3))).toBe(200_000);
    board.sockets.close(fd);
    await board.stop();
    expect((await readExactly(socket, 200_000)).equals(pattern(200_000, 3))).toBe(true);
    socket.read();
    await once(socket, "end");
    board = new TestBoard(gateway.url, "t");
  });
});
