import { encodeContinue, encodeWindow } from "../../firmware-shim/net/wisp/packet.ts";
import { MAX_BUFFERED, PLAIN_BUFFER_PACKETS, RECEIVE_WINDOW, WINDOW_UPDATE } from "./limits.ts";
import type { Outlet } from "./outlet.ts";

/**
 * The credit of a stream's data from the client, in bytes or, for a plain Wisp client, in packets: given
 * back as the kernel takes them.
 */
export class Inflow {
  readonly #stream: number;
  readonly #outlet: Outlet;
  readonly #transport: "tcp" | "udp";
  #receivable = RECEIVE_WINDOW;
  #waitingBytes = 0;
  #waitingPackets = 0;
  #doneBytes = 0;
  #donePackets = 0;

  constructor(stream: number, outlet: Outlet, transport: "tcp" | "udp") {
    this.#stream = stream;
    this.#outlet = outlet;
    this.#transport = transport;
  }

  /** A packet came; false where the client has sent more than it may. */
  received(bytes: number): boolean {
    this.#waitingBytes += bytes;
    this.#waitingPackets++;
    this.#receivable -= bytes;
    return this.#outlet.window === undefined ? this.#waitingBytes <= MAX_BUFFERED : this.#receivable >= 0;
  }

  /** A packet's bytes are with the kernel. */
  done(bytes: number): void {
    this.#waitingBytes -= bytes;
    this.#waitingPackets--;
    this.#doneBytes += bytes;
    this.#donePackets++;
    if (this.#outlet.window === undefined) this.#continue();
    else if (this.#doneBytes >= WINDOW_UPDATE) this.#addWindow();
  }

  #addWindow(): void {
    this.#outlet.send(encodeWindow(this.#stream, this.#doneBytes));
    this.#receivable += this.#doneBytes;
    this.#doneBytes = 0;
  }

  /** "The server should regularly send CONTINUE packets before this point": every quarter of them. */
  #continue(): void {
    // "If the associated stream is a UDP socket, then CONTINUE packets must not be sent."
    if (this.#transport === "udp" || this.#donePackets < PLAIN_BUFFER_PACKETS / 4) return;
    this.#donePackets = 0;
    const remaining = Math.max(0, PLAIN_BUFFER_PACKETS - this.#waitingPackets);
    this.#outlet.send(encodeContinue(this.#stream, remaining));
  }
}
