import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { RECORD_HEADER_BYTES } from "./limits.ts";

const HELLO = "Hello from the lab's server.\n";

/** An HTTPS server that answers everything alike. */
export function httpsServer(options: TlsOptions): Server {
  return createHttpsServer(options, (_request, response) => {
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    response.end(HELLO);
  });
}

/** Ends each connection once a record has begun to come. */
export function cuttingServer(): Server {
  return createServer((socket: Socket) => {
    let bytes = 0;
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      bytes += data.length;
      if (bytes >= RECORD_HEADER_BYTES) socket.end();
    });
  });
}
