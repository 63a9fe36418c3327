import type { OpenSocket } from "./bridge-client.ts";
import { type BridgeCommand, type BridgeStart, runBridge } from "./bridge-worker.ts";

/** A browser's WebSocket as the bridge wants it. */
const openSocket: OpenSocket = (url, protocols, events) => {
  const webSocket = new WebSocket(url, [...protocols]);
  webSocket.binaryType = "arraybuffer";
  webSocket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) events.message(new Uint8Array(data));
  };
  // A browser does not tell why.
  webSocket.onclose = ({ reason }) => events.closed(reason || `there is no gateway at ${url}`);
  return {
    send: (packet) => {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.send(packet as Uint8Array<ArrayBuffer>);
    },
    close: () => webSocket.close(),
  };
};

/** Entry of the bridge's worker in a page: takes a {@link BridgeStart}, later {@link BridgeCommand}s. */
self.onmessage = (event: MessageEvent<BridgeStart>) => {
  const obey = runBridge(event.data, { openSocket, post: (status) => self.postMessage(status) });
  self.onmessage = ({ data }: MessageEvent<BridgeCommand>) => obey(data);
};
