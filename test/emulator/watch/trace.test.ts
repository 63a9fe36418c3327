import { describe, expect, it } from "vitest";
import { keyLogLine } from "../../../emulator/capture/key-log.ts";
import { readTrace, watchOptions } from "../../../emulator/cli/watch-board.ts";
import type { PacketReport, ReportedEvent } from "../../../emulator/watch/reports.ts";
import { tracePacket, traceTls } from "../../../emulator/watch/trace.ts";
import { TRANSPORT_TCP } from "../../../firmware-shim/net/wisp/constants.ts";
import {
  encodeClose,
  encodeConnect,
  encodeData,
  encodeDatagram,
  encodeFin,
  encodeLink,
  encodeOpened,
  encodeResolve,
  encodeResolved,
  encodeWindow,
} from "../../../firmware-shim/net/wisp/packet.ts";
import { FLAG } from "../../../firmware-shim/tls/x509/flags.ts";

const stamp = { rtc: 946_684_803_000_042, host: 5 };

function tls(event: ReportedEvent): string[] {
  return traceTls({ connection: { id: 2, hostname: "a.lab", tls13: false }, stamp, event });
}

function message(direction: "sent" | "received", name: string, length: number, details = {}): ReportedEvent {
  return { kind: "message", direction, name, length, details };
}

describe("TRACE=tls", () => {
  it("has a line for a message", () => {
    expect(
      tls(
        message("sent", "ClientHello", 200, {
          client_version: "TLSv1.2",
          cipher_suites: ["A", "B"],
          server_name: "a.lab",
          extensions: ["server_name", "session_ticket"],
        }),
      ),
    ).toEqual([
      "2000-01-01 00:00:03.000042 tls 2 a.lab -> ClientHello, 200 bytes: client_version TLSv1.2, 2 cipher_suites, server_name a.lab, extensions server_name session_ticket",
    ]);
    const head = "2000-01-01 00:00:03.000042 tls 2 a.lab";
    expect(tls(message("received", "Finished", 16))).toEqual([`${head} <- Finished, 16 bytes`]);
    expect(tls(message("sent", "Certificate", 7, { certificate_lengths: [] }))).toEqual([
      `${head} -> Certificate, 7 bytes: certificate_lengths none`,
    ]);
    expect(tls(message("received", "ServerKeyExchange", 9, { signature_algorithm: 0x0403 }))).toEqual([
      `${head} <- ServerKeyExchange, 9 bytes: signature_algorithm 0x0403`,
    ]);
  });

  it("has the chain with its dates beside the board's clock, and the verdict", () => {
    const certificate = {
      ...{ subject: "a.lab", issuer: "Lab CA", selfIssued: false, names: ["a.lab"], isCa: false },
      ...{ key: "RSA 2048", hash: "SHA-256", keyUsage: undefined, extKeyUsage: undefined },
      ...{ notBefore: 1_788_264_000, notAfter: 1_788_350_400 },
    };
    const event = {
      kind: "verification",
      ...{ accepted: false, hostName: "a.lab", trusted: [], now: 946_684_803 },
      flags: FLAG.BADCERT_FUTURE | FLAG.BADCERT_CN_MISMATCH,
      chain: [certificate],
    } as const;
    const head = "2000-01-01 00:00:03.000042 tls 2 a.lab";
    expect(tls(event)).toEqual([
      `${head} certificate 0: "a.lab" by "Lab CA", RSA 2048, SHA-256, 2026-09-01 12:00:00 to 2026-09-02 12:00:00, for the board not valid yet`,
      `${head} verification: rejected; The certificate Common Name (CN) does not match with the expected CN; The certificate validity starts in the future`,
    ]);
    const later = { ...event, now: 1_788_264_000, flags: 0, accepted: true };
    expect(tls(later)[0]).toContain("for the board valid now");
    expect(tls(later)[1]).toContain("verification: good");
    expect(tls({ ...later, now: 1_788_350_401, flags: FLAG.BADCERT_EXPIRED })[0]).toContain(
      "for the board expired",
    );
    expect(tls({ ...later, flags: FLAG.BADCERT_EXPIRED })[1]).toContain(
      "verification: accepted all the same; The",
    );
  });

  it("has the error that Python is told", () => {
    const exception = { type: "OSError", args: [-29312, "MBEDTLS_ERR_SSL_CONN_EOF"] } as const;
    const event = { kind: "error", code: -29312, alert: undefined, received: undefined, exception } as const;
    const head = "2000-01-01 00:00:03.000042 tls 2 a.lab failed: OSError";
    expect(tls({ ...event, reason: "MBEDTLS_ERR_SSL_CONN_EOF" })).toEqual([
      `${head}(-29312, "MBEDTLS_ERR_SSL_CONN_EOF")`,
    ]);
    expect(tls({ ...event, reason: "cut off", alert: "decode_error" })).toEqual([
      `${head}(-29312, "MBEDTLS_ERR_SSL_CONN_EOF"): cut off; alert decode_error sent`,
    ]);
  });

  it("writes out what a peer might do to a terminal", () => {
    const [line] = tls(message("received", "ClientHello", 9, { server_name: "\x1b[2Ja\u202eb\x9b" }));
    expect(line).toContain("server_name \\x1b[2Ja\\u202eb\\x9b");
  });

  it("keeps secrets", () => {
    const event = {
      kind: "secret",
      label: "CLIENT_RANDOM",
      ...{ clientRandom: Uint8Array.of(1, 255), secret: Uint8Array.of(0xab) },
    } as const;
    expect(tls(event)).toEqual([]);
    expect(keyLogLine(event)).toBe("CLIENT_RANDOM 01ff ab\n");
  });
});

