import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../../../emulator/gateway/gateway.ts";
import { RawClient } from "./peers.ts";

const TOKEN = "correct-horse";
let gateway: Gateway;
afterEach(() => gateway.close());

describe("who may use the gateway", () => {
  it("is told by a token in the path, for a version 1 client", async () => {
    gateway = await startGateway({ token: TOKEN });
    expect(await new RawClient(`${gateway.url}${TOKEN}/`).next()).toBe("030000000080000000");
    expect(await new RawClient(gateway.url).refusal()).toBe(401);
    expect(await new RawClient(`${gateway.url}wrong/`).refusal()).toBe(401);
    expect(await new RawClient(gateway.url.replace("wisp", "other")).refusal()).toBe(404);
  });

  it.each([
    ["05 00000000 02 00", "0400000000c2"], // no password at all
    ["05 00000000 02 00 02 04000000 00 626164", "0400000000c0"], // "bad"
    ["05 00000000 02 00 02 00000000", "0400000000c0"], // malformed
    ["05 00000000 02 00 02 0d000000 00 636f72726563742d686f7273", "0400000000c0"], // cut by one
  ])("is asked for in the handshake of version 2: %s is answered %s", async (info, answer) => {
    gateway = await startGateway({ token: TOKEN });
    const client = new RawClient(gateway.url, ["wisp-v2"]);
    expect(await client.next()).toBe("0500000000020001000000000201000000010500000000f0050000000100000400");
    client.send(info);
    // A second guess on the same connection is not heard.
    client.send("05 00000000 02 00 02 0e000000 00 636f72726563742d686f727365");
    expect(await client.next()).toBe(answer);
    expect(await client.closed).toBe(1008);
    expect(client.messages.take()).toEqual([]);
  });

  it("lets a version 2 client in with the token as password, whatever its name", async () => {
    gateway = await startGateway({ token: TOKEN });
    const client = new RawClient(gateway.url, ["anything"]);
    await client.next();
    client.send("05 00000000 02 00 02 10000000 02 6d65 636f72726563742d686f727365");
    expect(await client.next()).toBe("030000000080000000");
    expect(client.webSocket.protocol).toBe("anything");
  });

  it("makes up a token of its own", async () => {
    gateway = await startGateway();
    expect(gateway.token).toMatch(/^[\w-]{22}$/);
    expect(gateway.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/wisp\/$/);
  });

  it.each([
    ["http://evil.example", 403],
    ["http://127.0.0.1.evil.example", 403],
    ["http://localhost:1", 403],
    ["https://allowed.example.evil", 403],
    ["null", 403],
    ["file://", 403],
  ])("does not include a page from %s", async (origin, status) => {
    gateway = await startGateway({ token: TOKEN, allowedOrigins: ["https://allowed.example"] });
    const client = new RawClient(`${gateway.url}${TOKEN}/`, undefined, { origin });
    expect(await client.refusal()).toBe(status);
  });

  it("includes the gateway's own page and pages that were named", async () => {
    gateway = await startGateway({ token: TOKEN, allowedOrigins: ["https://allowed.example"] });
    const own = `http://${new URL(gateway.url).host}`;
    for (const origin of [own, "https://allowed.example"]) {
      const client = new RawClient(`${gateway.url}${TOKEN}/`, undefined, { origin });
      expect(await client.next()).toBe("030000000080000000");
    }
  });

  it("does not include a name that was rebound to this machine", async () => {
    gateway = await startGateway({ token: TOKEN, allowedOrigins: ["https://allowed.example"] });
    const url = `${gateway.url}${TOKEN}/`;
    // Same-origin for a browser: both say evil.example.
    const rebound = { host: "evil.example:80", origin: "http://evil.example:80" };
    expect(await new RawClient(url, undefined, rebound).refusal()).toBe(421);
    expect(await new RawClient(url, undefined, { host: "a b" }).refusal()).toBe(421);
    for (const host of ["localhost:80", "[::1]:80", "10.1.2.3", "allowed.example"]) {
      expect(await new RawClient(url, undefined, { host }).next()).toBe("030000000080000000");
    }
  });

  it("does not matter to another server's own pages", async () => {
    const server = createServer((_request, response) => response.end("page"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.on("upgrade", (request, socket) => {
      if (request.url === "/other") socket.end("HTTP/1.1 418 Other\r\nconnection: close\r\n\r\n");
    });
    gateway = await startGateway({ server, token: TOKEN });
    expect(gateway.url).toBe(`ws://127.0.0.1:${port}/wisp/`);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("page");
    expect(await new RawClient(`ws://127.0.0.1:${port}/other`).refusal()).toBe(418);
    const client = new RawClient(`${gateway.url}${TOKEN}/`);
    await client.next();
    await gateway.close();
    expect(await client.closed).toBe(1006);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

it("a port in use is Node's EADDRINUSE", async () => {
  gateway = await startGateway({ token: TOKEN });
  const { port } = gateway.server.address() as AddressInfo;
  await expect(startGateway({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
