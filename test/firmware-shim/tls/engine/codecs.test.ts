/** Literal bytes through the codecs. */

import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../../../firmware-shim/tls/bytes.ts";
import { CIPHER_SUITES, cipherSuiteFromId } from "../../../../firmware-shim/tls/ciphersuites.ts";
import { PROTOCOL_TLS_CLIENT, TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR, MbedTlsError } from "../../../../firmware-shim/tls/errors.ts";
import { decodeCertificates } from "../../../../firmware-shim/tls/messages/certificate.ts";
import { decodeCertificateRequest } from "../../../../firmware-shim/tls/messages/certificate-request.ts";
import { decodeNewSessionTicket } from "../../../../firmware-shim/tls/messages/new-session-ticket.ts";
import { decodeExtensions, decodeServerHello } from "../../../../firmware-shim/tls/messages/server-hello.ts";
import { decodeServerKeyExchange } from "../../../../firmware-shim/tls/messages/server-key-exchange.ts";
import { InputBuffer } from "../../../../firmware-shim/tls/record/input-buffer.ts";
import { MessageReader } from "../../../../firmware-shim/tls/record/message-reader.ts";
import { RecordWriter } from "../../../../firmware-shim/tls/record/record-writer.ts";
import { createClient, deterministicCrypto } from "./harness.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Runs it and returns code and alert of what it throws. */
function failure(run: () => unknown): { code: number; alert: string | undefined } {
  try {
    run();
  } catch (error) {
    if (error instanceof MbedTlsError) return { code: error.code, alert: error.alert };
    throw error;
  }
  throw new Error("nothing was thrown");
}

const DECODE_ERROR = { code: ERR.SSL_DECODE_ERROR, alert: "decode_error" };

describe("ClientHello", () => {
  const CLOCK = 0x386d4380; // 2000-01-01 00:00:00 UTC
  const clientHello = (options: Parameters<typeof createClient>[0]) => {
    const connection = createClient({ crypto: deterministicCrypto, now: () => CLOCK, ...options });
    expect(connection.handshake()).toBe("want-read");
    return toHex(connection.takeOutput() ?? new Uint8Array());
  };

  // As Mbed TLS 3.6.5 with ESP-IDF's options sends it.
  test("is the ESP32's", () => {
    expect(clientHello({})).toBe(
      toHex(
        hex(`16 0303 00e6  01 0000e2
          0303 386d4380 ${"a5".repeat(28)}
          00
          0076
          c02c c030 c0ad c024 c028 c00a c014 c0af c05d c061 c049 c04d c02b c02f c0ac c023 c027 c009 c013 c0ae
          c05c c060 c048 c04c 009d c09d 003d 0035 c032 c02a c00f c02e c026 c005 c0a1 c05f c063 c051 c04b c04f
          c03d 009c c09c 003c 002f c031 c029 c00e c02d c025 c004 c0a0 c05e c062 c050 c04a c04e c03c 00ff
          01 00
          0043
          0000 000f 000d 00 000a 626f6172642e74657374
          000a 0008 0006 0017 0018 0019
          000d 000e 000c 0603 0601 0503 0501 0403 0401
          000b 0002 0100
          0016 0000
          0017 0000
          0023 0000`),
      ),
    );
  });

  test("without a host name and with one suite", () => {
    expect(
      clientHello({ serverHostname: undefined, ciphers: ["TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256"] }),
    ).toBe(
      toHex(
        hex(`16 0303 0061  01 00005d
          0303 386d4380 ${"a5".repeat(28)}
          00
          0004 c02f 00ff
          01 00
          0030
          000a 0008 0006 0017 0018 0019
          000d 000e 000c 0603 0601 0503 0501 0403 0401
          000b 0002 0100
          0016 0000
          0017 0000
          0023 0000`),
      ),
    );
  });

  test("with no suite that is built offers none, and no curves", () => {
    expect(clientHello({ serverHostname: "a", ciphers: ["TLS-PSK-WITH-AES-128-CCM"] })).toBe(
      toHex(
        hex(`16 0303 0057  01 000053
          0303 386d4380 ${"a5".repeat(28)}
          00
          0002 00ff
          01 00
          0028
          0000 0006 0004 00 0001 61
          000d 000e 000c 0603 0601 0503 0501 0403 0401
          0016 0000
          0017 0000
          0023 0000`),
      ),
    );
  });

  test("a host name is UTF-8, of at most 255 bytes", () => {
    expect(encodeUtf8("aé€😀\ud800")).toEqual(hex("61 c3a9 e282ac f09f9880 efbfbd"));
    const long = createClient({ serverHostname: "é".repeat(128) });
    expect(long.handshake()).toBe("error");
    expect(long.error?.code).toBe(ERR.SSL_BAD_INPUT_DATA);
  });
});

