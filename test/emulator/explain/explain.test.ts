import { describe, expect, it } from "vitest";
import { dateBeside, zoneName } from "../../../emulator/explain/clock.ts";
import { explain } from "../../../emulator/explain/explain.ts";
import type { CertificateSummary } from "../../../emulator/watch/certificate-summary.ts";
import type { ReportedEvent, TlsFailure } from "../../../emulator/watch/reports.ts";
import { ERR } from "../../../firmware-shim/tls/errors.ts";
import { FLAG } from "../../../firmware-shim/tls/x509/flags.ts";

const at = (iso: string): number => Date.parse(iso) / 1000;

const SERVER: CertificateSummary = {
  subject: "www.lab",
  issuer: "Lab CA",
  selfIssued: false,
  notBefore: at("2026-05-01T00:00:00Z"),
  notAfter: at("2027-05-01T00:00:00Z"),
  names: ["www.lab"],
  key: "EC secp256r1",
  hash: "SHA-256",
  isCa: false,
  keyUsage: ["digitalSignature"],
  extKeyUsage: ["serverAuth"],
};

const CA: CertificateSummary = {
  ...SERVER,
  subject: "Lab CA",
  selfIssued: true,
  notBefore: at("2026-01-01T00:00:00Z"),
  notAfter: at("2036-01-01T00:00:00Z"),
  names: undefined,
  isCa: true,
};

const NOW = at("2026-09-01T12:00:00Z");

function failure(code: number, history: ReportedEvent[]): TlsFailure {
  const exception = { type: "OSError", args: [code] } as const;
  const error = {
    kind: "error",
    code,
    reason: "",
    alert: undefined,
    received: undefined,
    exception,
  } as const;
  return {
    connection: { id: 1, hostname: "www.lab", tls13: false },
    stamp: { rtc: 0, host: 0 },
    error,
    history,
  };
}

interface Case {
  readonly flags: number;
  /** The board's clock. */
  readonly now?: number;
  readonly chain?: readonly CertificateSummary[];
  readonly trusted?: readonly CertificateSummary[];
  readonly hostName?: string;
  readonly hostOffset?: number;
}

function verification({
  flags,
  now = NOW,
  chain = [SERVER],
  trusted = [CA],
  hostName = "www.lab",
  hostOffset = 0,
}: Case) {
  const judged = { kind: "verification", accepted: false, flags, now, chain, trusted, hostName } as const;
  return explain({ failure: failure(ERR.X509_CERT_VERIFY_FAILED, [judged]), hostNow: NOW, hostOffset });
}

describe("dates", () => {
  it("tells an unset clock", () => {
    expect(verification({ flags: FLAG.BADCERT_FUTURE, now: at("2000-01-01T00:00:05Z") })).toEqual([
      "The board believes it is 2000-01-01.",
      "The server's certificate is valid from 2026-05-01.",
      "Set the clock: rtc --set, or ntptime.settime().",
    ]);
  });

  it.each([
    [120, "2026-09-01T14:00:00Z", "UTC+02:00", "2026-09-01T13:00:00Z"],
    [120, "2026-09-01T14:01:59Z", "UTC+02:00", "2026-09-01T13:00:00Z"],
    [330, "2026-09-01T17:30:00Z", "UTC+05:30", "2026-09-01T13:00:00Z"],
  ])("tells local time, %d minutes ahead, at %s", (hostOffset, clock, zone, notAfter) => {
    const chain = [{ ...SERVER, notAfter: at(notAfter) }];
    expect(verification({ flags: FLAG.BADCERT_EXPIRED, now: at(clock), chain, hostOffset })).toEqual([
      `The board believes it is ${clock.replace("T", " ").replace("Z", "")} UTC.`,
      `The server's certificate was valid until ${notAfter.replace("T", " ").replace("Z", "")} UTC.`,
      `That looks like this machine's local time (${zone}), and certificates are dated in UTC.`,
      "Set the clock to UTC: breadbox rtc --set, or ntptime.settime(); mpremote's rtc --set sets local time.",
    ]);
  });

  it("says of local time too when UTC would not help", () => {
    const chain = [{ ...SERVER, notAfter: at("2026-08-01T00:00:00Z") }];
    expect(
      verification({ flags: FLAG.BADCERT_EXPIRED, now: NOW + 3600, chain, hostOffset: 60 }).slice(2),
    ).toEqual([
      "That looks like this machine's local time (UTC+01:00), and certificates are dated in UTC.",
      "In UTC too, 2026-09-01 12:00:00 UTC, it is not valid: a new certificate is needed.",
    ]);
  });

  it("takes a clock that is out by more than two minutes for wrong, and not for local time", () => {
    const chain = [{ ...SERVER, notAfter: at("2026-09-01T13:00:00Z") }];
    const sentences = verification({
      ...{ flags: FLAG.BADCERT_EXPIRED, now: NOW + 7321, chain, hostOffset: 120 },
    });
    expect(sentences.at(-1)).toBe("Set the clock: rtc --set, or ntptime.settime().");
  });

  it("names the CA that has expired", () => {
    const trusted = [{ ...CA, notAfter: at("2026-06-01T00:00:00Z") }];
    expect(verification({ flags: FLAG.BADCERT_EXPIRED, trusted })).toEqual([
      "The board believes it is 2026-09-01.",
      'The certificate of "Lab CA" was valid until 2026-06-01.',
      "The board's clock is right: it is the certificate that has to be replaced.",
    ]);
  });

  it("says when neither clock helps", () => {
    const chain = [{ ...SERVER, notBefore: at("2026-10-01T00:00:00Z") }];
    expect(
      verification({ flags: FLAG.BADCERT_FUTURE, now: at("2000-01-01T00:00:00Z"), chain }).slice(2),
    ).toEqual([
      "This machine says that it is 2026-09-01, and then it is not valid either.",
      "A new certificate is needed, and the right time: rtc --set, or ntptime.settime().",
    ]);
  });

  it("writes dates and zones", () => {
    expect(dateBeside(0, 86_400)).toBe("1970-01-01");
    expect(dateBeside(1, 86_399)).toBe("1970-01-01 00:00:01 UTC");
    expect(zoneName(-570)).toBe("UTC-09:30");
    expect(zoneName(0)).toBe("UTC+00:00");
  });
});

