/** Distinguished names, after mbedTLS's `x509.c` (parsing) and `x509_crt.c` (comparison). */

import { ERR } from "../errors.ts";
import { type DerReader, TAG } from "./der.ts";
import { InvalidCertificateError, within } from "./errors.ts";
import { OID, oidKey } from "./oids.ts";
import { decodeText } from "./text.ts";

/** AttributeTypeAndValue (RFC 5280 section 4.1.2.4). */
export interface Attribute {
  /** The attribute's type, as `oids.ts` writes them. */
  readonly type: string;
  /** The string type of the value. */
  readonly tag: number;
  readonly value: Uint8Array;
  /** Whether the next attribute belongs to the same RelativeDistinguishedName (`next_merged`). */
  readonly nextMerged: boolean;
}

/** An issuer or a subject. */
export interface Name {
  /** The SEQUENCE with its header. */
  readonly der: Uint8Array;
  /** In order of appearance; empty for an empty subject. */
  readonly attributes: readonly Attribute[];
  /** The first commonName, for people to read. */
  readonly commonName: string | undefined;
}

const STRING_TAGS: ReadonlySet<number> = new Set([
  TAG.BMP_STRING,
  TAG.UTF8_STRING,
  TAG.T61_STRING,
  TAG.PRINTABLE_STRING,
  TAG.IA5_STRING,
  TAG.UNIVERSAL_STRING,
  TAG.BIT_STRING,
]);

function readAttribute(set: DerReader): Attribute {
  const pair = set.enter(TAG.SEQUENCE);
  const type = oidKey(pair.element(TAG.OID));
  const tag = pair.anyTag();
  if (!STRING_TAGS.has(tag)) throw new InvalidCertificateError(ERR.ASN1_UNEXPECTED_TAG);
  const value = pair.take(pair.length());
  pair.expectEnd();
  return { type, tag, value, nextMerged: !set.atEnd };
}

/** Reads the sets of a Name's SEQUENCE, of which there has to be one (`mbedtls_x509_get_name`). */
export function readAttributes(sequence: DerReader): Attribute[] {
  return within(ERR.X509_INVALID_NAME, () => {
    const attributes: Attribute[] = [];
    do {
      const set = sequence.enter(TAG.SET);
      do attributes.push(readAttribute(set));
      while (!set.atEnd);
    } while (!sequence.atEnd);
    return attributes;
  });
}

/** Reads a Name. An issuer must not be empty; a subject may be, its names then stand in subjectAltName. */
export function readName(reader: DerReader, mayBeEmpty: boolean): Name {
  const start = reader.offset;
  const sequence = within(ERR.X509_INVALID_FORMAT, () => reader.enter(TAG.SEQUENCE));
  const attributes = mayBeEmpty && sequence.atEnd ? [] : readAttributes(sequence);
  const commonName = attributes.find(({ type }) => type === OID.commonName);
  return {
    der: reader.since(start),
    attributes,
    commonName: commonName === undefined ? undefined : decodeText(commonName.value),
  };
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Equality up to the case of ASCII letters (`x509_memcasecmp`). */
export function bytesEqualIgnoringCase(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => lowerCase(byte) === lowerCase(b[i]!));
}

function isCaseless(tag: number): boolean {
  return tag === TAG.UTF8_STRING || tag === TAG.PRINTABLE_STRING;
}

/** `x509_string_cmp`: UTF8String and PrintableString compare without case, everything else exactly. */
function valuesEqual(a: Attribute, b: Attribute): boolean {
  if (a.tag === b.tag && bytesEqual(a.value, b.value)) return true;
  return isCaseless(a.tag) && isCaseless(b.tag) && bytesEqualIgnoringCase(a.value, b.value);
}

/** `x509_name_cmp`. */
export function namesEqual(a: Name, b: Name): boolean {
  return (
    a.attributes.length === b.attributes.length &&
    a.attributes.every((left, i) => {
      const right = b.attributes[i]!;
      return left.type === right.type && left.nextMerged === right.nextMerged && valuesEqual(left, right);
    })
  );
}
