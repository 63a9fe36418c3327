import { randomFillSync } from "node:crypto";
import { createNodeCrypto, nodeEcdhKeyPair } from "../../../../emulator/node-crypto.ts";
import { createNobleCrypto, nobleEcdhKeyPair } from "../../../../firmware-shim/tls/crypto/noble.ts";
import type {
  CryptoProvider,
  CurveName,
  EcdhKeyPair,
} from "../../../../firmware-shim/tls/crypto/provider.ts";

export interface ProviderCase {
  readonly name: string;
  readonly crypto: CryptoProvider;
  readonly ecdhKeyPair: (curve: CurveName, secretKey: Uint8Array) => EcdhKeyPair;
}

/** Both implementations of the seam: every test of it runs over this list. */
export const providers: readonly ProviderCase[] = [
  {
    name: "noble",
    crypto: createNobleCrypto((length) => randomFillSync(new Uint8Array(length))),
    ecdhKeyPair: nobleEcdhKeyPair,
  },
  { name: "node", crypto: createNodeCrypto(), ecdhKeyPair: nodeEcdhKeyPair },
];
