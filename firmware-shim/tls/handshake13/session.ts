/** A session of TLS 1.3 that can be resumed: `mbedtls_ssl_session`. */

import type { CipherSuite13 } from "../ciphersuites13.ts";

/** A ticket and what goes with it. It leads to the keys of its connections: who has it can take part in them. */
export interface Session13 {
  readonly version: "TLSv1.3";
  readonly cipherSuite: CipherSuite13;
  /** The PSK of the ticket. */
  readonly psk: Uint8Array;
  readonly ticket: Uint8Array;
  /** Added to the ticket's age, so that a listener does not learn it. */
  readonly ageAdd: number;
  /** Seconds. */
  readonly lifetime: number;
  /** Milliseconds since 1970 UTC on the board's clock, when the ticket came. */
  readonly received: number;
  /** The server's, under which alone it may be used again. */
  readonly hostName: string | undefined;
}

/** Milliseconds since 1970 UTC. @param now - Seconds. */
export function milliseconds(now: number): number {
  return Math.floor(now * 1000);
}
