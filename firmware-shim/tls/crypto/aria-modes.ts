/** CBC and GCM over ARIA: NIST SP 800-38A section 6.2 and SP 800-38D, as RFC 6209 uses them. */

import { ghash } from "@noble/ciphers/_polyval.js";
import { concatenate, equalConstantTime } from "../bytes.ts";
import { ARIA_BLOCK_LENGTH, Aria } from "./aria.ts";
import { GCM_TAG_LENGTH } from "./limits.ts";
import type { AeadKey, CbcKey } from "./provider.ts";

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** `words ^= bytes`, four big-endian words. */
function add(words: Int32Array, bytes: DataView, offset: number): void {
  for (let word = 0; word < 4; word++) words[word]! ^= bytes.getInt32(offset + 4 * word);
}

function store(bytes: DataView, offset: number, words: Int32Array): void {
  for (let word = 0; word < 4; word++) bytes.setInt32(offset + 4 * word, words[word]!);
}

/** @param key - 16, 24 or 32 bytes. */
export function ariaCbc(key: Uint8Array): CbcKey {
  const aria = new Aria(key);
  return {
    encrypt: (iv, plaintext) => {
      const input = view(plaintext);
      const ciphertext = new Uint8Array(plaintext.length);
      const output = view(ciphertext);
      const block = new Int32Array(4);
      add(block, view(iv), 0);
      for (let offset = 0; offset < plaintext.length; offset += ARIA_BLOCK_LENGTH) {
        add(block, input, offset);
        aria.encrypt(block);
        store(output, offset, block);
      }
      return ciphertext;
    },
    decrypt: (iv, ciphertext) => {
      const input = view(concatenate(iv, ciphertext));
      const plaintext = new Uint8Array(ciphertext.length);
      const output = view(plaintext);
      const block = new Int32Array(4);
      for (let offset = 0; offset < ciphertext.length; offset += ARIA_BLOCK_LENGTH) {
        block.fill(0);
        add(block, input, offset + ARIA_BLOCK_LENGTH);
        aria.decrypt(block);
        add(block, input, offset);
        store(output, offset, block);
      }
      return plaintext;
    },
  };
}

/** @param key - 16, 24 or 32 bytes. Nonces are 12 bytes long. */
export function ariaGcm(key: Uint8Array): AeadKey {
  const aria = new Aria(key);
  const hashKey = new Uint8Array(ARIA_BLOCK_LENGTH);
  store(view(hashKey), 0, encrypted(aria, new Int32Array(4)));
  return {
    seal: (nonce, additionalData, plaintext) => {
      const ciphertext = counterMode(aria, nonce, plaintext);
      return concatenate(ciphertext, tag(aria, hashKey, nonce, additionalData, ciphertext));
    },
    open: (nonce, additionalData, sealed) => {
      const length = sealed.length - GCM_TAG_LENGTH;
      if (length < 0) return undefined;
      const ciphertext = sealed.subarray(0, length);
      const expected = tag(aria, hashKey, nonce, additionalData, ciphertext);
      if (!equalConstantTime(expected, sealed.subarray(length))) return undefined;
      return counterMode(aria, nonce, ciphertext);
    },
  };
}

function encrypted(aria: Aria, block: Int32Array): Int32Array {
  aria.encrypt(block);
  return block;
}

/** The block for a counter value: the nonce and 32 bits. */
function counterBlock(nonce: DataView, counter: number): Int32Array {
  return Int32Array.of(nonce.getInt32(0), nonce.getInt32(4), nonce.getInt32(8), counter);
}

/** Data starts at counter 2; 1 is the tag's. */
function counterMode(aria: Aria, nonce: Uint8Array, data: Uint8Array): Uint8Array {
  const start = view(nonce);
  const output = data.slice();
  const stream = new Uint8Array(ARIA_BLOCK_LENGTH);
  for (let offset = 0, counter = 2; offset < data.length; offset += ARIA_BLOCK_LENGTH, counter++) {
    store(view(stream), 0, encrypted(aria, counterBlock(start, counter)));
    const end = Math.min(data.length, offset + ARIA_BLOCK_LENGTH);
    for (let index = offset; index < end; index++) output[index]! ^= stream[index - offset]!;
  }
  return output;
}

function tag(
  aria: Aria,
  hashKey: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const lengths = new Uint8Array(ARIA_BLOCK_LENGTH);
  view(lengths).setUint32(4, additionalData.length * 8);
  view(lengths).setUint32(12, ciphertext.length * 8);
  // Each update is padded to whole blocks, which is what GCM wants.
  const hash = ghash.create(hashKey, ciphertext.length + 2 * ARIA_BLOCK_LENGTH);
  const digest = hash.update(additionalData).update(ciphertext).update(lengths).digest();
  const block = encrypted(aria, counterBlock(view(nonce), 1));
  add(block, view(digest), 0);
  store(view(digest), 0, block);
  return digest;
}