describe("TRACE=net", () => {
  const peer = { address: "1.2.3.4", port: 443 };
  const line = (packet: Uint8Array, direction: PacketReport["direction"] = "sent") =>
    tracePacket({
      ...{ direction, packet, stamp },
      station: { mac: new Uint8Array(6), address: "10.10.0.2", dns: "10.10.0.1" },
    })?.replace("2000-01-01 00:00:03.000042 net ", "");

  it.each([
    [encodeConnect(1, TRANSPORT_TCP, "1.2.3.4", 443), "-> stream 1 CONNECT 1.2.3.4:443"],
    [encodeOpened(1, { address: "10.0.0.1", port: 9 }, peer), "-> stream 1 OPENED 10.0.0.1:9 to 1.2.3.4:443"],
    [encodeData(1, new Uint8Array(7)), "-> stream 1 DATA, 7 bytes"],
    [encodeDatagram(1, peer, new Uint8Array(3)), "-> stream 1 DATAGRAM 1.2.3.4:443, 3 bytes"],
    [encodeFin(1), "-> stream 1 FIN"],
    [encodeClose(1, 0x44), "-> stream 1 CLOSE, reason 0x44"],
    [encodeResolve(4, "a.lab"), "-> look-up 4 RESOLVE a.lab"],
    [encodeResolved(4, 0, ["1.2.3.4", "5.6.7.8"]), "-> look-up 4 RESOLVED 1.2.3.4 5.6.7.8"],
    [encodeResolved(4, 1, []), "-> look-up 4 RESOLVED failed, status 1"],
    [encodeLink(true, 1), "-> gateway connected"],
    [encodeLink(false, 0), "-> gateway lost"],
    [encodeWindow(1, 5), undefined],
    [Uint8Array.of(1), undefined],
  ])("%#: %s", (packet, text) => {
    expect(line(packet)).toBe(text);
  });

  it("shows what comes", () => {
    expect(line(encodeFin(1), "received")).toBe("<- stream 1 FIN");
  });
});

describe("what a board has to tell", () => {
  it.each([
    [undefined, { tls: false, net: false }],
    ["tls", { tls: true, net: false }],
    ["wire, net,tls", { tls: true, net: true }],
    ["1", { tls: false, net: false }],
  ])("TRACE=%s", (text, trace) => {
    expect(readTrace(text)).toEqual(trace);
  });

  it("is no more than is asked for", () => {
    const none = { tls: false, net: false };
    expect(watchOptions({}, none)).toEqual({ tls: false, secrets: false, packets: false });
    expect(watchOptions({ pcap: "x" }, none)).toEqual({ tls: false, secrets: false, packets: true });
    expect(watchOptions({ pcap: "x", tlsKeys: true }, none)).toEqual({
      tls: false,
      secrets: true,
      packets: true,
    });
    expect(watchOptions({ keyLog: "x" }, { tls: true, net: false })).toEqual({
      tls: true,
      secrets: true,
      packets: false,
    });
  });
});
