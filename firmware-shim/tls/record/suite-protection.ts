/** From a cipher suite to the protection of its records. */

import type { CipherSuite } from "../ciphersuites.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import type { DirectionKeys, KeyLengths } from "../key-schedule.ts";
import { AEAD12_SALT_LENGTH, Aead12Protection } from "./aead12.ts";
import type { RecordOpener, RecordSealer } from "./protection.ts";

interface CipherParameters {
  readonly lengths: KeyLengths;
  readonly create: (crypto: CryptoProvider, keys: DirectionKeys) => RecordSealer & RecordOpener;
}

const createAesGcm = (crypto: CryptoProvider, keys: DirectionKeys): Aead12Protection =>
  new Aead12Protection(crypto.aesGcm(keys.key), keys.iv);

const PARAMETERS: Partial<Record<CipherSuite["cipher"], CipherParameters>> = {
  "aes-128-gcm": { lengths: { macKey: 0, key: 16, iv: AEAD12_SALT_LENGTH }, create: createAesGcm },
  "aes-256-gcm": { lengths: { macKey: 0, key: 32, iv: AEAD12_SALT_LENGTH }, create: createAesGcm },
};

/** How the suite's records are protected. The suite must be an implemented one. */
export function cipherParameters(suite: CipherSuite): CipherParameters {
  const parameters = PARAMETERS[suite.cipher];
  if (!parameters) throw new MbedTlsError(ERR.SSL_FEATURE_UNAVAILABLE, { reason: suite.name });
  return parameters;
}
