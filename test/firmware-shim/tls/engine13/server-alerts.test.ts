/** What a server answers to clients that do not keep to TLS 1.3: mbedTLS's code and alert for each. */

import { describe, expect, test } from "vitest";
import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_NONE } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { Session13 } from "../../../../firmware-shim/tls/handshake13/session.ts";
import type { HandshakeName } from "../../../../firmware-shim/tls/messages/message.ts";
import { issueLeaf, NOW } from "../engine/certificates.ts";
import { createContext, createPeer, type PeerOptions } from "../engine/peers.ts";
import {
  AES_128,
  createPair13,
  failure,
  leaf,
  root,
  verifying,
  with13,
  withLeaf,
  withTickets,
} from "./peers13.ts";
import {
  type Case,
  changeExtension,
  changeHello,
  extension,
  message,
  type Tamper,
  TamperingPeer,
  withBody,
} from "./tampering.ts";

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");
const own = issueLeaf(root, "p256", { extensions: ["extendedKeyUsage=clientAuth"] });

/** A server against a client that tampers with its messages. */
function meet(tamper: Tamper, server: PeerOptions = {}, resume?: Session13): TlsConnection {
  const context = createContext(0, with13({ own, verifyMode: CERT_NONE }));
  const client = new TamperingPeer(context, tamper, resume);
  const connection = createPeer(1, withLeaf(server));
  for (let more = true; more; ) {
    client.run();
    const fromClient = client.transport.take();
    if (fromClient) connection.receive(fromClient);
    connection.handshake();
    const fromServer = connection.takeOutput();
    if (fromServer) client.transport.append(fromServer);
    more = fromClient !== undefined || fromServer !== undefined;
  }
  return connection;
}

const only =
  (wanted: HandshakeName, change: (message: Uint8Array) => Uint8Array): Tamper =>
  (name, original) =>
    name === wanted ? change(original) : original;
const onHead = (change: (head: Buffer) => Buffer) => (original: Uint8Array) =>
  changeHello(original, (hello) => {
    hello.head = change(hello.head);
  });

const UNEXPECTED = ERR.SSL_UNEXPECTED_MESSAGE;
const ILLEGAL = ERR.SSL_ILLEGAL_PARAMETER;
const DECODE = ERR.SSL_DECODE_ERROR;
const FAILURE = ERR.SSL_HANDSHAKE_FAILURE;

test("a client that keeps to it is connected", () => {
  const server = meet((_, original) => original, verifying);
  expect(server.error).toBeUndefined();
  expect(server.peerCertificateDer).toEqual(own.der);
});

/** Random and session_id come first: 2, 32 and 33 bytes. */
const SUITES = 2 + 32 + 33;

