/** Whether a certificate is for a host: `x509_crt_verify_name` of mbedTLS 3.6's `x509_crt.c`. */

import type { Certificate } from "./certificate.ts";
import { GENERAL_NAME, type GeneralName } from "./extensions.ts";
import { parseIpAddress } from "./ip-address.ts";
import { bytesEqual, bytesEqualIgnoringCase } from "./name.ts";
import { OID } from "./oids.ts";
import { utf8Encode } from "./text.ts";

const ASTERISK = 0x2a;
const DOT = 0x2e;

/** `x509_check_wildcard`: `*.` stands for exactly one label, which must not be empty. */
function matchesWildcard(name: Uint8Array, host: Uint8Array): boolean {
  if (name.length < 3 || name[0] !== ASTERISK || name[1] !== DOT) return false;
  const dot = host.indexOf(DOT);
  return dot > 0 && bytesEqualIgnoringCase(name.subarray(1), host.subarray(dot));
}

/** `x509_crt_check_cn`. */
function matchesDnsName(name: Uint8Array, host: Uint8Array): boolean {
  return bytesEqualIgnoringCase(name, host) || matchesWildcard(name, host);
}

/** `x509_crt_check_san`: addresses by their bytes, URIs exactly. */
function matchesGeneralName({ type, value }: GeneralName, host: Uint8Array, address: Uint8Array | undefined) {
  switch (type) {
    case GENERAL_NAME.dNSName:
      return matchesDnsName(value, host);
    case GENERAL_NAME.iPAddress:
      return address !== undefined && bytesEqual(value, address);
    case GENERAL_NAME.uniformResourceIdentifier:
      return bytesEqual(value, host);
    default:
      return false;
  }
}

/**
 * Whether the certificate names the host: in subjectAltName where there is one, else in a commonName. ASCII case
 * does not count. Nothing matches the empty name.
 *
 * @param hostname - A DNS name, or an IPv4 or IPv6 address in text form. It ends at a NUL, as C's strings do.
 */
export function certificateNamesHost(certificate: Certificate, hostname: string): boolean {
  const text = hostname.split("\0", 1)[0]!;
  if (text === "") return false;
  const host = utf8Encode(text);
  const { subjectAltName, subject } = certificate;
  if (subjectAltName !== undefined) {
    const address = parseIpAddress(text);
    return subjectAltName.some((name) => matchesGeneralName(name, host, address));
  }
  return subject.attributes.some(({ type, value }) => type === OID.commonName && matchesDnsName(value, host));
}
