/** Issues X.509 certificates (RFC 5280). Keys and signatures are node:crypto's, the encoding is `der.ts`'s. */

import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";
import { parseIpAddress } from "../../firmware-shim/tls/x509/ip-address.ts";
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  NULL,
  namedBits,
  objectIdentifier,
  octetString,
  pem,
  sequence,
  set,
  smallInteger,
  TRUE,
  time,
  unsignedInteger,
  utf8String,
} from "./der.ts";
import { publicKeyInfo } from "./keys.ts";

/** What a certificate may be used for. */
export type Purpose = "server" | "client" | "ca";

export type SignatureHash = "sha1" | "sha256" | "sha384" | "sha512";

export interface CertificateRequest {
  /** The common name. */
  readonly subject: string;
  /** DNS names and IP addresses of subjectAltName. */
  readonly names: readonly string[];
  readonly purposes: readonly Purpose[];
  /** CAs that may follow below this one; undefined for any number. */
  readonly pathLength?: number;
  /** Seconds since 1970 UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Its own private key, of which the public half goes in. */
  readonly key: KeyObject;
  readonly hash?: SignatureHash;
}

/** Who signs. */
export interface Issuer {
  /** Its common name. */
  readonly subject: string;
  /** Its private key. */
  readonly key: KeyObject;
}

const OID = {
  commonName: "2.5.4.3",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

const SIGNATURE_OIDS = {
  rsa: {
    sha1: "1.2.840.113549.1.1.5",
    sha256: "1.2.840.113549.1.1.11",
    sha384: "1.2.840.113549.1.1.12",
    sha512: "1.2.840.113549.1.1.13",
  },
  ec: {
    sha1: "1.2.840.10045.4.1",
    sha256: "1.2.840.10045.4.3.2",
    sha384: "1.2.840.10045.4.3.3",
    sha512: "1.2.840.10045.4.3.4",
  },
} as const;

/** Bits of keyUsage: RFC 5280 section 4.2.1.3. */
const KEY_USAGE = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
} as const;

/** Tags of GeneralName: RFC 5280 section 4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

const VERSION_3 = 2;
const SERIAL_BYTES = 16;

/** A certificate in PEM, signed by `issuer`; the subject's own key makes it self-signed. */
export function issueCertificate(request: CertificateRequest, issuer: Issuer): string {
  return pem("CERTIFICATE", encodeCertificate(request, issuer));
}

function encodeCertificate(request: CertificateRequest, issuer: Issuer): Uint8Array {
  const { hash = "sha256", key } = request;
  const kind = issuer.key.asymmetricKeyType === "rsa" ? "rsa" : "ec";
  // The parameters are NULL for RSA (RFC 4055 section 5) and absent for ECDSA (RFC 5758 section 3.2).
  const algorithm = sequence(objectIdentifier(SIGNATURE_OIDS[kind][hash]), ...(kind === "rsa" ? [NULL] : []));
  const tbs = sequence(
    contextConstructed(0, smallInteger(VERSION_3)),
    unsignedInteger(serialNumber()),
    algorithm,
    name(issuer.subject),
    sequence(time(request.notBefore), time(request.notAfter)),
    name(request.subject),
    publicKeyInfo(key),
    contextConstructed(3, sequence(...extensions(request, issuer))),
  );
  return sequence(tbs, algorithm, bitString(sign(hash, tbs, issuer.key)));
}

/** Positive, and as long in DER as any other: the first bit is 0, the second 1. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}

function name(commonName: string): Uint8Array {
  return sequence(set(sequence(objectIdentifier(OID.commonName), utf8String(commonName))));
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(id), ...(critical ? [TRUE] : []), octetString(value));
}

function extensions(request: CertificateRequest, issuer: Issuer): Uint8Array[] {
  const { purposes, pathLength, names, key } = request;
  const isCa = purposes.includes("ca");
  const constraints = isCa ? [TRUE, ...(pathLength === undefined ? [] : [smallInteger(pathLength)])] : [];
  const extended = [
    ...(purposes.includes("server") ? [objectIdentifier(OID.serverAuth)] : []),
    ...(purposes.includes("client") ? [objectIdentifier(OID.clientAuth)] : []),
  ];
  return [
    extension(OID.basicConstraints, true, sequence(...constraints)),
    extension(OID.keyUsage, true, namedBits(keyUsage(key, isCa))),
    ...(extended.length > 0 ? [extension(OID.extKeyUsage, false, sequence(...extended))] : []),
    ...(names.length > 0 ? [extension(OID.subjectAltName, false, sequence(...names.map(generalName)))] : []),
    extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(key))),
    extension(OID.authorityKeyIdentifier, false, sequence(contextPrimitive(0, keyIdentifier(issuer.key)))),
  ];
}

/** Signing, and each kind of key's part in the key exchanges without an ephemeral key: RSA, and static ECDH. */
function keyUsage(key: KeyObject, isCa: boolean): number[] {
  const { digitalSignature, keyEncipherment, keyAgreement, keyCertSign, cRLSign } = KEY_USAGE;
  if (isCa) return [keyCertSign, cRLSign];
  return [digitalSignature, key.asymmetricKeyType === "rsa" ? keyEncipherment : keyAgreement];
}

function generalName(text: string): Uint8Array {
  const address = parseIpAddress(text);
  return address === undefined
    ? contextPrimitive(DNS_NAME, new TextEncoder().encode(text))
    : contextPrimitive(IP_ADDRESS, address);
}

/** Any value that is the same for the same key will do (RFC 5280 section 4.2.1.2). */
function keyIdentifier(key: KeyObject): Uint8Array {
  return createHash("sha1").update(publicKeyInfo(key)).digest();
}