describe("ClientHello", () => {
  const suites = (digits: string) =>
    onHead((head) => Buffer.concat([head.subarray(0, SUITES), hex(digits), head.subarray(-2)]));
  const cases: readonly Case[] = [
    ["another message", () => message(20), UNEXPECTED, "unexpected_message"],
    [
      "legacy_version TLS 1.1",
      onHead((head) => Buffer.concat([hex("0302"), head.subarray(2)])),
      ERR.SSL_BAD_PROTOCOL_VERSION,
      "protocol_version",
    ],
    ["too short", () => message(1, Buffer.alloc(37)), DECODE, "decode_error"],
    [
      "too long a session_id",
      onHead((head) =>
        Buffer.concat([head.subarray(0, 34), Buffer.of(33), Buffer.alloc(33), head.subarray(SUITES)]),
      ),
      DECODE,
      undefined,
    ],
    ["an odd list of suites", suites("0003130100"), DECODE, "decode_error"],
    ["no suite in common", suites("00021306"), FAILURE, "handshake_failure"],
    ["no suite", suites("0000"), FAILURE, "handshake_failure"],
    [
      "compression",
      onHead((head) => Buffer.concat([head.subarray(0, -2), hex("020100")])),
      ILLEGAL,
      "illegal_parameter",
    ],
    [
      "no version that the server has",
      extension(43, () => hex("020302")),
      ERR.SSL_BAD_PROTOCOL_VERSION,
      "protocol_version",
    ],
    ["half a version", extension(43, () => hex("0303")), DECODE, "decode_error"],
    ["no key_share", extension(51, undefined), ILLEGAL, "missing_extension"],
    ["no supported_groups", extension(10, undefined), ILLEGAL, "missing_extension"],
    ["no signature_algorithms", extension(13, undefined), ILLEGAL, "missing_extension"],
    ["no signature algorithm", extension(13, () => hex("0000")), FAILURE, "handshake_failure"],
    [
      "none that the certificate's key has",
      extension(13, () => hex("00020804")),
      FAILURE,
      "handshake_failure",
    ],
    ["oid_filters", extension(48, () => hex("0000")), ILLEGAL, "illegal_parameter"],
    ["a cut key_share", extension(51, () => hex("0024001d0020")), DECODE, "decode_error"],
    ["half a group", extension(10, () => hex("000100")), DECODE, "decode_error"],
    [
      "a key share that is no point",
      extension(51, () => hex(`002400170020${"00".repeat(32)}`)),
      ERR.SSL_BAD_INPUT_DATA,
      undefined,
    ],
    [
      "no group that the server knows",
      (original) => extension(10, () => hex("0002001e"))(extension(51, () => hex("0000"))(original)),
      FAILURE,
      undefined,
    ],
    ["three psk_key_exchange_modes", extension(45, () => hex("03010001")), ILLEGAL, "illegal_parameter"],
    ["an unknown psk_key_exchange_mode", extension(45, () => hex("0102")), ILLEGAL, "illegal_parameter"],
    ["a bad server_name", extension(0, () => hex("0001")), DECODE, "decode_error"],
    ["pre_shared_key before another", extension(41, () => hex("0000")), ILLEGAL, "illegal_parameter"],
  ];

  test.each(cases)("%s", (_, change, code, alert) => {
    expect(failure(meet(only("ClientHello", change)))).toEqual([code, alert]);
  });

  test("cut at every byte", () => {
    for (let length = 0; length < 300; length++) {
      const cut = only("ClientHello", (original) => withBody(original, (body) => body.subarray(0, length)));
      const server = meet(cut);
      expect(server.error?.code).not.toBe(ERR.SSL_INTERNAL_ERROR);
    }
  });

  test("unknown groups, suites and extensions are passed over", () => {
    const server = meet(
      only("ClientHello", (original) =>
        changeHello(original, (hello) => {
          hello.extensions.unshift([0x7777, hex("00")], [42, hex("")], [44, hex("0001aa")]);
        }),
      ),
    );
    expect(server.state).toBe("connected");
  });

  test("a message before it", () => {
    const server = createPeer(1, with13({ own: leaf }));
    server.receive(hex("1703030001aa"));
    expect(server.handshake()).toBe("error");
    expect(failure(server)).toEqual([UNEXPECTED, "unexpected_message"]);
  });

  test("ChangeCipherSpec at any time changes nothing; another content is an invalid record", () => {
    const pair = createPair13();
    pair.server.receive(hex("140303000101140303000101"));
    expect(pair.handshake().server.state).toBe("connected");
    pair.server.receive(hex("140303000101"));
    expect(pair.server.read(1)).toBe("want-read");
    pair.server.receive(hex("140303000102"));
    expect(pair.server.read(1)).toBe("error");
    expect(failure(pair.server)).toEqual([ERR.SSL_INVALID_RECORD, undefined]);
  });
});

