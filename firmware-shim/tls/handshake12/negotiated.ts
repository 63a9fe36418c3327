/** What the hellos have settled. */

import type { CipherSuite } from "../ciphersuites.ts";
import type { MaxFragmentLengthCode } from "../context.ts";
import type { Randoms } from "../key-schedule.ts";
import type { Certificate } from "../x509/certificate.ts";

export interface Negotiated {
  readonly cipherSuite: CipherSuite;
  readonly randoms: Randoms;
  readonly sessionId: Uint8Array;
  readonly extendedMasterSecret: boolean;
  /** Says nothing where the suite is not CBC. */
  readonly encryptThenMac: boolean;
  readonly maxFragmentLength: MaxFragmentLengthCode;
  /** Whether the peer knows RFC 5746. */
  readonly secureRenegotiation: boolean;
  /** Whether the server has said that a NewSessionTicket will come. */
  readonly ticketExpected: boolean;
}

/** What is known once the peer's certificate has been seen, or none has come. */
export interface Authenticated extends Negotiated {
  readonly peerCertificates: readonly Certificate[];
}
