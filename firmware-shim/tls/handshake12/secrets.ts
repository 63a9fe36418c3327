/** From the premaster secret to the protection of records: `mbedtls_ssl_derive_keys`. */

import { concatenate, encodeVector } from "../bytes.ts";
import { connectionKeys, extendedMasterSecret, masterSecret } from "../key-schedule.ts";
import type { RecordOpener, RecordSealer } from "../record/protection.ts";
import { createProtection, keyLengths } from "../record/suite-protection.ts";
import type { Handshake12 } from "./handshake.ts";
import type { Negotiated } from "./negotiated.ts";

export interface Secrets {
  readonly master: Uint8Array;
  /** For what is sent after the own ChangeCipherSpec. */
  readonly sealer: RecordSealer;
  /** For what comes after the peer's. */
  readonly opener: RecordOpener;
}

/** The master secret, from the messages up to ClientKeyExchange (RFC 7627) or from the randoms (RFC 5246). */
export function deriveMasterSecret(
  handshake: Handshake12,
  negotiated: Negotiated,
  preMasterSecret: Uint8Array,
): Uint8Array {
  const { io, transcript } = handshake;
  const { cipherSuite, randoms } = negotiated;
  return negotiated.extendedMasterSecret
    ? extendedMasterSecret(io.crypto, cipherSuite.prfHash, preMasterSecret, transcript.digest())
    : masterSecret(io.crypto, cipherSuite.prfHash, preMasterSecret, randoms);
}

/** Both directions' protection. An observer is told the secret, as `mbedtls_ssl_set_export_keys_cb` has it. */
export function deriveSecrets(handshake: Handshake12, negotiated: Negotiated, master: Uint8Array): Secrets {
  const { crypto } = handshake.io;
  const { cipherSuite, randoms, encryptThenMac } = negotiated;
  const clientRandom = randoms.client;
  handshake.io.report({ kind: "secret", label: "CLIENT_RANDOM", clientRandom, secret: master });
  const lengths = keyLengths(cipherSuite);
  const keys = connectionKeys(crypto, cipherSuite.prfHash, master, randoms, lengths);
  return {
    master,
    sealer: createProtection(crypto, cipherSuite, keys[handshake.role], encryptThenMac),
    opener: createProtection(crypto, cipherSuite, keys[handshake.peerRole], encryptThenMac),
  };
}

/**
 * The premaster secret of PSK suites: RFC 4279 section 2.
 *
 * @param other - What another key exchange has agreed on; as many zeros as the key is long where there is none.
 */
export function pskPreMasterSecret(other: Uint8Array, psk: Uint8Array): Uint8Array {
  return concatenate(encodeVector(2, other), encodeVector(2, psk));
}
