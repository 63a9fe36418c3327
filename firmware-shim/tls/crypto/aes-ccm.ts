/** AES-CCM over noble's CBC and counter mode: RFC 3610 with 12-byte nonces, as RFC 6655 section 3 uses it. */

import { cbc, ctr } from "@noble/ciphers/aes.js";
import { concatenate, encodeUint, equalConstantTime } from "../bytes.ts";
import type { AeadKey } from "./provider.ts";

const BLOCK_LENGTH = 16;
const NONCE_LENGTH = 12;
/** Bytes of the message's length in the first block, and of the counter: 15 less the nonce. */
const LENGTH_LENGTH = 15 - NONCE_LENGTH;
const HAS_ADDITIONAL_DATA = 0x40;

/**
 * @param key - 16 or 32 bytes.
 * @param tagLength - 16, or 8 for the CCM_8 suites.
 */
export function aesCcm(key: Uint8Array, tagLength: 8 | 16): AeadKey {
  const ownKey = key.slice();
  return {
    seal: (nonce, additionalData, plaintext) => {
      const mac = authenticate(ownKey, tagLength, nonce, additionalData, plaintext);
      const stream = crypt(ownKey, nonce, mac, plaintext);
      return concatenate(stream.subarray(BLOCK_LENGTH), stream.subarray(0, tagLength));
    },
    open: (nonce, additionalData, sealed) => {
      const length = sealed.length - tagLength;
      if (length < 0) return undefined;
      const tag = new Uint8Array(BLOCK_LENGTH);
      tag.set(sealed.subarray(length));
      const stream = crypt(ownKey, nonce, tag, sealed.subarray(0, length));
      const plaintext = stream.subarray(BLOCK_LENGTH);
      const mac = authenticate(ownKey, tagLength, nonce, additionalData, plaintext);
      return equalConstantTime(mac.subarray(0, tagLength), stream.subarray(0, tagLength))
        ? plaintext
        : undefined;
    },
  };
}

/** Encrypts or decrypts the tag, with counter 0, and the data after it: section 2.3. */
function crypt(key: Uint8Array, nonce: Uint8Array, tag: Uint8Array, data: Uint8Array): Uint8Array {
  const counter = concatenate(Uint8Array.of(LENGTH_LENGTH - 1), nonce, new Uint8Array(LENGTH_LENGTH));
  return ctr(key, counter).encrypt(concatenate(tag, data));
}

/** The CBC-MAC, not yet encrypted nor cut: section 2.2. */
function authenticate(
  key: Uint8Array,
  tagLength: number,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const hasData = additionalData.length > 0;
  const flags = (hasData ? HAS_ADDITIONAL_DATA : 0) | (((tagLength - 2) / 2) << 3) | (LENGTH_LENGTH - 1);
  const first = concatenate(Uint8Array.of(flags), nonce, encodeUint(plaintext.length, LENGTH_LENGTH));
  const header = hasData ? concatenate(encodeUint(additionalData.length, 2), additionalData) : additionalData;
  const blocks = concatenate(first, padded(header), padded(plaintext));
  const chained = cbc(key, new Uint8Array(BLOCK_LENGTH), { disablePadding: true }).encrypt(blocks);
  return chained.subarray(chained.length - BLOCK_LENGTH);
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % BLOCK_LENGTH;
  return rest === 0 ? bytes : concatenate(bytes, new Uint8Array(BLOCK_LENGTH - rest));
}
