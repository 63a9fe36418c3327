import { hostMicros } from "./host-clock-web.ts";
import type { Platform } from "./machine.ts";

/** Workers and channels of a page; their files lie beside the page. */
export const webPlatform: Platform = {
  createWorker(name, { onMessage, onError }) {
    const worker = new Worker(new URL(`${name}-worker.js`, document.baseURI), { type: "module" });
    worker.onmessage = (event) => onMessage(event.data);
    worker.onerror = (event) => onError(new Error(event.message));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer as Transferable[]),
      terminate: () => worker.terminate(),
    };
  },
  createChannel: () => new MessageChannel(),
  hostMicros,
};