describe("cipher suites", () => {
  test("all 88, in the ESP32's order", () => {
    expect(CIPHER_SUITES).toHaveLength(88);
    expect(new Set(CIPHER_SUITES.map(({ id }) => id)).size).toBe(88);
    const names = TlsContext.cipherNames();
    expect(names[0]).toBe("TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384");
    expect(names[87]).toBe("TLS-PSK-WITH-ARIA-128-CBC-SHA256");
    expect(cipherSuiteFromId(0xc02b)?.name).toBe("TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256");
    expect(cipherSuiteFromId(0x00a8)?.name).toBe("TLS-PSK-WITH-AES-128-GCM-SHA256");
    expect(cipherSuiteFromId(0x1301)).toBeUndefined();
  });

  test("the parts of a name and the columns of the table agree", () => {
    for (const { name, keyExchange, cipher, hash } of CIPHER_SUITES) {
      const [exchange = "", protection = ""] = name.slice("TLS-".length).split("-WITH-");
      expect(keyExchange).toBe(exchange.toLowerCase());
      const ending = /-(SHA|SHA256|SHA384)$/.exec(protection)?.[1];
      expect(cipher).toBe(protection.replace(/-SHA(256|384)?$/, "").toLowerCase());
      expect(hash).toBe(ending === undefined ? "sha256" : ending === "SHA" ? "sha1" : ending.toLowerCase());
    }
  });

  test("set_ciphers", () => {
    const context = new TlsContext(PROTOCOL_TLS_CLIENT);
    expect(context.setCiphers([])).toBe(ERR.SSL_BAD_CONFIG);
    expect(context.setCiphers(["TLS-PSK-WITH-AES-128-CCM", "nonsense"])).toBe(ERR.SSL_BAD_CONFIG);
    expect(context.cipherSuites).toHaveLength(88);
    expect(context.setCiphers(["TLS-PSK-WITH-AES-128-CCM"])).toBe(0);
    expect(context.cipherSuites.map(({ id }) => id)).toEqual([0xc0a4]);
    expect(TlsContext.cipherNames()).toHaveLength(88);
  });
});

describe("ServerHello", () => {
  const fixed = `0303 ${"5e".repeat(32)} 02 abcd c02b 00`;

  test("with and without extensions", () => {
    const hello = decodeServerHello(hex(`${fixed} 0009 ff01 0001 00 0017 0000`));
    expect(hello.sessionId).toEqual(hex("abcd"));
    expect(hello.cipherSuite).toBe(0xc02b);
    expect([...decodeExtensions(hello.extensions)]).toEqual([
      { type: 0xff01, data: hex("00") },
      { type: 23, data: hex("") },
    ]);
    expect(decodeServerHello(hex(fixed)).extensions).toHaveLength(0);
  });

  test.each([
    ["one byte of a length", "00"],
    ["a length that is too long", "0005 0017 0000"],
    ["a length that is too short", "0004 0017 0000 00"],
    ["three bytes of extensions", "0003 0017 00"],
  ])("%s", (_, extensions) => {
    expect(failure(() => decodeServerHello(hex(fixed + extensions)))).toEqual(DECODE_ERROR);
  });

  test("every cut is noticed", () => {
    const whole = hex(`${fixed} 0004 0017 0000`);
    for (let length = 0; length < whole.length; length++) {
      if (length === hex(fixed).length) continue; // complete without extensions
      expect(failure(() => decodeServerHello(whole.subarray(0, length)))).toEqual(DECODE_ERROR);
    }
  });

  test("a rest of less than four bytes has no alert", () => {
    const extensions = () => [...decodeExtensions(hex("0017 0000 0000"))];
    expect(failure(extensions)).toEqual({ code: ERR.SSL_DECODE_ERROR, alert: undefined });
  });
});

