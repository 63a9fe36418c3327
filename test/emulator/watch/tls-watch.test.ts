import { expect, it } from "vitest";
import { issueRoot, issueServer } from "../../../emulator/lab/authority.ts";
import type { TlsFailure, TlsReport, WatchOptions } from "../../../emulator/watch/reports.ts";
import { TlsWatch } from "../../../emulator/watch/tls-watch.ts";
import { ERR, MbedTlsError } from "../../../firmware-shim/tls/errors.ts";
import type { TlsEvent } from "../../../firmware-shim/tls/events.ts";
import { parseCertificates } from "../../../firmware-shim/tls/x509/certificate.ts";
import { FLAG } from "../../../firmware-shim/tls/x509/flags.ts";

const CONNECTION = { id: 1, hostname: "a.lab", tls13: false };
const STAMP = { rtc: 1, host: 2 };
const SECRET = {
  kind: "secret",
  label: "CLIENT_RANDOM",
  clientRandom: Uint8Array.of(1),
  secret: Uint8Array.of(2),
} as const;

function watching(watch: WatchOptions) {
  const reports: TlsReport[] = [];
  const failures: TlsFailure[] = [];
  const tls = new TlsWatch({
    ...{ watch, stamp: () => STAMP },
    report: (report) => reports.push(report),
    fail: (failure) => failures.push(failure),
  });
  return { tls, reports, failures };
}

const message = (name: string): TlsEvent => ({
  kind: "message",
  direction: "sent",
  name,
  length: 1,
  details: {},
});

it("tells nothing unasked, but a failure with how it came about", () => {
  const { tls, reports, failures } = watching({});
  const other = { id: 2, hostname: undefined, tls13: false };
  tls.observe(message("ClientHello"), CONNECTION);
  tls.observe(message("ClientHello"), other);
  tls.observe(SECRET, CONNECTION);
  tls.observe(message("ApplicationData"), CONNECTION);
  const error = new MbedTlsError(ERR.SSL_CONN_EOF, { reason: "it ended" });
  tls.observe({ kind: "error", error }, CONNECTION);
  expect(reports).toEqual([]);
  expect(failures).toEqual([
    {
      connection: CONNECTION,
      stamp: STAMP,
      error: {
        ...{ kind: "error", code: -29312, reason: "it ended", alert: undefined, received: undefined },
        exception: { type: "OSError", args: [-29312, "MBEDTLS_ERR_SSL_CONN_EOF"] },
      },
      history: [message("ClientHello")],
    },
  ]);
});

it("takes a socket's failure for the connection's", () => {
  const { tls, failures } = watching({});
  tls.observe({ kind: "socket-error", errno: 104 }, CONNECTION);
  expect(failures[0]!.error).toMatchObject({ code: -104, exception: { type: "OSError", args: [104] } });
  expect(failures[0]!.history).toEqual([]);
});

it("keeps so much of a handshake and no more", () => {
  const { tls, failures } = watching({});
  for (let i = 0; i < 1000; i++) tls.observe(message(String(i)), CONNECTION);
  tls.observe({ kind: "socket-error", errno: 104 }, CONNECTION);
  expect(failures[0]!.history).toHaveLength(64);
});

it.each([
  [{ tls: true }, ["message"]],
  [{ secrets: true }, ["secret"]],
  [{ tls: true, secrets: true }, ["message", "secret"]],
  [{ packets: true }, []],
])("tells what %j asks for", (watch, kinds) => {
  const { tls, reports } = watching(watch);
  tls.observe(message("ClientHello"), CONNECTION);
  tls.observe(SECRET, CONNECTION);
  expect(reports.map(({ event }) => event.kind)).toEqual(kinds);
});

it("tells certificates in plain data that passes between threads", () => {
  const { tls, reports } = watching({ tls: true });
  const validity = { notBefore: 1_788_264_000, notAfter: 1_788_350_400 };
  const ca = issueRoot("Lab CA", validity, "rsa2048");
  const leaf = issueServer({ names: ["a.lab", "10.0.0.1", "fe80::1"], ...validity }, ca);
  const parse = (pem: string) => parseCertificates(new TextEncoder().encode(pem));
  tls.observe(
    {
      ...{ kind: "verification", flags: FLAG.BADCERT_FUTURE, accepted: false, hostName: "a.lab", now: 5 },
      ...{ chain: parse(leaf.certificate), trusted: parse(ca.certificate) },
    },
    CONNECTION,
  );
  expect(structuredClone(reports[0]!.event)).toEqual({
    ...{ kind: "verification", flags: FLAG.BADCERT_FUTURE, accepted: false, hostName: "a.lab", now: 5 },
    chain: [
      {
        ...{ subject: "a.lab", issuer: "Lab CA", selfIssued: false, isCa: false, hash: "SHA-256" },
        ...{ key: "EC secp256r1", names: ["a.lab", "10.0.0.1", "fe80:0:0:0:0:0:0:1"] },
        ...{ keyUsage: ["digitalSignature", "keyAgreement"], extKeyUsage: ["serverAuth"], ...validity },
      },
    ],
    trusted: [
      {
        ...{ subject: "Lab CA", issuer: "Lab CA", selfIssued: true, isCa: true, hash: "SHA-256" },
        ...{
          key: "RSA 2048",
          names: undefined,
          keyUsage: ["keyCertSign", "cRLSign"],
          extKeyUsage: undefined,
        },
        ...validity,
      },
    ],
  });
});
