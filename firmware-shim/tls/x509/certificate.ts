/** X.509 certificates (RFC 5280), parsed as `x509_crt_parse_der_core` of mbedTLS 3.6's `x509_crt.c` does. */

import { ERR } from "../errors.ts";
import {
  identifiersEqual,
  readSignatureAlgorithmIdentifier,
  type SignatureAlgorithm,
  signatureAlgorithm,
} from "./algorithm.ts";
import { contextTag, DerReader, TAG } from "./der.ts";
import { InvalidCertificateError, within } from "./errors.ts";
import { type Extensions, noExtensions, readExtensions } from "./extensions.ts";
import { type Name, readName } from "./name.ts";
import { isPem, readPemBlocks } from "./pem.ts";
import { readSubjectPublicKeyInfo, type SubjectPublicKey } from "./public-key.ts";
import { readTime } from "./time.ts";

/** A parsed certificate. Its byte fields are views of `der`, which is a copy of the input. */
export interface Certificate extends Readonly<Extensions> {
  /** The whole certificate, without what may follow it. */
  readonly der: Uint8Array;
  /** TBSCertificate with its header: what the signature is over. */
  readonly tbs: Uint8Array;
  /** 1 to 3. */
  readonly version: number;
  /** Content of the serialNumber INTEGER. */
  readonly serial: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** First second of validity, in seconds since 1970-01-01 00:00:00 UTC; negative before. */
  readonly notBefore: number;
  /** Last second of validity, likewise. */
  readonly notAfter: number;
  readonly subjectPublicKey: SubjectPublicKey;
}

/** `x509_get_version`: absent means version 1. */
function readVersion(tbs: DerReader): number {
  if (tbs.peekTag() !== contextTag(0, "constructed")) {
    if (tbs.atEnd) throw new InvalidCertificateError(ERR.X509_INVALID_FORMAT + ERR.ASN1_OUT_OF_DATA);
    return 1;
  }
  const explicit = within(ERR.X509_INVALID_FORMAT, () => tbs.enter(contextTag(0, "constructed")));
  return within(ERR.X509_INVALID_VERSION, () => {
    const version = explicit.integer() + 1;
    explicit.expectEnd();
    return version;
  });
}

/** `mbedtls_x509_get_serial`: an INTEGER of any length, or the same with the implicit tag [2]. */
function readSerial(tbs: DerReader): Uint8Array {
  return within(ERR.X509_INVALID_SERIAL, () =>
    tbs.element(tbs.peekTag() === contextTag(2, "primitive") ? contextTag(2, "primitive") : TAG.INTEGER),
  );
}

function readValidity(tbs: DerReader): { notBefore: number; notAfter: number } {
  return within(ERR.X509_INVALID_DATE, () => {
    const validity = tbs.enter(TAG.SEQUENCE);
    const notBefore = readTime(validity);
    const notAfter = readTime(validity);
    validity.expectEnd();
    return { notBefore, notAfter };
  });
}

/** `x509_get_uid`: issuerUniqueID [1] or subjectUniqueID [2], which nothing uses. */
function skipUniqueIdentifier(tbs: DerReader, number: 1 | 2): void {
  if (tbs.peekTag() !== contextTag(number, "constructed")) return;
  within(ERR.X509_INVALID_FORMAT, () => tbs.element(contextTag(number, "constructed")));
}

function readTbsCertificate(tbs: DerReader) {
  const version = readVersion(tbs);
  const serial = readSerial(tbs);
  const identifier = readSignatureAlgorithmIdentifier(tbs);
  if (version !== 1 && version !== 2 && version !== 3)
    throw new InvalidCertificateError(ERR.X509_UNKNOWN_VERSION);
  const algorithm = signatureAlgorithm(identifier);
  const issuer = readName(tbs, false);
  const { notBefore, notAfter } = readValidity(tbs);
  const subject = readName(tbs, true);
  const subjectPublicKey = readSubjectPublicKeyInfo(tbs);
  if (version >= 2) {
    skipUniqueIdentifier(tbs, 1);
    skipUniqueIdentifier(tbs, 2);
  }
  const extensions = version === 3 ? readExtensions(tbs) : noExtensions();
  within(ERR.X509_INVALID_FORMAT, () => tbs.expectEnd());
  const names = { issuer, subject };
  const fields = {
    version,
    serial,
    signatureAlgorithm: algorithm,
    ...names,
    notBefore,
    notAfter,
    subjectPublicKey,
  };
  return { identifier, fields: { ...fields, ...extensions } };
}

/** The certificate at the start of `data`, without what follows it. */
function certificateBytes(data: Uint8Array): Uint8Array {
  const reader = new DerReader(data);
  try {
    reader.element(TAG.SEQUENCE);
  } catch {
    throw new InvalidCertificateError(ERR.X509_INVALID_FORMAT);
  }
  return data.slice(0, reader.offset);
}

/**
 * Parses one certificate.
 *
 * @param data - DER; whatever follows the certificate is left aside.
 * @throws InvalidCertificateError, and nothing else, with the code that mbedTLS returns.
 */
export function parseCertificate(data: Uint8Array): Certificate {
  const der = certificateBytes(data);
  const outer = new DerReader(der).enter(TAG.SEQUENCE);
  const tbsStart = outer.offset;
  const tbsReader = within(ERR.X509_INVALID_FORMAT, () => outer.enter(TAG.SEQUENCE));
  const tbs = outer.since(tbsStart);
  const { identifier, fields } = readTbsCertificate(tbsReader);

  const outerIdentifier = readSignatureAlgorithmIdentifier(outer);
  if (!identifiersEqual(identifier, outerIdentifier))
    throw new InvalidCertificateError(ERR.X509_SIG_MISMATCH);
  const signature = within(ERR.X509_INVALID_SIGNATURE, () => outer.octetAlignedBitString());
  within(ERR.X509_INVALID_FORMAT, () => outer.expectEnd());
  return { der, tbs, signature, ...fields };
}

/**
 * Parses what `load_cert_chain` and `load_verify_locations` take (`mbedtls_x509_crt_parse`): PEM when it contains
 * `-----BEGIN CERTIFICATE-----`, with any number of certificates; else one certificate in DER, whatever follows it.
 *
 * @returns The certificates in order, at least one.
 * @throws InvalidCertificateError, and nothing else; one bad certificate in a bundle fails the whole.
 */
export function parseCertificates(data: Uint8Array): Certificate[] {
  return isPem(data) ? readPemBlocks(data).map(parseCertificate) : [parseCertificate(data)];
}
