/** Block ciphers and their modes: the same vectors over both providers. */

import { describe, expect, test } from "vitest";
import { Aria } from "../../../../firmware-shim/tls/crypto/aria.ts";
import type { AeadKey, CryptoProvider } from "../../../../firmware-shim/tls/crypto/provider.ts";
import { providers } from "./providers.ts";

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const toHex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString("hex");

/** Words as `Aria` takes them. */
function block(hex: string): Int32Array {
  const bytes = Buffer.from(hex, "hex");
  return Int32Array.from({ length: 4 }, (_, index) => bytes.readInt32BE(4 * index));
}

describe("ARIA", () => {
  const KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  const PLAINTEXT = "00112233445566778899aabbccddeeff";

  // RFC 5794 appendix A.
  test.each([
    [128, "d718fbd6ab644c739da95f3be6451778"],
    [192, "26449c1805dbe7aa25a468ce263a9e79"],
    [256, "f92bd7c79fb72e2f2b8f80c1972d24fc"],
  ])("a block with a key of %i bits", (bits, ciphertext) => {
    const aria = new Aria(fromHex(KEY).subarray(0, bits / 8));
    const words = block(PLAINTEXT);
    aria.encrypt(words);
    expect(words).toEqual(block(ciphertext));
    aria.decrypt(words);
    expect(words).toEqual(block(PLAINTEXT));
  });
});

interface AeadVector {
  readonly key: string;
  readonly nonce: string;
  readonly additionalData: string;
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly tag: string;
}

const aead = (
  key: string,
  nonce: string,
  additionalData: string,
  plaintext: string,
  ciphertext: string,
  tag: string,
): AeadVector => ({ key, nonce, additionalData, plaintext, ciphertext, tag });
/** Wycheproof, testvectors_v1/aria_gcm_test.json: 9, 10, 74, 75, 178. */
const ARIA_GCM = [
  aead(
    "28ff3def08179311e2734c6d1c4e2871",
    "32bcb9b569e3b852d37c766a",
    "c3",
    "dfc61a20df8505b53e3cd59f25770d5018add3d6",
    "8071025813ba6138d92d16449f95c9dbdfa50bd0",
    "e766554d68d47e6974d51aaed467f3fb",
  ),
  aead(
    "e63a43216c08867210e248859eb5e99c",
    "9c3a4263d983456658aad4b1",
    "834afdc5c737186b",
    "b14da56b0462dc05b871fc815273ff4810f92f4b",
    "958dc8edc90aa016290563df13e6a4ee07df1c98",
    "13477edb44988754ed4f1974a44d102f",
  ),
  aead(
    "b279f57e19c8f53f2f963f5f2519fdb7c1779be2ca2b3ae8e1128b7d6c627fc4",
    "98bc2c7438d5cd7665d76f6e",
    "c0",
    "fcc515b294408c8645c9183e3f4ecee5127846d1",
    "7c41ce4ebbaaec38cadf9d083cfd66eb7d452b0d",
    "c4a4bb7fa9721b9d3d3a6fcba799ea27",
  ),
  aead(
    "cdccfe3f46d782ef47df4e72f0c02d9c7f774def970d23486f11a57f54247f17",
    "376187894605a8d45e30de51",
    "956846a209e087ed",
    "e28e0e9f9d22463ac0e42639b530f42102fded75",
    "7221f323e4c7c12f997206e7324258b3617b8b38",
    "765b50970795eff984c90eb1da1cb3a9",
  ),
  aead(
    "969fed5068541d65418c2c1de8fe1f845e036030496e1272",
    "817fe51c31f2879141a34335",
    "cb",
    "3d8233191a2823bf767e99167b1d4af4f4848458",
    "faf54b62442ec0393f903197fa77a81bfeed30ad",
    "894313b40700415833ff9b5d9082c3ea",
  ),
];

