/**
 * Where this machine's programs reach a port that a board serves: on loopback, so that nobody else does. At the
 * same number where that is free and no administrator's; else at 8000 and the number (80 is at 8080, 443 at 8443);
 * else anywhere.
 */

import type { EventEmitter } from "node:events";
import { once } from "node:events";

/** Binds to a port of 127.0.0.1; the outcome is told by its event, or by "error". */
export type Bind<T extends EventEmitter> = (port: number) => T;

const FIRST_FREE_PORT = 1024;
const PRIVILEGED_OFFSET = 8000;

/** What was bound, or undefined where nothing could be. */
export async function bindLoopback<T extends EventEmitter & { close(): unknown }>(
  port: number,
  bind: Bind<T>,
  event: string,
): Promise<T | undefined> {
  const wanted = port < FIRST_FREE_PORT ? PRIVILEGED_OFFSET + port : port;
  for (const candidate of [wanted, 0]) {
    const bound = bind(candidate);
    try {
      await once(bound, event);
      bound.on("error", () => {});
      return bound;
    } catch {
      // Taken, or not ours to take. The next one.
    }
  }
  return undefined;
}
