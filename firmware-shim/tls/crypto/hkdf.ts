/** HKDF: RFC 5869. */

import { concatenate } from "../bytes.ts";
import type { CryptoProvider, HashName } from "./provider.ts";

/** HKDF-Extract. An empty salt stands for zeros. */
export function hkdfExtract(
  crypto: CryptoProvider,
  hash: HashName,
  salt: Uint8Array,
  keyMaterial: Uint8Array,
): Uint8Array {
  return crypto.hmac(hash, salt, keyMaterial);
}

/** HKDF-Expand, to at most 255 times the hash's length. */
export function hkdfExpand(
  crypto: CryptoProvider,
  hash: HashName,
  key: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  let output: Uint8Array = new Uint8Array(0);
  let block: Uint8Array = new Uint8Array(0);
  for (let counter = 1; output.length < length; counter++) {
    block = crypto.hmac(hash, key, concatenate(block, info, Uint8Array.of(counter)));
    output = concatenate(output, block);
  }
  return output.subarray(0, length);
}
