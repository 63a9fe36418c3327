import { parentPort } from "node:worker_threads";
import { createNodeCrypto } from "../node-crypto.ts";
import { BoardRuntime } from "./board-runtime.ts";
import { hostMicros } from "./host-clock-node.ts";
import type { BoardInit } from "./messages.ts";

/** Entry of a board's worker in Node: takes its start message and runs the board until it is terminated. */
parentPort?.once("message", (init: BoardInit) => {
  const runtime = new BoardRuntime(init, {
    crypto: createNodeCrypto(),
    post: (message) => parentPort?.postMessage(message),
    hostMicros,
  });
  runtime.run();
});
