import { FLAG } from "../../firmware-shim/tls/x509/flags.ts";
import { parseIpAddress } from "../../firmware-shim/tls/x509/ip-address.ts";
import type { CertificateSummary } from "../watch/certificate-summary.ts";
import type { ReportedVerification } from "../watch/reports.ts";
import { type Clocks, compareClocks, dateBeside, zoneName } from "./clock.ts";

type Peer = "server" | "client";

/** Certificates that the path may have had: the peer's, and the trusted ones that it could lead to. */
function pathOf({ chain, trusted }: ReportedVerification): CertificateSummary[] {
  const issuers = new Set(chain.map(({ issuer }) => issuer));
  const sent = new Set(chain.map((certificate) => JSON.stringify(certificate)));
  const anchors = trusted.filter(({ subject }) => issuers.has(subject));
  return [...chain, ...anchors.filter((certificate) => !sent.has(JSON.stringify(certificate)))];
}

/** Sentences on each of a verification's flags. */
export function explainVerification(
  verification: ReportedVerification,
  peer: Peer,
  clocks: Clocks,
): string[] {
  const { flags } = verification;
  const has = (flag: number) => (flags & flag) !== 0;
  const explanations: string[] = [];
  if (has(FLAG.BADCERT_FUTURE) || has(FLAG.BADCERT_EXPIRED)) {
    explanations.push(...explainDates(verification, peer, clocks));
  }
  if (has(FLAG.BADCERT_CN_MISMATCH)) explanations.push(...explainName(verification, peer));
  if (has(FLAG.BADCERT_NOT_TRUSTED)) explanations.push(...explainTrust(verification, peer));
  if (has(FLAG.BADCERT_KEY_USAGE) || has(FLAG.BADCERT_EXT_KEY_USAGE)) {
    explanations.push(...explainUsage(verification, peer));
  }
  if (has(FLAG.BADCERT_BAD_MD)) explanations.push(...explainHash(verification, peer));
  if (has(FLAG.BADCERT_BAD_KEY) || has(FLAG.BADCERT_BAD_PK)) {
    explanations.push(...explainKey(verification, peer));
  }
  if (has(FLAG.BADCERT_OTHER)) explanations.push("The program's verify_callback refused the certificate.");
  return explanations;
}

/** "The server's certificate", or of which CA. */
function owner(certificate: CertificateSummary, { chain }: ReportedVerification, peer: Peer): string {
  return certificate === chain[0]
    ? `The ${peer}'s certificate`
    : `The certificate of "${certificate.subject}"`;
}

function explainDates(verification: ReportedVerification, peer: Peer, clocks: Clocks): string[] {
  const { board } = clocks;
  const path = pathOf(verification);
  const early = furthest(
    path.filter(({ notBefore }) => board < notBefore),
    ({ notBefore }) => notBefore,
  );
  const late = furthest(
    path.filter(({ notAfter }) => board > notAfter),
    ({ notAfter }) => -notAfter,
  );
  const [nearest] = [...early.map((c) => c.notBefore), ...late.map((c) => c.notAfter)];
  if (nearest === undefined) return [];
  return [
    `The board believes it is ${dateBeside(board, nearest)}.`,
    ...early.map((c) => `${owner(c, verification, peer)} is valid from ${dateBeside(c.notBefore, board)}.`),
    ...late.map((c) => `${owner(c, verification, peer)} was valid until ${dateBeside(c.notAfter, board)}.`),
    ...mendClock(clocks, [...early, ...late]),
  ];
}

/** The certificate that decides, where several are out of date: the peer's own of equals. */
function furthest(
  certificates: readonly CertificateSummary[],
  distance: (certificate: CertificateSummary) => number,
): CertificateSummary[] {
  const largest = Math.max(...certificates.map(distance));
  const found = certificates.find((certificate) => distance(certificate) === largest);
  return found === undefined ? [] : [found];
}

const SET_CLOCK = "Set the clock: rtc --set, or ntptime.settime().";

