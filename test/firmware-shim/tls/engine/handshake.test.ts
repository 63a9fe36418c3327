/** Whole handshakes over memory: cut, ended and spoilt at every byte. */

import { beforeAll, describe, expect, test } from "vitest";
import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_NONE } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { TlsEvent } from "../../../../firmware-shim/tls/events.ts";
import { exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { type Issued, issueLeaf, issueRoot } from "./certificates.ts";
import { type ClientOptions, createClient, deterministicCrypto, exchange } from "./harness.ts";
import { APPLICATION_DATA, HANDSHAKE, record, type Script, ScriptedServer } from "./scripted-server.ts";

const root = issueRoot();
const ecdsa = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");

const client = (options: ClientOptions = {}) =>
  createClient({ trusted: [root], crypto: deterministicCrypto, ...options });

/** Carries a handshake out; returns the server, ready to send data. */
function complete(connection: TlsConnection, leaf: Issued, script: Script = {}): ScriptedServer {
  const server = new ScriptedServer(leaf, script);
  const first = server.firstFlight(exchange(connection)).map((message) => record(HANDSHAKE, message));
  const flight = exchange(connection, ...first);
  expect(connection.error?.message).toBeUndefined();
  exchange(connection, ...server.secondFlight(flight));
  return server;
}

const SUITES = [
  ["ECDHE-ECDSA-WITH-AES-128-GCM-SHA256", ecdsa, 0xc02b],
  ["ECDHE-ECDSA-WITH-AES-256-GCM-SHA384", ecdsa, 0xc02c],
  ["ECDHE-RSA-WITH-AES-128-GCM-SHA256", rsa, 0xc02f],
  ["ECDHE-RSA-WITH-AES-256-GCM-SHA384", rsa, 0xc030],
] as const;

describe("a handshake with a server that derives its own keys", () => {
  describe.each(SUITES)("%s", (name, leaf, suite) => {
    test.each([
      ["plain", {}],
      ["without extended master secret", { extendedMasterSecret: false }],
      ["with a ticket", { ticket: true }],
      ["with a certificate request", { certificateRequest: true }],
    ] as const)("%s", (_, script) => {
      const connection = client();
      const server = complete(connection, leaf, { ...script, suite });
      expect(connection.state).toBe("connected");
      expect(connection.cipher()).toEqual([`TLS-${name}`, "TLSv1.2"]);
      expect(connection.peerCertificateDer).toEqual(leaf.der);
      connection.receive(server.seal(APPLICATION_DATA, Buffer.from("hello")));
      expect(connection.read(3)).toEqual(new Uint8Array(Buffer.from("hel")));
      expect(connection.pending).toBe(true);
      expect(connection.read(100)).toEqual(new Uint8Array(Buffer.from("lo")));
      expect(connection.pending).toBe(false);
      expect(connection.read(100)).toBe("want-read");
      expect(connection.write(Buffer.alloc(5000, 7))).toBe(4096);
      const sent = Buffer.from(connection.takeOutput() ?? []);
      expect(server.open(APPLICATION_DATA, sent.subarray(5))).toEqual(Buffer.alloc(4096, 7));
    });
  });

  test("nothing is known before it is over", () => {
    const connection = client();
    expect(connection.state).toBe("handshaking");
    expect(connection.takeOutput()).toBeUndefined();
    expect(connection.cipher()).toBeUndefined();
    expect(connection.peerCertificateDer).toBeUndefined();
    expect(connection.read(10)).toBe("want-read");
    expect(connection.write(Buffer.from("x"))).toBe("want-read");
    expect(connection.takeOutput()?.[0]).toBe(HANDSHAKE);
    expect(connection.takeOutput()).toBeUndefined();
  });

  test("what an observer sees", () => {
    const events: TlsEvent[] = [];
    const connection = client({ onEvent: (event) => events.push(event) });
    complete(connection, ecdsa, { ticket: true, certificateRequest: true });
    const seen = events.map((event) =>
      event.kind === "message" ? `${event.direction} ${event.name}` : event.kind,
    );
    expect(seen).toEqual([
      "sent ClientHello",
      "received ServerHello",
      "received Certificate",
      "verification",
      "received ServerKeyExchange",
      "received CertificateRequest",
      "received ServerHelloDone",
      "sent Certificate",
      "sent ClientKeyExchange",
      "secret",
      "sent ChangeCipherSpec",
      "sent Finished",
      "received NewSessionTicket",
      "received ChangeCipherSpec",
      "received Finished",
    ]);
    expect(events[1]).toMatchObject({
      details: {
        cipher_suite: "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256",
        extensions: ["renegotiation_info", "ec_point_formats", "extended_master_secret", "session_ticket"],
      },
    });
    expect(events[2]).toMatchObject({ details: { certificate_lengths: [ecdsa.der.length] } });
    expect(events[3]).toMatchObject({ kind: "verification", flags: 0, accepted: true });
    expect(events[4]).toMatchObject({ details: { named_curve: "secp256r1", signature_algorithm: 0x0403 } });
  });
});

describe("the same handshake again and again", () => {
  let first: Buffer;
  let second: Buffer;

  beforeAll(() => {
    const connection = client();
    const server = new ScriptedServer(ecdsa, { ticket: true });
    first = Buffer.concat(
      server.firstFlight(exchange(connection)).map((message) => record(HANDSHAKE, message)),
    );
    const flight = exchange(connection, first);
    second = Buffer.concat([
      ...server.secondFlight(flight),
      server.seal(APPLICATION_DATA, Buffer.from("hello")),
    ]);
  });

  /** Runs the handshake with these flights, and ends the socket after them. */
  function run(firstFlight: Uint8Array, secondFlight: Uint8Array): TlsConnection {
    const connection = client();
    exchange(connection);
    exchange(connection, firstFlight);
    exchange(connection, secondFlight);
    connection.receiveEof();
    connection.handshake();
    return connection;
  }

  test("cut in two anywhere, it succeeds", () => {
    for (let cut = 0; cut <= first.length + second.length; cut++) {
      const connection = client();
      exchange(connection);
      exchange(connection, first.subarray(0, cut));
      exchange(connection, first.subarray(cut), second.subarray(0, Math.max(0, cut - first.length)));
      exchange(connection, second.subarray(Math.max(0, cut - first.length)));
      expect(connection.read(10), `cut at ${cut}`).toEqual(new Uint8Array(Buffer.from("hello")));
    }
  });

  test("byte by byte, it succeeds", () => {
    const connection = client();
    exchange(connection);
    for (const byte of Buffer.concat([first, second])) exchange(connection, Uint8Array.of(byte));
    expect(connection.read(10)).toEqual(new Uint8Array(Buffer.from("hello")));
  });

  test("ended anywhere, it is OSError(-29312, 'MBEDTLS_ERR_SSL_CONN_EOF')", () => {
    const data = 5 + 8 + "hello".length + 16;
    for (let end = 0; end < first.length + second.length - data; end++) {
      const connection = run(first.subarray(0, end), second.subarray(0, Math.max(0, end - first.length)));
      expect(connection.error, `end at ${end}`).toBeDefined();
      expect(exceptionForHandshake(connection.error!)).toEqual({
        type: "OSError",
        args: [-29312, "MBEDTLS_ERR_SSL_CONN_EOF"],
      });
      expect(connection.takeOutput()).toBeUndefined();
      expect(connection.read(1)).toBe("error");
      expect(connection.write(Buffer.from("x"))).toBe("error");
    }
  });

  test("ended in the data after it, it is an end", () => {
    for (let end = second.length - 34; end < second.length; end++) {
      expect(run(first, second.subarray(0, end)).read(10), `end at ${end}`).toBe("eof");
    }
  });

  /** Codes that mbedTLS has for a message that has been changed on the way. */
  const CODES = new Set<number>([
    ERR.SSL_INVALID_RECORD,
    ERR.SSL_BAD_INPUT_DATA,
    ERR.SSL_UNEXPECTED_MESSAGE,
    ERR.SSL_DECODE_ERROR,
    ERR.SSL_BAD_PROTOCOL_VERSION,
    ERR.SSL_FEATURE_UNAVAILABLE,
    ERR.SSL_ILLEGAL_PARAMETER,
    ERR.SSL_HANDSHAKE_FAILURE,
    ERR.SSL_UNSUPPORTED_EXTENSION,
    ERR.SSL_BAD_CERTIFICATE,
    ERR.SSL_INVALID_MAC,
    ERR.SSL_CONN_EOF,
    ERR.SSL_FATAL_ALERT_MESSAGE,
    ERR.ECP_VERIFY_FAILED,
    ERR.ECP_INVALID_KEY,
    ERR.X509_CERT_VERIFY_FAILED,
  ]);
  const isFromParsing = (code: number) => {
    const high = -code & 0xff80;
    return (high >= 0x2080 && high <= 0x2980) || (high >= 0x3880 && high <= 0x4f80);
  };

  function expectKnownCode(connection: TlsConnection, place: string): void {
    const code = connection.error?.code;
    expect(code, place).toBeDefined();
    expect(CODES.has(code!) || isFromParsing(code!), `${place}: ${connection.error?.message}`).toBe(true);
  }

  test("any byte of the first flight spoilt, it fails with a code of mbedTLS's", () => {
    let accepted = 0;
    for (let position = 0; position < first.length; position++) {
      for (const mask of [0x01, 0x80]) {
        const spoilt = Buffer.from(first);
        spoilt[position] = spoilt[position]! ^ mask;
        const connection = run(spoilt, second);
        // A record's version may be lower; all else is noticed, by the server's Finished at the latest.
        if (connection.state === "connected") accepted++;
        else expectKnownCode(connection, `byte ${position} ^ ${mask}`);
      }
    }
    expect(accepted).toBe(8); // 0x0302 and 0x0203 in the headers of the four records
  });

  test("any byte of the second flight spoilt, likewise", () => {
    for (let position = 0; position < second.length - 34; position++) {
      const spoilt = Buffer.from(second);
      spoilt[position] = spoilt[position]! ^ 0x80;
      expectKnownCode(run(first, spoilt), `byte ${position}`);
    }
  });

  test("random changes never get through, nor out as an exception", () => {
    const random = xorshift(0xb0a7d);
    for (let round = 0; round < 1500; round++) {
      const spoilt = Buffer.concat([first, second]);
      const changes = 1 + (random() % 4);
      for (let change = 0; change < changes; change++) spoilt[random() % spoilt.length] = random() & 0xff;
      const start = random() % spoilt.length;
      const length = random() % 3 === 0 ? random() % 40 : 0;
      const bytes = Buffer.concat([spoilt.subarray(0, start), spoilt.subarray(start + length)]);
      const connection = client(random() % 2 === 0 ? { verifyMode: CERT_NONE } : {});
      exchange(connection);
      exchange(connection, bytes);
      connection.receiveEof();
      for (let reads = 0; reads < 20 && connection.read(100) instanceof Uint8Array; reads++);
      expect(["failed", "closed"]).toContain(connection.state);
      expect(connection.error?.code).not.toBe(ERR.SSL_INTERNAL_ERROR);
    }
  });
});

/** Numbers of 32 bits that look random and are the same each time. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
