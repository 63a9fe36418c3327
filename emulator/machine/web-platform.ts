import { hostMicros } from "./host-clock-web.ts";
import type { Platform } from "./options.ts";

/** The URL of each worker's program. */
export type WorkerPrograms = Readonly<Record<"board" | "bridge", string>>;

/** Workers and channels of a page. */
export function webPlatform(programs: WorkerPrograms): Platform {
  return {
    createWorker(name, { onMessage, onError }) {
      const worker = new Worker(programs[name], { type: "module" });
      worker.onmessage = (event) => onMessage(event.data);
      // Where the program could not be had there is no message.
      worker.onerror = ({ message }) =>
        onError(new Error(message || `the ${name}'s worker cannot be started`));
      return {
        post: (message, transfer) => worker.postMessage(message, transfer as Transferable[]),
        terminate: () => worker.terminate(),
        ended: Promise.resolve(),
      };
    },
    createChannel: () => new MessageChannel(),
    hostMicros,
  };
}
