/** AlgorithmIdentifier and signature algorithms, after mbedTLS's `asn1parse.c`, `x509.c` and `oid.c`. */

import { ERR } from "../errors.ts";
import { type DerReader, TAG } from "./der.ts";
import { InvalidCertificateError, within } from "./errors.ts";
import { bytesEqual } from "./name.ts";
import { oidKey, SIGNATURE_ALGORITHM_OIDS } from "./oids.ts";

/** AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly oid: string;
  /** 0 when there are no parameters. */
  readonly parametersTag: number;
  /** The parameters' content. */
  readonly parameters: Uint8Array;
  /** Whether the parameters are absent or NULL. */
  readonly hasNoParameters: boolean;
}

/** Hashes that a certificate may be signed with and still parse. MD5 and SHA-224 are then never acceptable. */
export type SignatureHash = "md5" | "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

export interface SignatureAlgorithm {
  /** The kind of key that makes and verifies it. */
  readonly key: "rsa" | "ec";
  readonly hash: SignatureHash;
}

/** `mbedtls_asn1_get_alg`. */
export function readAlgorithmIdentifier(reader: DerReader): AlgorithmIdentifier {
  const sequence = reader.enter(TAG.SEQUENCE);
  const oid = oidKey(sequence.element(TAG.OID));
  if (sequence.atEnd) return { oid, parametersTag: 0, parameters: new Uint8Array(), hasNoParameters: true };
  const parametersTag = sequence.anyTag();
  const parameters = sequence.take(sequence.length());
  sequence.expectEnd();
  const hasNoParameters = parametersTag === TAG.NULL && parameters.length === 0;
  return { oid, parametersTag, parameters, hasNoParameters };
}

export function readSignatureAlgorithmIdentifier(reader: DerReader): AlgorithmIdentifier {
  return within(ERR.X509_INVALID_ALG, () => readAlgorithmIdentifier(reader));
}

/** `mbedtls_x509_get_sig_alg`. */
export function signatureAlgorithm(identifier: AlgorithmIdentifier): SignatureAlgorithm {
  const known: ReadonlyMap<string, SignatureAlgorithm> = SIGNATURE_ALGORITHM_OIDS;
  const algorithm = known.get(identifier.oid);
  if (algorithm === undefined)
    throw new InvalidCertificateError(ERR.X509_UNKNOWN_SIG_ALG + ERR.OID_NOT_FOUND);
  if (!identifier.hasNoParameters) throw new InvalidCertificateError(ERR.X509_INVALID_ALG);
  return algorithm;
}

/** Whether the algorithm inside the signed part and the one outside are the same, to the byte. */
export function identifiersEqual(a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean {
  return a.oid === b.oid && a.parametersTag === b.parametersTag && bytesEqual(a.parameters, b.parameters);
}
