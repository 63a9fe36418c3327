import { describe, expect, test } from "vitest";
import { prf } from "../../../../firmware-shim/tls/crypto/prf.ts";
import type { CurveName, HashName } from "../../../../firmware-shim/tls/crypto/provider.ts";
import { providers } from "./providers.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

/** FIPS 180-4's one-block example, "abc". */
const ABC: [HashName, string][] = [
  ["sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "sha384",
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
  ],
  [
    "sha512",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
];

const COUNTING = "1234567890abcdef";

const CURVES: CurveName[] = ["secp256r1", "secp384r1", "secp521r1"];
const FIELD_LENGTHS = { secp256r1: 32, secp384r1: 48, secp521r1: 66 };

describe.each(providers)("$name", ({ crypto }) => {
  test.each(ABC)("%s, at once and running", (hash, digest) => {
    expect(hex(crypto.hash(hash, bytes("abc")))).toBe(digest);
    const running = crypto.createHash(hash);
    running.update(bytes("a"));
    expect(hex(running.digest())).toBe(hex(crypto.hash(hash, bytes("a"))));
    running.update(bytes(""));
    running.update(bytes("bc"));
    expect(hex(running.digest())).toBe(digest);
    expect(hex(running.digest())).toBe(digest);
  });

  test("random bytes have the length asked for and differ", () => {
    expect(crypto.randomBytes(0)).toHaveLength(0);
    expect(crypto.randomBytes(32)).toHaveLength(32);
    expect(hex(crypto.randomBytes(32))).not.toBe(hex(crypto.randomBytes(32)));
  });

  test.each([16, 32])(
    "AES-GCM with %i-byte keys: what seal gives, open takes, and nothing else",
    (length) => {
      const keyBytes = new Uint8Array(length).fill(7);
      const key = crypto.aesGcm(keyBytes);
      keyBytes.fill(0); // the key is the provider's own
      const nonce = new Uint8Array(12).fill(1);
      const aad = bytes("header");
      const sealed = key.seal(nonce, aad, bytes("plaintext"));
      expect(sealed).toHaveLength(9 + 16);
      expect(key.open(nonce, aad, sealed)).toStrictEqual(bytes("plaintext"));
      for (let i = 0; i < sealed.length; i++) {
        expect(key.open(nonce, aad, sealed.subarray(0, i))).toBeUndefined();
        const changed = sealed.map((byte, at) => (at === i ? byte ^ 1 : byte));
        expect(key.open(nonce, aad, changed)).toBeUndefined();
      }
      expect(key.open(nonce, bytes("Header"), sealed)).toBeUndefined();
      expect(key.open(nonce, aad, key.seal(nonce, aad, bytes("")))).toStrictEqual(bytes(""));
    },
  );

  test.each(CURVES)("ECDH %s: both sides get the same X, other points get nothing", (curve) => {
    const [a, b] = [crypto.generateEcdhKeyPair(curve), crypto.generateEcdhKeyPair(curve)];
    const length = FIELD_LENGTHS[curve];
    expect(a.publicKey).toHaveLength(1 + 2 * length);
    expect(a.publicKey[0]).toBe(4);
    expect(hex(a.publicKey)).not.toBe(hex(b.publicKey));
    const shared = a.deriveSharedSecret(b.publicKey);
    expect(shared).toHaveLength(length);
    expect(b.deriveSharedSecret(a.publicKey)).toStrictEqual(shared);
    const offCurve = b.publicKey.slice();
    offCurve[offCurve.length - 1]! ^= 1;
    const compressed = Uint8Array.of(2 + (b.publicKey.at(-1)! & 1), ...b.publicKey.subarray(1, 1 + length));
    const hybrid = Uint8Array.of(6 + (b.publicKey.at(-1)! & 1), ...b.publicKey.subarray(1));
    for (const point of [offCurve, compressed, hybrid, Uint8Array.of(0), new Uint8Array()]) {
      expect(a.deriveSharedSecret(point)).toBeUndefined();
    }
  });

  test("malformed keys and signatures are refused without an exception", () => {
    const empty = new Uint8Array();
    const ones = new Uint8Array(256).fill(0xff);
    const message = bytes("message");
    const three = Uint8Array.of(3);
    for (const [modulus, exponent] of [
      [empty, three],
      [ones, empty],
      [ones, Uint8Array.of(1)],
      [ones, Uint8Array.of(4)],
      [new Uint8Array(256), three],
      [Uint8Array.of(...ones.subarray(1), 0xfe), three],
      [new Uint8Array(1025).fill(0xff), three],
      [ones, ones],
      [ones, new Uint8Array(9).fill(0xff)],
    ] as const) {
      expect(crypto.verifyRsaPkcs1({ type: "rsa", modulus, exponent }, "sha256", message, ones)).toBe(false);
    }
    const ok = { type: "rsa", modulus: ones, exponent: three } as const;
    for (const signature of [empty, ones, ones.subarray(1), new Uint8Array(256)]) {
      expect(crypto.verifyRsaPkcs1(ok, "sha256", message, signature)).toBe(false);
    }
    const { publicKey } = crypto.generateEcdhKeyPair("secp256r1");
    for (const point of [empty, new Uint8Array(65), Uint8Array.of(4, ...new Uint8Array(64)), publicKey]) {
      for (const signature of [empty, Uint8Array.of(0x30), Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0), ones]) {
        expect(
          crypto.verifyEcdsa({ type: "ec", curve: "secp256r1", point }, "sha256", message, signature),
        ).toBe(false);
      }
    }
  });

  // The two long answers are the ones that TLS libraries share since they were posted to the IETF TLS working
  // group's list; the short ones are mbedTLS's own (tests/suites/test_suite_ssl.data).
  test.each<[HashName, string, string, string, number, string]>([
    [
      "sha256",
      "9bbe436ba940f017b17652849a71db35",
      "a0ba9f936cda311827a6f796ffd5198c",
      "test label",
      100,
      "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66",
    ],
    [
      "sha384",
      "b80b733d6ceefcdc71566ea48e5567df",
      "cd665cf6a8447dd6ff8b27555edb7465",
      "test label",
      148,
      "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f",
    ],
    [
      "sha256",
      COUNTING.repeat(6),
      COUNTING.repeat(8),
      "test tls_prf label",
      16,
      "7f9998393198a02c8d731ccc2ef90b2c",
    ],
    [
      "sha384",
      COUNTING.repeat(6),
      COUNTING.repeat(8),
      "test tls_prf label",
      16,
      "a4206a36eef93f496611c2b7806625c3",
    ],
  ])("PRF with %s", (hash, secret, seed, label, length, output) => {
    const from = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
    expect(hex(prf(crypto, hash, from(secret), label, from(seed), length))).toBe(output);
    expect(hex(prf(crypto, hash, from(secret), label, from(seed), 12))).toBe(output.slice(0, 24));
    expect(prf(crypto, hash, from(secret), label, from(seed), 0)).toHaveLength(0);
  });
});
