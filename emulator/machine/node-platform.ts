import { MessageChannel, Worker } from "node:worker_threads";
import { hostMicros } from "./host-clock-node.ts";
import type { Platform } from "./options.ts";

/** The files of the workers, beside the bundle that this is part of. */
const WORKERS = { board: "board-worker.js", bridge: "bridge-worker.js" } as const;

/** Workers and channels of Node. A running board does not keep the process alive by itself. */
export const nodePlatform: Platform = {
  createWorker(name, { onMessage, onError }) {
    const worker = new Worker(new URL(WORKERS[name], import.meta.url));
    worker.on("message", onMessage);
    worker.on("error", onError);
    return {
      post: (message, transfer) => worker.postMessage(message, transfer as never),
      terminate: () => void worker.terminate(),
      ended: new Promise((resolve) => worker.once("exit", () => resolve())),
    };
  },
  createChannel: () => new MessageChannel() as never,
  hostMicros,
};
