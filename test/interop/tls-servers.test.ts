/** A board's Python meets other people's TLS servers: GnuTLS, Node's HTTPS, Mosquitto. */
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { NetworkBoard } from "../firmware/network-board.ts";
import { literal, startTlsBoard } from "../firmware/tls-board.ts";
import { issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../firmware-shim/tls/engine/servers.ts";

const servers = new Servers();
const ca = issueRoot("p384");
const rsa = issueLeaf(ca, "rsa");
const ecdsa = issueLeaf(ca, "p256");

let board: NetworkBoard;
beforeAll(async () => {
  board = await startTlsBoard("now");
  await board.run(`ca = ${literal(ca.pem)}`);
});
afterAll(() => board.close());
afterEach(() => servers.stop());

it.each([
  ["RSA", rsa, "ECDHE-RSA", "NORMAL:-VERS-ALL:+VERS-TLS1.2"],
  ["ECDSA", ecdsa, "ECDHE-ECDSA", "NORMAL:-VERS-ALL:+VERS-TLS1.2"],
  ["ECDSA, TLS 1.3 offered too", ecdsa, "ECDHE-ECDSA", "NORMAL"],
])("gnutls-serv echoes, %s", async (_name, leaf, exchange, priority) => {
  const port = await servers.gnutls(leaf, priority);
  const source = `
s = wrap(${port}, ca)
print(s.cipher()[0][:${4 + exchange.length}], s.cipher()[1])
for line in (b"hello\\n", b"x" * 3000 + b"\\n"):
    s.write(line)
    print(s.readline() == line)
s.close()
`;
  expect(await board.run(source)).toBe(`TLS-${exchange} TLSv1.2\nTrue\nTrue\n`);
});

it("Node's HTTPS server answers a request", async () => {
  const server = createServer({ key: ecdsa.key, cert: ecdsa.pem }, (request, response) => {
    response.end(`${request.method} ${request.url} for ${request.headers.host}\n`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const source = `
s = wrap(${port}, ca)
s.write(b"GET /path HTTP/1.0\\r\\nHost: board.test\\r\\n\\r\\n")
print(s.readline())
while s.readline() != b"\\r\\n":
    pass
print(s.read())
s.close()
`;
  expect(await board.run(source)).toBe("b'HTTP/1.1 200 OK\\r\\n'\nb'GET /path for board.test\\n'\n");
  server.closeAllConnections();
  server.close();
});

it("Mosquitto takes a connection and passes a message", async () => {
  const port = await servers.mosquitto(rsa);
  const source = `
s = wrap(${port}, ca)
s.write(b"\\x10\\x0c\\x00\\x04MQTT\\x04\\x02\\x00\\x3c\\x00\\x00")
print(s.read(4))
s.write(b"\\x82\\x08\\x00\\x01\\x00\\x03a/b\\x00")
print(s.read(5))
s.write(b"\\x30\\x07\\x00\\x03a/bhi")
print(s.read(9))
s.write(b"\\xe0\\x00")
print(s.read(1))
s.close()
`;
  expect(await board.run(source)).toBe(
    "b' \\x02\\x00\\x00'\nb'\\x90\\x03\\x00\\x01\\x00'\nb'0\\x07\\x00\\x03a/bhi'\nb''\n",
  );
});

it("moves 10 MB each way with Node's server", async () => {
  const size = 10 * 1024 * 1024;
  const block = Buffer.alloc(
    size,
    Uint8Array.from({ length: 256 }, (_, index) => index),
  );
  let wrong = 0;
  const { port } = await servers.node(ecdsa, (socket) => {
    let received = 0;
    socket.on("data", (data: Buffer) => {
      for (const byte of data) wrong += Number(byte !== (received++ & 255));
      if (received === size) socket.end(block);
    });
  });
  const source = `
s = wrap(${port}, ca)
block = bytes(range(256)) * 64
for _ in range(${size} // len(block)):
    s.write(block)
buf = bytearray(16384)
total = wrong = 0
while True:
    n = s.readinto(buf)
    if n == 0:
        break
    wrong += (buf if n == len(buf) else buf[:n]) != block[:n]
    total += n
print(total, wrong, s.read(1))
s.close()
`;
  expect(await board.run(source)).toBe(`${size} 0 b''\n`);
  expect(wrong).toBe(0);
});