function mendClock(clocks: Clocks, invalid: readonly CertificateSummary[]): string[] {
  const { board, host, hostOffset } = clocks;
  const helps = invalid.every(({ notBefore, notAfter }) => host >= notBefore && host <= notAfter);
  switch (compareClocks(clocks)) {
    case "local":
      return [
        `That looks like this machine's local time (${zoneName(hostOffset)}), and certificates are dated in UTC.`,
        ...(helps
          ? [
              "Set the clock to UTC: breadbox rtc --set, or ntptime.settime(); mpremote's rtc --set sets local time.",
            ]
          : [`In UTC too, ${dateBeside(host, board)}, it is not valid: a new certificate is needed.`]),
      ];
    case "right":
      return ["The board's clock is right: it is the certificate that has to be replaced."];
    case "wrong":
      return helps
        ? [SET_CLOCK]
        : [
            `This machine says that it is ${dateBeside(host, board)}, and then it is not valid either.`,
            "A new certificate is needed, and the right time: rtc --set, or ntptime.settime().",
          ];
  }
}

function explainName({ chain, hostName }: ReportedVerification, peer: Peer): string[] {
  const [own] = chain;
  if (!own) return [];
  const names = own.names ?? [own.subject];
  const list = names.length === 0 ? "no name" : names.map((name) => `"${name}"`).join(", ");
  const isAddress = hostName !== undefined && parseIpAddress(hostName) !== undefined;
  return [
    `The ${peer}'s certificate is for ${list}, and the program asks for "${hostName ?? ""}" (server_hostname).`,
    isAddress
      ? "An IP address has to be in the certificate as an address: connect by the name, or issue one with the address."
      : "Connect by a name that is in the certificate, or issue one with this name.",
  ];
}

function explainTrust({ chain, trusted }: ReportedVerification, peer: Peer): string[] {
  const [own] = chain;
  const last = chain.at(-1);
  if (!own || !last) return [];
  const loaded = trusted.map(({ subject }) => `"${subject}"`).join(", ");
  if (own.selfIssued) {
    return [
      `The ${peer}'s certificate is signed by itself, and by none of the CAs that are loaded (${loaded}).`,
      "To trust it load it itself: context.load_verify_locations(cadata=...).",
    ];
  }
  // The chain may end in its own root, which counts for nothing.
  const root = last.selfIssued ? last.subject : last.issuer;
  if (trusted.some(({ subject }) => subject === root)) {
    return [
      `A CA called "${root}" is loaded, but it did not sign this certificate: it has another key, or may not sign.`,
      `Load the certificate of the "${root}" that the ${peer}'s comes from.`,
    ];
  }
  return [
    `The ${peer}'s certificate comes from "${root}", and the board trusts ${loaded} only.`,
    `Load the certificate of "${root}": context.load_verify_locations(cadata=...).`,
    ...(chain.length === 1 && own.issuer === root
      ? [`If "${root}" is an intermediate CA, the ${peer} should send its certificate too.`]
      : []),
  ];
}

function explainUsage({ chain }: ReportedVerification, peer: Peer): string[] {
  const [own] = chain;
  if (!own) return [];
  const list = (values: readonly string[] | undefined) => values?.join(", ") || "nothing";
  return [
    `The ${peer}'s certificate is not for a ${peer}: its keyUsage is ${list(own.keyUsage)}, its extendedKeyUsage ${list(own.extKeyUsage)}.`,
    `It needs digitalSignature (for RSA key exchange keyEncipherment), and ${peer}Auth.`,
  ];
}

function explainHash(verification: ReportedVerification, peer: Peer): string[] {
  return pathOf(verification)
    .filter(({ hash }) => ["MD5", "SHA-1", "SHA-224"].includes(hash))
    .map(
      (c) => `${owner(c, verification, peer)} is signed with ${c.hash}; it has to be SHA-256 or stronger.`,
    );
}

function explainKey(verification: ReportedVerification, peer: Peer): string[] {
  return pathOf(verification)
    .filter(({ key }) => (key.startsWith("RSA") ? Number(key.slice(4)) < 2048 : key.includes("another")))
    .map(
      (c) =>
        `${owner(c, verification, peer)} has a key that is too weak (${c.key}); it has to be RSA of 2048 bits or more, or on P-256, P-384 or P-521.`,
    );
}
