/**
 * Building and verifying a chain of certificates as mbedTLS 3.6 does (`x509_crt_verify_restartable_ca_cb`,
 * `x509_crt_verify_chain` and what they call in `x509_crt.c`), with its default profile and ESP-IDF's options:
 * SHA-256 and stronger, RSA from 2048 bits, P-256, P-384 and P-521, no revocation lists.
 *
 * Every fault of every certificate on the way is collected as a flag; nothing stops at the first.
 */

import type { CryptoProvider, HashName } from "../crypto/provider.ts";
import { bitLength } from "../crypto/rsa.ts";
import { ERR } from "../errors.ts";
import type { SignatureHash } from "./algorithm.ts";
import type { Certificate } from "./certificate.ts";
import { KEY_USAGE } from "./extensions.ts";
import { ALL_FLAGS, FLAG } from "./flags.ts";
import { certificateNamesHost } from "./host-name.ts";
import { MAX_INTERMEDIATE_CA, RSA_MIN_BITS } from "./limits.ts";
import { bytesEqual, namesEqual } from "./name.ts";
import type { SubjectPublicKey } from "./public-key.ts";
import { allowsKeyUsage } from "./usage.ts";

export interface VerifyOptions {
  readonly crypto: CryptoProvider;
  /** As the peer sent it, its own certificate first; at least that one. */
  readonly chain: readonly Certificate[];
  /** The certificates that are trusted, in the order in which they were loaded. */
  readonly trusted: readonly Certificate[];
  /** The name to check, or undefined to check none. */
  readonly hostname: string | undefined;
  /** The board's clock, in seconds since 1970-01-01 00:00:00 UTC. */
  readonly now: number;
}

/** A certificate on the path from the peer's to a root, and its own faults. */
export interface PathItem {
  readonly certificate: Certificate;
  readonly flags: number;
}

export interface VerifyResult {
  /** The faults of the whole path; 0 when it is good, `ALL_FLAGS` when it could not be judged. */
  readonly flags: number;
  /**
   * 0, `MBEDTLS_ERR_X509_CERT_VERIFY_FAILED` when there are flags, or `MBEDTLS_ERR_X509_FATAL_ERROR` for more than
   * eight intermediates, of which no callback is told.
   */
  readonly error: number;
  /** The path that was found, the peer's own certificate first. */
  readonly path: readonly PathItem[];
}

interface Parent {
  readonly certificate: Certificate;
  readonly signatureIsGood: boolean;
  /** Where the candidates of its own parents begin in the peer's chain; undefined for a trusted one. */
  readonly nextIndex: number | undefined;
}

const ACCEPTABLE_HASHES: ReadonlySet<SignatureHash> = new Set(["sha256", "sha384", "sha512"]);

/** `x509_profile_check_key`. */
function isAcceptableKey(key: SubjectPublicKey): boolean {
  return key.type === "rsa" ? bitLength(key.modulus) >= RSA_MIN_BITS : key.type === "ec";
}

function validityFlags(certificate: Certificate, now: number): number {
  if (certificate.notAfter < now)
    return FLAG.BADCERT_EXPIRED | (certificate.notBefore > now ? FLAG.BADCERT_FUTURE : 0);
  return certificate.notBefore > now ? FLAG.BADCERT_FUTURE : 0;
}

function isSelfIssued(certificate: Certificate): boolean {
  return namesEqual(certificate.issuer, certificate.subject);
}

/** A hash that the provider has; MD5 and SHA-224 are unacceptable anyway. */
function providerHash(hash: SignatureHash): HashName | undefined {
  return hash === "md5" || hash === "sha224" ? undefined : hash;
}

/** `x509_crt_check_signature`. */
function isSignedBy(crypto: CryptoProvider, child: Certificate, key: SubjectPublicKey): boolean {
  const hash = providerHash(child.signatureAlgorithm.hash);
  if (hash === undefined || child.signatureAlgorithm.key !== key.type) return false;
  if (key.type === "rsa") return crypto.verifyRsaPkcs1(key, hash, child.tbs, child.signature);
  return key.type === "ec" && crypto.verifyEcdsa(key, hash, child.tbs, child.signature);
}

/** `x509_crt_check_parent`: name, CA bit, key usage. Trusted certificates of versions 1 and 2 have neither. */
function mayBeParent(child: Certificate, parent: Certificate, isTrusted: boolean): boolean {
  if (!namesEqual(child.issuer, parent.subject)) return false;
  if (isTrusted && parent.version < 3) return true;
  return parent.basicConstraints?.cA === true && allowsKeyUsage(parent, KEY_USAGE.keyCertSign);
}

