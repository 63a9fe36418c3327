/** Certificate extensions, after `x509_get_crt_ext` of mbedTLS's `x509_crt.c`. */

import { ERR } from "../errors.ts";
import { contextSpecific, contextTag, DerReader, INT_MAX, TAG } from "./der.ts";
import { InvalidCertificateError, within } from "./errors.ts";
import { readAttributes } from "./name.ts";
import { OID, oidKey } from "./oids.ts";

/** RFC 5280 section 4.2.1.9. */
export interface BasicConstraints {
  readonly cA: boolean;
  /** Absent: any number of intermediates may follow. */
  readonly pathLenConstraint: number | undefined;
}

/** Tags of GeneralName (RFC 5280 section 4.2.1.6). */
export const GENERAL_NAME = {
  otherName: 0,
  dNSName: 2,
  directoryName: 4,
  uniformResourceIdentifier: 6,
  iPAddress: 7,
} as const;

export interface GeneralName {
  /** The tag's number, see `GENERAL_NAME`. */
  readonly type: number;
  /** ASCII for names; 4 or 16 bytes for addresses. */
  readonly value: Uint8Array;
}

/** What verification looks at. A field is undefined when the certificate lacks the extension. */
export interface Extensions {
  basicConstraints: BasicConstraints | undefined;
  /** Bits as `KEY_USAGE` names them. */
  keyUsage: number | undefined;
  /** Object identifiers as `oids.ts` writes them. */
  extKeyUsage: readonly string[] | undefined;
  subjectAltName: readonly GeneralName[] | undefined;
  /** Netscape's certificate type, first bit 0x80. Parsed, but as in mbedTLS nothing is decided by it. */
  nsCertType: number | undefined;
}

/** `MBEDTLS_X509_KU_*`: the bits of keyUsage, the second byte of the BIT STRING above the first. */
export const KEY_USAGE = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
  dataEncipherment: 0x10,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
  cRLSign: 0x02,
  encipherOnly: 0x01,
  decipherOnly: 0x8000,
} as const;

/** Bytes of keyUsage that count: those of mbedTLS's `unsigned int`. */
const KEY_USAGE_BYTES = 4;

function invalid(): InvalidCertificateError {
  return new InvalidCertificateError(ERR.X509_INVALID_EXTENSIONS);
}

function readBasicConstraints(reader: DerReader): BasicConstraints {
  reader.header(TAG.SEQUENCE);
  if (reader.atEnd) return { cA: false, pathLenConstraint: undefined };
  // A DER encoder leaves FALSE out; mbedTLS also takes an INTEGER for the flag.
  const cA = reader.peekTag() === TAG.BOOLEAN ? reader.boolean() : reader.integer() !== 0;
  if (reader.atEnd) return { cA, pathLenConstraint: undefined };
  const pathLenConstraint = reader.integer();
  reader.expectEnd();
  if (pathLenConstraint === INT_MAX) throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
  return { cA, pathLenConstraint };
}

function readKeyUsage(reader: DerReader): number {
  let usage = 0;
  reader
    .lastBitString()
    .subarray(0, KEY_USAGE_BYTES)
    .forEach((byte, i) => {
      usage = (usage | (byte << (8 * i))) >>> 0;
    });
  return usage;
}

function readNsCertType(reader: DerReader): number {
  const bits = reader.lastBitString();
  if (bits.length > 1) throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
  return bits[0] ?? 0;
}

function readExtKeyUsage(reader: DerReader): string[] {
  const sequence = reader.enterLast(TAG.SEQUENCE);
  const usages: string[] = [];
  while (!sequence.atEnd) usages.push(oidKey(sequence.element(TAG.OID)));
  if (usages.length === 0) throw new InvalidCertificateError(ERR.ASN1_INVALID_LENGTH);
  return usages;
}

/** `x509_get_other_name`: a hardware module name has to be well formed, other kinds are not looked into. */
function checkOtherName(value: Uint8Array): void {
  const reader = new DerReader(value);
  if (oidKey(reader.element(TAG.OID)) !== OID.hardwareModuleName) return;
  const name = reader.enterLast(contextTag(0, "constructed")).enterLast(TAG.SEQUENCE);
  name.element(TAG.OID);
  name.element(TAG.OCTET_STRING);
  name.expectEnd();
}