describe("the second ClientHello", () => {
  /** The first has no share. */
  const second =
    (change: (message: Uint8Array) => Uint8Array): Tamper =>
    (name, original, index) => {
      if (name !== "ClientHello") return original;
      return index === 0 ? changeExtension(original, 51, () => hex("0000")) : change(original);
    };
  /** Takes the server's wish for X25519 for one that changes something. */
  const retry = (change: (message: Uint8Array) => Uint8Array): TlsConnection => {
    const server = createPeer(1, with13({ own: leaf }));
    const client = createPeer(0, with13({ ...verifying }));
    client.handshake();
    const hello = new Uint8Array(client.takeOutput()!).subarray(5);
    const send = (bytes: Uint8Array) => {
      server.receive(
        Buffer.concat([hex("160303"), Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]),
      );
      server.handshake();
    };
    send(second(change)("ClientHello", hello, 0));
    expect(server.error).toBeUndefined();
    send(second(change)("ClientHello", hello, 1));
    return server;
  };

  test("with a share it is answered", () => {
    const server = retry((original) => original);
    expect(server.error).toBeUndefined();
    const output = Buffer.from(server.takeOutput()!);
    // HelloRetryRequest for X25519, ChangeCipherSpec, ServerHello; no other ChangeCipherSpec.
    expect(output.subarray(0, 5).toString("hex")).toBe("1603030058");
    expect(output.subarray(5, 5 + 0x58).includes(hex("cf21ad74e59a6111be1d8c021e65b891"))).toBe(true);
    expect(output.subarray(5 + 0x58 - 12, 5 + 0x58).toString("hex")).toBe("002b0002030400330002001d");
    expect(output.subarray(5 + 0x58, 5 + 0x58 + 6).toString("hex")).toBe("140303000101");
    expect(output.subarray(5 + 0x58 + 6, 5 + 0x58 + 9).toString("hex")).toBe("160303");
  });

  test.each([
    ["still without a share", extension(51, () => hex("0000")), FAILURE, "handshake_failure"],
    [
      "with other suites",
      onHead((head) => Buffer.concat([head.subarray(0, SUITES), hex("00021301"), head.subarray(-2)])),
      ILLEGAL,
      "illegal_parameter",
    ],
    ["of TLS 1.2", extension(43, undefined), ILLEGAL, "illegal_parameter"],
  ] as const)("%s", (_, change, code, alert) => {
    expect(failure(retry(change))).toEqual([code, alert]);
  });
});

describe("a ticket", () => {
  const configure = withTickets();
  /** A server with tickets, and a session that it has given out. */
  function issue(): { session: Session13; server: PeerOptions } {
    const context = createContext(1, with13({ own: leaf, configure }));
    const pair = createPair13({}, { context }).handshake();
    pair.client.read(1);
    return { session: pair.client.resumableSession as Session13, server: { context } };
  }
  const { session, server } = issue();
  const again = (tamper: Tamper, resume = session) => meet(tamper, server, resume);
  const psk = (change: (data: Buffer) => Uint8Array) => only("ClientHello", extension(41, change));

  test("is taken up again", () => {
    const resumed = again((_, original) => original);
    expect(resumed.state).toBe("connected");
    expect(resumed.peerCertificateDer).toBeUndefined();
  });

  test.each([
    [
      "a binder that does not fit",
      psk((data) => data.map((byte, at) => (at === data.length - 1 ? byte ^ 1 : byte))),
      FAILURE,
      "decrypt_error",
    ],
    [
      "a binder of another length",
      psk((data) => Buffer.concat([data.subarray(0, -35), hex("0021"), hex("20"), Buffer.alloc(32)])),
      FAILURE,
      "decrypt_error",
    ],
    ["no binder", psk((data) => Buffer.concat([data.subarray(0, -35), hex("0000")])), DECODE, "decode_error"],
    ["a byte after the binders", psk((data) => Buffer.concat([data, hex("00")])), DECODE, "decode_error"],
    ["no identity", psk(() => hex("00000000")), DECODE, "decode_error"],
    [
      "without psk_key_exchange_modes",
      only("ClientHello", extension(45, undefined)),
      ILLEGAL,
      "illegal_parameter",
    ],
  ] as const)("%s", (_, tamper, code, alert) => {
    expect(failure(again(tamper))).toEqual([code, alert]);
  });

  test("whose suite is not offered", () => {
    const suite = session.cipherSuite.name === AES_128 ? "1302" : "1301";
    const tamper = only(
      "ClientHello",
      onHead((head) => Buffer.concat([head.subarray(0, SUITES), hex(`0002${suite}`), head.subarray(-2)])),
    );
    expect(failure(again(tamper))).toEqual([FAILURE, "decrypt_error"]);
  });

  test.each([
    ["that is unknown", { ticket: new Uint8Array(100) }],
    ["whose age is off by more than six seconds", { ageAdd: session.ageAdd + 6001 }],
    ["that is younger than it can be", { received: (NOW - 7) * 1000 }],
  ])("%s leads to a full handshake", (_, change) => {
    const names: string[] = [];
    const resumed = meet(
      (name, original) => {
        names.push(name);
        return original;
      },
      { ...server, ...verifying },
      { ...session, ...change },
    );
    expect(resumed.state).toBe("connected");
    expect(names).toContain("CertificateVerify");
  });

  test("only with a key exchange: without it, the certificate", () => {
    const tamper = only(
      "ClientHello",
      extension(45, () => hex("0100")),
    );
    const context = createContext(1, with13({ own: leaf, configure }));
    expect(failure(meet(tamper, { context }, session))[0]).toBe(undefined);
  });
});

