import { describe, expect, test } from "vitest";
import { CIPHER_SUITES_13 } from "../../../../firmware-shim/tls/ciphersuites13.ts";
import { ERR, MbedTlsError } from "../../../../firmware-shim/tls/errors.ts";
import { trafficKeys } from "../../../../firmware-shim/tls/key-schedule13.ts";
import { Aead13Protection } from "../../../../firmware-shim/tls/record/aead13.ts";
import { RecordReader } from "../../../../firmware-shim/tls/record/record-reader.ts";
import { RecordWriter } from "../../../../firmware-shim/tls/record/record-writer.ts";
import { providers } from "../crypto/providers.ts";
import { secrets, simple } from "./rfc8448.ts";

const aes128 = CIPHER_SUITES_13.find(({ name }) => name === "TLS1-3-AES-128-GCM-SHA256")!;

describe.each(providers)("record protection of TLS 1.3, $name", ({ crypto }) => {
  /** @param granularity - The traces of RFC 8448 are not padded. */
  function protection(secret: Uint8Array, granularity = 1, suite = aes128): Aead13Protection {
    const { key, iv } = trafficKeys(crypto, suite, secret);
    return new Aead13Protection(suite.createKey(crypto, key), iv, suite.tagLength, granularity);
  }

  function readerFor(secret: Uint8Array, ...records: Uint8Array[]): RecordReader {
    const reader = new RecordReader();
    reader.setProtection(protection(secret));
    for (const record of records) reader.append(record);
    return reader;
  }

  test("RFC 8448's records open and are sealed again, byte for byte", () => {
    const traces: [Uint8Array, readonly Uint8Array[]][] = [
      [secrets.serverHandshakeTraffic, [simple.serverFlight]],
      [secrets.clientHandshakeTraffic, [simple.clientFlight]],
      [secrets.clientApplicationTraffic, [simple.clientData, simple.clientCloseNotify]],
      [
        secrets.serverApplicationTraffic,
        [simple.newSessionTicket, simple.serverData, simple.serverCloseNotify],
      ],
    ];
    for (const [secret, records] of traces) {
      const reader = readerFor(secret, ...records);
      const writer = new RecordWriter();
      writer.setProtection(protection(secret));
      for (const record of records) {
        const { contentType, payload } = reader.next()!;
        writer.write(contentType, payload);
        expect(writer.take()).toStrictEqual(record);
      }
    }
  });

  test("types and contents of RFC 8448's records", () => {
    const server = readerFor(
      secrets.serverApplicationTraffic,
      simple.newSessionTicket,
      simple.serverData,
      simple.serverCloseNotify,
    );
    expect(server.next()).toMatchObject({ contentType: 22 });
    const data = Uint8Array.from({ length: 50 }, (_, index) => index);
    expect(server.next()).toStrictEqual({ contentType: 23, version: 0x0303, payload: data });
    expect(server.next()).toStrictEqual({ contentType: 21, version: 0x0303, payload: Uint8Array.of(1, 0) });
  });

  test.each(CIPHER_SUITES_13)("$name: padded to multiples of 16 bytes, of any length", (suite) => {
    const secret = new Uint8Array(suite.hashLength).fill(9);
    const writer = new RecordWriter();
    writer.setProtection(protection(secret, 16, suite));
    const reader = new RecordReader();
    reader.setProtection(protection(secret, 1, suite));
    for (let length = 1; length < 40; length++) {
      const payload = new Uint8Array(length); // zeros, which padding must not be taken for
      writer.write(23, payload);
      const record = writer.take()!;
      expect(record.length).toBe(5 + Math.ceil((length + 1) / 16) * 16 + suite.tagLength);
      expect(record[0]).toBe(23);
      reader.append(record);
      expect(reader.next()).toStrictEqual({ contentType: 23, version: 0x0303, payload });
    }
  });

  test("any changed byte is noticed, the header's type and version included", () => {
    const record = simple.clientFlight;
    for (let index = 0; index < record.length; index++) {
      if (index === 3 || index === 4) continue; // the length, which cuts the record elsewhere
      const changed = record.map((byte, at) => (at === index ? byte ^ (index === 1 ? 3 : 1) : byte));
      const error = failureOf(readerFor(secrets.clientHandshakeTraffic, changed));
      expect([ERR.SSL_INVALID_MAC, ERR.SSL_INVALID_RECORD]).toContain(error.code);
    }
  });

  test("ChangeCipherSpec passes unprotected, and does not count", () => {
    const ccs = Uint8Array.of(20, 3, 3, 0, 1, 1);
    const reader = readerFor(secrets.clientHandshakeTraffic, ccs, simple.clientFlight);
    expect(reader.next()).toStrictEqual({ contentType: 20, version: 0x0303, payload: Uint8Array.of(1) });
    expect(reader.next()).toMatchObject({ contentType: 22 });
  });

  test.each([
    ["nothing but padding", 0, 0],
    ["a type that does not exist", 24, 5],
    ["an empty handshake message", 22, 0],
    ["an empty alert", 21, 0],
  ])("%s is an invalid record", (_, contentType, length) => {
    const writer = new RecordWriter();
    writer.setProtection(protection(secrets.clientHandshakeTraffic, 16));
    writer.write(contentType, new Uint8Array(length));
    const error = failureOf(readerFor(secrets.clientHandshakeTraffic, writer.take()!));
    expect(error).toMatchObject({ code: ERR.SSL_INVALID_RECORD, alert: undefined });
  });
});

function failureOf(reader: RecordReader): MbedTlsError {
  try {
    reader.next();
  } catch (error) {
    if (error instanceof MbedTlsError) return error;
    throw error;
  }
  throw new Error("the record was taken");
}