/** NIST SP 800-38C example 3, and Wycheproof, testvectors_v1/aes_ccm_test.json: 12, 168, 169, 362, 364, 458. */
const AES_CCM = [
  aead(
    "404142434445464748494a4b4c4d4e4f",
    "101112131415161718191a1b",
    "000102030405060708090a0b0c0d0e0f10111213",
    "202122232425262728292a2b2c2d2e2f3031323334353637",
    "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5",
    "484392fbc1b09951",
  ),
  aead(
    "9415f925bcb41dc25e86c826dbc8bf68",
    "bdffaa763b916ff0ee3f3ce4",
    "705d676cd8a94451",
    "feb36167eafc02c8e2bd6e13817686ba",
    "08db327a88be7b48f430fd7bfccdf502",
    "b7c249f810adacf99abded1f3b9130f2",
  ),
  aead(
    "b907a45075513fe8a8019edee3f2591487b2a030b03c6e1d771c862571d2ea1e",
    "118a6964c2d3e380071f5266",
    "034585621af8d7ff",
    "55a465644f5b650928cbee7c063214d6",
    "ab01f92db4f210bdb5edaf0a1bd19eba",
    "621630c505d24e3b29294977d8ffa4b4",
  ),
  aead(
    "f60c6a1b625725f76c7037b48fe3577fa7f7b87b1bd5a982176d182306ffb870",
    "f0384fb876121410633d993d",
    "9aaf299eeea78f79",
    "63858ca3e2ce69887b578a3c167b421c9c",
    "f05e290bbbc61927fa65760648dcca88b0",
    "b721be96a6b95c0931fb243dd1287c70",
  ),
  aead(
    "ea5a915fd7be0aaf14b88f5dc4fd719a",
    "aeecf19f7d3379ee55ba6468",
    "13791aad5812a362291a4f6d63687d33",
    "d313e09cd48b06f16ef9178e42624bd0",
    "f9bc9a66186b6a60035d144dfb34c4af",
    "2fb637ff91d6fd9e",
  ),
  aead(
    "03ad5f472b978c5f72b7b1c29080374c",
    "770dcc2ea1c2d9f6c904947d",
    "972c90e387f0af936b1c9db0ebfebbe9",
    "78470511caf12cb882628092bb573bde8c",
    "3fb22c2c366c0a46ba1640eccb544dbdd2",
    "3ec7c4888a1288fc",
  ),
  aead(
    "7160434720504dce28845625a3423166d9b5025d975c6ee47299bb5bd677dbeb",
    "0296c95b44c17463434c7e19",
    "19082bf57b6c4130eac58c0526a044ee",
    "c66a48615b62d2d85ea82ee4d528a03a",
    "8934ea7afb44fdca4027ed9bbb247358",
    "b333f0e1383cf3e8",
  ),
];

/** key, IV, plaintext, ciphertext. NIST SP 800-38A sections F.2.1 and F.2.5. */
const AES_CBC = [
  [
    "2b7e151628aed2a6abf7158809cf4f3c",
    "000102030405060708090a0b0c0d0e0f",
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
  ],
  [
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "000102030405060708090a0b0c0d0e0f",
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
    "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
  ],
] as const;

/** The vectors of ARIA's designers, as mbedTLS's aria.c has them. */
const ARIA_CBC_KEY = "00112233445566778899aabbccddeeff";
const ARIA_CBC_IV = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const ARIA_CBC_PLAINTEXT =
  "11111111aaaaaaaa11111111bbbbbbbb11111111cccccccc11111111dddddddd22222222aaaaaaaa22222222bbbbbbbb";
const ARIA_CBC = [
  [
    ARIA_CBC_KEY,
    ARIA_CBC_IV,
    ARIA_CBC_PLAINTEXT,
    "49d61860b14909109cef0d22a9268134fadf9fb23151e9645fba75018bdb1538b53334634bbf7d4cd4b5377033060c15",
  ],
  [
    `${ARIA_CBC_KEY}${ARIA_CBC_KEY.slice(0, 16)}`,
    ARIA_CBC_IV,
    ARIA_CBC_PLAINTEXT,
    "afe6cf23974b533c672a826264ea785f4e4f7f780dc7f3f1e0962b80902386d514e9c3e77259de92dd1102ffab086c1e",
  ],
  [
    `${ARIA_CBC_KEY}${ARIA_CBC_KEY}`,
    ARIA_CBC_IV,
    ARIA_CBC_PLAINTEXT,
    "523a8a806ae621f155fdd28dbc34e1ab7b9b42432ad8b2efb96e23b13f0a6e52f36185d50ad002c5f601bee5493f118b",
  ],
] as const;

