import { createNobleCrypto } from "../../firmware-shim/tls/crypto/noble.ts";
import { BoardRuntime } from "./board-runtime.ts";
import { hostMicros } from "./host-clock-web.ts";
import type { BoardInit } from "./messages.ts";

/** Entry of a board's worker in a page. */
self.onmessage = (event: MessageEvent<BoardInit>) => {
  const runtime = new BoardRuntime(event.data, {
    crypto: createNobleCrypto((length) => crypto.getRandomValues(new Uint8Array(length))),
    post: (message) => self.postMessage(message),
    hostMicros,
  });
  runtime.run();
};
