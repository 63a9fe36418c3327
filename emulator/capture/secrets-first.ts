import { PacketType } from "../../firmware-shim/net/wisp/constants.ts";
import type { Packet } from "../../firmware-shim/net/wisp/packet.ts";
import type { SecretEvent } from "../../firmware-shim/tls/events.ts";
import { clientHelloRandom } from "./client-hello.ts";
import { hex } from "./key-log.ts";
import { SECRETS_WAIT_MS } from "./limits.ts";

/** Labels of the secrets that are the last of a handshake's. */
const LAST_SECRETS: readonly string[] = ["CLIENT_RANDOM", "EXPORTER_SECRET"];

/**
 * Puts secrets before what they decrypt. A server's first flight of TLS 1.3 has come with its ServerHello before the
 * board can know its secrets, and a client's Finished with its key exchange: so whatever follows a ClientHello is held
 * back until they are there, and all else behind it, in order.
 */
export class SecretsFirst {
  readonly #write: (bytes: Uint8Array) => void;
  /** Streams whose secrets are still to come, and the client's random of each. */
  readonly #waiting = new Map<number, string>();
  readonly #held: { readonly stream: number; readonly bytes: Uint8Array }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  /** @param bytes - what stands for the packet in the file; may be none */
  packet(packet: Packet, bytes: Uint8Array): void {
    const { stream } = packet;
    if (bytes.length > 0) this.#held.push({ stream, bytes });
    // It has failed, and there will be no secrets.
    if (packet.type === PacketType.CLOSE) this.#waiting.delete(stream);
    this.#release();
    if (packet.type !== PacketType.DATA && packet.type !== PacketType.DATAGRAM) return;
    const random = clientHelloRandom(packet.data);
    if (random) this.#waiting.set(stream, hex(random));
  }

  /** @param bytes - what stands for the secret in the file */
  secret({ label, clientRandom }: SecretEvent, bytes: Uint8Array): void {
    this.#write(bytes);
    if (!LAST_SECRETS.includes(label)) return;
    const random = hex(clientRandom);
    for (const [stream, waiting] of this.#waiting) {
      if (waiting === random) this.#waiting.delete(stream);
    }
    this.#release();
  }

  /** Writes what is held, come what may. */
  flush(): void {
    this.#waiting.clear();
    this.#release();
  }

  #release(): void {
    const before = this.#held[0];
    let first = before;
    while (first && !this.#waiting.has(first.stream)) {
      this.#write(first.bytes);
      this.#held.shift();
      first = this.#held[0];
    }
    // The one that is waited for has not changed.
    if (first === before && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!first) return;
    const { stream } = first;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#waiting.delete(stream);
      this.#release();
    }, SECRETS_WAIT_MS);
  }
}