describe("names and trust", () => {
  it("tells an address that the certificate lacks", () => {
    expect(verification({ flags: FLAG.BADCERT_CN_MISMATCH, hostName: "10.0.0.1" })).toEqual([
      'The server\'s certificate is for "www.lab", and the program asks for "10.0.0.1" (server_hostname).',
      "An IP address has to be in the certificate as an address: connect by the name, or issue one with the address.",
    ]);
  });

  it("takes the common name only where there are no other names", () => {
    const [first] = verification({
      flags: FLAG.BADCERT_CN_MISMATCH,
      chain: [{ ...SERVER, names: undefined }],
      hostName: "x",
    });
    expect(first).toBe(
      'The server\'s certificate is for "www.lab", and the program asks for "x" (server_hostname).',
    );
    const [none] = verification({
      flags: FLAG.BADCERT_CN_MISMATCH,
      chain: [{ ...SERVER, names: [] }],
      hostName: "x",
    });
    expect(none).toContain("is for no name,");
  });

  it("tells a CA of the same name that has another key", () => {
    expect(verification({ flags: FLAG.BADCERT_NOT_TRUSTED })).toEqual([
      'A CA called "Lab CA" is loaded, but it did not sign this certificate: it has another key, or may not sign.',
      'Load the certificate of the "Lab CA" that the server\'s comes from.',
    ]);
  });

  it("looks at the end of the chain", () => {
    const chain = [
      { ...SERVER, issuer: "Middle" },
      { ...SERVER, subject: "Middle", issuer: "Root" },
    ];
    expect(verification({ flags: FLAG.BADCERT_NOT_TRUSTED, chain })).toEqual([
      'The server\'s certificate comes from "Root", and the board trusts "Lab CA" only.',
      'Load the certificate of "Root": context.load_verify_locations(cadata=...).',
    ]);
  });

  it("explains each of several faults", () => {
    const flags = FLAG.BADCERT_CN_MISMATCH | FLAG.BADCERT_NOT_TRUSTED | FLAG.BADCERT_OTHER;
    const sentences = verification({ flags, hostName: "x" });
    expect(sentences).toHaveLength(5);
    expect(sentences[4]).toBe("The program's verify_callback refused the certificate.");
  });
});