/** `mbedtls_x509_get_subject_alt_name_ext`: the GeneralNames up to the reader's end. */
function readGeneralNames(reader: DerReader): GeneralName[] {
  const names: GeneralName[] = [];
  while (!reader.atEnd) {
    const tag = reader.anyTag();
    const value = reader.take(reader.length());
    if (!contextSpecific(tag)) throw new InvalidCertificateError(ERR.ASN1_UNEXPECTED_TAG);
    const type = tag & 0x1f;
    if (type === GENERAL_NAME.otherName) checkOtherName(value);
    if (type === GENERAL_NAME.directoryName) readAttributes(new DerReader(value).enter(TAG.SEQUENCE));
    if (type === GENERAL_NAME.iPAddress && value.length !== 4 && value.length !== 16) {
      throw new InvalidCertificateError(ERR.X509_BAD_INPUT_DATA);
    }
    names.push({ type, value });
  }
  return names;
}

function checkSubjectKeyIdentifier(reader: DerReader): void {
  reader.element(TAG.OCTET_STRING);
  reader.expectEnd();
}

/** RFC 5280 section 4.2.1.1. Parents are found by name, so the identifier itself is of no use here. */
function checkAuthorityKeyIdentifier(reader: DerReader): void {
  const sequence = reader.enterLast(TAG.SEQUENCE);
  if (sequence.atEnd) throw new InvalidCertificateError(ERR.ASN1_OUT_OF_DATA);
  if (sequence.peekTag() === contextTag(0, "primitive")) sequence.element(contextTag(0, "primitive"));
  if (!sequence.atEnd) {
    readGeneralNames(sequence.enter(contextTag(1, "constructed")));
    sequence.element(contextTag(2, "primitive"));
  }
  sequence.expectEnd();
}

/** Whether all policies are anyPolicy, the only one mbedTLS knows (`x509_get_certificate_policies`). */
function readCertificatePolicies(reader: DerReader): boolean {
  const sequence = reader.enterLast(TAG.SEQUENCE);
  if (sequence.atEnd) throw new InvalidCertificateError(ERR.ASN1_LENGTH_MISMATCH);
  let allKnown = true;
  while (!sequence.atEnd) {
    const policy = sequence.enter(TAG.SEQUENCE);
    if (oidKey(policy.element(TAG.OID)) !== OID.anyPolicy) allKnown = false;
    if (!policy.atEnd) policy.element(TAG.SEQUENCE);
    policy.expectEnd();
  }
  return allKnown;
}

/** Parses the value of one extension into `extensions`; false when the extension is not one of mbedTLS's. */
function readValue(oid: string, critical: boolean, value: DerReader, extensions: Extensions): boolean {
  switch (oid) {
    case OID.basicConstraints:
      extensions.basicConstraints = readBasicConstraints(value);
      return true;
    case OID.keyUsage:
      extensions.keyUsage = readKeyUsage(value);
      return true;
    case OID.extKeyUsage:
      extensions.extKeyUsage = readExtKeyUsage(value);
      return true;
    case OID.subjectAltName:
      extensions.subjectAltName = readGeneralNames(value.enterLast(TAG.SEQUENCE));
      return true;
    case OID.nsCertType:
      extensions.nsCertType = readNsCertType(value);
      return true;
    case OID.subjectKeyIdentifier:
      checkSubjectKeyIdentifier(value);
      return true;
    case OID.authorityKeyIdentifier:
      checkAuthorityKeyIdentifier(value);
      return true;
    case OID.certificatePolicies:
      if (!readCertificatePolicies(value) && critical) {
        throw new InvalidCertificateError(ERR.X509_FEATURE_UNAVAILABLE);
      }
      return true;
    default:
      return false;
  }
}

function readExtension(list: DerReader, seen: Set<string>, extensions: Extensions): void {
  const extension = list.enter(TAG.SEQUENCE);
  const oid = oidKey(extension.element(TAG.OID));
  const critical = extension.peekTag() === TAG.BOOLEAN && extension.boolean();
  const value = extension.enterLast(TAG.OCTET_STRING);
  if (seen.has(oid)) throw invalid();
  if (readValue(oid, critical, value, extensions)) seen.add(oid);
  else if (critical) throw new InvalidCertificateError(ERR.ASN1_UNEXPECTED_TAG);
}

export function noExtensions(): Extensions {
  return {
    basicConstraints: undefined,
    keyUsage: undefined,
    extKeyUsage: undefined,
    subjectAltName: undefined,
    nsCertType: undefined,
  };
}

/**
 * Reads the `[3]` at the end of a version 3 TBSCertificate. An unknown critical extension is an error; so are
 * nameConstraints and policyConstraints when critical, because mbedTLS does not implement them.
 */
export function readExtensions(tbs: DerReader): Extensions {
  const extensions = noExtensions();
  if (tbs.atEnd) return extensions;
  return within(ERR.X509_INVALID_EXTENSIONS, () => {
    const list = tbs.enter(contextTag(3, "constructed")).enterLast(TAG.SEQUENCE);
    const seen = new Set<string>();
    while (!list.atEnd) readExtension(list, seen, extensions);
    return extensions;
  });
}
