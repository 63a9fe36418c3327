import { describe, expect, test } from "vitest";
import { FIELD_LENGTH } from "../../../../firmware-shim/tls/crypto/limits.ts";
import type {
  AeadKey,
  CryptoProvider,
  CurveName,
  HashName,
} from "../../../../firmware-shim/tls/crypto/provider.ts";
import { verifyRsaPss } from "../../../../firmware-shim/tls/crypto/rsa-pss.ts";
import { type ProviderCase, providers } from "./providers.ts";
import { type FileName, TABLE } from "./wycheproof/table.ts";
import {
  CHECKOUT_REASON,
  checkout,
  checkoutGroups,
  fromHex,
  fromHexPadded,
  type Vector,
  type VectorGroup,
} from "./wycheproof/vectors.ts";

/** noble's P-521 takes some 15 ms a signature; this leaves room for a busy machine. */
const SLOW = 120_000;

/** Counts of vectors by what became of them; asserted whole, so that none is left out unseen. */
type Tally = Record<string, number>;

type Drive = (provider: ProviderCase, groups: readonly VectorGroup[]) => Tally;

interface Case {
  readonly name: FileName;
  readonly drive: Drive;
  /** What becomes of all vectors, at the commit that `wycheproof/README.md` names. */
  readonly all: Tally;
}

function count(tally: Tally, what: string): void {
  tally[what] = (tally[what] ?? 0) + 1;
}

function fileName(name: string): FileName {
  if (!(name in TABLE)) throw new Error(`the table has no ${name}`);
  return name as FileName;
}

function label({ tcId, comment }: Vector): string {
  return `tcId ${tcId}: ${comment}`;
}

/** `valid` has to be accepted, `invalid` refused; of `acceptable` the outcome is only counted. */
function judge(tally: Tally, vector: Vector, accepted: boolean): void {
  if (vector.result === "acceptable") {
    count(tally, accepted ? "acceptable, accepted" : "acceptable, refused");
    return;
  }
  expect(accepted, label(vector)).toBe(vector.result === "valid");
  count(tally, vector.result);
}

/** Why TLS never has such a group's sizes, if it has not. */
function leftOut({ keySize, ivSize }: VectorGroup): string | undefined {
  if (ivSize === undefined) return undefined;
  if (keySize === 192) return "left out: no TLS suite has 192-bit keys";
  return ivSize === 96 ? undefined : "left out: TLS nonces have 96 bits";
}

/** Both directions: the sealed bytes are opened, and a valid vector's message is sealed again. */
function driveAead(createKey: (crypto: CryptoProvider, key: Uint8Array) => AeadKey): Drive {
  return ({ crypto }, groups) => tallyAead((key) => createKey(crypto, key), groups);
}

function tallyAead(createKey: (key: Uint8Array) => AeadKey, groups: readonly VectorGroup[]): Tally {
  const tally: Tally = {};
  for (const group of groups) {
    for (const vector of group.tests) {
      const reason = leftOut(group);
      if (reason !== undefined) {
        count(tally, reason);
        continue;
      }
      const key = createKey(fromHex(vector.key));
      const [nonce, aad] = [fromHex(vector.iv), fromHex(vector.aad)];
      const sealed = fromHex(vector.ct! + vector.tag!);
      const opened = key.open(nonce, aad, sealed);
      judge(tally, vector, opened !== undefined);
      if (vector.result === "valid") {
        expect(opened, label(vector)).toStrictEqual(fromHex(vector.msg));
        expect(key.seal(nonce, aad, fromHex(vector.msg)), label(vector)).toStrictEqual(sealed);
      }
    }
  }
  return tally;
}

function driveHmac(hash: HashName): Drive {
  return ({ crypto }, groups) => {
    const tally: Tally = {};
    for (const { tagSize, tests } of groups) {
      for (const vector of tests) {
        const mac = crypto.hmac(hash, fromHex(vector.key), fromHex(vector.msg)).subarray(0, tagSize! / 8);
        judge(tally, vector, Buffer.from(mac).toString("hex") === vector.tag);
      }
    }
    return tally;
  };
}

function driveEcdh(curve: CurveName): Drive {
  return ({ ecdhKeyPair }, groups) => {
    const tally: Tally = {};
    for (const { tests } of groups) {
      for (const vector of tests) {
        const pair = ecdhKeyPair(curve, fromHexPadded(vector.private, FIELD_LENGTH[curve]));
        const shared = pair.deriveSharedSecret(fromHex(vector.public));
        judge(tally, vector, shared !== undefined);
        if (shared !== undefined) expect(shared, label(vector)).toStrictEqual(fromHex(vector.shared));
      }
    }
    return tally;
  };
}

