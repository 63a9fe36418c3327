/** Our bridge against a plain Wisp server that has none of our extension: a small one, made here. */

import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { PacketType } from "../../../firmware-shim/net/wisp/constants.ts";
import * as wisp from "../../../firmware-shim/net/wisp/packet.ts";
import { hex, readExactly, TcpPeer } from "../gateway/peers.ts";
import { TestBoard } from "./test-board.ts";

/** Takes 4 packets at a time a stream, and knows one name. */
function serve(webSocket: WebSocket, version: 1 | 2): void {
  const sockets = new Map<number, Socket>();
  const start = () => webSocket.send(wisp.encodeContinue(0, 4));
  if (version === 1) start();
  else webSocket.send(hex("05 00000000 02 00 01 00000000 05 00000000"));
  webSocket.on("close", () => {
    for (const socket of sockets.values()) socket.destroy();
  });
  webSocket.on("message", (message) => {
    const packet = wisp.decode(message as Buffer);
    const { stream } = packet;
    if (packet.type === PacketType.INFO) start();
    else if (packet.type === PacketType.CONNECT) {
      if (packet.host !== "peer.example") {
        webSocket.send(wisp.encodeClose(stream, 0x42));
        return;
      }
      const socket = connect(packet.port, "127.0.0.1");
      sockets.set(stream, socket);
      socket.on("error", () => webSocket.send(wisp.encodeClose(stream, 0x44)));
      socket.on("connect", () => version === 2 && webSocket.send(wisp.encodeContinue(stream, 4)));
      socket.on("data", (data) => webSocket.send(wisp.encodeData(stream, data)));
      socket.on("end", () => webSocket.send(wisp.encodeClose(stream, 0x02)));
    } else if (packet.type === PacketType.DATA) {
      sockets.get(stream)?.write(packet.data, () => webSocket.send(wisp.encodeContinue(stream, 4)));
    } else if (packet.type === PacketType.CLOSE) sockets.get(stream)?.end();
  });
}

describe.each([1, 2] as const)("a plain server of version %i", (version) => {
  let server: WebSocketServer;
  let peer: TcpPeer;
  let board: TestBoard;

  beforeEach(async () => {
    // A version 1 server ignores Sec-WebSocket-Protocol, and a client that offered one gives up.
    server = new WebSocketServer({
      port: 0,
      host: "127.0.0.1",
      handleProtocols: () => (version === 1 ? false : "x"),
    });
    if (version === 2) server.options.handleProtocols = (offered) => [...offered][0] ?? false;
    server.on("connection", (webSocket) => serve(webSocket, version));
    await once(server, "listening");
    peer = await TcpPeer.listen();
    board = new TestBoard(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, "unused");
    await board.linkUp();
  });

  afterEach(async () => {
    await board.terminate();
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
    await peer.close();
  });

  it("serves a board's outbound connection by name", async () => {
    expect(await board.statuses.next()).toEqual({
      kind: "connected",
      protocol: `wisp-v${version}`,
      address: undefined,
    });
    const [address] = (await board.resolve("peer.example")) as string[];
    const fd = await board.connect(address!, peer.port);
    const socket = await peer.connections.next();
    const bytes = Buffer.alloc(600_000, "abcdefg");
    const arrived = readExactly(socket, bytes.length);
    expect(await board.sendAll(fd, bytes)).toBe(bytes.length);
    expect((await arrived).equals(bytes)).toBe(true);
    socket.end(bytes);
    expect((await board.recvExactly(fd, bytes.length)).equals(bytes)).toBe(true);
    expect(await board.recv(fd, 1)).toEqual(new Uint8Array(0));
  });

  it("fails a connection that it cannot make", async () => {
    const [address] = (await board.resolve("no.example")) as string[];
    const fd = await board.connect(address!, peer.port);
    // Version 1 says nothing until it fails: the board takes it for connected, and then for reset, which
    // whoever looks first is told.
    if (version === 2) expect(fd).toBe(-118);
    else expect(fd < 0 ? fd : await board.recv(fd, 1)).toBe(-104);
  });
});
