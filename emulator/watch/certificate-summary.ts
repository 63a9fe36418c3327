import type { Certificate } from "../../firmware-shim/tls/x509/certificate.ts";
import { GENERAL_NAME, type GeneralName, KEY_USAGE } from "../../firmware-shim/tls/x509/extensions.ts";
import { bytesEqual, type Name } from "../../firmware-shim/tls/x509/name.ts";
import { OID } from "../../firmware-shim/tls/x509/oids.ts";
import { decodeText } from "../../firmware-shim/tls/x509/text.ts";
import { printable } from "./printable.ts";

/** What of a certificate is told to people; plain data, which passes between threads. Texts are {@link printable}. */
export interface CertificateSummary {
  /** The common name, or the whole name where it has none. */
  readonly subject: string;
  readonly issuer: string;
  /** Whether issuer and subject are the same name. */
  readonly selfIssued: boolean;
  /** Seconds since 1970 UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DNS names and IP addresses of subjectAltName; undefined where there is no such extension. */
  readonly names: readonly string[] | undefined;
  /** For example "RSA 2048" or "EC secp256r1". */
  readonly key: string;
  /** For example "SHA-256". */
  readonly hash: string;
  readonly isCa: boolean;
  /** Names of RFC 5280, for example "digitalSignature"; undefined where there is no such extension. */
  readonly keyUsage: readonly string[] | undefined;
  /** For example "serverAuth"; an object identifier where it has no name here. */
  readonly extKeyUsage: readonly string[] | undefined;
}

const PURPOSES = new Map<string, string>([
  [OID.serverAuth, "serverAuth"],
  [OID.clientAuth, "clientAuth"],
  [OID.anyExtendedKeyUsage, "anyExtendedKeyUsage"],
]);

export function summarize(certificate: Certificate): CertificateSummary {
  const { subject, issuer, keyUsage, extKeyUsage, subjectAltName } = certificate;
  return {
    subject: nameText(subject),
    issuer: nameText(issuer),
    selfIssued: bytesEqual(subject.der, issuer.der),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    names: subjectAltName?.map(generalNameText).filter((name) => name !== undefined),
    key: keyText(certificate),
    hash: certificate.signatureAlgorithm.hash.replace(/^sha(?=\d)/, "SHA-").toUpperCase(),
    isCa: certificate.basicConstraints?.cA === true,
    keyUsage:
      keyUsage === undefined
        ? undefined
        : Object.entries(KEY_USAGE)
            .filter(([, bit]) => (keyUsage & bit) !== 0)
            .map(([name]) => name),
    extKeyUsage: extKeyUsage?.map((oid) => PURPOSES.get(oid) ?? oid),
  };
}

function nameText({ commonName, attributes }: Name): string {
  return printable(commonName ?? attributes.map(({ value }) => decodeText(value)).join(", "));
}

function generalNameText({ type, value }: GeneralName): string | undefined {
  if (type === GENERAL_NAME.dNSName) return printable(decodeText(value));
  return type === GENERAL_NAME.iPAddress ? addressText(value) : undefined;
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: string[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2) groups.push(((bytes[i]! << 8) | bytes[i + 1]!).toString(16));
  return groups.join(":");
}

function keyText({ subjectPublicKey: key }: Certificate): string {
  if (key.type === "ec") return `EC ${key.curve}`;
  if (key.type === "unsupported") return "EC on another curve";
  const [first = 0] = key.modulus;
  return `RSA ${key.modulus.length * 8 - (Math.clz32(first) - 24)}`;
}