/** One verification: what its steps share. */
class PathBuilder {
  readonly #options: VerifyOptions;
  readonly #now: number;
  readonly #path: { certificate: Certificate; flags: number }[] = [];
  /** Self-issued intermediates so far, which pathLenConstraint does not count. */
  #selfIssuedCount = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#now = Math.floor(options.now);
  }

  get path(): readonly PathItem[] {
    return this.#path;
  }

  /**
   * `x509_crt_find_parent_in`: the first candidate that is valid at this time, else the first at all. A trusted
   * one also has to have made the signature, because the same CA may be there with two keys; for the peer's own
   * ones that is only reported.
   *
   * @param firstIndex - Where the candidates begin in the peer's chain; undefined to search the trusted ones.
   */
  #findParentIn(child: Certificate, firstIndex: number | undefined): Parent | undefined {
    const isTrusted = firstIndex === undefined;
    const candidates = isTrusted ? this.#options.trusted : this.#options.chain.slice(firstIndex);
    let fallback: Parent | undefined;
    const intermediates = this.#path.length - 1 - this.#selfIssuedCount;
    for (const [i, certificate] of candidates.entries()) {
      if (!mayBeParent(child, certificate, isTrusted)) continue;
      const pathLen = certificate.basicConstraints?.pathLenConstraint;
      if (pathLen !== undefined && pathLen < intermediates) continue;
      const signatureIsGood = isSignedBy(this.#options.crypto, child, certificate.subjectPublicKey);
      if (isTrusted && !signatureIsGood) continue;
      const parent = { certificate, signatureIsGood, nextIndex: isTrusted ? undefined : firstIndex + i + 1 };
      if (validityFlags(certificate, this.#now) === 0) return parent;
      fallback ??= parent;
    }
    return fallback;
  }

  /** `x509_crt_check_ee_locally_trusted`: the peer's certificate is itself one of the trusted, and self-issued. */
  #isLocallyTrusted(leaf: Certificate): boolean {
    return isSelfIssued(leaf) && this.#options.trusted.some(({ der }) => bytesEqual(der, leaf.der));
  }

  /**
   * `x509_crt_verify_chain`.
   *
   * @returns 0, or `MBEDTLS_ERR_X509_FATAL_ERROR` when the path gets too long.
   */
  build(leafFlags: number): number {
    let child = this.#options.chain[0]!;
    let nextIndex: number | undefined = 1;
    for (;;) {
      const item = { certificate: child, flags: validityFlags(child, this.#now) };
      this.#path.push(item);
      if (this.#path.length === 1) item.flags |= leafFlags;
      if (nextIndex === undefined) return 0;
      if (!ACCEPTABLE_HASHES.has(child.signatureAlgorithm.hash)) item.flags |= FLAG.BADCERT_BAD_MD;
      if (this.#path.length === 1 && this.#isLocallyTrusted(child)) return 0;

      const parent: Parent | undefined =
        this.#findParentIn(child, undefined) ?? this.#findParentIn(child, nextIndex);
      if (parent === undefined) {
        item.flags |= FLAG.BADCERT_NOT_TRUSTED;
        return 0;
      }
      if (this.#path.length !== 1 && isSelfIssued(child)) this.#selfIssuedCount++;
      if (parent.nextIndex !== undefined && this.#path.length > MAX_INTERMEDIATE_CA)
        return ERR.X509_FATAL_ERROR;
      if (!parent.signatureIsGood) item.flags |= FLAG.BADCERT_NOT_TRUSTED;
      if (!isAcceptableKey(parent.certificate.subjectPublicKey)) item.flags |= FLAG.BADCERT_BAD_KEY;
      child = parent.certificate;
      nextIndex = parent.nextIndex;
    }
  }
}

/** The result where a callback ends a verification with a code of its own (`x509_crt_merge_flags_with_cb`). */
export function refusedChain(code: number, path: readonly PathItem[]): VerifyResult {
  // VERIFY_FAILED would be taken for an ordinary fault, which CERT_OPTIONAL forgives.
  const error = code === ERR.X509_CERT_VERIFY_FAILED ? ERR.X509_FATAL_ERROR : code;
  return { flags: ALL_FLAGS, error, path };
}

/**
 * Verifies the peer's chain (`mbedtls_x509_crt_verify_restartable`). It does not look at what the peer's own
 * certificate may be used for; `checkCertificateUsage` does.
 */
export function verifyChain(options: VerifyOptions): VerifyResult {
  const { chain, hostname } = options;
  const leaf = chain[0]!;
  let leafFlags = 0;
  if (hostname !== undefined && !certificateNamesHost(leaf, hostname)) leafFlags |= FLAG.BADCERT_CN_MISMATCH;
  if (!isAcceptableKey(leaf.subjectPublicKey)) leafFlags |= FLAG.BADCERT_BAD_KEY;

  const builder = new PathBuilder(options);
  const buildError = builder.build(leafFlags);
  const { path } = builder;
  if (buildError !== 0) return { flags: ALL_FLAGS, error: buildError, path };
  const flags = path.reduce((all, item) => all | item.flags, 0);
  return { flags, error: flags !== 0 ? ERR.X509_CERT_VERIFY_FAILED : 0, path };
}
