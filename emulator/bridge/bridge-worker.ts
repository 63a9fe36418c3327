/**
 * The bridge in a worker of its own, so that packets move while the board's worker computes or waits. The
 * entries bridge-worker-node.ts and bridge-worker-web.ts bring the platform's WebSocket.
 */

import { MAX_PACKET } from "../../firmware-shim/net/limits.ts";
import { Doorbell } from "../mailbox/doorbell.ts";
import { FrameRing } from "../mailbox/ring.ts";
import { type BridgeAddress, BridgeClient, type BridgeStatus, type OpenSocket } from "./bridge-client.ts";
import { BRIDGE_STOP } from "./commands.ts";
import { RingWriter } from "./ring-writer.ts";

/** The first message to the worker. */
export interface BridgeStart extends BridgeAddress {
  /** Of a {@link FrameRing}: packets to the board. */
  readonly ring: SharedArrayBuffer;
  /** Of the board's {@link Doorbell}. */
  readonly doorbell: SharedArrayBuffer;
  /** Packets from the board, each a Uint8Array; or null: it has drained a ring that was full. */
  readonly port: MessagePort;
  /** The address on the access point's network that the board had before and wants again. */
  readonly address?: string;
}

/** Later messages: where the gateway is from now on, or the end. */
export type BridgeCommand = BridgeAddress | typeof BRIDGE_STOP;

export interface BridgePlatform {
  readonly openSocket: OpenSocket;
  /** Tells the parent. */
  readonly post: (status: BridgeStatus) => void;
}

/**
 * Runs a bridge; the function returned takes commands.
 *
 * @throws RangeError where the ring is too small for a packet
 */
export function runBridge(
  start: BridgeStart,
  { openSocket, post }: BridgePlatform,
): (command: BridgeCommand) => void {
  const ring = new FrameRing(start.ring);
  if (ring.maxFrame < MAX_PACKET)
    throw new RangeError(`a ring of ${ring.capacity} bytes is too small for packets`);
  const writer = new RingWriter(ring, new Doorbell(start.doorbell));
  const client = new BridgeClient({
    url: start.url,
    token: start.token,
    ...(start.address !== undefined && { wantedAddress: start.address }),
    openSocket,
    deliver: (packet) => writer.write(packet),
    onStatus: post,
    startTimer(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  });
  start.port.onmessage = ({ data }: MessageEvent<Uint8Array | null>) => {
    if (data === null) writer.drained();
    else client.fromBoard(data);
  };
  client.start();
  return (command) => {
    if (command !== BRIDGE_STOP) {
      client.useAddress(command);
      return;
    }
    // A turn of the loop later: what the board posted before is then here.
    setTimeout(() => {
      start.port.close();
      client.stop();
    }, 0);
  };
}
