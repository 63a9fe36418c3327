/** Results of a verification: `MBEDTLS_X509_BADCERT_*` and `MBEDTLS_X509_BADCRL_*` of mbedTLS 3.6's `x509.h`. */
export const FLAG = {
  BADCERT_EXPIRED: 0x01,
  BADCERT_REVOKED: 0x02,
  BADCERT_CN_MISMATCH: 0x04,
  BADCERT_NOT_TRUSTED: 0x08,
  BADCRL_NOT_TRUSTED: 0x10,
  BADCRL_EXPIRED: 0x20,
  BADCERT_MISSING: 0x40,
  BADCERT_SKIP_VERIFY: 0x80,
  BADCERT_OTHER: 0x100,
  BADCERT_FUTURE: 0x200,
  BADCRL_FUTURE: 0x400,
  BADCERT_KEY_USAGE: 0x800,
  BADCERT_EXT_KEY_USAGE: 0x1000,
  BADCERT_NS_CERT_TYPE: 0x2000,
  BADCERT_BAD_MD: 0x4000,
  BADCERT_BAD_PK: 0x8000,
  BADCERT_BAD_KEY: 0x10000,
  BADCRL_BAD_MD: 0x20000,
  BADCRL_BAD_PK: 0x40000,
  BADCRL_BAD_KEY: 0x80000,
} as const;

/** All flags at once: what mbedTLS stores when a verification could not be carried out. */
export const ALL_FLAGS = 0xffffffff;

/** `MBEDTLS_X509_CRT_ERROR_INFO_LIST`, in its order. */
const TEXTS: readonly (readonly [flag: number, text: string])[] = [
  [FLAG.BADCERT_EXPIRED, "The certificate validity has expired"],
  [FLAG.BADCERT_REVOKED, "The certificate has been revoked (is on a CRL)"],
  [FLAG.BADCERT_CN_MISMATCH, "The certificate Common Name (CN) does not match with the expected CN"],
  [FLAG.BADCERT_NOT_TRUSTED, "The certificate is not correctly signed by the trusted CA"],
  [FLAG.BADCRL_NOT_TRUSTED, "The CRL is not correctly signed by the trusted CA"],
  [FLAG.BADCRL_EXPIRED, "The CRL is expired"],
  [FLAG.BADCERT_MISSING, "Certificate was missing"],
  [FLAG.BADCERT_SKIP_VERIFY, "Certificate verification was skipped"],
  [FLAG.BADCERT_OTHER, "Other reason (can be used by verify callback)"],
  [FLAG.BADCERT_FUTURE, "The certificate validity starts in the future"],
  [FLAG.BADCRL_FUTURE, "The CRL is from the future"],
  [FLAG.BADCERT_KEY_USAGE, "Usage does not match the keyUsage extension"],
  [FLAG.BADCERT_EXT_KEY_USAGE, "Usage does not match the extendedKeyUsage extension"],
  [FLAG.BADCERT_NS_CERT_TYPE, "Usage does not match the nsCertType extension"],
  [FLAG.BADCERT_BAD_MD, "The certificate is signed with an unacceptable hash."],
  [FLAG.BADCERT_BAD_PK, "The certificate is signed with an unacceptable PK alg (eg RSA vs ECDSA)."],
  [FLAG.BADCERT_BAD_KEY, "The certificate is signed with an unacceptable key (eg bad curve, RSA too short)."],
  [FLAG.BADCRL_BAD_MD, "The CRL is signed with an unacceptable hash."],
  [FLAG.BADCRL_BAD_PK, "The CRL is signed with an unacceptable PK alg (eg RSA vs ECDSA)."],
  [FLAG.BADCRL_BAD_KEY, "The CRL is signed with an unacceptable key (eg bad curve, RSA too short)."],
];

/**
 * What `mbedtls_x509_crt_verify_info` writes with the prefix "\n", as MicroPython calls it: a line feed before and
 * after each text. Empty for no flags.
 *
 * The result may be longer than MicroPython's buffer of 256 bytes, its terminator included; there the function
 * fails then, and the exception is an `OSError` with the error's number in place of a `ValueError` with a text.
 */
export function describeFlags(flags: number): string {
  let rest = flags >>> 0;
  let description = "";
  for (const [flag, text] of TEXTS) {
    if ((rest & flag) === 0) continue;
    description += `\n${text}\n`;
    rest &= ~flag;
  }
  return rest === 0 ? description : `${description}\nUnknown reason (this should not happen)\n`;
}
