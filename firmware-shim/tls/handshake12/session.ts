/** A session that can be resumed: `mbedtls_ssl_session`. */

import type { CipherSuite } from "../ciphersuites.ts";
import type { MaxFragmentLengthCode } from "../context.ts";
import { MAX_PLAINTEXT_OUT } from "../limits.ts";
import type { Certificate } from "../x509/certificate.ts";

/** It holds the keys of its connections: who has it can read them. */
export interface Session12 {
  readonly version: "TLSv1.2";
  /** Empty where the server keeps none. */
  readonly sessionId: Uint8Array;
  readonly cipherSuite: CipherSuite;
  /** 48 bytes. */
  readonly masterSecret: Uint8Array;
  readonly encryptThenMac: boolean;
  /** What the client has asked for. */
  readonly maxFragmentLength: MaxFragmentLengthCode;
  readonly peerCertificates: readonly Certificate[];
  /** A client's ticket; empty without. */
  readonly ticket: Uint8Array;
}

const FRAGMENT_LENGTHS = [MAX_PLAINTEXT_OUT, 512, 1024, 2048, 4096] as const;

/** Most bytes of application data in a record that is sent (`mbedtls_ssl_get_max_out_record_payload`). */
export function maxPlaintextOut(code: MaxFragmentLengthCode): number {
  return Math.min(MAX_PLAINTEXT_OUT, FRAGMENT_LENGTHS[code]);
}
