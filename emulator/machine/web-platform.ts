import { hostMicros } from "./host-clock-web.ts";
import type { Platform } from "./machine.ts";

/** Workers and channels of a page; their files lie beside the page. */
export const webPlatform: Platform = {
  createWorker(name, { onMessage, onError }) {
    const worker = new Worker(new URL(`${name}-worker.js`, document.baseURI), { type: "module" });
    worker.onmessage = (event) => onMessage(event.data);
    // Where the file could not be had there is no message.
    worker.onerror = ({ message }) => onError(new Error(message || `${name}-worker.js cannot be loaded`));
    return {
      post: (message, transfer) => worker.postMessage(message, transfer as Transferable[]),
      terminate: () => worker.terminate(),
    };
  },
  createChannel: () => new MessageChannel(),
  hostMicros,
};
