/** The bridge in a page: Chromium's own WebSocket, worker, shared memory and Origin header. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSync } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../../emulator/gateway/gateway.ts";
import { readExactly, TcpPeer } from "../gateway/peers.ts";

/** Debian's and Ubuntu's place; another's by the environment. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** What the page runs: one connection that says hello and reads an answer. */
const PAGE = `
  import { Doorbell } from "./emulator/mailbox/doorbell.ts";
  import { FrameRing } from "./emulator/mailbox/ring.ts";
  import { SOCK_STREAM, SocketTable } from "./firmware-shim/net/socket-table.ts";

  globalThis.talk = async (url, token, peerPort) => {
    const ring = FrameRing.create(131072);
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker("worker.js", { type: "module" });
    const status = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
    worker.postMessage({ url, token, ring: ring.buffer, doorbell: new Doorbell().buffer, port: port2 }, [port2]);
    const told = await status;
    if (told.kind !== "connected") return told;
    const table = new SocketTable({ now: () => 0, ownAddress: () => "10.10.0.2", send: (packet) => port1.postMessage(packet, [packet.buffer]) });
    const until = async (attempt) => {
      for (;;) {
        for (let packet = ring.read(); packet; packet = ring.read()) table.receive(packet);
        if (ring.takeStarved()) port1.postMessage(null);
        const result = attempt();
        if (result !== -11 && result !== -119) return result;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await until(() => (table.linkUp ? 0 : -11));
    const fd = table.open(SOCK_STREAM);
    table.connect(fd, "198.18.0.1", peerPort);
    const connected = await until(() => table.connectStatus(fd));
    table.send(fd, new TextEncoder().encode("hello"));
    let length = 0;
    for (;;) {
      const bytes = await until(() => table.recv(fd, 65536));
      if (typeof bytes === "number" || bytes.length === 0) break;
      length += bytes.length;
    }
    worker.postMessage("stop");
    return { connected, length };
  };`;

const bundle = (options: object) =>
  buildSync({ bundle: true, format: "esm", platform: "browser", write: false, ...options }).outputFiles![0]!
    .text;

const files: Record<string, [type: string, body: string]> = {
  "/": ["text/html", `<!doctype html><script type="module" src="page.js"></script>`],
  "/page.js": ["text/javascript", bundle({ stdin: { contents: PAGE, resolveDir: process.cwd() } })],
  "/worker.js": ["text/javascript", bundle({ entryPoints: ["emulator/bridge/bridge-worker-web.ts"] })],
};

async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const [type, body] = files[request.url!] ?? ["text/plain", ""];
    response.writeHead(200, {
      "content-type": type,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

let browser: Browser;
let ours: Server;
let foreign: Server;
let gateway: Gateway;
let peer: TcpPeer;

beforeAll(async () => {
  [ours, foreign, peer] = [await serve(), await serve(), await TcpPeer.listen()];
  gateway = await startGateway({ server: ours, token: "t" });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}, 30_000);

afterAll(async () => {
  await browser.close();
  await gateway.close();
  await peer.close();
  for (const server of [ours, foreign]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Runs `talk` in a page of that server. */
async function talk(server: Server, token: string): Promise<unknown> {
  const page = await browser.newPage();
  await page.goto(urlOf(server));
  await page.waitForFunction("globalThis.talk");
  const result = await page.evaluate(`talk(${JSON.stringify(gateway.url)}, "${token}", ${peer.port})`);
  await page.close();
  return result;
}

it("connects a board in the gateway's own page", async () => {
  const talked = talk(ours, "t");
  const socket = await peer.connections.next();
  expect((await readExactly(socket, 5)).toString()).toBe("hello");
  socket.end(Buffer.alloc(1_000_000));
  expect(await talked).toEqual({ connected: 0, length: 1_000_000 });
});

it("is told that its token is wrong", async () => {
  expect(await talk(ours, "wrong")).toMatchObject({ kind: "disconnected", refused: true });
});

it("keeps a page of another origin out, even one that has the token", async () => {
  expect(await talk(foreign, "t")).toEqual({
    kind: "disconnected",
    refused: false,
    reason: `there is no gateway at ${gateway.url}`,
  });
});
