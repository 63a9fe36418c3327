import { parentPort } from "node:worker_threads";
import { WebSocket } from "ws";
import type { OpenSocket } from "./bridge-client.ts";
import { type BridgeCommand, type BridgeStart, runBridge } from "./bridge-worker.ts";
import { BRIDGE_STOP } from "./commands.ts";
import { HANDSHAKE_TIMEOUT, MAX_MESSAGE } from "./limits.ts";

/** `ws` as the bridge wants it. */
const openSocket: OpenSocket = (url, protocols, events) => {
  const webSocket = new WebSocket(url, [...protocols], {
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
  });
  let failure = "the gateway has closed the connection";
  webSocket.on("message", (data, isBinary) => {
    if (isBinary) events.message(data as Buffer);
  });
  webSocket.on("error", (error) => {
    // Node gives several attempts' errors one without a text of its own.
    const [first = error] = error instanceof AggregateError ? (error.errors as Error[]) : [];
    failure = first.message;
  });
  webSocket.on("close", () => events.closed(failure));
  return {
    send: (packet) => webSocket.send(packet),
    close: () => webSocket.close(),
  };
};

/** Entry of the bridge's worker in Node: takes a {@link BridgeStart}, later {@link BridgeCommand}s. */
parentPort?.once("message", (start: BridgeStart) => {
  const obey = runBridge(start, { openSocket, post: (status) => parentPort?.postMessage(status) });
  const listener = (command: BridgeCommand) => {
    // Without a listener the worker ends as soon as its last socket has closed.
    if (command === BRIDGE_STOP) parentPort?.off("message", listener);
    obey(command);
  };
  parentPort?.on("message", listener);
});