describe.each(providers)("$name", ({ crypto }) => {
  test.each([
    ["AES", AES_CBC, crypto.aesCbc],
    ["ARIA", ARIA_CBC, crypto.ariaCbc],
  ] as const)("%s-CBC", (_, vectors, create) => {
    for (const [key, iv, plaintext, ciphertext] of vectors) {
      const cipher = create(fromHex(key));
      expect(toHex(cipher.encrypt(fromHex(iv), fromHex(plaintext)))).toBe(ciphertext);
      expect(toHex(cipher.decrypt(fromHex(iv), fromHex(ciphertext)))).toBe(plaintext);
    }
  });

  test.each(ARIA_GCM)("ARIA-GCM, $key", (vector) =>
    expectVector(crypto.ariaGcm(fromHex(vector.key)), vector),
  );

  test.each(AES_CCM)("AES-CCM, $key", (vector) => {
    expectVector(crypto.aesCcm(fromHex(vector.key), (vector.tag.length / 2) as 8 | 16), vector);
  });
});

function expectVector(key: AeadKey, vector: AeadVector): void {
  const [nonce, additionalData] = [fromHex(vector.nonce), fromHex(vector.additionalData)];
  const sealed = key.seal(nonce, additionalData, fromHex(vector.plaintext));
  expect(toHex(sealed)).toBe(vector.ciphertext + vector.tag);
  expect(toHex(key.open(nonce, additionalData, sealed))).toBe(vector.plaintext);
  for (let index = 0; index < sealed.length; index++) {
    const changed = sealed.map((byte, at) => (at === index ? byte ^ 0x80 : byte));
    expect(key.open(nonce, additionalData, changed)).toBeUndefined();
    expect(key.open(nonce, additionalData, sealed.subarray(0, index))).toBeUndefined();
  }
  expect(key.open(nonce, Uint8Array.of(1), sealed)).toBeUndefined();
}

describe("both providers give the same, whatever the length", () => {
  const [first, second] = providers.map(({ crypto }) => crypto) as [CryptoProvider, CryptoProvider];
  const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff);
  const AEADS: [string, (crypto: CryptoProvider) => AeadKey][] = [
    ["aes-128-ccm", (crypto) => crypto.aesCcm(bytes(16), 16)],
    ["aes-256-ccm-8", (crypto) => crypto.aesCcm(bytes(32), 8)],
    ["aria-128-gcm", (crypto) => crypto.ariaGcm(bytes(16))],
    ["aria-256-gcm", (crypto) => crypto.ariaGcm(bytes(32))],
  ];

  test.each(AEADS)("%s", (_, create) => {
    const [a, b] = [create(first), create(second)];
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 16384]) {
      for (const aadLength of [13, 0, 14, 15]) {
        const sealed = a.seal(bytes(12), bytes(aadLength), bytes(length));
        expect(b.open(bytes(12), bytes(aadLength), sealed)).toEqual(bytes(length));
        expect(
          a.open(bytes(12), bytes(aadLength), b.seal(bytes(12), bytes(aadLength), bytes(length))),
        ).toEqual(bytes(length));
      }
    }
  });

  test("CBC", () => {
    for (const length of [0, 16, 32, 16384]) {
      for (const keyLength of [16, 32]) {
        for (const mode of ["aesCbc", "ariaCbc"] as const) {
          const [a, b] = [first[mode](bytes(keyLength)), second[mode](bytes(keyLength))];
          const ciphertext = a.encrypt(bytes(16), bytes(length));
          expect(b.encrypt(bytes(16), bytes(length))).toEqual(ciphertext);
          expect(a.decrypt(bytes(16), ciphertext)).toEqual(bytes(length));
          expect(b.decrypt(bytes(16), ciphertext)).toEqual(bytes(length));
        }
      }
    }
  });
});
