/** Node's TLS client in a worker of its own: opens connections one after another, and tells how long that took. */
import { connect, type TLSSocket } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";
import type { ClientOrder } from "./peers.ts";

const { ca, servername, cert, key } = workerData as Record<string, string>;

parentPort?.on("message", async ({ port, count, resume, maxVersion }: ClientOrder) => {
  let session: Buffer | undefined;
  const one = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const credentials = { ca, servername, cert, key };
      const options = {
        ...credentials,
        port,
        host: "127.0.0.1",
        maxVersion,
        ...(resume && session && { session }),
      };
      let reused = false;
      const socket: TLSSocket = connect(options, () => {
        reused = socket.isSessionReused();
        socket.write("x");
      });
      socket.on("session", (ticket) => {
        session ??= ticket;
      });
      socket.resume();
      socket.on("error", reject);
      socket.on("close", () => resolve(reused));
    });
  for (let i = 0; i < 10; i++) await one();
  const began = performance.now();
  let reused = 0;
  for (let i = 0; i < count; i++) if (await one()) reused++;
  parentPort?.postMessage({ ms: performance.now() - began, reused });
});
