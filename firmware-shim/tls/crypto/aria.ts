/**
 * The block cipher ARIA with keys of 128, 192 and 256 bits: RFC 5794. Neither noble nor browsers have it. Tables are
 * looked up at secret places, as mbedTLS's `aria.c` does.
 */

/** Bytes of a block. */
export const ARIA_BLOCK_LENGTH = 16;

/** SB1, which is AES's S-box, and SB2: RFC 5794 section 2.4.2. SB3 and SB4 are their inverses. */
const SB1 = fromHex(
  "637c777bf26b6fc53001672bfed7ab76ca82c97dfa5947f0add4a2af9ca472c0" +
    "b7fd9326363ff7cc34a5e5f171d8311504c723c31896059a071280e2eb27b275" +
    "09832c1a1b6e5aa0523bd6b329e32f8453d100ed20fcb15b6acbbe394a4c58cf" +
    "d0efaafb434d338545f9027f503c9fa851a3408f929d38f5bcb6da2110fff3d2" +
    "cd0c13ec5f974417c4a77e3d645d197360814fdc222a908846eeb814de5e0bdb" +
    "e0323a0a4906245cc2d3ac629195e479e7c8376d8dd54ea96c56f4ea657aae08" +
    "ba78252e1ca6b4c6e8dd741f4bbd8b8a703eb5664803f60e613557b986c11d9e" +
    "e1f8981169d98e949b1e87e9ce5528df8ca1890dbfe6426841992d0fb054bb16",
);
const SB2 = fromHex(
  "e24e54fc94c24acc620d6a463c4d8bd15efa64cbb497be2bbc772e03d31959c1" +
    "1d06416b55f09969ea9c18ae63dfe7bb007366fb964c85e43a0945aa0fee10eb" +
    "2d7ff429accfad918d78c895f92fcecd087a88385c832a2847dbb8c793a41253" +
    "ff870e3136215848018e377432cae9b1b7ab0cd7c4564226079860d9b6b91140" +
    "ec208cbda0c984044923f14f501f13dcd8c09e57e3c37b653b028f3ee82592e5" +
    "15ddfd17a9bfd49a7ec53967fe769d43a7e1d0f568f21b347005a38ad57986a8" +
    "30c6514b1ea627f635d26e2416825fdae675a2ef2cb21c9f5d6f800a72449b6c" +
    "900b5b337d5a52f361a1f7b0d63f7c6ded14e0a53d22b3f889de711aafbab581",
);
const SB3 = invert(SB1);
const SB4 = invert(SB2);

/** Which table goes with which byte of a word: types 1 and 2 of the substitution layer, section 2.4.2. */
const SUBSTITUTION_1 = [SB1, SB2, SB3, SB4] as const;
const SUBSTITUTION_2 = [SB3, SB4, SB1, SB2] as const;

/** The diffusion layer of section 2.4.3: for each byte of its output, the bytes of its input that are added up. */
const DIFFUSION: readonly (readonly number[])[] = [
  [3, 4, 6, 8, 9, 13, 14],
  [2, 5, 7, 8, 9, 12, 15],
  [1, 4, 6, 10, 11, 12, 15],
  [0, 5, 7, 10, 11, 13, 14],
  [0, 2, 5, 8, 11, 14, 15],
  [1, 3, 4, 9, 10, 14, 15],
  [0, 2, 7, 9, 10, 12, 13],
  [1, 3, 6, 8, 11, 12, 13],
  [0, 1, 4, 7, 10, 13, 15],
  [0, 1, 5, 6, 11, 12, 14],
  [2, 3, 5, 6, 8, 13, 15],
  [2, 3, 4, 7, 9, 12, 14],
  [1, 2, 6, 7, 9, 11, 12],
  [0, 3, 6, 7, 8, 10, 13],
  [0, 3, 4, 5, 9, 11, 14],
  [1, 2, 4, 5, 8, 10, 15],
];

/**
 * The diffusion layer by input byte: four words for each, with 01 in the bytes of the output that it is added to.
 * The product of a word and a byte then is that byte in all those places.
 */
const SPREAD = spread();

/** C1, C2 and C3: section 2.2. */
const ROUND_CONSTANTS: readonly (readonly number[])[] = [
  [0x517cc1b7, 0x27220a94, 0xfe13abe8, 0xfa9a6ee0],
  [0x6db14acc, 0x9e21c820, 0xff28b1d5, 0xef5de2b0],
  [0xdb92371d, 0x2126e970, 0x03249775, 0x04e8c90e],
];

/** Words of 32 bits, big-endian, four to a block. */
type Words = Int32Array;
type Tables = readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
    Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
  );
}

function invert(table: Uint8Array): Uint8Array {
  const inverse = new Uint8Array(table.length);
  for (const [index, value] of table.entries()) inverse[value] = index;
  return inverse;
}

function spread(): Int32Array {
  const words = new Int32Array(ARIA_BLOCK_LENGTH * 4);
  for (const [output, inputs] of DIFFUSION.entries()) {
    for (const input of inputs) words[4 * input + (output >> 2)]! |= 1 << (24 - 8 * (output & 3));
  }
  return words;
}

