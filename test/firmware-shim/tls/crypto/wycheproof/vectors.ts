import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One vector; which fields it has depends on its file. Keys, messages and the like are hexadecimal. */
export interface Vector {
  readonly tcId: number;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly flags: readonly string[];
  /** Wycheproof's words in a checkout, our own in the table. */
  readonly comment: string;
  readonly key?: string;
  readonly iv?: string;
  readonly aad?: string;
  readonly msg?: string;
  readonly ct?: string;
  readonly tag?: string;
  readonly public?: string;
  readonly private?: string;
  readonly shared?: string;
  readonly sig?: string;
}

/** Vectors that share a key or a size; sizes in bits. */
export interface VectorGroup {
  readonly ivSize?: number;
  readonly keySize?: number;
  readonly tagSize?: number;
  readonly publicKey?: {
    readonly uncompressed?: string;
    readonly modulus?: string;
    readonly publicExponent?: string;
  };
  readonly tests: readonly Vector[];
}

/** The checkout of C2SP/wycheproof that the environment names, if it does. */
export const checkout: string | undefined = process.env.WYCHEPROOF || undefined;

/** Ends the name of what is left out without a checkout, so that a test report says why. */
export const CHECKOUT_REASON =
  checkout === undefined ? " (left out: WYCHEPROOF does not name a checkout of C2SP/wycheproof)" : "";

/** A file of the checkout, `ecdsa_secp256r1_sha256` for `testvectors_v1/ecdsa_secp256r1_sha256_test.json`. */
export function checkoutGroups(name: string): readonly VectorGroup[] {
  if (checkout === undefined) throw new Error("WYCHEPROOF does not name a checkout of C2SP/wycheproof");
  const file = readFileSync(join(checkout, "testvectors_v1", `${name}_test.json`), "utf8");
  return (JSON.parse(file) as { testGroups: VectorGroup[] }).testGroups;
}

export function fromHex(hex: string | undefined): Uint8Array {
  if (hex === undefined) throw new Error("the vector lacks a field");
  return new Uint8Array(Buffer.from(hex, "hex"));
}

/** A private scalar at field length: Wycheproof writes some with a leading zero byte, some without zeros. */
export function fromHexPadded(hex: string | undefined, length: number): Uint8Array {
  const digits = (hex ?? "").replace(/^0+/, "").padStart(length * 2, "0");
  return fromHex(digits);
}
