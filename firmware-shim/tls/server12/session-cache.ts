/** A server's sessions by their ids: mbedTLS's ssl_cache.c. */

import type { Session12 } from "../handshake12/session.ts";
import { SESSION_CACHE_ENTRIES, SESSION_CACHE_TIMEOUT } from "../limits.ts";
import { oidKey as hexKey } from "../x509/oids.ts";

interface Entry {
  readonly session: Session12;
  /** Seconds since 1970 UTC. */
  readonly stored: number;
}

export class SessionCache {
  readonly #now: () => number;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry>();

  /** @param now - Seconds since 1970 UTC on the board's clock. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get(sessionId: Uint8Array): Session12 | undefined {
    const entry = this.#entries.get(hexKey(sessionId));
    return entry && this.#now() - entry.stored <= SESSION_CACHE_TIMEOUT ? entry.session : undefined;
  }

  /** The oldest session makes room where there is none. */
  set(session: Session12): void {
    const key = hexKey(session.sessionId);
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= SESSION_CACHE_ENTRIES) this.#entries.delete(oldest);
    this.#entries.set(key, { session, stored: this.#now() });
  }
}
