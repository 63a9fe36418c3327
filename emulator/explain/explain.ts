import { ECONNRESET, ETIMEDOUT } from "../../firmware-shim/net/errno.ts";
import { ERR } from "../../firmware-shim/tls/errors.ts";
import type { MessageEvent } from "../../firmware-shim/tls/events.ts";
import type { ReportedVerification, TlsFailure } from "../watch/reports.ts";
import { explainVerification } from "./verification.ts";

/** A failure, and what the board cannot know. */
export interface Situation {
  readonly failure: TlsFailure;
  /** Seconds since 1970 UTC on the host's clock. */
  readonly hostNow: number;
  /** Minutes that the host's local time is ahead of UTC. */
  readonly hostOffset: number;
}

/**
 * Says why a TLS connection has failed, and how to mend it, in sentences; none where there is nothing to add to
 * MicroPython's own error.
 */
export function explain({ failure, hostNow, hostOffset }: Situation): string[] {
  const story = readHistory(failure);
  const { verification, peer } = story;
  if (failure.error.code === ERR.SSL_CA_CHAIN_REQUIRED) {
    return [
      `verify_mode is CERT_REQUIRED, and no certificate of a CA is loaded to check the ${peer}'s with.`,
      "Load one: context.load_verify_locations(cadata=...).",
    ];
  }
  if (verification && !verification.accepted && verification.chain.length > 0) {
    const clocks = { board: verification.now, host: hostNow, hostOffset };
    return explainVerification(verification, peer, clocks);
  }
  return EXPLANATIONS.get(failure.error.code)?.(failure, story) ?? [];
}

/** How a handshake went, as far as explanations need it. */
interface Story {
  /** What the board was connected to. */
  readonly peer: "server" | "client";
  readonly verification: ReportedVerification | undefined;
  readonly received: readonly MessageEvent[];
  readonly sent: readonly MessageEvent[];
}

function readHistory({ history }: TlsFailure): Story {
  const messages = history.filter((event) => event.kind === "message");
  const sent = messages.filter(({ direction }) => direction === "sent");
  return {
    peer: messages.some((event) => event.name === "ClientHello" && event.direction === "received")
      ? "client"
      : "server",
    verification: history.findLast((event) => event.kind === "verification"),
    received: messages.filter(({ direction }) => direction === "received"),
    sent,
  };
}

type Explanation = (failure: TlsFailure, story: Story) => string[];

const EXPLANATIONS = new Map<number, Explanation>([
  [ERR.SSL_ALLOC_FAILED, explainShortage],
  [ERR.SSL_FATAL_ALERT_MESSAGE, explainAlert],
  [ERR.SSL_CONN_EOF, explainEnd],
  [-ECONNRESET, explainReset],
  [-ETIMEDOUT, explainTimeout],
  [ERR.SSL_INVALID_RECORD, explainInvalidRecord],
  [ERR.SSL_INVALID_MAC, explainInvalidMac],
  [ERR.SSL_BAD_PROTOCOL_VERSION, explainVersion],
  [ERR.SSL_HANDSHAKE_FAILURE, explainHandshakeFailure],
  [
    // The chain is empty: mbedTLS leaves out what it cannot check.
    ERR.X509_CERT_VERIFY_FAILED,
    (_failure, { peer }) => [
      `The ${peer}'s certificate is signed in a way that the board does not know: it has to be RSA or ECDSA.`,
    ],
  ],
  [
    ERR.SSL_NO_CLIENT_CERTIFICATE,
    () => [
      "The board's verify_mode asks the client for a certificate, and the client has sent none.",
      "Give the client one, or set verify_mode to CERT_OPTIONAL or CERT_NONE.",
    ],
  ],
]);

/** Alerts by which a server says that it wants a certificate, or another one (RFC 5246 7.2.2, RFC 8446 6.2). */
const CERTIFICATE_ALERTS = [
  "no_certificate",
  "bad_certificate",
  "unsupported_certificate",
  "certificate_revoked",
  "certificate_expired",
  "certificate_unknown",
  "unknown_ca",
  "access_denied",
  "certificate_required",
];