describe("other messages", () => {
  const der = "30".repeat(128);

  test("Certificate", () => {
    const body = hex(`000106 000080 ${der} 000080 ${der}`);
    expect([...decodeCertificates(body)]).toEqual([hex(der), hex(der)]);
    for (const bad of [
      "000000",
      "000002 0000",
      "000003 000000",
      `000083 00007f ${der}`,
      `010083 000080 ${der}`,
    ]) {
      expect(failure(() => [...decodeCertificates(hex(bad))])).toEqual(DECODE_ERROR);
    }
    const large = failure(() => [...decodeCertificates(hex("000003 010000"))]);
    expect(large).toEqual({ code: ERR.SSL_BAD_CERTIFICATE, alert: "unsupported_certificate" });
  });

  test("ServerKeyExchange", () => {
    const point = `04${"11".repeat(64)}`;
    const decoded = decodeServerKeyExchange(hex(`03 0017 41 ${point} 0403`));
    expect(decoded.parameters).toEqual({ curve: "secp256r1", point: hex(point) });
    expect(decoded.parameterBytes).toHaveLength(69);
    expect(decoded.signed.algorithm).toBe(0x0403);
    const illegal = { code: ERR.SSL_ILLEGAL_PARAMETER, alert: "illegal_parameter" };
    const compressed = `21 02${"11".repeat(32)}`;
    const bad = [
      "",
      "030017",
      `01 0017 41 ${point}`,
      `03 001d 41 ${point}`,
      "03 0017 41 04",
      `03 0017 ${compressed}`,
    ];
    for (const body of [...bad, `03 0017 41 05${point.slice(2)}`]) {
      expect(failure(() => decodeServerKeyExchange(hex(body)))).toEqual(illegal);
    }
    expect(failure(() => decodeServerKeyExchange(hex(`03 0017 41 ${point} 04`)))).toEqual(DECODE_ERROR);
  });

  test("CertificateRequest and NewSessionTicket", () => {
    expect(decodeCertificateRequest(hex("02 0140 0002 0403 0003 0001aa"))).toEqual({
      certificateTypes: hex("0140"),
      signatureAlgorithms: hex("0403"),
      certificateAuthorities: hex("0001aa"),
    });
    expect(decodeNewSessionTicket(hex("0000012c 0002 abcd"))).toEqual({
      lifetimeHint: 300,
      ticket: hex("abcd"),
    });
    for (const bad of ["", "01", "01 40 0002 0403", "01 40 0002 0403 0000 00"]) {
      expect(failure(() => decodeCertificateRequest(hex(bad)))).toEqual(DECODE_ERROR);
    }
    for (const bad of ["", "0000012c 0003 abcd", "0000012c 0001 abcd"]) {
      expect(failure(() => decodeNewSessionTicket(hex(bad)))).toEqual(DECODE_ERROR);
    }
  });
});

test("the input buffer gives back what it was given, in any pieces", () => {
  const buffer = new InputBuffer();
  const next = { in: 0, out: 0 };
  for (let round = 0; round < 400; round++) {
    const length = (round * 7919) % 3000;
    buffer.append(Uint8Array.from({ length }, () => next.in++ & 0xff));
    const taken = buffer.take(Math.min(buffer.length, (round * 104729) % 2900));
    for (const byte of taken) expect(byte).toBe(next.out++ & 0xff);
    expect(buffer.length).toBe(next.in - next.out);
  }
  expect(buffer.length).toBeGreaterThan(20000);
  expect(buffer.at(0)).toBe(next.out & 0xff);
  expect(buffer.at(buffer.length)).toBe(0);
});

