/** Object identifiers as the lower-case hexadecimal of their DER content, the form in which they are compared. */

export function oidKey(content: Uint8Array): string {
  let key = "";
  for (const byte of content) key += byte.toString(16).padStart(2, "0");
  return key;
}

const RSADSI_PKCS1 = "2a864886f70d0101"; // 1.2.840.113549.1.1
const ANSI_X9_62 = "2a8648ce3d"; // 1.2.840.10045
const CERTICOM_CURVE = "2b810400"; // 1.3.132.0
const ID_CE = "551d"; // 2.5.29
const ID_KP = "2b060105050703"; // 1.3.6.1.5.5.7.3

export const OID = {
  commonName: "550403",
  rsaEncryption: `${RSADSI_PKCS1}01`,
  ecPublicKey: `${ANSI_X9_62}0201`,
  /** `mbedtls_oid_get_pk_alg`: a key for ECDH only, never for signatures. */
  ecDH: "2b8104010c",
  basicConstraints: `${ID_CE}13`,
  keyUsage: `${ID_CE}0f`,
  extKeyUsage: `${ID_CE}25`,
  subjectKeyIdentifier: `${ID_CE}0e`,
  authorityKeyIdentifier: `${ID_CE}23`,
  subjectAltName: `${ID_CE}11`,
  certificatePolicies: `${ID_CE}20`,
  anyPolicy: `${ID_CE}2000`,
  nsCertType: "6086480186f8420101",
  anyExtendedKeyUsage: `${ID_CE}2500`,
  serverAuth: `${ID_KP}01`,
  clientAuth: `${ID_KP}02`,
  hardwareModuleName: "2b06010505070804",
} as const;

/** Curves that certificates are accepted with, `id-ecPublicKey`'s parameters. */
export const CURVE_OIDS = new Map([
  [`${ANSI_X9_62}030107`, "secp256r1"],
  [`${CERTICOM_CURVE}22`, "secp384r1"],
  [`${CERTICOM_CURVE}23`, "secp521r1"],
] as const);

/** Curves that ESP-IDF's mbedTLS parses a key of, and then finds unacceptable: secp192r1 to secp256k1. */
export const WEAK_CURVE_OIDS: ReadonlySet<string> = new Set([
  `${ANSI_X9_62}030101`,
  `${CERTICOM_CURVE}21`,
  `${CERTICOM_CURVE}1f`,
  `${CERTICOM_CURVE}20`,
  `${CERTICOM_CURVE}0a`,
]);

/** Signature algorithms, `oid_sig_alg` of mbedTLS's `oid.c`; RSASSA-PSS is left out (see README.md). */
export const SIGNATURE_ALGORITHM_OIDS = new Map([
  [`${RSADSI_PKCS1}04`, { key: "rsa", hash: "md5" }],
  [`${RSADSI_PKCS1}05`, { key: "rsa", hash: "sha1" }],
  ["2b0e03021d", { key: "rsa", hash: "sha1" }],
  [`${RSADSI_PKCS1}0e`, { key: "rsa", hash: "sha224" }],
  [`${RSADSI_PKCS1}0b`, { key: "rsa", hash: "sha256" }],
  [`${RSADSI_PKCS1}0c`, { key: "rsa", hash: "sha384" }],
  [`${RSADSI_PKCS1}0d`, { key: "rsa", hash: "sha512" }],
  [`${ANSI_X9_62}0401`, { key: "ec", hash: "sha1" }],
  [`${ANSI_X9_62}040301`, { key: "ec", hash: "sha224" }],
  [`${ANSI_X9_62}040302`, { key: "ec", hash: "sha256" }],
  [`${ANSI_X9_62}040303`, { key: "ec", hash: "sha384" }],
  [`${ANSI_X9_62}040304`, { key: "ec", hash: "sha512" }],
] as const);
