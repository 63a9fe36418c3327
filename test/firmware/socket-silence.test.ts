/** A network from which no answer comes: what waits ends by its timeout or by Ctrl-C, and leaves things usable. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { WISP_MAJOR, WISP_MINOR } from "../../firmware-shim/net/wisp/constants.ts";
import { breadboxExtension } from "../../firmware-shim/net/wisp/info.ts";
import { encodeContinue, encodeInfoPacket } from "../../firmware-shim/net/wisp/packet.ts";
import { CTRL_C, TestBoard } from "./board.ts";
import { JOIN } from "./network-board.ts";

/** A gateway that shakes hands and then says nothing more. */
async function startSilentGateway() {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    handleProtocols: ([first]) => first ?? false,
  });
  server.on("connection", (webSocket) => {
    const extensions = [breadboxExtension(65_536)];
    webSocket.send(encodeInfoPacket({ major: WISP_MAJOR, minor: WISP_MINOR, extensions }));
    webSocket.once("message", () => webSocket.send(encodeContinue(0, 128)));
  });
  await once(server, "listening");
  return server;
}

let gateway: WebSocketServer;
let board: TestBoard;
beforeAll(async () => {
  gateway = await startSilentGateway();
  const url = `ws://127.0.0.1:${(gateway.address() as AddressInfo).port}/`;
  board = await TestBoard.atPrompt({ gateway: () => Promise.resolve({ url, token: "" }) });
  await board.run(JOIN.replace(/^host = .*$/m, 'host = "198.18.0.1"'));
});
afterAll(async () => {
  board.close();
  for (const client of gateway.clients) client.terminate();
  await new Promise((resolve) => gateway.close(resolve));
});

it("connect times out with ETIMEDOUT, in lwIP's steps of 100 ms, and may be asked again", async () => {
  const source = `
s = socket.socket()
s.settimeout(0.1)
t = time.ticks_ms()
error(s.connect, (host, 80))
print(time.ticks_diff(time.ticks_ms(), t) >= 200)
error(s.connect, (host, 80))
error(s.recv, 1)
error(s.send, b"x")
error(s.write, b"x")
s.close()
`;
  expect(await board.run(source)).toBe(
    "OSError(116,)\nTrue\nOSError(120,)\nOSError(116,)\nOSError(116,)\nOSError(116,)\n",
  );
});

it("a non-blocking connect stays in progress", async () => {
  const source = `
import uselect
s = socket.socket()
s.setblocking(False)
error(s.connect, (host, 80))
error(s.connect, (host, 80))
error(s.send, b"x")
error(s.recv, 1)
print(s.write(b"x"), s.read(1))
p = uselect.poll()
p.register(s)
print(p.poll(0))
s.close()
`;
  expect(await board.run(source)).toBe(
    "OSError(119,)\nOSError(120,)\nOSError(11,)\nOSError(11,)\nNone None\n[]\n",
  );
});

it.each([
  ["connect", "socket.socket().connect((host, 80))"],
  ["getaddrinfo", 'socket.getaddrinfo("known.test", 80)'],
  ["connect to a name", 'socket.socket().connect(("known.test", 80))'],
  ["recv of a datagram", "socket.socket(2, 2).recvfrom(1)"],
  [
    "a handshake",
    "import ssl; s = socket.socket(); s.setblocking(False)\ntry: s.connect((host, 80))\nexcept OSError: pass\nssl.wrap_socket(s)",
  ],
])("is interrupted in %s, many times", async (_name, source) => {
  // More often than there are sockets or look-ups: none of them may be left behind.
  for (let i = 0; i < 12; i++) {
    await board.startRaw(`print("waiting")\n${source}`);
    await board.until("waiting\r\n");
    board.send(CTRL_C);
    expect((await board.finishRaw()).stderr).toMatch(/KeyboardInterrupt: \r\n$/);
  }
  expect(await board.run("print(1)")).toBe("1\n");
});