function explainAlert({ error, connection }: TlsFailure, story: Story): string[] {
  const alert = String(error.received);
  const requested = story.received.some(({ name }) => name === "CertificateRequest");
  const answer = story.sent.find(({ name }) => name === "Certificate");
  const certificates = answer?.details.certificate_lengths;
  if (requested && Array.isArray(certificates) && certificates.length === 0) {
    return [
      `The server asks for a client certificate, and the board has none; the server ended the handshake (${alert}).`,
      "Load one with its key: context.load_cert_chain(cert, key).",
    ];
  }
  if (requested && (CERTIFICATE_ALERTS.includes(alert) || alert === "handshake_failure")) {
    return [`The server does not accept the board's client certificate (${alert}).`];
  }
  if (alert === "protocol_version") {
    return noCommonVersion("server", connection.tls13);
  }
  if (alert === "handshake_failure" && story.peer === "server" && story.received.length <= 1) {
    return [
      "The server and the board have no cipher suite, curve or signature algorithm in common (handshake_failure).",
      connection.tls13
        ? "A server that has versions before TLS 1.2 only may say so too."
        : "A server that has TLS 1.3 only, or versions before TLS 1.2 only, may say so too.",
    ];
  }
  if (alert === "unrecognized_name") {
    return [`The server does not know the name "${connection.hostname}" (unrecognized_name).`];
  }
  if (story.peer === "client" && CERTIFICATE_ALERTS.includes(alert)) {
    return [`The client does not accept the board's certificate (${alert}): it says why.`];
  }
  return [`The ${story.peer} ended the connection with the alert ${alert}.`];
}

function explainEnd(_failure: TlsFailure, story: Story): string[] {
  return [
    `The ${story.peer} closed the connection in the middle of the handshake, ${whenOf(story)}.`,
    ...doubtsOf(story),
  ];
}

function explainReset(_failure: TlsFailure, story: Story): string[] {
  return [
    `The ${story.peer} cut the connection off in the middle of the handshake, ${whenOf(story)}.`,
    ...doubtsOf(story),
  ];
}

function explainTimeout(_failure: TlsFailure, story: Story): string[] {
  return [
    `The ${story.peer} did not go on with the handshake in time, ${whenOf(story)}.`,
    ...doubtsOf(story),
  ];
}

function whenOf({ received }: Story): string {
  const last = received.at(-1);
  return last === undefined ? "before it said anything" : `after its ${last.name}`;
}

function doubtsOf({ peer, received }: Story): string[] {
  if (received.length > 0 || peer === "client") return [];
  return ["Is it a TLS server, and is the port right? A firewall or a proxy may have had a part in it too."];
}

function explainInvalidRecord(_failure: TlsFailure, { peer, received }: Story): string[] {
  if (received.length > 0) return [];
  return [
    `What the ${peer} sent is not TLS.`,
    ...(peer === "server" ? ["Is the port right? 443 and 8883 are usual for TLS, 80 and 1883 are not."] : []),
  ];
}

/** The alert of a client that has no keys yet goes in the clear, and a server of mbedTLS's cannot read it. */
function explainInvalidMac({ connection }: TlsFailure, { peer, sent, received }: Story): string[] {
  const last = received.at(-1)?.name;
  const unanswered = last === "ClientHello" || last === "ChangeCipherSpec";
  const certificate = sent.some(({ name }) => name === "Certificate");
  if (peer === "server" || !connection.tls13 || !unanswered || !certificate) return [];
  return [
    "The client seems to refuse the board's certificate: it says why.",
    "Over TLS 1.3 its alert may come unencrypted, which mbedTLS takes for a record that was changed on its way.",
  ];
}

function noCommonVersion(peer: Story["peer"], tls13: boolean): string[] {
  if (tls13) return [`The ${peer} speaks neither TLS 1.2 nor TLS 1.3, and the board speaks nothing else.`];
  return [
    `The ${peer} does not speak TLS 1.2, and the board speaks nothing else.`,
    "With --tls13 it speaks TLS 1.3 as well, which the firmware of an ESP32 does not.",
  ];
}

function explainVersion({ connection }: TlsFailure, { peer, received }: Story): string[] {
  const hello = received.find(({ name }) => name === "ServerHello" || name === "ClientHello");
  const version = hello?.details.server_version ?? hello?.details.client_version;
  if (version === undefined) return noCommonVersion(peer, connection.tls13);
  const own = connection.tls13 ? "TLS 1.2 and 1.3" : "TLS 1.2";
  return [`The ${peer} speaks ${version}, and the board speaks ${own} only: older versions are not safe.`];
}

function explainHandshakeFailure(_failure: TlsFailure, { peer }: Story): string[] {
  if (peer === "server") return [];
  return [
    "No cipher suite is common to the client and the board.",
    "Does the board have a certificate and a key? context.load_cert_chain(cert, key) loads them.",
  ];
}

function explainShortage({ history }: TlsFailure): string[] {
  const shortage = history.findLast((event) => event.kind === "heap-shortage");
  if (!shortage) return [];
  const { needed, held, size, free, others } = shortage;
  const more = held > 0 ? `, ${kib(needed - held)} more than it has` : "";
  const open = others === 1 ? "1 other connection is" : `${others} other connections are`;
  return [
    `The board has no memory left for TLS: the connection needs ${kib(needed)}${more}, and ${kib(free)} of ${kib(size)} are free.`,
    `${open} open, and each takes 25 KB until it is closed, up to 30 KB in its handshake; certificates and keys take the rest.`,
    "Close those that are done with, as a real board needs it too, or give this board more: --heap 4M.",
  ];
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 102.4) / 10} KB`;
}