/** Adds a round key, substitutes and diffuses: FO with the first tables, FE with the second. In place. */
function round(state: Words, key: Words, tables: Tables): void {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let word = 0, place = 0; word < 4; word++) {
    const value = state[word]! ^ key[word]!;
    for (let byte = 0; byte < 4; byte++, place += 4) {
      const substitute = tables[byte as 0 | 1 | 2 | 3][(value >>> (24 - 8 * byte)) & 0xff]!;
      a ^= Math.imul(substitute, SPREAD[place]!);
      b ^= Math.imul(substitute, SPREAD[place + 1]!);
      c ^= Math.imul(substitute, SPREAD[place + 2]!);
      d ^= Math.imul(substitute, SPREAD[place + 3]!);
    }
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

/** The last round: a key, the second tables, and another key in place of the diffusion. In place. */
function lastRound(state: Words, key: Words, whitening: Words): void {
  for (let word = 0; word < 4; word++) {
    const value = state[word]! ^ key[word]!;
    state[word] =
      whitening[word]! ^
      ((SB3[value >>> 24]! << 24) |
        (SB4[(value >>> 16) & 0xff]! << 16) |
        (SB1[(value >>> 8) & 0xff]! << 8) |
        SB2[value & 0xff]!);
  }
}

function readWords(bytes: Uint8Array, offset: number): Words {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, ARIA_BLOCK_LENGTH);
  return Int32Array.from({ length: 4 }, (_, index) => view.getInt32(4 * index));
}

/** `a ^ (b >>> count)`, a rotation of 128 bits. */
function addRotated(a: Words, b: Words, count: number): Words {
  const [words, bits] = [count >> 5, count & 31];
  return Int32Array.from(a, (value, index) => {
    const low = b[(index - words + 4) & 3]!;
    const high = b[(index - words + 3) & 3]!;
    return value ^ ((low >>> bits) | (high << (32 - bits)));
  });
}

function added(a: Words, b: Words): Words {
  return a.map((value, index) => value ^ b[index]!);
}

function rounded(state: Words, key: readonly number[], tables: Tables): Words {
  const result = state.slice();
  round(result, Int32Array.from(key), tables);
  return result;
}

/** Rotations to the right that make the round keys out of W0 to W3, four keys for each: section 2.2. */
const ROTATIONS = [19, 31, 128 - 61, 128 - 31] as const;
const LAST_ROTATION = 128 - 19;

/** The round keys for encryption, as many as the key's length asks for: section 2.2. */
function expandKey(key: Uint8Array): Words[] {
  const padded = new Uint8Array(2 * ARIA_BLOCK_LENGTH);
  padded.set(key);
  const first = (key.length - 16) / 8;
  const constant = (index: number) => ROUND_CONSTANTS[(first + index) % 3]!;
  const w0 = readWords(padded, 0);
  const w1 = added(rounded(w0, constant(0), SUBSTITUTION_1), readWords(padded, ARIA_BLOCK_LENGTH));
  const w2 = added(rounded(w1, constant(1), SUBSTITUTION_2), w0);
  const w3 = added(rounded(w2, constant(2), SUBSTITUTION_1), w1);
  const w = [w0, w1, w2, w3];
  const keys = ROTATIONS.flatMap((count) =>
    w.map((word, index) => addRotated(word, w[(index + 1) & 3]!, count)),
  );
  keys.push(addRotated(w0, w1, LAST_ROTATION));
  return keys.slice(0, 13 + 2 * first);
}

/** The diffusion layer alone. */
function diffused(words: Words): Words {
  const result = new Int32Array(4);
  for (let place = 0; place < ARIA_BLOCK_LENGTH; place++) {
    const byte = (words[place >> 2]! >>> (24 - 8 * (place & 3))) & 0xff;
    for (let word = 0; word < 4; word++) result[word]! ^= Math.imul(byte, SPREAD[4 * place + word]!);
  }
  return result;
}

/** The round keys for decryption: backwards, and diffused but for the first and the last. */
function invertKeys(keys: readonly Words[]): Words[] {
  const last = keys.length - 1;
  return keys.toReversed().map((key, index) => (index === 0 || index === last ? key : diffused(key)));
}

export class Aria {
  readonly #encryptionKeys: readonly Words[];
  readonly #decryptionKeys: readonly Words[];

  /** @param key - 16, 24 or 32 bytes. */
  constructor(key: Uint8Array) {
    this.#encryptionKeys = expandKey(key);
    this.#decryptionKeys = invertKeys(this.#encryptionKeys);
  }

  /** Encrypts four big-endian words in place. */
  encrypt(block: Int32Array): void {
    crypt(block, this.#encryptionKeys);
  }

  /** Decrypts four big-endian words in place. */
  decrypt(block: Int32Array): void {
    crypt(block, this.#decryptionKeys);
  }
}

function crypt(block: Words, keys: readonly Words[]): void {
  const rounds = keys.length - 1;
  for (let index = 0; index < rounds - 1; index++) {
    round(block, keys[index]!, index % 2 === 0 ? SUBSTITUTION_1 : SUBSTITUTION_2);
  }
  lastRound(block, keys[rounds - 1]!, keys[rounds]!);
}
