/** The board's name look-ups, as lwIP's DNS client behaves on the ESP32 (lwIP, netdb.c and core/dns.c). */

import * as errno from "./errno.ts";
import { MAX_LOOKUPS, MAX_NAME_LENGTH } from "./limits.ts";
import { parseIpv4, utf8Encode } from "./wisp/bytes.ts";
import { ResolveStatus } from "./wisp/constants.ts";
import { encodeResolve } from "./wisp/packet.ts";

export class Resolver {
  readonly #send: (packet: Uint8Array<ArrayBuffer>) => void;
  /** By request: undefined while under way, then the addresses or a negative error. */
  readonly #lookups = new Map<number, readonly string[] | number | undefined>();
  #lastRequest = 0;

  constructor(send: (packet: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  start(name: string, linkUp: boolean): number {
    const known = knownAddress(name);
    if (known === undefined && !linkUp) return -errno.EAI_FAIL;
    if (name === "" || utf8Encode(name).length > MAX_NAME_LENGTH) return -errno.EAI_FAIL;
    // A full table fails the look-up in lwIP too (dns_enqueue: ERR_MEM).
    if (this.#lookups.size >= MAX_LOOKUPS) return -errno.EAI_FAIL;
    const request = this.#nextRequest();
    this.#lookups.set(request, known === undefined ? undefined : [known]);
    if (known === undefined) this.#send(encodeResolve(request, name));
    return request;
  }

  result(request: number): readonly string[] | number {
    if (!this.#lookups.has(request)) return -errno.EINVAL;
    const result = this.#lookups.get(request);
    if (result === undefined) return -errno.EINPROGRESS;
    this.#lookups.delete(request);
    return result;
  }

  cancel(request: number): void {
    this.#lookups.delete(request);
  }

  cancelAll(): void {
    this.#lookups.clear();
  }

  receive(request: number, status: number, addresses: readonly string[]): void {
    if (!this.#lookups.has(request)) return;
    const found = status === ResolveStatus.OK && addresses.length > 0;
    this.#lookups.set(request, found ? addresses : -errno.EAI_FAIL);
  }

  linkLost(): void {
    for (const [request, result] of this.#lookups) {
      if (result === undefined) this.#lookups.set(request, -errno.EAI_FAIL);
    }
  }

  #nextRequest(): number {
    do this.#lastRequest = (this.#lastRequest % 0x7fffffff) + 1;
    while (this.#lookups.has(this.#lastRequest));
    return this.#lastRequest;
  }
}

/** Names that need nobody's answer: addresses, and lwIP's own "localhost" (core/dns.c). */
function knownAddress(name: string): string | undefined {
  if (parseIpv4(name) !== undefined) return name;
  return name === "localhost" ? "127.0.0.1" : undefined;
}
