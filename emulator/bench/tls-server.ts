/** Node's TLS server in a worker of its own: answers each request, sends many bytes, or takes many. */

import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";

const { bytes, ...options } = workerData as TlsOptions & { bytes: number };
const CHUNK = Buffer.alloc(64 * 1024, 0x61);

/** The first byte of a connection says what is wanted: `g` for bytes, `p` to take bytes, any other for a word. */
const [GET, PUT] = Buffer.from("gp");

function send(socket: TLSSocket, left: number): void {
  while (left > 0) {
    const part = left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left);
    left -= part.length;
    if (!socket.write(part)) {
      socket.once("drain", () => send(socket, left));
      return;
    }
  }
  socket.end();
}

function receive(socket: TLSSocket, left: number): void {
  if (left <= 0) {
    socket.end("ok");
    return;
  }
  socket.once("data", (data) => receive(socket, left - data.length));
}

const server = createServer({ maxVersion: "TLSv1.2", ...options }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.once("data", (request) => {
    if (request[0] === GET) send(socket, bytes);
    else if (request[0] === PUT) receive(socket, bytes - request.length);
    else socket.end("ok");
  });
});
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