/** RFC 8446 section 7.4.2 takes every public key, unless the shared secret is zero. */
const driveX25519: Drive = ({ ecdhKeyPair }, groups) => {
  const tally: Tally = {};
  for (const vector of groups.flatMap(({ tests }) => tests)) {
    const pair = ecdhKeyPair("x25519", fromHex(vector.private));
    const shared = pair.deriveSharedSecret(fromHex(vector.public));
    judge(tally, vector, shared !== undefined);
    expect(shared !== undefined, label(vector)).toBe(!isZeroSecret(vector));
    if (shared !== undefined) expect(shared, label(vector)).toStrictEqual(fromHex(vector.shared));
  }
  return tally;
};

function isZeroSecret({ flags }: Vector): boolean {
  return flags.includes("ZeroSharedSecret");
}

function driveEcdsa(curve: CurveName, hash: HashName): Drive {
  return ({ crypto }, groups) => {
    const tally: Tally = {};
    for (const { publicKey, tests } of groups) {
      const key = { type: "ec", curve, point: fromHex(publicKey?.uncompressed) } as const;
      for (const vector of tests) {
        judge(tally, vector, crypto.verifyEcdsa(key, hash, fromHex(vector.msg), fromHex(vector.sig)));
      }
    }
    return tally;
  };
}

function driveRsa(hash: HashName): Drive {
  return ({ crypto }, groups) => {
    const tally: Tally = {};
    for (const { publicKey, tests } of groups) {
      const modulus = fromHex(publicKey?.modulus);
      const key = { type: "rsa", modulus, exponent: fromHex(publicKey?.publicExponent) } as const;
      for (const vector of tests) {
        judge(tally, vector, crypto.verifyRsaPkcs1(key, hash, fromHex(vector.msg), fromHex(vector.sig)));
      }
    }
    return tally;
  };
}

function driveRsaPss(hash: HashName): Drive {
  return ({ crypto }, groups) => {
    const tally: Tally = {};
    for (const { publicKey, tests } of groups) {
      const modulus = fromHex(publicKey?.modulus);
      const key = { type: "rsa", modulus, exponent: fromHex(publicKey?.publicExponent) } as const;
      for (const vector of tests) {
        judge(tally, vector, verifyRsaPss(crypto, key, hash, fromHex(vector.msg), fromHex(vector.sig)));
      }
    }
    return tally;
  };
}

function hmacCase(hash: HashName, all: Tally): Case {
  return { name: fileName(`hmac_${hash}`), drive: driveHmac(hash), all };
}

function ecdhCase(curve: CurveName, all: Tally): Case {
  return { name: fileName(`ecdh_${curve}_ecpoint`), drive: driveEcdh(curve), all };
}

function ecdsaCase(curve: CurveName, hash: HashName, all: Tally): Case {
  return { name: fileName(`ecdsa_${curve}_${hash}`), drive: driveEcdsa(curve, hash), all };
}

function rsaCase(bits: number, hash: HashName, all: Tally): Case {
  return { name: fileName(`rsa_signature_${bits}_${hash}`), drive: driveRsa(hash), all };
}

/** Tallies of points and RSA signatures: each file has one acceptable vector, and we refuse it. */
function andRefused(valid: number, invalid: number): Tally {
  return { valid, invalid, "acceptable, refused": 1 };
}

