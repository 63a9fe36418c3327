import { describe, expect, test } from "vitest";
import { FIELD_LENGTH } from "../../../../firmware-shim/tls/crypto/limits.ts";
import type { CurveName } from "../../../../firmware-shim/tls/crypto/provider.ts";
import { DerReader } from "../../../../firmware-shim/tls/x509/der.ts";
import { InvalidCertificateError } from "../../../../firmware-shim/tls/x509/errors.ts";
import { readSubjectPublicKeyInfo } from "../../../../firmware-shim/tls/x509/public-key.ts";
import { providers } from "../crypto/providers.ts";
import { TABLE } from "../crypto/wycheproof/table.ts";
import {
  CHECKOUT_REASON,
  checkout,
  checkoutGroups,
  fromHex,
  fromHexPadded,
  type VectorGroup,
} from "../crypto/wycheproof/vectors.ts";

const { ecdhKeyPair } = providers.find(({ name }) => name === "node")!;

/** The ECDH secret with the key in the SubjectPublicKeyInfo, if that is a key on the curve. */
function sharedSecret(curve: CurveName, spki: Uint8Array, secretKey: Uint8Array): Uint8Array | undefined {
  const reader = new DerReader(spki);
  try {
    const key = readSubjectPublicKeyInfo(reader);
    reader.expectEnd();
    if (key.type !== "ec" || key.curve !== curve) return undefined;
    return ecdhKeyPair(curve, secretKey).deriveSharedSecret(key.point);
  } catch (error) {
    if (!(error instanceof InvalidCertificateError)) throw error;
    return undefined;
  }
}

type Tally = Record<string, number>;

function drive(curve: CurveName, groups: readonly VectorGroup[]): Tally {
  const tally: Tally = {};
  for (const { tests } of groups) {
    for (const vector of tests) {
      const secretKey = fromHexPadded(vector.private, FIELD_LENGTH[curve]);
      const shared = sharedSecret(curve, fromHex(vector.public), secretKey);
      const label = `tcId ${vector.tcId}: ${vector.comment}`;
      // Whatever is accepted has to give the right secret; only valid keys have to be accepted.
      if (shared !== undefined) expect(shared, label).toStrictEqual(fromHex(vector.shared));
      if (vector.result === "valid") expect(shared, label).toBeDefined();
      if (vector.result === "invalid") expect(shared, label).toBeUndefined();
      const outcome = `${vector.result}, ${shared === undefined ? "refused" : "accepted"}`;
      tally[outcome] = (tally[outcome] ?? 0) + 1;
    }
  }
  return tally;
}

function tally(
  valid: number,
  invalid: number,
  acceptedOfAcceptable: number,
  refusedOfAcceptable: number,
): Tally {
  return {
    "valid, accepted": valid,
    "invalid, refused": invalid,
    "acceptable, accepted": acceptedOfAcceptable,
    "acceptable, refused": refusedOfAcceptable,
  };
}

// Accepted of the acceptable ones: compressed points, and lengths that are not the shortest, as in mbedTLS.
test.each<[CurveName, Tally]>([
  ["secp256r1", tally(6, 13, 2, 7)],
  ["secp384r1", tally(1, 3, 1, 1)],
  ["secp521r1", tally(2, 3, 1, 1)],
])("Wycheproof's SubjectPublicKeyInfo of the table, %s", (curve, expected) => {
  expect(drive(curve, TABLE[`ecdh_${curve}`])).toStrictEqual(expected);
});

describe.skipIf(checkout === undefined)(`all of Wycheproof's SubjectPublicKeyInfo${CHECKOUT_REASON}`, () => {
  test.each<[CurveName, Tally]>([
    ["secp256r1", tally(330, 52, 11, 219)],
    ["secp384r1", tally(771, 46, 11, 219)],
    ["secp521r1", tally(632, 56, 9, 219)],
  ])("%s", { timeout: 120_000 }, (curve, expected) => {
    expect(drive(curve, checkoutGroups(`ecdh_${curve}`))).toStrictEqual(expected);
  });
});