describe("the rest of the handshake", () => {
  const message = (direction: "sent" | "received", name: string, details = {}): ReportedEvent => ({
    ...{ kind: "message", direction, name, length: 4, details },
  });
  const explained = (code: number, history: ReportedEvent[], received?: string, tls13 = false) => {
    const failed = { ...failure(code, history), connection: { id: 1, hostname: "www.lab", tls13 } };
    const error = { ...failed.error, received: received as TlsFailure["error"]["received"] };
    return explain({ failure: { ...failed, error }, hostNow: NOW, hostOffset: 0 });
  };

  it.each([
    [
      "protocol_version",
      [
        "The server does not speak TLS 1.2, and the board speaks nothing else.",
        "With --tls13 it speaks TLS 1.3 as well, which the firmware of an ESP32 does not.",
      ],
    ],
    ["unrecognized_name", ['The server does not know the name "www.lab" (unrecognized_name).']],
    ["internal_error", ["The server ended the connection with the alert internal_error."]],
  ])("has words for the alert %s", (alert, sentences) => {
    expect(explained(ERR.SSL_FATAL_ALERT_MESSAGE, [message("sent", "ClientHello")], alert)).toEqual(
      sentences,
    );
  });

  it("tells a client certificate that is not accepted from one that is missing", () => {
    const history = [
      message("sent", "ClientHello"),
      message("received", "CertificateRequest"),
      message("sent", "Certificate", { certificate_lengths: [500] }),
    ];
    expect(explained(ERR.SSL_FATAL_ALERT_MESSAGE, history, "unknown_ca")).toEqual([
      "The server does not accept the board's client certificate (unknown_ca).",
    ]);
  });

  it("speaks of clients where the board is the server", () => {
    const history = [message("received", "ClientHello"), message("sent", "ServerHello")];
    expect(explained(ERR.SSL_FATAL_ALERT_MESSAGE, history, "unknown_ca")).toEqual([
      "The client does not accept the board's certificate (unknown_ca): it says why.",
    ]);
    expect(explained(ERR.SSL_CONN_EOF, history)).toEqual([
      "The client closed the connection in the middle of the handshake, after its ClientHello.",
    ]);
    const missing = { kind: "verification", accepted: false, flags: FLAG.BADCERT_MISSING } as const;
    const judged = { ...missing, now: NOW, chain: [], trusted: [CA], hostName: undefined };
    expect(explained(ERR.SSL_NO_CLIENT_CERTIFICATE, [...history, judged])).toEqual([
      "The board's verify_mode asks the client for a certificate, and the client has sent none.",
      "Give the client one, or set verify_mode to CERT_OPTIONAL or CERT_NONE.",
    ]);
    expect(explained(ERR.X509_CERT_VERIFY_FAILED, [...history, judged])).toEqual([
      "The client's certificate is signed in a way that the board does not know: it has to be RSA or ECDSA.",
    ]);
    expect(explained(ERR.SSL_CA_CHAIN_REQUIRED, history)[0]).toContain("to check the client's with.");
  });

  it("tells a connection that was cut off, and one that stands still", () => {
    const answered = [message("sent", "ClientHello"), message("received", "ServerHello")];
    expect(explained(-104, answered)).toEqual([
      "The server cut the connection off in the middle of the handshake, after its ServerHello.",
    ]);
    expect(explained(-116, [message("sent", "ClientHello")])).toEqual([
      "The server did not go on with the handshake in time, before it said anything.",
      "Is it a TLS server, and is the port right? A firewall or a proxy may have had a part in it too.",
    ]);
  });

  it("knows a board that has TLS 1.3", () => {
    const hello = [message("sent", "ClientHello")];
    const tls13 = (code: number, history: ReportedEvent[], received?: string) =>
      explained(code, history, received, true);
    expect(tls13(ERR.SSL_FATAL_ALERT_MESSAGE, hello, "protocol_version")).toEqual([
      "The server speaks neither TLS 1.2 nor TLS 1.3, and the board speaks nothing else.",
    ]);
    expect(tls13(ERR.SSL_FATAL_ALERT_MESSAGE, hello, "handshake_failure")[1]).toBe(
      "A server that has versions before TLS 1.2 only may say so too.",
    );
    const answer = message("received", "ServerHello", { server_version: "TLSv1.0" });
    expect(tls13(ERR.SSL_BAD_PROTOCOL_VERSION, [...hello, answer])).toEqual([
      "The server speaks TLSv1.0, and the board speaks TLS 1.2 and 1.3 only: older versions are not safe.",
    ]);
    expect(tls13(ERR.SSL_BAD_PROTOCOL_VERSION, [])).toEqual([
      "The server speaks neither TLS 1.2 nor TLS 1.3, and the board speaks nothing else.",
    ]);
  });

  it("guesses what a client says that cannot be understood", () => {
    const history = [message("received", "ClientHello"), message("sent", "Certificate")];
    const sentences = [
      "The client seems to refuse the board's certificate: it says why.",
      "Over TLS 1.3 its alert may come unencrypted, which mbedTLS takes for a record that was changed on its way.",
    ];
    expect(explained(ERR.SSL_INVALID_MAC, history, undefined, true)).toEqual(sentences);
    expect(explained(ERR.SSL_INVALID_MAC, history)).toEqual([]);
    const finished = [...history, message("received", "Finished")];
    expect(explained(ERR.SSL_INVALID_MAC, finished, undefined, true)).toEqual([]);
  });

  it("has nothing to add to an error of the board's own", () => {
    expect(explained(ERR.SSL_INTERNAL_ERROR, [])).toEqual([]);
  });
});

describe("memory", () => {
  const shortage = {
    kind: "heap-shortage",
    needed: 28_672,
    held: 23_552,
    size: 139_264,
    free: 1024,
  } as const;

  it("tells what is needed, what there is, and who has it", () => {
    const failed = failure(ERR.SSL_ALLOC_FAILED, [{ ...shortage, others: 1 }]);
    expect(explain({ failure: failed, hostNow: NOW, hostOffset: 0 })).toEqual([
      "The board has no memory left for TLS: the connection needs 28 KB, 5 KB more than it has, and 1 KB of 136 KB are free.",
      "1 other connection is open, and each takes 25 KB until it is closed, up to 30 KB in its handshake; certificates and keys take the rest.",
      "Close those that are done with, as a real board needs it too, or give this board more: --heap 4M.",
    ]);
  });

  it("has nothing to say of a failure without one", () => {
    const failed = failure(ERR.SSL_ALLOC_FAILED, []);
    expect(explain({ failure: failed, hostNow: NOW, hostOffset: 0 })).toEqual([]);
  });
});
