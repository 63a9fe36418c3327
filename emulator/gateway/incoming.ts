import type { Endpoint } from "../../firmware-shim/net/wisp/packet.ts";
import type { Outlet, Stream } from "./outlet.ts";

/** A connection on its way to a listener: of a program on this machine, or of another board. */
export interface Incoming {
  /** Whom it is from, as the board sees it. */
  readonly peer: Endpoint;
  /** Whether whoever wanted it has given up. */
  readonly gone: boolean;
  /** Makes it a stream of the listener's connection. */
  accept(id: number, outlet: Outlet): Stream;
  /** Nobody takes it. */
  refuse(): void;
}
