/** Judging the peer's chain: `mbedtls_ssl_verify_certificate` in mbedTLS's ssl_tls.c. */

import type { AlertName } from "./alerts.ts";
import type { KeyExchange } from "./ciphersuites.ts";
import {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  type TlsContext,
  VERIFY_MODE_MASK,
  type VerifyCallback,
} from "./context.ts";
import { ERR, ERR_SSL_CERTIFICATE_VERIFICATION_WITHOUT_HOSTNAME, MbedTlsError } from "./errors.ts";
import { afterAnswer, type ConnectionIo, type Next } from "./state.ts";
import type { Certificate } from "./x509/certificate.ts";
import { FLAG } from "./x509/flags.ts";
import { checkCertificateUsage } from "./x509/usage.ts";
import { type PathItem, refusedChain, type VerifyResult, verifyChain } from "./x509/verify.ts";

/** Which alert is sent for which flags: the first that fits (`ssl_tls.c` calls the choice debatable). */
const ALERTS: readonly (readonly [flag: number, alert: AlertName])[] = [
  [FLAG.BADCERT_OTHER, "access_denied"],
  [FLAG.BADCERT_CN_MISMATCH, "bad_certificate"],
  [FLAG.BADCERT_KEY_USAGE, "unsupported_certificate"],
  [FLAG.BADCERT_EXT_KEY_USAGE, "unsupported_certificate"],
  [FLAG.BADCERT_BAD_PK, "unsupported_certificate"],
  [FLAG.BADCERT_BAD_KEY, "unsupported_certificate"],
  [FLAG.BADCERT_EXPIRED, "certificate_expired"],
  [FLAG.BADCERT_REVOKED, "certificate_revoked"],
  [FLAG.BADCERT_NOT_TRUSTED, "unknown_ca"],
];

/**
 * What mbedTLS finds wrong with a chain of which it has left out every certificate, because their signature
 * algorithms are unknown to it: an empty certificate is all that these flags say.
 */
const EMPTY_CHAIN_FLAGS =
  FLAG.BADCERT_EXPIRED |
  FLAG.BADCERT_NOT_TRUSTED |
  FLAG.BADCERT_BAD_MD |
  FLAG.BADCERT_BAD_PK |
  FLAG.BADCERT_BAD_KEY;

/** Whom a chain is to prove, and for what. */
export interface PeerToVerify {
  readonly peer: "server" | "client";
  /** Undefined when none was set, which `CERT_REQUIRED` does not allow a client. */
  readonly hostName: string | undefined;
  readonly keyExchange: KeyExchange;
}

/**
 * Judges the peer's chain as the context's verify mode says, reports the result, and goes on.
 *
 * With `CERT_NONE` nothing is looked at and no callback is called. With `CERT_OPTIONAL` a bad certificate is
 * reported and accepted; only a callback's own code ends the handshake. With any other mode a bad certificate does.
 *
 * @param then - What comes after a chain that is accepted.
 * @throws MbedTlsError with the flags, and with the alert that mbedTLS picks for them.
 */
export function verifyPeer(
  io: ConnectionIo,
  context: TlsContext,
  wanted: PeerToVerify,
  chain: readonly Certificate[],
  then: () => Next,
): Next {
  const mode = context.verifyMode & VERIFY_MODE_MASK;
  const { peer, hostName } = wanted;
  if (mode === CERT_NONE) return then();
  if (peer === "server" && hostName === undefined && mode === CERT_REQUIRED) {
    throw new MbedTlsError(ERR_SSL_CERTIFICATE_VERIFICATION_WITHOUT_HOSTNAME);
  }
  const { caChain: trusted, verifyCallback: callback } = context;
  const now = io.now();
  const conclude = ({ flags: found, error }: VerifyResult): Next => {
    const flags = (found | flagsOfUse(chain, wanted)) >>> 0;
    const code = error !== 0 || flags === found >>> 0 ? error : ERR.SSL_BAD_CERTIFICATE;
    const failure = failureCode(code, mode, context);
    io.report({ kind: "verification", flags, accepted: failure === 0, chain, trusted, hostName, now });
    if (failure !== 0) throw new MbedTlsError(failure, { flags, alert: alertFor(flags) });
    return then();
  };
  if (chain.length === 0) return conclude(emptyChain(hostName));
  const result = verifyChain({ crypto: io.crypto, chain, trusted, hostname: hostName, now });
  // One that cannot be judged, for its length, is shown to no callback.
  if (!callback || result.error === ERR.X509_FATAL_ERROR) return conclude(result);
  return askCallback(callback, result.path, (code) =>
    conclude(code === 0 ? result : refusedChain(code, result.path)),
  );
}

function emptyChain(hostName: string | undefined): VerifyResult {
  const nameFlag = hostName === undefined ? 0 : FLAG.BADCERT_CN_MISMATCH;
  return { flags: EMPTY_CHAIN_FLAGS | nameFlag, error: ERR.X509_CERT_VERIFY_FAILED, path: [] };
}

/** Asks about each certificate of the path, root first, until one is refused: its code, or 0. */
function askCallback(
  callback: VerifyCallback,
  path: readonly PathItem[],
  then: (code: number) => Next,
  depth = path.length - 1,
): Next {
  const item = path[depth];
  if (!item) return then(0);
  return afterAnswer(callback(item.certificate.der, depth), (code) =>
    code !== 0 ? then(code) : askCallback(callback, path, then, depth - 1),
  );
}

/** Faults of the peer's own key and its usage; they name a code only where there is none yet. */
function flagsOfUse([own]: readonly Certificate[], { peer, keyExchange }: PeerToVerify): number {
  if (!own) return 0;
  const keyFlag = own.subjectPublicKey.type === "unsupported" ? FLAG.BADCERT_BAD_KEY : 0;
  return keyFlag | checkCertificateUsage(own, peer, keyExchange);
}

function failureCode(code: number, mode: number, context: TlsContext): number {
  if (mode === CERT_REQUIRED && context.caChain.length === 0) return ERR.SSL_CA_CHAIN_REQUIRED;
  const isFault = code === ERR.X509_CERT_VERIFY_FAILED || code === ERR.SSL_BAD_CERTIFICATE;
  return mode === CERT_OPTIONAL && isFault ? 0 : code;
}

function alertFor(flags: number): AlertName {
  return ALERTS.find(([flag]) => (flags & flag) !== 0)?.[1] ?? "certificate_unknown";
}
