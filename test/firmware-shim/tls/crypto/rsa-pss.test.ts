import { constants, generateKeyPairSync, sign, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signRsaPss, verifyRsaPss } from "../../../../firmware-shim/tls/crypto/rsa-pss.ts";
import { parsePrivateKey } from "../../../../firmware-shim/tls/x509/private-key.ts";
import { providers } from "./providers.ts";

const MESSAGE = new Uint8Array(Buffer.from("message"));
const HASHES = ["sha256", "sha384", "sha512"] as const;

/** Moduli whose bits leave the first byte of the encoding all, none and a part of its bits. */
const SIZES = [1024, 1025, 1027, 1034, 2048] as const;

/** Hash, salt and two bytes more take 130 bytes, and one bit of the modulus is not used. */
const BITS_FOR_SHA512 = 1034;

function keyOf(modulusLength: number) {
  const pair = generateKeyPairSync("rsa", { modulusLength });
  const { key } = parsePrivateKey(new Uint8Array(pair.privateKey.export({ format: "der", type: "pkcs1" })));
  if (key.type !== "rsa") throw new Error("not an RSA key");
  const publicKey = { type: "rsa", modulus: key.modulus, exponent: key.publicExponent } as const;
  return { pair, key, publicKey };
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

describe.each(providers)("RSASSA-PSS, $name", ({ crypto }) => {
  test.each(SIZES)("%i bits: OpenSSL takes what is signed, and the other way round", (bits) => {
    const { pair, key, publicKey } = keyOf(bits);
    for (const hash of HASHES) {
      const signature = signRsaPss(crypto, key, hash, MESSAGE);
      if (bits < BITS_FOR_SHA512 && hash === "sha512") {
        expect(signature).toBeUndefined();
        continue;
      }
      expect(verify(hash, MESSAGE, { key: pair.publicKey, ...PSS }, signature!)).toBe(true);
      expect(verifyRsaPss(crypto, publicKey, hash, MESSAGE, signature!)).toBe(true);
      const theirs = new Uint8Array(sign(hash, MESSAGE, { key: pair.privateKey, ...PSS }));
      expect(verifyRsaPss(crypto, publicKey, hash, MESSAGE, theirs)).toBe(true);
    }
  });

  test("another salt length, hash, message, key, and every changed byte are refused", () => {
    const { pair, key, publicKey } = keyOf(1024);
    const options = { key: pair.privateKey, padding: PSS.padding };
    for (const saltLength of [0, 20, 31, 33]) {
      const signature = new Uint8Array(sign("sha256", MESSAGE, { ...options, saltLength }));
      expect(verifyRsaPss(crypto, publicKey, "sha256", MESSAGE, signature)).toBe(false);
    }
    const signature = signRsaPss(crypto, key, "sha256", MESSAGE)!;
    expect(verifyRsaPss(crypto, publicKey, "sha384", MESSAGE, signature)).toBe(false);
    expect(verifyRsaPss(crypto, publicKey, "sha256", MESSAGE.subarray(1), signature)).toBe(false);
    expect(verifyRsaPss(crypto, keyOf(1024).publicKey, "sha256", MESSAGE, signature)).toBe(false);
    for (let index = 0; index < signature.length; index++) {
      const changed = signature.map((byte, at) => (at === index ? byte ^ 1 : byte));
      expect(verifyRsaPss(crypto, publicKey, "sha256", MESSAGE, changed)).toBe(false);
      expect(verifyRsaPss(crypto, publicKey, "sha256", MESSAGE, signature.subarray(0, index))).toBe(false);
    }
  });
});
