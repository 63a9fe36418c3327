/** What a certificate's key may be used for: `mbedtls_ssl_check_cert_usage` of mbedTLS 3.6's `ssl_tls.c`. */

import type { KeyExchange } from "../ciphersuites.ts";
import type { Certificate } from "./certificate.ts";
import { KEY_USAGE } from "./extensions.ts";
import { FLAG } from "./flags.ts";
import { OID } from "./oids.ts";

/**
 * Whether keyUsage, where there is one, has all the bits (`mbedtls_x509_crt_check_key_usage`). encipherOnly and
 * decipherOnly restrict keyAgreement: a certificate that has one of them fails unless it is asked for.
 */
export function allowsKeyUsage(certificate: Certificate, bits: number): boolean {
  const { keyUsage } = certificate;
  if (keyUsage === undefined) return true;
  const restricting = KEY_USAGE.encipherOnly | KEY_USAGE.decipherOnly;
  const must = bits & ~restricting;
  return (keyUsage & must) === must && (keyUsage & restricting & ~bits) === 0;
}

/** Whether extKeyUsage, where there is one, lists the purpose or anyExtendedKeyUsage. */
export function allowsExtKeyUsage(certificate: Certificate, purpose: string): boolean {
  const { extKeyUsage } = certificate;
  return (
    extKeyUsage === undefined ||
    extKeyUsage.includes(purpose) ||
    extKeyUsage.includes(OID.anyExtendedKeyUsage)
  );
}

/** The keyUsage bit that a TLS 1.2 server's key needs; 0 where no certificate is used. */
function serverKeyUsage(keyExchange: KeyExchange): number {
  switch (keyExchange) {
    case "rsa":
    case "rsa-psk":
      return KEY_USAGE.keyEncipherment;
    case "ecdhe-rsa":
    case "ecdhe-ecdsa":
      return KEY_USAGE.digitalSignature;
    case "ecdh-rsa":
    case "ecdh-ecdsa":
      return KEY_USAGE.keyAgreement;
    case "psk":
    case "ecdhe-psk":
      return 0;
  }
}

/**
 * Checks keyUsage and extKeyUsage of the peer's own certificate, which verifying its chain does not do.
 *
 * @param peer - Whose certificate it is: the "server"'s, looked at by a client, or the "client"'s.
 * @param keyExchange - Of the negotiated suite; a client's key always signs.
 * @returns `BADCERT_KEY_USAGE`, `BADCERT_EXT_KEY_USAGE`, both, or 0.
 */
export function checkCertificateUsage(
  certificate: Certificate,
  peer: "server" | "client",
  keyExchange: KeyExchange,
): number {
  const bits = peer === "server" ? serverKeyUsage(keyExchange) : KEY_USAGE.digitalSignature;
  const purpose = peer === "server" ? OID.serverAuth : OID.clientAuth;
  let flags = 0;
  if (!allowsKeyUsage(certificate, bits)) flags |= FLAG.BADCERT_KEY_USAGE;
  if (!allowsExtKeyUsage(certificate, purpose)) flags |= FLAG.BADCERT_EXT_KEY_USAGE;
  return flags;
}
