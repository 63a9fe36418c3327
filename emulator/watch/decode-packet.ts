import { WispError } from "../../firmware-shim/net/wisp/error.ts";
import { decode, type Packet } from "../../firmware-shim/net/wisp/packet.ts";

/** The packet, or undefined where a gateway has sent something that is none: the board ignores it too. */
export function decodeOrNothing(packet: Uint8Array): Packet | undefined {
  try {
    return decode(packet);
  } catch (error) {
    if (error instanceof WispError) return undefined;
    throw error;
  }
}
