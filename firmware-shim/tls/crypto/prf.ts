/** The pseudorandom function of TLS 1.2, RFC 5246 section 5. */

import type { CryptoProvider, HashName } from "./provider.ts";

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/**
 * `PRF(secret, label, seed) = P_<hash>(secret, label + seed)`, RFC 5246 section 5.
 *
 * @param hash - The cipher suite's PRF hash: "sha256", or "sha384" for the SHA384 suites (RFC 5289).
 * @param label - ASCII, for instance "master secret"; it is hashed without a terminator.
 * @param length - Bytes of output wanted.
 */
export function prf(
  crypto: CryptoProvider,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const labelBytes = Uint8Array.from(label, (character) => character.charCodeAt(0));
  const labelAndSeed = concatenate(labelBytes, seed);
  const output = new Uint8Array(length);
  let a = labelAndSeed; // A(0)
  for (let offset = 0; offset < length; ) {
    a = crypto.hmac(hash, secret, a); // A(i) = HMAC(secret, A(i - 1))
    const block = crypto.hmac(hash, secret, concatenate(a, labelAndSeed));
    output.set(block.subarray(0, length - offset), offset);
    offset += block.length;
  }
  return output;
}
