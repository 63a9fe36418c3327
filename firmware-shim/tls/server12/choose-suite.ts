/** The server's choice of a suite: `ssl_ciphersuite_match` and `ssl_pick_cert` in mbedTLS's ssl_tls12_server.c. */

import {
  type CipherSuite,
  serverKeyType,
  serverSignature,
  usesEllipticCurves,
  usesPsk,
} from "../ciphersuites.ts";
import type { TlsContext } from "../context.ts";
import type { HashName } from "../crypto/provider.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import { namedCurveNumber } from "../messages/extensions.ts";
import { checkCertificateUsage } from "../x509/usage.ts";
import type { ClientOffer } from "./client-hello.ts";

/**
 * The first suite of the server's own list that the client offers too and that can be served.
 *
 * @throws MbedTlsError handshake_failure where there is none.
 */
export function chooseCipherSuite(context: TlsContext, offer: ClientOffer): CipherSuite {
  const suite = context.cipherSuites.find(
    (candidate) => offer.cipherSuites.includes(candidate.id) && canServe(context, offer, candidate),
  );
  if (suite) return suite;
  throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, {
    alert: "handshake_failure",
    reason: "no suite that both can use",
  });
}

function canServe(context: TlsContext, offer: ClientOffer, suite: CipherSuite): boolean {
  if (usesEllipticCurves(suite) && !offer.groups?.length) return false;
  if (usesPsk(suite) && !context.hasPskOrLookup) return false;
  if (!hasCertificate(context, offer, suite)) return false;
  const signature = serverSignature(suite);
  return signature === undefined || preferredAlgorithm(offer, signature) !== undefined;
}

function hasCertificate(context: TlsContext, offer: ClientOffer, suite: CipherSuite): boolean {
  const type = serverKeyType(suite);
  if (type === undefined) return true;
  const [own] = context.ownCertificates;
  const key = own?.subjectPublicKey;
  if (!own || key?.type !== type) return false;
  if (checkCertificateUsage(own, "server", suite.keyExchange) !== 0) return false;
  // Only where the curve's key signs is the client asked whether it knows the curve.
  if (suite.keyExchange !== "ecdhe-ecdsa" || key.type !== "ec") return true;
  return offer.groups?.includes(namedCurveNumber(key.curve)) === true;
}

export interface ChosenAlgorithm {
  /** SignatureAndHashAlgorithm. */
  readonly number: number;
  readonly hash: HashName;
}

const SIGNATURE_BYTES = { rsa: 1, ecdsa: 3 } as const;
const HASHES: ReadonlyMap<number, HashName> = new Map([
  [2, "sha1"],
  [4, "sha256"],
  [5, "sha384"],
  [6, "sha512"],
]);

/** The client's first algorithm of that kind (`mbedtls_ssl_tls12_get_preferred_hash_for_sig_alg`). */
export function preferredAlgorithm(
  { signatureAlgorithms }: ClientOffer,
  signature: "rsa" | "ecdsa",
): ChosenAlgorithm | undefined {
  const number = signatureAlgorithms.find((pair) => (pair & 0xff) === SIGNATURE_BYTES[signature]);
  const hash = number === undefined ? undefined : HASHES.get(number >> 8);
  return number === undefined || hash === undefined ? undefined : { number, hash };
}