describe("records", () => {
  /** All messages that come out of the stream, cut in two at that place. */
  function messages(stream: Uint8Array, cut: number): string[] {
    const reader = new MessageReader();
    const list: string[] = [];
    for (const part of [stream.subarray(0, cut), stream.subarray(cut)]) {
      reader.append(part);
      for (let message = reader.next(); message; message = reader.next()) {
        list.push(message.kind === "handshake" ? toHex(message.bytes) : message.kind);
      }
    }
    expect(reader.hasMore).toBe(false);
    return list;
  }

  test("messages are cut out of records wherever the stream is cut", () => {
    // Two messages and the start of a third, its rest in two records, an alert, ChangeCipherSpec, data.
    const stream = hex(`16 0303 000f 0e000000 0b000001aa 14000003 0102  16 0301 0001 03
      15 0303 0002 0100  14 0303 0001 01  17 0303 0003 616263`);
    const expected = [
      "0e000000",
      "0b000001aa",
      "14000003010203",
      "alert",
      "change_cipher_spec",
      "application_data",
    ];
    for (let cut = 0; cut <= stream.length; cut++) expect(messages(stream, cut)).toEqual(expected);
  });

  test.each([
    ["an unknown content type", "18 0303 0001", ERR.SSL_INVALID_RECORD],
    ["HTTP", "48545450 2f312e31", ERR.SSL_INVALID_RECORD],
    ["a version after TLS 1.2", "16 0304 0004", ERR.SSL_INVALID_RECORD],
    ["an empty record", "16 0303 0000", ERR.SSL_INVALID_RECORD],
    ["a record longer than the buffer", "16 0303 4141", ERR.SSL_BAD_INPUT_DATA],
    ["an alert of one byte", "15 0303 0001 02", ERR.SSL_INVALID_RECORD],
    ["two alerts in a record", "15 0303 0004 01000100", ERR.SSL_INVALID_RECORD],
    ["a ChangeCipherSpec of two bytes", "14 0303 0002 0101", ERR.SSL_INVALID_RECORD],
    ["a ChangeCipherSpec of 02", "14 0303 0001 02", ERR.SSL_INVALID_RECORD],
    ["a handshake header in two records", "16 0303 0003 0e0000", ERR.SSL_INVALID_RECORD],
    [
      "an alert inside a handshake message",
      "16 0303 0005 0e000002 01  15 0303 0002 0100",
      ERR.SSL_UNEXPECTED_MESSAGE,
    ],
  ])("%s", (_, stream, code) => {
    const reader = new MessageReader();
    reader.append(hex(stream));
    expect(reader.hasMore).toBe(true);
    expect(failure(() => reader.next())).toEqual({ code, alert: undefined });
  });

  test("16384 bytes of plaintext are the most", () => {
    const reader = new MessageReader();
    reader.append(hex("17 0303 4000"));
    reader.append(new Uint8Array(16384));
    expect(reader.next()).toMatchObject({ kind: "application_data" });
    reader.append(hex("17 0303 4001"));
    expect(reader.next()).toBeUndefined();
    reader.append(new Uint8Array(16385));
    expect(failure(() => reader.next()).code).toBe(ERR.SSL_INVALID_RECORD);
  });

  test("a handshake message that outgrows the buffer fails when its records stop fitting", () => {
    const reader = new MessageReader();
    reader.append(hex("16 0303 4000 0bffffff"));
    reader.append(new Uint8Array(16380));
    expect(reader.next()).toBeUndefined();
    reader.append(hex("16 0303 013b"));
    reader.append(new Uint8Array(315));
    expect(reader.next()).toBeUndefined();
    reader.append(hex("16 0303 0001"));
    expect(failure(() => reader.next()).code).toBe(ERR.SSL_BAD_INPUT_DATA);
  });

  test("a message in a thousand records of a few bytes", () => {
    const reader = new MessageReader();
    reader.append(hex("16 0303 0004 0b001f40"));
    for (let index = 0; index < 1000; index++) {
      expect(reader.next()).toBeUndefined();
      reader.append(hex("16 0303 0008 0102030405060708"));
    }
    expect(reader.next()).toMatchObject({ type: 11, body: { length: 8000 } });
  });

  test("written records", () => {
    const writer = new RecordWriter();
    expect(writer.take()).toBeUndefined();
    writer.write(22, hex("0e000000"));
    expect(writer.take()).toEqual(hex("16 0303 0004 0e000000"));
    writer.write(20, hex("01"));
    writer.write(21, hex("0228"));
    expect(writer.take()).toEqual(hex("14 0303 0001 01 15 0303 0002 0228"));
    expect(writer.take()).toBeUndefined();
  });
});
