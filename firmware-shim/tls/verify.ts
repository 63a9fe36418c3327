/** Judging the peer's chain: `mbedtls_ssl_verify_certificate` in mbedTLS's ssl_tls.c. */

import type { AlertName } from "./alerts.ts";
import type { KeyExchange } from "./ciphersuites.ts";
import { CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED, type TlsContext, VERIFY_MODE_MASK } from "./context.ts";
import { ERR, ERR_SSL_CERTIFICATE_VERIFICATION_WITHOUT_HOSTNAME, MbedTlsError } from "./errors.ts";
import type { ConnectionIo } from "./state.ts";
import type { Certificate } from "./x509/certificate.ts";
import { FLAG } from "./x509/flags.ts";
import { checkCertificateUsage } from "./x509/usage.ts";
import { verifyChain } from "./x509/verify.ts";

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

interface Judgement {
  readonly flags: number;
  /** 0 for a good certificate. */
  readonly code: number;
}

/**
 * Judges the peer's chain as the context's verify mode says, and reports the result.
 *
 * With `CERT_NONE` nothing is looked at and no callback is called. With `CERT_OPTIONAL` a bad certificate is
 * reported and accepted; only a callback's own code ends the handshake. With any other mode a bad certificate does.
 *
 * @param hostName - Undefined when none was set, which `CERT_REQUIRED` does not allow a client.
 * @param peer - Whose chain it is.
 * @throws MbedTlsError with the flags, and with the alert that mbedTLS picks for them.
 */
export function verifyPeer(
  io: ConnectionIo,
  context: TlsContext,
  hostName: string | undefined,
  chain: readonly Certificate[],
  peer: "server" | "client",
  keyExchange: KeyExchange,
): void {
  const mode = context.verifyMode & VERIFY_MODE_MASK;
  if (mode === CERT_NONE) return;
  if (peer === "server" && hostName === undefined && mode === CERT_REQUIRED) {
    throw new MbedTlsError(ERR_SSL_CERTIFICATE_VERIFICATION_WITHOUT_HOSTNAME);
  }
  const { flags, code } = judge(io, context, hostName, chain, peer, keyExchange);
  const failure = failureCode(code, mode, context);
  const judged = { chain, trusted: context.caChain, hostName, now: io.now() };
  io.report({ kind: "verification", flags, accepted: failure === 0, ...judged });
  if (failure !== 0) throw new MbedTlsError(failure, { flags, alert: alertFor(flags) });
}

/** The path, the callback, the peer's key and its usage; the later checks name a code only where there is none yet. */
function judge(
  io: ConnectionIo,
  context: TlsContext,
  hostName: string | undefined,
  chain: readonly Certificate[],
  peer: "server" | "client",
  keyExchange: KeyExchange,
): Judgement {
  const [own] = chain;
  if (!own) {
    const nameFlag = hostName === undefined ? 0 : FLAG.BADCERT_CN_MISMATCH;
    return { flags: EMPTY_CHAIN_FLAGS | nameFlag, code: ERR.X509_CERT_VERIFY_FAILED };
  }
  const callback = context.verifyCallback;
  const path = verifyChain({
    crypto: io.crypto,
    chain,
    trusted: context.caChain,
    hostname: hostName,
    now: io.now(),
    ...(callback && { onCertificate: (certificate, depth) => callback(certificate.der, depth) }),
  });
  let flags = path.flags;
  if (own.subjectPublicKey.type === "unsupported") flags |= FLAG.BADCERT_BAD_KEY;
  flags |= checkCertificateUsage(own, peer, keyExchange);
  const added = flags !== path.flags ? ERR.SSL_BAD_CERTIFICATE : 0;
  return { flags: flags >>> 0, code: path.error !== 0 ? path.error : added };
}

function failureCode(code: number, mode: number, context: TlsContext): number {
  if (mode === CERT_REQUIRED && context.caChain.length === 0) return ERR.SSL_CA_CHAIN_REQUIRED;
  const isFault = code === ERR.X509_CERT_VERIFY_FAILED || code === ERR.SSL_BAD_CERTIFICATE;
  return mode === CERT_OPTIONAL && isFault ? 0 : code;
}

function alertFor(flags: number): AlertName {
  return ALERTS.find(([flag]) => (flags & flag) !== 0)?.[1] ?? "certificate_unknown";
}