describe("the client's flight", () => {
  const cases: readonly [HandshakeName, ...Case][] = [
    ["Certificate", "another message", () => message(20), UNEXPECTED, "unexpected_message"],
    [
      "Certificate",
      "none",
      () => message(11, hex("00000000")),
      ERR.SSL_NO_CLIENT_CERTIFICATE,
      "no_certificate",
    ],
    ["Certificate", "a context", () => message(11, hex("01aa000000")), DECODE, "decode_error"],
    ["CertificateVerify", "another message", () => message(20), UNEXPECTED, "unexpected_message"],
    [
      "CertificateVerify",
      "another signature",
      (original) =>
        withBody(original, (body) => body.map((byte, at) => (at === body.length - 1 ? byte ^ 1 : byte))),
      FAILURE,
      "decrypt_error",
    ],
    [
      "CertificateVerify",
      "RSASSA-PKCS1-v1_5",
      () => message(15, hex("0401000100")),
      FAILURE,
      "decrypt_error",
    ],
    [
      "Finished",
      "other verify_data",
      (original) => withBody(original, (body) => body.map((byte) => byte ^ 1)),
      FAILURE,
      "decrypt_error",
    ],
    ["Finished", "too short", () => message(20, hex("00")), DECODE, "decode_error"],
  ];

  test.each(cases)("%s: %s", (name, _, change, code, alert) => {
    expect(failure(meet(only(name, change), verifying))).toEqual([code, alert]);
  });

  test("a certificate of a stranger", () => {
    const server = meet((_, original) => original, { ...verifying, trusted: [issueLeaf(root, "p256")] });
    expect(failure(server)).toEqual([ERR.X509_CERT_VERIFY_FAILED, "unknown_ca"]);
  });

  test("a client cannot send tickets", () => {
    const pair = createPair13().handshake();
    const tampering = new TamperingPeer(
      createContext(0, with13({ verifyMode: CERT_NONE })),
      (_, original) => original,
    );
    const server = createPeer(1, with13({ own: leaf }));
    for (let more = true; more; ) {
      tampering.run();
      const fromClient = tampering.transport.take();
      if (fromClient) server.receive(fromClient);
      server.handshake();
      const fromServer = server.takeOutput();
      if (fromServer) tampering.transport.append(fromServer);
      more = fromClient !== undefined || fromServer !== undefined;
    }
    tampering.transport.writeHandshake(message(4, hex("00000010000000000102")));
    server.receive(tampering.transport.take()!);
    expect(server.read(1)).toBe("error");
    expect(failure(server)).toEqual([UNEXPECTED, undefined]);
    expect(pair.server.state).toBe("connected");
  });
});

test("a server without a certificate, and with one that may not serve", () => {
  expect(failure(meet((_, original) => original, { own: own }))).toEqual([FAILURE, "handshake_failure"]);
  const none = createPair13({}, { context: createContext(1, with13({})) }).handshake();
  expect(failure(none.server)).toEqual([FAILURE, "handshake_failure"]);
});
