/** A TLS server in a worker of its own: answers each request, or sends many bytes. */

import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";

const { key, cert, bytes } = workerData as { key: string; cert: string; bytes: number };
const CHUNK = Buffer.alloc(64 * 1024, 0x61);

const server = createServer({ key, cert, maxVersion: "TLSv1.2" }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.once("data", (request) => {
    if (request[0] !== 0x67) {
      socket.end("ok");
      return;
    }
    let left = bytes;
    const send = (): void => {
      while (left > 0) {
        const part = left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left);
        left -= part.length;
        if (!socket.write(part)) {
          socket.once("drain", send);
          return;
        }
      }
      socket.end();
    };
    send();
  });
});
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
