/** From a cipher suite to the protection of its records. */

import type { CipherSuite } from "../ciphersuites.ts";
import type { AeadKey, CbcKey, CryptoProvider } from "../crypto/provider.ts";
import type { DirectionKeys, KeyLengths } from "../key-schedule.ts";
import { AEAD12_SALT_LENGTH, Aead12Protection } from "./aead12.ts";
import { Cbc12Protection, CbcEtm12Protection } from "./cbc12.ts";
import { macLength, RecordMac } from "./mac.ts";
import type { RecordOpener, RecordSealer } from "./protection.ts";

const KEY_LENGTHS = { "128": 16, "256": 32 } as const;

/** Whether the suite's records have a MAC of their own, so that encrypt-then-MAC means something. */
export function usesCbc(suite: CipherSuite): boolean {
  return suite.cipher.endsWith("-cbc");
}

/** What the suite takes out of the key block. CBC takes no IV: each record brings its own (RFC 5246 section 6.3). */
export function keyLengths(suite: CipherSuite): KeyLengths {
  const key = KEY_LENGTHS[suite.cipher.split("-")[1] as keyof typeof KEY_LENGTHS];
  return usesCbc(suite)
    ? { macKey: macLength(suite.hash), key, iv: 0 }
    : { macKey: 0, key, iv: AEAD12_SALT_LENGTH };
}

/** The protection of one direction. */
export function createProtection(
  crypto: CryptoProvider,
  suite: CipherSuite,
  keys: DirectionKeys,
  encryptThenMac: boolean,
): RecordSealer & RecordOpener {
  switch (suite.cipher) {
    case "aes-128-gcm":
    case "aes-256-gcm":
      return aead(crypto.aesGcm(keys.key), keys);
    case "aria-128-gcm":
    case "aria-256-gcm":
      return aead(crypto.ariaGcm(keys.key), keys);
    case "aes-128-ccm":
    case "aes-256-ccm":
      return aead(crypto.aesCcm(keys.key, 16), keys);
    case "aes-128-ccm-8":
    case "aes-256-ccm-8":
      return new Aead12Protection(crypto.aesCcm(keys.key, 8), keys.iv, 8);
    case "aes-128-cbc":
    case "aes-256-cbc":
      return cbc(crypto, suite, crypto.aesCbc(keys.key), keys, encryptThenMac);
    case "aria-128-cbc":
    case "aria-256-cbc":
      return cbc(crypto, suite, crypto.ariaCbc(keys.key), keys, encryptThenMac);
  }
}

function aead(key: AeadKey, keys: DirectionKeys): Aead12Protection {
  return new Aead12Protection(key, keys.iv, 16);
}

function cbc(
  crypto: CryptoProvider,
  suite: CipherSuite,
  cipher: CbcKey,
  keys: DirectionKeys,
  encryptThenMac: boolean,
): RecordSealer & RecordOpener {
  const mac = new RecordMac(crypto, suite.hash, keys.macKey);
  const Protection = encryptThenMac ? CbcEtm12Protection : Cbc12Protection;
  return new Protection(cipher, mac, crypto.randomBytes);
}
