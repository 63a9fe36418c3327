/** Signing with the own key, and checking the peer's signature. */

import type { TlsContext } from "../context.ts";
import type { CryptoProvider, HashName, PublicKey } from "../crypto/provider.ts";
import { signRsaPkcs1 } from "../crypto/rsa-pkcs1.ts";
import { verifyRsaPss } from "../crypto/rsa-pss.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import type { SignatureAlgorithm } from "../messages/extensions.ts";

/**
 * Signs a message with the context's key, whatever its kind: mbedTLS does not ask whether it fits the certificate.
 *
 * @throws MbedTlsError for a key that has been lost, is too short, or broken.
 */
export function signWithOwnKey(
  crypto: CryptoProvider,
  context: TlsContext,
  hash: HashName,
  message: Uint8Array,
): Uint8Array {
  const key = context.privateKey;
  if (!key) throw new MbedTlsError(ERR.PK_BAD_INPUT_DATA, { reason: "there is no private key" });
  if (key.type === "ec") return crypto.signEcdsa(key, hash, message);
  const signature = signRsaPkcs1(crypto, key, hash, message);
  if (!signature) throw new MbedTlsError(ERR.RSA_PRIVATE_FAILED, { reason: "the RSA key does not sign" });
  return signature;
}

/** Whether the key has made the signature. @param algorithm - Fits the key. */
export function verifySignature(
  crypto: CryptoProvider,
  key: PublicKey,
  { hash, signature: scheme }: SignatureAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.type === "ec") return crypto.verifyEcdsa(key, hash, message, signature);
  return scheme === "rsa-pss"
    ? verifyRsaPss(crypto, key, hash, message, signature)
    : crypto.verifyRsaPkcs1(key, hash, message, signature);
}
