import { aesGcm } from "./aes-gcm.ts";
import { chacha20Poly1305 } from "./chacha20-poly1305.ts";
import { ecdhSecp256r1Point } from "./ecdh-p256.ts";
import { ecdhSecp384r1Point } from "./ecdh-p384.ts";
import { ecdhSecp521r1Point } from "./ecdh-p521.ts";
import { ecdhSecp256r1 } from "./ecdh-spki-p256.ts";
import { ecdhSecp384r1, ecdhSecp521r1 } from "./ecdh-spki-p384-p521.ts";
import { ecdsaSecp256r1Sha256Arithmetic, ecdsaSecp256r1Sha512 } from "./ecdsa-p256-arithmetic.ts";
import { ecdsaSecp256r1Sha256Encoding } from "./ecdsa-p256-encoding.ts";
import { ecdsaSecp384r1Sha256, ecdsaSecp384r1Sha384, ecdsaSecp384r1Sha512 } from "./ecdsa-p384.ts";
import { ecdsaSecp521r1Sha512 } from "./ecdsa-p521.ts";
import { hmacSha1, hmacSha256, hmacSha384, hmacSha512 } from "./hmac.ts";
import { rsaSignature2048Sha256, rsaSignature2048Sha384, rsaSignature2048Sha512 } from "./rsa-2048.ts";
import { rsaSignature2048Sha256DigestInfo } from "./rsa-2048-digest-info.ts";
import { rsaSignature3072Sha384, rsaSignature4096Sha512 } from "./rsa-3072-4096.ts";
import { rsaPss2048Sha256, rsaPss2048Sha384, rsaPss4096Sha512 } from "./rsa-pss.ts";
import type { VectorGroup } from "./vectors.ts";
import { x25519 } from "./x25519.ts";

/** The vectors that the tests always run, by Wycheproof's name of the file they are cited from. */
export const TABLE = {
  aes_gcm: aesGcm,
  chacha20_poly1305: chacha20Poly1305,
  hmac_sha1: hmacSha1,
  hmac_sha256: hmacSha256,
  hmac_sha384: hmacSha384,
  hmac_sha512: hmacSha512,
  x25519,
  ecdh_secp256r1_ecpoint: ecdhSecp256r1Point,
  ecdh_secp384r1_ecpoint: ecdhSecp384r1Point,
  ecdh_secp521r1_ecpoint: ecdhSecp521r1Point,
  ecdh_secp256r1: ecdhSecp256r1,
  ecdh_secp384r1: ecdhSecp384r1,
  ecdh_secp521r1: ecdhSecp521r1,
  ecdsa_secp256r1_sha256: [...ecdsaSecp256r1Sha256Encoding, ...ecdsaSecp256r1Sha256Arithmetic],
  ecdsa_secp256r1_sha512: ecdsaSecp256r1Sha512,
  ecdsa_secp384r1_sha256: ecdsaSecp384r1Sha256,
  ecdsa_secp384r1_sha384: ecdsaSecp384r1Sha384,
  ecdsa_secp384r1_sha512: ecdsaSecp384r1Sha512,
  ecdsa_secp521r1_sha512: ecdsaSecp521r1Sha512,
  rsa_signature_2048_sha256: [...rsaSignature2048Sha256, ...rsaSignature2048Sha256DigestInfo],
  rsa_signature_2048_sha384: rsaSignature2048Sha384,
  rsa_signature_2048_sha512: rsaSignature2048Sha512,
  rsa_signature_3072_sha384: rsaSignature3072Sha384,
  rsa_signature_4096_sha512: rsaSignature4096Sha512,
  rsa_pss_2048_sha256_mgf1_32: rsaPss2048Sha256,
  rsa_pss_2048_sha384_mgf1_48: rsaPss2048Sha384,
  rsa_pss_4096_sha512_mgf1_64: rsaPss4096Sha512,
} as const satisfies Record<string, readonly VectorGroup[]>;

export type FileName = keyof typeof TABLE;
