import type { Socket } from "node:net";
import type { TlsConnection } from "../../firmware-shim/tls/connection.ts";

const READ_BYTES = 16384;

/** What a connection on a socket does; each is called whenever there is something to do. */
export interface EngineHandler {
  /** The handshake is over. */
  connected?(): void;
  data?(bytes: Uint8Array): void;
}

/** Runs a connection of the engine on a socket. Resolves when the socket has closed. */
export function driveEngine(
  connection: TlsConnection,
  socket: Socket,
  handler: EngineHandler,
): Promise<void> {
  let connected = false;
  const flush = () => {
    const output = connection.takeOutput();
    if (output && !socket.writableEnded) socket.write(output);
  };
  const work = () => {
    if (!connected && connection.handshake() === "connected") {
      connected = true;
      handler.connected?.();
    }
    flush();
    if (!connected) return;
    for (;;) {
      const data = connection.read(READ_BYTES);
      if (data === "want-read" || data === "want-answer") return;
      if (typeof data === "string") {
        flush();
        socket.end();
        return;
      }
      handler.data?.(data);
      flush();
    }
  };
  return new Promise((resolve, reject) => {
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      connection.receive(bytes);
      work();
      if (connection.error) socket.destroy();
    });
    socket.on("end", () => {
      connection.receiveEof();
      work();
    });
    socket.on("error", reject);
    socket.on("close", () => (connection.error ? reject(connection.error) : resolve()));
    if (socket.connecting) socket.once("connect", work);
    else work();
  });
}

/** Sends that many bytes as fast as the socket takes them. */
export async function sendThroughEngine(
  connection: TlsConnection,
  socket: Socket,
  bytes: number,
): Promise<void> {
  const chunk = new Uint8Array(READ_BYTES).fill(0x61);
  for (let sent = 0; sent < bytes; ) {
    const taken = connection.write(chunk.subarray(0, bytes - sent));
    if (typeof taken !== "number") throw new Error(`write: ${taken}`);
    sent += taken;
    const output = connection.takeOutput();
    if (output && !socket.write(output)) await new Promise((resolve) => socket.once("drain", resolve));
  }
}
