/** Keys of TLS 1.3: RFC 8446 sections 4.2.11.2, 4.4.4, 7.1 to 7.3. */

import { concatenate, encodeUint, encodeUtf8, encodeVector } from "./bytes.ts";
import type { CipherSuite13 } from "./ciphersuites13.ts";
import { hkdfExpand, hkdfExtract } from "./crypto/hkdf.ts";
import type { CryptoProvider } from "./crypto/provider.ts";
import { TLS13_IV_LENGTH } from "./limits.ts";

const EMPTY = new Uint8Array(0);

/** The keys of one direction. */
export interface TrafficKeys {
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly iv: Uint8Array;
}

/** HKDF-Expand-Label: section 7.1. */
export function hkdfExpandLabel(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const name = encodeVector(1, encodeUtf8(`tls13 ${label}`));
  const info = concatenate(encodeUint(length, 2), name, encodeVector(1, context));
  return hkdfExpand(crypto, suite.hash, secret, info, length);
}

/**
 * Derive-Secret: section 7.1.
 *
 * @param transcriptHash - The hash of the messages; left out where there are none.
 */
export function deriveSecret(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  secret: Uint8Array,
  label: string,
  transcriptHash: Uint8Array = crypto.hash(suite.hash, EMPTY),
): Uint8Array {
  return hkdfExpandLabel(crypto, suite, secret, label, transcriptHash, suite.hashLength);
}

/** The early secret, from a PSK; without one, from zeros. */
export function earlySecret(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  psk: Uint8Array = new Uint8Array(suite.hashLength),
): Uint8Array {
  return hkdfExtract(crypto, suite.hash, EMPTY, psk);
}

/** The handshake secret, from the shared secret of the key exchange. */
export function handshakeSecret(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  early: Uint8Array,
  sharedSecret: Uint8Array,
): Uint8Array {
  return hkdfExtract(crypto, suite.hash, deriveSecret(crypto, suite, early, "derived"), sharedSecret);
}

/** The master secret. */
export function masterSecret13(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  handshake: Uint8Array,
): Uint8Array {
  const salt = deriveSecret(crypto, suite, handshake, "derived");
  return hkdfExtract(crypto, suite.hash, salt, new Uint8Array(suite.hashLength));
}

/** Key and IV of a traffic secret: section 7.3. */
export function trafficKeys(crypto: CryptoProvider, suite: CipherSuite13, secret: Uint8Array): TrafficKeys {
  return {
    key: hkdfExpandLabel(crypto, suite, secret, "key", EMPTY, suite.keyLength),
    iv: hkdfExpandLabel(crypto, suite, secret, "iv", EMPTY, TLS13_IV_LENGTH),
  };
}

/** The traffic secret after a key update: section 7.2. */
export function nextTrafficSecret(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  secret: Uint8Array,
): Uint8Array {
  return hkdfExpandLabel(crypto, suite, secret, "traffic upd", EMPTY, suite.hashLength);
}

/**
 * `verify_data` of a Finished message (section 4.4.4), and a PSK's binder (section 4.2.11.2).
 *
 * @param secret - The sender's handshake traffic secret, or the binder key.
 */
export function verifyData13(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  secret: Uint8Array,
  transcriptHash: Uint8Array,
): Uint8Array {
  const key = hkdfExpandLabel(crypto, suite, secret, "finished", EMPTY, suite.hashLength);
  return crypto.hmac(suite.hash, key, transcriptHash);
}

/** The binder of a resumption PSK: section 4.2.11.2. */
export function resumptionBinder(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  psk: Uint8Array,
  transcriptHash: Uint8Array,
): Uint8Array {
  const binderKey = deriveSecret(crypto, suite, earlySecret(crypto, suite, psk), "res binder");
  return verifyData13(crypto, suite, binderKey, transcriptHash);
}

/** The PSK of a ticket: section 4.6.1. */
export function resumptionPsk(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  resumptionMaster: Uint8Array,
  ticketNonce: Uint8Array,
): Uint8Array {
  return hkdfExpandLabel(crypto, suite, resumptionMaster, "resumption", ticketNonce, suite.hashLength);
}
