/** Keys of TLS 1.2: RFC 5246 sections 6.3, 7.4.9 and 8.1, RFC 7627 section 4. */

import { concatenate } from "./bytes.ts";
import { prf } from "./crypto/prf.ts";
import type { CryptoProvider, HashName } from "./crypto/provider.ts";
import { MASTER_SECRET_LENGTH, VERIFY_DATA_LENGTH } from "./limits.ts";

export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** `master_secret` from both randoms: RFC 5246 section 8.1. */
export function masterSecret(
  crypto: CryptoProvider,
  hash: HashName,
  preMasterSecret: Uint8Array,
  randoms: Randoms,
): Uint8Array {
  const seed = concatenate(randoms.client, randoms.server);
  return prf(crypto, hash, preMasterSecret, "master secret", seed, MASTER_SECRET_LENGTH);
}

/** `master_secret` from the hash of all messages up to ClientKeyExchange: RFC 7627 section 4. */
export function extendedMasterSecret(
  crypto: CryptoProvider,
  hash: HashName,
  preMasterSecret: Uint8Array,
  sessionHash: Uint8Array,
): Uint8Array {
  return prf(crypto, hash, preMasterSecret, "extended master secret", sessionHash, MASTER_SECRET_LENGTH);
}

/** Bytes that a cipher takes out of the key block, for each direction. */
export interface KeyLengths {
  readonly macKey: number;
  readonly key: number;
  readonly iv: number;
}

/** The keys of one direction. */
export interface DirectionKeys {
  readonly macKey: Uint8Array;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

export interface ConnectionKeys {
  readonly client: DirectionKeys;
  readonly server: DirectionKeys;
}

/** The key block, cut up: RFC 5246 section 6.3. */
export function connectionKeys(
  crypto: CryptoProvider,
  hash: HashName,
  master: Uint8Array,
  randoms: Randoms,
  lengths: KeyLengths,
): ConnectionKeys {
  const total = 2 * (lengths.macKey + lengths.key + lengths.iv);
  const block = prf(
    crypto,
    hash,
    master,
    "key expansion",
    concatenate(randoms.server, randoms.client),
    total,
  );
  let offset = 0;
  const take = (length: number): Uint8Array => {
    offset += length;
    return block.subarray(offset - length, offset);
  };
  const macKeys = [take(lengths.macKey), take(lengths.macKey)] as const;
  const keys = [take(lengths.key), take(lengths.key)] as const;
  const ivs = [take(lengths.iv), take(lengths.iv)] as const;
  return {
    client: { macKey: macKeys[0], key: keys[0], iv: ivs[0] },
    server: { macKey: macKeys[1], key: keys[1], iv: ivs[1] },
  };
}

/** `verify_data` of a Finished message: RFC 5246 section 7.4.9. */
export function verifyData(
  crypto: CryptoProvider,
  hash: HashName,
  master: Uint8Array,
  sender: "client" | "server",
  transcriptHash: Uint8Array,
): Uint8Array {
  return prf(crypto, hash, master, `${sender} finished`, transcriptHash, VERIFY_DATA_LENGTH);
}
