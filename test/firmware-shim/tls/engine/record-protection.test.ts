/** CBC records: padding and MAC judged together, nothing told apart (Lucky 13), and encrypt-then-MAC. */

import { describe, expect, test } from "vitest";
import { concatenate } from "../../../../firmware-shim/tls/bytes.ts";
import type { CryptoProvider, HashName } from "../../../../firmware-shim/tls/crypto/provider.ts";
import { Cbc12Protection, CbcEtm12Protection } from "../../../../firmware-shim/tls/record/cbc12.ts";
import {
  atLeastMask,
  copySecretOffset,
  equalMask,
  RecordMac,
} from "../../../../firmware-shim/tls/record/mac.ts";
import { providers } from "../crypto/providers.ts";

const SEQUENCE = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7);
const context = { contentType: 23, version: 0x0303, sequence: SEQUENCE };
const KEY = new Uint8Array(16).fill(0x42);
const IV = new Uint8Array(16).fill(0x24);
const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 13) & 0xff);
const MAC_LENGTHS = { sha1: 20, sha256: 32, sha384: 48 } as const;
const HASHES = Object.keys(MAC_LENGTHS) as (keyof typeof MAC_LENGTHS)[];

const mac = (crypto: CryptoProvider, hash: HashName) =>
  new RecordMac(crypto, hash, new Uint8Array(MAC_LENGTHS[hash as "sha1"]).fill(9));
const header = (length: number) => Uint8Array.of(...SEQUENCE, 23, 3, 3, length >> 8, length & 0xff);

test("masks", () => {
  for (const a of [0, 1, 2, 255, 256, 16384, 0x7ffffffe]) {
    for (const b of [0, 1, 2, 255, 256, 16384, 0x7ffffffe]) {
      expect(equalMask(a, b)).toBe(a === b ? -1 : 0);
      expect(atLeastMask(a, b)).toBe(a >= b ? -1 : 0);
    }
  }
  expect(copySecretOffset(bytes(100), 40, 30, 60, 20)).toEqual(bytes(100).slice(40, 60));
});

describe.each(providers)("$name", ({ crypto }) => {
  test.each(HASHES)("an HMAC with %s of a secret length is the HMAC", (hash) => {
    const own = mac(crypto, hash);
    for (const [min, max] of [
      [0, 40],
      [60, 316],
    ] as const) {
      for (let length = min; length <= max; length += 7) {
        const data = bytes(400);
        expect(own.computeSecretLength(header(length), data, length, min, max)).toEqual(
          own.compute(concatenate(header(length), data.subarray(0, length))),
        );
      }
    }
  });

  describe.each(HASHES)("MAC-then-encrypt with %s", (hash) => {
    const cipher = crypto.aesCbc(KEY);
    const protection = new Cbc12Protection(cipher, mac(crypto, hash), () => IV);
    const macOf = (data: Uint8Array) => mac(crypto, hash).compute(concatenate(header(data.length), data));
    /** A record with this plaintext, padding and all. */
    const record = (...plaintext: Uint8Array[]) =>
      concatenate(IV, cipher.encrypt(IV, concatenate(...plaintext)));

    test("what seal gives, open takes", () => {
      for (let length = 0; length < 70; length++) {
        const sealed = protection.seal(context, bytes(length));
        expect(sealed.length % 16).toBe(0);
        expect(protection.open(context, sealed)).toEqual(bytes(length));
      }
      expect(protection.open(context, protection.seal(context, bytes(16384)))).toEqual(bytes(16384));
      expect(
        protection.open({ ...context, contentType: 22 }, protection.seal(context, bytes(3))),
      ).toBeUndefined();
    });

    test("padding of any length is taken, 256 bytes included", () => {
      const data = bytes(400);
      const unpadded = data.length + MAC_LENGTHS[hash];
      for (let padding = 16 - (unpadded % 16); padding <= 256; padding += 16) {
        const pad = new Uint8Array(padding).fill(padding - 1);
        expect(protection.open(context, record(data, macOf(data), pad))).toEqual(data);
      }
    });

    test("any byte changed, it is refused", () => {
      const sealed = protection.seal(context, bytes(20));
      for (let index = 0; index < sealed.length; index++) {
        expect(protection.open(context, sealed.with(index, sealed[index]! ^ 1))).toBeUndefined();
      }
    });

    test("wrong padding under a right MAC, a wrong MAC under right padding, and no room for either", () => {
      const data = bytes(11 + 64 - (MAC_LENGTHS[hash] % 16));
      const good = concatenate(data, macOf(data), new Uint8Array(5).fill(4));
      expect(protection.open(context, record(good))).toEqual(data);
      for (let index = 1; index <= 5; index++) {
        const at = good.length - index;
        expect(protection.open(context, record(good.with(at, good[at]! ^ 0x10)))).toBeUndefined();
      }
      for (let index = 0; index < good.length - 5; index++) {
        expect(protection.open(context, record(good.with(index, good[index]! ^ 0x10)))).toBeUndefined();
      }
      // Padding longer than the record, up to the length byte's most.
      for (const last of [good.length - 1, good.length, 200, 255]) {
        expect(protection.open(context, record(new Uint8Array(good.length).fill(last)))).toBeUndefined();
      }
      for (const length of [0, 15, 16, 17, 31, 32, 33, 47, 48]) {
        expect(protection.open(context, new Uint8Array(length))).toBeUndefined();
      }
    });

    test("it hashes the same blocks whatever the padding says", () => {
      const counts = new Set<string>();
      const data = bytes(512 - MAC_LENGTHS[hash] - 16);
      for (const last of [0, 1, 15, 16, 100, 255]) {
        const calls: number[] = [];
        const counting: CryptoProvider = {
          ...crypto,
          createHash: (name) => {
            const hashing = crypto.createHash(name);
            return {
              update: (part) => {
                calls.push(part.length);
                hashing.update(part);
              },
              digest: () => {
                calls.push(-1);
                return hashing.digest();
              },
            };
          },
        };
        const counted = new Cbc12Protection(cipher, mac(counting, hash), () => IV);
        const padding = new Uint8Array(16).fill(last);
        expect(
          counted.open(context, record(data, new Uint8Array(MAC_LENGTHS[hash]), padding)),
        ).toBeUndefined();
        counts.add(calls.join());
      }
      expect(counts.size).toBe(1);
    });
  });

  describe.each(HASHES)("encrypt-then-MAC with %s", (hash) => {
    const cipher = crypto.ariaCbc(KEY);
    const protection = new CbcEtm12Protection(cipher, mac(crypto, hash), () => IV);

    test("what seal gives, open takes, and nothing else", () => {
      for (let length = 0; length < 40; length++) {
        expect(protection.open(context, protection.seal(context, bytes(length)))).toEqual(bytes(length));
      }
      const sealed = protection.seal(context, bytes(20));
      for (let index = 0; index < sealed.length; index++) {
        expect(protection.open(context, sealed.with(index, sealed[index]! ^ 1))).toBeUndefined();
        expect(protection.open(context, sealed.subarray(0, index))).toBeUndefined();
      }
    });

    test("wrong padding is refused under a right MAC", () => {
      const plaintext = new Uint8Array(32).fill(5).with(31, 6);
      const encrypted = concatenate(IV, cipher.encrypt(IV, plaintext));
      const tag = mac(crypto, hash).compute(concatenate(header(encrypted.length), encrypted));
      expect(protection.open(context, concatenate(encrypted, tag))).toBeUndefined();
    });
  });
});
