/** The MAC of CBC suites: HMAC (RFC 2104), for plaintext whose length must stay secret. */

import type { CryptoProvider, HashName } from "../crypto/provider.ts";

/** Bytes of a hash's output. */
const HASH_LENGTHS: Readonly<Record<HashName, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** Bytes of a hash's block (FIPS 180-4 section 1). */
const BLOCK_LENGTHS: Readonly<Record<HashName, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

export class RecordMac {
  readonly length: number;
  readonly #crypto: CryptoProvider;
  readonly #hash: HashName;
  readonly #key: Uint8Array;

  /** @param key - Of the hash's length, as the key block has it. */
  constructor(crypto: CryptoProvider, hash: HashName, key: Uint8Array) {
    this.#crypto = crypto;
    this.#hash = hash;
    this.#key = key.slice();
    this.length = macLength(hash);
  }

  compute(data: Uint8Array): Uint8Array {
    return this.#crypto.hmac(this.#hash, this.#key, data);
  }

  /**
   * The MAC of `header` and the first `secretLength` bytes of `data`. Every length from `minLength` to `maxLength`
   * is hashed and the right result is picked without a branch, so that neither time nor memory access tells which
   * it was: `mbedtls_ct_hmac`, against Lucky 13.
   */
  computeSecretLength(
    header: Uint8Array,
    data: Uint8Array,
    secretLength: number,
    minLength: number,
    maxLength: number,
  ): Uint8Array {
    const inner = this.#crypto.createHash(this.#hash);
    inner.update(this.#padded(INNER_PAD));
    inner.update(header);
    inner.update(data.subarray(0, minLength));
    const picked = new Uint8Array(this.length);
    for (let length = minLength; ; length++) {
      const digest = inner.digest();
      const mask = equalMask(length, secretLength);
      for (let index = 0; index < picked.length; index++) picked[index]! |= digest[index]! & mask;
      if (length >= maxLength) break;
      inner.update(data.subarray(length, length + 1));
    }
    const outer = this.#crypto.createHash(this.#hash);
    outer.update(this.#padded(OUTER_PAD));
    outer.update(picked);
    return outer.digest();
  }

  #padded(pad: number): Uint8Array {
    const block = new Uint8Array(BLOCK_LENGTHS[this.#hash]).fill(pad);
    for (let index = 0; index < this.#key.length; index++) block[index]! ^= this.#key[index]!;
    return block;
  }
}

/** Bytes of a MAC, and of its key. */
export function macLength(hash: HashName): number {
  return HASH_LENGTHS[hash];
}

/** All ones when the numbers are the same, else 0, without a branch. They are below 2^31. */
export function equalMask(a: number, b: number): number {
  const difference = a ^ b;
  return ~((difference | -difference) >> 31);
}

/** All ones when `a >= b`, else 0, without a branch. They are below 2^31. */
export function atLeastMask(a: number, b: number): number {
  return ~((a - b) >> 31);
}

/**
 * `length` bytes of `data` from `secretOffset` on, which lies between `minOffset` and `maxOffset`; all of these
 * places are read (`mbedtls_ct_memcpy_offset`).
 */
export function copySecretOffset(
  data: Uint8Array,
  secretOffset: number,
  minOffset: number,
  maxOffset: number,
  length: number,
): Uint8Array {
  const copy = new Uint8Array(length);
  for (let offset = minOffset; offset <= maxOffset; offset++) {
    const mask = equalMask(offset, secretOffset);
    for (let index = 0; index < length; index++) copy[index]! |= (data[offset + index] ?? 0) & mask;
  }
  return copy;
}
