import { randomFillSync } from "node:crypto";
import { createNodeCrypto, nodeEcdhKeyPair, nodeX25519KeyPair } from "../../../../emulator/node-crypto.ts";
import {
  createNobleCrypto,
  nobleEcdhKeyPair,
  nobleX25519KeyPair,
} from "../../../../firmware-shim/tls/crypto/noble.ts";
import type {
  CryptoProvider,
  EcdhKeyPair,
  GroupName,
} from "../../../../firmware-shim/tls/crypto/provider.ts";

export interface ProviderCase {
  readonly name: string;
  readonly crypto: CryptoProvider;
  readonly ecdhKeyPair: (group: GroupName, secretKey: Uint8Array) => EcdhKeyPair;
}

/** Both implementations of the seam: every test of it runs over this list. */
export const providers: readonly ProviderCase[] = [
  {
    name: "noble",
    crypto: createNobleCrypto((length) => randomFillSync(new Uint8Array(length))),
    ecdhKeyPair: (group, key) =>
      group === "x25519" ? nobleX25519KeyPair(key) : nobleEcdhKeyPair(group, key),
  },
  {
    name: "node",
    crypto: createNodeCrypto(),
    ecdhKeyPair: (group, key) => (group === "x25519" ? nodeX25519KeyPair(key) : nodeEcdhKeyPair(group, key)),
  },
];