const CASES: readonly Case[] = [
  {
    name: "aes_gcm",
    drive: driveAead((crypto, key) => crypto.aesGcm(key)),
    all: {
      valid: 79,
      invalid: 54,
      "left out: no TLS suite has 192-bit keys": 103,
      "left out: TLS nonces have 96 bits": 80,
    },
  },
  {
    name: "chacha20_poly1305",
    drive: driveAead((crypto, key) => crypto.chacha20Poly1305(key)),
    all: { valid: 256, invalid: 60, "left out: TLS nonces have 96 bits": 9 },
  },
  {
    name: "x25519",
    drive: driveX25519,
    all: { valid: 264, "acceptable, accepted": 223, "acceptable, refused": 31 },
  },
  hmacCase("sha1", { valid: 66, invalid: 104 }),
  hmacCase("sha256", { valid: 66, invalid: 108 }),
  hmacCase("sha384", { valid: 66, invalid: 108 }),
  hmacCase("sha512", { valid: 66, invalid: 108 }),
  ecdhCase("secp256r1", andRefused(330, 24)),
  ecdhCase("secp384r1", andRefused(771, 18)),
  ecdhCase("secp521r1", andRefused(632, 28)),
  ecdsaCase("secp256r1", "sha256", { valid: 174, invalid: 310 }),
  ecdsaCase("secp256r1", "sha512", { valid: 243, invalid: 311 }),
  ecdsaCase("secp384r1", "sha256", { valid: 162, invalid: 310 }),
  ecdsaCase("secp384r1", "sha384", { valid: 194, invalid: 310 }),
  ecdsaCase("secp384r1", "sha512", { valid: 231, invalid: 311 }),
  ecdsaCase("secp521r1", "sha512", { valid: 232, invalid: 310 }),
  // Every hash once with RSA-2048 and every size: what differs otherwise is only which digest is compared.
  rsaCase(2048, "sha256", andRefused(9, 249)),
  rsaCase(2048, "sha384", andRefused(7, 250)),
  rsaCase(2048, "sha512", andRefused(8, 250)),
  rsaCase(3072, "sha384", andRefused(7, 251)),
  rsaCase(4096, "sha512", andRefused(7, 251)),
  { name: "rsa_pss_2048_sha256_mgf1_32", drive: driveRsaPss("sha256"), all: { valid: 63, invalid: 45 } },
  { name: "rsa_pss_2048_sha384_mgf1_48", drive: driveRsaPss("sha384"), all: { valid: 95, invalid: 46 } },
  { name: "rsa_pss_4096_sha512_mgf1_64", drive: driveRsaPss("sha512"), all: { valid: 132, invalid: 47 } },
];

/** The table has nothing that TLS does not: each vector is judged, and an acceptable one accepted only of X25519. */
function tableTally(groups: readonly VectorGroup[]): Tally {
  const tally: Tally = {};
  for (const vector of groups.flatMap(({ tests }) => tests)) {
    const accepted = vector.shared !== undefined && vector.public?.length === 64 && !isZeroSecret(vector);
    const acceptable = accepted ? "acceptable, accepted" : "acceptable, refused";
    count(tally, vector.result === "acceptable" ? acceptable : vector.result);
  }
  return tally;
}

describe.each(providers)("$name, Wycheproof's vectors of the table", (provider) => {
  test.each(CASES)("$name", { timeout: SLOW }, ({ name, drive }) => {
    expect(drive(provider, TABLE[name])).toStrictEqual(tableTally(TABLE[name]));
  });
});

describe.skipIf(checkout === undefined)(`all of Wycheproof's vectors${CHECKOUT_REASON}`, () => {
  describe.each(providers)("$name", (provider) => {
    test.each(CASES)("$name", { timeout: SLOW }, ({ name, drive, all }) => {
      expect(drive(provider, checkoutGroups(name))).toStrictEqual(all);
    });
  });

  const files = Object.entries(TABLE) as [FileName, readonly VectorGroup[]][];

  test.each(files)("the table cites %s word for word", (name, groups) => {
    const cited = checkoutGroups(name);
    for (const { tests, ...shared } of groups) {
      for (const { comment, ...vector } of tests) {
        const group = cited.find((each) => each.tests.some(({ tcId }) => tcId === vector.tcId));
        expect(group).toMatchObject(shared);
        expect(
          group?.tests.find(({ tcId }) => tcId === vector.tcId),
          comment,
        ).toMatchObject(vector);
      }
    }
  });

  /** Files that share their kinds of vectors: one curve or RSA size with any hash, keys of any curve. */
  function primitive(name: FileName): string {
    if (/^ecdh_secp...r1$/.test(name)) return "SubjectPublicKeyInfo";
    return name.replace(/^(ecdsa|rsa)(.*?)_sha\d+(_mgf1_\d+)?$/, "$1$2");
  }

  function flagsByPrimitive(groupsOf: (name: FileName) => readonly VectorGroup[]): Record<string, string[]> {
    const flags: Record<string, Set<string>> = {};
    for (const [name] of files) {
      flags[primitive(name)] ??= new Set();
      const groups = groupsOf(name).filter((group) => leftOut(group) === undefined);
      for (const flag of groups.flatMap(({ tests }) => tests).flatMap((vector) => vector.flags)) {
        flags[primitive(name)]!.add(flag);
      }
    }
    return Object.fromEntries(Object.entries(flags).map(([key, names]) => [key, [...names].sort()]));
  }

  test("the table has every flag of every primitive", () => {
    expect(flagsByPrimitive((name) => TABLE[name])).toStrictEqual(flagsByPrimitive(checkoutGroups));
  });
});
