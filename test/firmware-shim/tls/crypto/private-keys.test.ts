/** What is done with private keys: the same tests over both providers. */

import { constants, createPublicKey, generateKeyPairSync, privateDecrypt, sign, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import type {
  CurveName,
  EcPrivateKey,
  RsaPrivateKey,
  RsaPublicKey,
} from "../../../../firmware-shim/tls/crypto/provider.ts";
import {
  decryptPreMasterSecret,
  encryptRsaPkcs1,
  signRsaPkcs1,
} from "../../../../firmware-shim/tls/crypto/rsa-pkcs1.ts";
import { providers } from "./providers.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const fromBase64Url = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? "", "base64url"));

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = pair.privateKey.export({ format: "jwk" });
const privateKey: RsaPrivateKey = {
  type: "rsa",
  modulus: fromBase64Url(jwk.n),
  publicExponent: fromBase64Url(jwk.e),
  privateExponent: fromBase64Url(jwk.d),
  prime1: fromBase64Url(jwk.p),
  prime2: fromBase64Url(jwk.q),
  exponent1: fromBase64Url(jwk.dp),
  exponent2: fromBase64Url(jwk.dq),
  coefficient: fromBase64Url(jwk.qi),
};
const publicKey: RsaPublicKey = {
  type: "rsa",
  modulus: privateKey.modulus,
  exponent: privateKey.publicExponent,
};
const LENGTH = 256;
const raw = { key: pair.privateKey, padding: constants.RSA_NO_PADDING };

describe.each(providers)("$name", ({ crypto }) => {
  test.each(["sha1", "sha256", "sha384", "sha512"] as const)("an RSA signature with %s", (hash) => {
    const signature = signRsaPkcs1(crypto, privateKey, hash, bytes("message"));
    expect(signature).toEqual(new Uint8Array(sign(hash, bytes("message"), pair.privateKey)));
    expect(crypto.verifyRsaPkcs1(publicKey, hash, bytes("message"), signature!)).toBe(true);
  });

  test("RSA encryption pads with random bytes, none of them 0", () => {
    const seen = new Set<string>();
    for (let round = 0; round < 50; round++) {
      const encrypted = encryptRsaPkcs1(crypto, publicKey, bytes("premaster"))!;
      expect(encrypted).toHaveLength(LENGTH);
      const padded = privateDecrypt(raw, encrypted);
      expect([padded[0], padded[1]]).toEqual([0, 2]);
      expect(padded.indexOf(0, 2)).toBe(LENGTH - 10);
      expect(padded.subarray(-9).toString()).toBe("premaster");
      seen.add(padded.toString("hex"));
    }
    expect(seen.size).toBe(50);
    expect(encryptRsaPkcs1(crypto, publicKey, new Uint8Array(LENGTH - 11))).toHaveLength(LENGTH);
    expect(encryptRsaPkcs1(crypto, publicKey, new Uint8Array(LENGTH - 10))).toBeUndefined();
  });

  test("numbers that are not below the modulus are refused", () => {
    expect(crypto.rsaPublic(publicKey, privateKey.modulus)).toBeUndefined();
    expect(crypto.rsaPrivate(privateKey, privateKey.modulus)).toBeUndefined();
    expect(crypto.rsaPublic(publicKey, new Uint8Array(LENGTH).fill(0xff))).toBeUndefined();
  });

  test("a key whose parts do not fit gives nothing away", () => {
    const exponent1 = privateKey.exponent1.map((byte, index) => (index === 3 ? byte ^ 2 : byte));
    const broken = { ...privateKey, exponent1 };
    const result = crypto.rsaPrivate(broken, new Uint8Array(LENGTH).fill(1));
    // OpenSSL computes the result again without the parts.
    if (result) expect(result).toEqual(crypto.rsaPrivate(privateKey, new Uint8Array(LENGTH).fill(1)));
  });

  describe("a premaster secret", () => {
    const secret = Uint8Array.of(3, 3, ...Array.from({ length: 46 }, (_, index) => 255 - index));
    const padding = (length: number) => new Uint8Array(length).fill(0x5a);
    const good = Uint8Array.of(0, 2, ...padding(LENGTH - 51), 0, ...secret);
    const decrypt = (encoded: Uint8Array) =>
      decryptPreMasterSecret(crypto, privateKey, crypto.rsaPublic(publicKey, encoded)!, 0x0303, 48);

    test("that is well padded is given", () => {
      expect(decrypt(good)).toEqual(secret);
      expect(decrypt(good.with(2, 0xff).with(100, 1))).toEqual(secret);
    });

    // ROBOT's questions (https://robotattack.org/, section 4.2 of the paper), and each byte of the padding.
    test.each<[string, Uint8Array]>([
      ["that starts with 01", good.with(0, 1)],
      ["of block type 1", good.with(1, 1)],
      ["without the 0", good.with(LENGTH - 49, 0x11)],
      ["with the 0 in the wrong place", good.with(LENGTH - 49, 0x11).with(LENGTH - 48, 0)],
      ["with a 0 at the start of the padding", good.with(2, 0)],
      ["with a 0 in the first eight bytes", good.with(9, 0)],
      ["with a 0 further on", good.with(120, 0)],
      ["with a 0 at the end of the padding", good.with(LENGTH - 50, 0)],
      ["of TLS 1.1", good.with(LENGTH - 47, 2)],
      ["of SSL 2", good.with(LENGTH - 48, 2)],
      ["that is all padding", Uint8Array.of(0, 2, ...padding(LENGTH - 2))],
      ["that is 0", new Uint8Array(LENGTH)],
      ["that is 1", new Uint8Array(LENGTH).with(LENGTH - 1, 1)],
    ])("%s becomes another", (_, encoded) => {
      const [first, second] = [decrypt(encoded), decrypt(encoded)];
      expect(first).toHaveLength(48);
      expect(first).not.toEqual(encoded.subarray(-48));
      expect(first).not.toEqual(second);
    });

    test("of the wrong length, or without a key, likewise", () => {
      for (const ciphertext of [new Uint8Array(0), new Uint8Array(255), new Uint8Array(LENGTH).fill(0xff)]) {
        expect(decryptPreMasterSecret(crypto, privateKey, ciphertext, 0x0303, 48)).toHaveLength(48);
      }
      const encrypted = crypto.rsaPublic(publicKey, good)!;
      expect(decryptPreMasterSecret(crypto, undefined, encrypted, 0x0303, 48)).not.toEqual(secret);
    });
  });

  test.each([
    ["secp256r1", "P-256"],
    ["secp384r1", "P-384"],
    ["secp521r1", "P-521"],
  ] as const)("an ECDSA signature on %s", (curve, namedCurve) => {
    const made = generateKeyPairSync("ec", { namedCurve });
    const secretKey = fromBase64Url(made.privateKey.export({ format: "jwk" }).d);
    const key: EcPrivateKey = { type: "ec", curve, secretKey };
    for (const hash of ["sha256", "sha384", "sha512"] as const) {
      const signature = crypto.signEcdsa(key, hash, bytes("message"));
      expect(verify(hash, bytes("message"), createPublicKey(made.privateKey), signature)).toBe(true);
      const point = crypto.ecdhKeyPair(key).publicKey;
      expect(crypto.verifyEcdsa({ type: "ec", curve, point }, hash, bytes("message"), signature)).toBe(true);
    }
    expectSharedSecret(curve, key);
  });

  /** Static and ephemeral ECDH agree. */
  function expectSharedSecret(curve: CurveName, key: EcPrivateKey): void {
    const [own, other] = [crypto.ecdhKeyPair(key), crypto.generateEcdhKeyPair(curve)];
    const secret = own.deriveSharedSecret(other.publicKey);
    expect(secret).toBeDefined();
    expect(other.deriveSharedSecret(own.publicKey)).toEqual(secret);
  }
});

test("noble's ECDSA signatures are RFC 6979's: appendix A.2.5", () => {
  const { crypto } = providers.find(({ name }) => name === "noble")!;
  const secretKey = fromHex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
  const signature = crypto.signEcdsa(
    { type: "ec", curve: "secp256r1", secretKey },
    "sha256",
    bytes("sample"),
  );
  expect(Buffer.from(signature).toString("hex")).toBe(
    "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
      "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  );
});
