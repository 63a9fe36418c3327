/** What a client answers to servers that do not keep to TLS 1.3: mbedTLS's code and alert for each. */

import { describe, expect, test } from "vitest";
import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { HandshakeName } from "../../../../firmware-shim/tls/messages/message.ts";
import { createContext, createPeer, type PeerOptions } from "../engine/peers.ts";
import { failure, leaf, verifying, with13, withTickets } from "./peers13.ts";
import {
  type Case,
  changeExtension,
  changeHello,
  encodeExtensions,
  extension,
  message,
  type Tamper,
  TamperingPeer,
  withBody,
} from "./tampering.ts";

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");
const RETRY = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

interface Meeting {
  readonly client: TlsConnection;
  readonly server: TamperingPeer;
  carry(): void;
}

/** A client against a server that tampers with its messages. */
function meet(tamper: Tamper, server: PeerOptions = {}, client: PeerOptions = {}): Meeting {
  const context = createContext(1, with13({ own: leaf, ...server }));
  const peer = new TamperingPeer(context, tamper);
  const connection = createPeer(0, with13({ ...verifying, ...client }));
  const carry = () => {
    for (let more = true; more; ) {
      connection.handshake();
      const fromClient = connection.takeOutput();
      if (fromClient) peer.transport.append(fromClient);
      peer.run();
      const fromServer = peer.transport.take();
      if (fromServer) connection.receive(fromServer);
      more = fromClient !== undefined || fromServer !== undefined;
    }
  };
  carry();
  return { client: connection, server: peer, carry };
}

/** Changes one message of the server's. */
const only =
  (wanted: HandshakeName, change: (message: Uint8Array) => Uint8Array): Tamper =>
  (name, original) =>
    name === wanted ? change(original) : original;

const onHead = (change: (head: Buffer) => Buffer) => (original: Uint8Array) =>
  changeHello(original, (hello) => {
    hello.head = change(hello.head);
  });
const set = (offset: number, ...bytes: number[]) =>
  onHead((head) => {
    head.set(bytes, offset < 0 ? head.length + offset : offset);
    return head;
  });
const retryWith = (share: string | undefined) => (original: Uint8Array) => {
  const retry = changeHello(original, (hello) => hello.head.set(hex(RETRY), 2));
  return changeExtension(retry, 51, share === undefined ? undefined : () => hex(share));
};

const UNEXPECTED = ERR.SSL_UNEXPECTED_MESSAGE;
const ILLEGAL = ERR.SSL_ILLEGAL_PARAMETER;
const DECODE = ERR.SSL_DECODE_ERROR;
const FAILURE = ERR.SSL_HANDSHAKE_FAILURE;

test("a server that keeps to it is connected to", () => {
  const { client } = meet((_, original) => original);
  expect(client.error).toBeUndefined();
  expect(client.state).toBe("connected");
});

describe("ServerHello", () => {
  const cases: readonly Case[] = [
    [
      "another message",
      (original) => Uint8Array.of(4, ...original.subarray(1)),
      UNEXPECTED,
      "unexpected_message",
    ],
    ["legacy_version TLS 1.3", set(0, 3, 4), ERR.SSL_BAD_PROTOCOL_VERSION, "protocol_version"],
    ["another session_id", set(2 + 32 + 1, 0), ILLEGAL, "illegal_parameter"],
    [
      "a shorter session_id",
      onHead((head) => Buffer.concat([head.subarray(0, 34), Buffer.of(0), head.subarray(-3)])),
      ILLEGAL,
      "illegal_parameter",
    ],
    ["a suite that was not offered", set(-3, 0x13, 0x06), ILLEGAL, "illegal_parameter"],
    ["a suite of TLS 1.2", set(-3, 0xc0, 0x2b), ILLEGAL, "illegal_parameter"],
    ["compression", set(-1, 1), ILLEGAL, "illegal_parameter"],
    ["supported_versions says TLS 1.2", extension(43, () => hex("0303")), ILLEGAL, "illegal_parameter"],
    ["supported_versions is too long", extension(43, () => hex("030400")), DECODE, "decode_error"],
    ["supported_versions is too short", extension(43, () => hex("03")), DECODE, "decode_error"],
    ["no key_share", extension(51, undefined), FAILURE, "handshake_failure"],
    [
      "a key share of another group",
      extension(51, (share) => Buffer.concat([hex("0017"), share.subarray(2)])),
      FAILURE,
      "handshake_failure",
    ],
    [
      "a key share of zeros",
      extension(51, (share) => Buffer.concat([share.subarray(0, 4), Buffer.alloc(32)])),
      FAILURE,
      "handshake_failure",
    ],
    ["a short key share", extension(51, () => hex("001d0001aa")), FAILURE, "handshake_failure"],
    ["a cut key share", extension(51, () => hex("001d0020aa")), DECODE, "decode_error"],
    [
      "a ticket where none was offered",
      extension(41, () => hex("0000")),
      ERR.SSL_UNSUPPORTED_EXTENSION,
      "unsupported_extension",
    ],
    ["an unknown extension", extension(0x7777, () => hex("")), ILLEGAL, "illegal_parameter"],
    ["a cookie", extension(44, () => hex("0001aa")), ILLEGAL, "illegal_parameter"],
    ["server_name", extension(0, () => hex("")), ILLEGAL, "illegal_parameter"],
    [
      "a byte after the extensions",
      (original) => withBody(original, (body) => Buffer.concat([body, hex("00")])),
      DECODE,
      "decode_error",
    ],
    ["HelloRetryRequest for the group that was offered", retryWith("001d"), ILLEGAL, "illegal_parameter"],
    ["HelloRetryRequest for an unknown group", retryWith("0200"), ILLEGAL, "illegal_parameter"],
    ["HelloRetryRequest with a cut group", retryWith("00"), DECODE, "decode_error"],
  ];

  test.each(cases)("%s", (_, change, code, alert) => {
    expect(failure(meet(only("ServerHello", change)).client)).toEqual([code, alert]);
  });

  test("cut at every byte", () => {
    for (let length = 0; length < 90; length++) {
      const { client } = meet(
        only("ServerHello", (original) => withBody(original, (body) => body.subarray(0, length))),
      );
      // Without its extensions it is one of TLS 1.2, which does not know the suite.
      expect(client.error?.code).not.toBe(ERR.SSL_INTERNAL_ERROR);
      expect(client.state).toBe("failed");
    }
  });

  test("a second HelloRetryRequest", () => {
    const { client } = meet(only("ServerHello", retryWith("0017")));
    expect(failure(client)).toEqual([UNEXPECTED, "unexpected_message"]);
  });

  test("a HelloRetryRequest with nothing but a cookie, which comes back", () => {
    let retried = false;
    const server = createContext(1, with13({ own: leaf }));
    const client = createPeer(0, with13(verifying));
    client.handshake();
    const first = Buffer.from(client.takeOutput()!);
    const peer = new TamperingPeer(server, (name, original) => {
      if (name !== "ServerHello" || retried) return original;
      retried = true;
      return changeExtension(retryWith(undefined)(original), 44, () => hex("0003c00c1e"));
    });
    peer.transport.append(first);
    peer.run();
    client.receive(peer.transport.take()!.subarray(0, 5 + 4 + 2 + 32 + 1 + 32 + 3 + 2 + 6 + 9));
    client.handshake();
    const second = Buffer.from(client.takeOutput()!);
    expect(second.subarray(0, 6).toString("hex")).toBe("140303000101");
    expect(second.includes(hex("002c00050003c00c1e"))).toBe(true);
    // The same share, random and session_id as before.
    expect(second.includes(first.subarray(11, 11 + 32 + 33))).toBe(true);
    const share = first.indexOf(hex("00330026"));
    expect(second.includes(first.subarray(share, share + 42))).toBe(true);
  });

  test("a handshake message in the same record, which would cross the change of keys", () => {
    const tamper = only(
      "ServerHello",
      (original) => new Uint8Array(Buffer.concat([original, message(8, hex("0000"))])),
    );
    expect(failure(meet(tamper).client)).toEqual([UNEXPECTED, "unexpected_message"]);
  });

  test("TLS 1.2 from a server that says it could do TLS 1.3", () => {
    const old = (sentinel: string) => (original: Uint8Array) =>
      changeExtension(
        changeHello(original, (hello) => hello.head.set(hex(sentinel), 2 + 32 - 8)),
        43,
        undefined,
      );
    for (const last of ["00", "01"]) {
      const { client } = meet(only("ServerHello", old(`444f574e475244${last}`)));
      expect(failure(client)).toEqual([ILLEGAL, "illegal_parameter"]);
    }
    // Another end is an honest server's; it then fails at the suite, as TLS 1.2 has none like it.
    const { client } = meet(only("ServerHello", old("444f574e47524402")));
    expect(failure(client)).toEqual([ERR.SSL_BAD_INPUT_DATA, "internal_error"]);
  });
});

const extensionsBody = (...extensions: [number, string][]) =>
  encodeExtensions(extensions.map(([type, data]) => [type, Buffer.from(data, "hex")]));

describe("EncryptedExtensions", () => {
  const cases: readonly Case[] = [
    ["another message", () => message(20), UNEXPECTED, "unexpected_message"],
    ["an unknown extension", () => message(8, extensionsBody([0x7777, ""])), ILLEGAL, "illegal_parameter"],
    ["key_share", () => message(8, extensionsBody([51, ""])), ILLEGAL, "illegal_parameter"],
    [
      "ALPN, which was not offered",
      () => message(8, extensionsBody([16, "00020161"])),
      ERR.SSL_UNSUPPORTED_EXTENSION,
      "unsupported_extension",
    ],
    [
      "early_data, which was not offered",
      () => message(8, extensionsBody([42, ""])),
      ERR.SSL_UNSUPPORTED_EXTENSION,
      "unsupported_extension",
    ],
    ["a byte after it", () => message(8, extensionsBody(), hex("00")), DECODE, "decode_error"],
    ["too long a list", () => message(8, hex("0001")), DECODE, "decode_error"],
    ["nothing", () => message(8), DECODE, "decode_error"],
  ];

  test.each(cases)("%s", (_, change, code, alert) => {
    expect(failure(meet(only("EncryptedExtensions", change)).client)).toEqual([code, alert]);
  });

  test("answers to server_name and supported_groups are taken", () => {
    const answers = message(8, extensionsBody([0, ""], [10, "0002001d"]));
    expect(meet(only("EncryptedExtensions", () => answers)).client.state).toBe("connected");
  });
});

describe("CertificateRequest", () => {
  const request =
    (context: string, ...extensions: [number, string][]) =>
    () =>
      message(13, hex(context), extensionsBody(...extensions));
  const cases: readonly Case[] = [
    ["without signature_algorithms", request("00"), DECODE, "decode_error"],
    ["with none in it", request("00", [13, "0000"]), FAILURE, "handshake_failure"],
    ["signature_algorithms too long", request("00", [13, "0002040300"]), DECODE, "decode_error"],
    ["with key_share", request("00", [13, "00020403"], [51, ""]), ILLEGAL, "illegal_parameter"],
    [
      "a byte after it",
      () => message(13, hex("00"), extensionsBody([13, "00020403"]), hex("00")),
      DECODE,
      "decode_error",
    ],
    ["cut", () => message(13, hex("05aa")), DECODE, "decode_error"],
  ];

  test.each(cases)("%s", (_, change, code, alert) => {
    const { client } = meet(only("CertificateRequest", change), verifying);
    expect(failure(client)).toEqual([code, alert]);
  });

  test("with an unknown extension it is answered", () => {
    const { client, server } = meet(
      only("CertificateRequest", request("00", [0x7777, ""], [13, "00020403"])),
      verifying,
    );
    expect(client.error).toBeUndefined();
    expect(server.error).toMatchObject({ code: ERR.SSL_NO_CLIENT_CERTIFICATE });
  });
});

describe("Certificate", () => {
  const list = (...entries: Uint8Array[]) => {
    const bytes = Buffer.concat(entries);
    return Buffer.concat([hex("00"), Buffer.of(0, bytes.length >> 8, bytes.length & 0xff), bytes]);
  };
  const entry = (der: Uint8Array, extensions = extensionsBody()) =>
    Buffer.concat([Buffer.of(0, der.length >> 8, der.length & 0xff), der, extensions]);
  const cases: readonly Case[] = [
    ["another message", () => message(15), UNEXPECTED, "unexpected_message"],
    ["with a context", () => message(11, hex("01aa000000")), DECODE, "decode_error"],
    ["an empty list", () => message(11, list()), ERR.SSL_FATAL_ALERT_MESSAGE, "no_certificate"],
    ["too short a certificate", () => message(11, list(entry(Buffer.alloc(127)))), DECODE, "decode_error"],
    [
      "no certificate at all",
      () => message(11, list(entry(Buffer.alloc(128)))),
      ERR.X509_INVALID_FORMAT,
      "bad_certificate",
    ],
    [
      "status_request, which was not asked for",
      () => message(11, list(entry(leaf.der, extensionsBody([5, ""])))),
      ERR.SSL_UNSUPPORTED_EXTENSION,
      "unsupported_extension",
    ],
    [
      "an unknown extension",
      () => message(11, list(entry(leaf.der, extensionsBody([0x7777, ""])))),
      ILLEGAL,
      "illegal_parameter",
    ],
    ["a byte after the list", () => message(11, list(entry(leaf.der)), hex("00")), DECODE, "decode_error"],
    ["a cut list", () => message(11, list(entry(leaf.der)).subarray(0, -1)), DECODE, "decode_error"],
  ];

  test.each(cases)("%s", (_, change, code, alert) => {
    const found = failure(meet(only("Certificate", change)).client);
    expect(found).toEqual([code, alert]);
  });
});

describe("CertificateVerify", () => {
  const algorithm = (number: string) => (original: Uint8Array) =>
    withBody(original, (body) => Buffer.concat([hex(number), body.subarray(2)]));
  const cases: readonly Case[] = [
    ["another message", () => message(20), UNEXPECTED, "unexpected_message"],
    ["an unknown algorithm", algorithm("0909"), FAILURE, "decrypt_error"],
    ["RSASSA-PKCS1-v1_5", algorithm("0401"), FAILURE, "decrypt_error"],
    ["RSASSA-PSS by a curve's key", algorithm("0804"), FAILURE, "decrypt_error"],
    ["another curve's algorithm", algorithm("0503"), FAILURE, "decrypt_error"],
    ["SHA-1", algorithm("0203"), FAILURE, "decrypt_error"],
    [
      "another signature",
      (original) =>
        withBody(original, (body) => body.map((byte, at) => (at === body.length - 1 ? byte ^ 1 : byte))),
      FAILURE,
      "decrypt_error",
    ],
    ["no signature", () => message(15, hex("04030000")), FAILURE, "decrypt_error"],
    ["cut", () => message(15, hex("0403000100").subarray(0, 4)), DECODE, "decode_error"],
    ["nothing", () => message(15), DECODE, "decode_error"],
  ];

  test.each(cases)("%s", (_, change, code, alert) => {
    expect(failure(meet(only("CertificateVerify", change)).client)).toEqual([code, alert]);
  });
});

describe("Finished", () => {
  const cases: readonly Case[] = [
    ["another message", () => message(8), UNEXPECTED, "unexpected_message"],
    [
      "other verify_data",
      (original) => withBody(original, (body) => body.map((byte) => byte ^ 1)),
      FAILURE,
      "decrypt_error",
    ],
    ["too short", (original) => withBody(original, (body) => body.subarray(1)), DECODE, "decode_error"],
    [
      "too long",
      (original) => withBody(original, (body) => Buffer.concat([body, body])),
      DECODE,
      "decode_error",
    ],
  ];

  test.each(cases)("%s", (_, change, code, alert) => {
    expect(failure(meet(only("Finished", change)).client)).toEqual([code, alert]);
  });
});

describe("after the handshake", () => {
  const after = (bytes: Uint8Array) => {
    const { client, server } = meet((_, original) => original);
    server.transport.writeHandshake(bytes);
    client.receive(server.transport.take()!);
    expect(client.read(1)).toBe(client.error ? "error" : "want-read");
    return client;
  };
  const ticket = (lifetime: string) => message(4, hex(`${lifetime}00000000010a0002aabb0000`));

  test.each([
    ["HelloRequest", message(0), UNEXPECTED, undefined],
    [
      "a request for a certificate",
      message(13, hex("00"), extensionsBody([13, "00020403"])),
      UNEXPECTED,
      undefined,
    ],
    ["KeyUpdate with another request", message(24, hex("02")), ILLEGAL, "illegal_parameter"],
    ["an empty KeyUpdate", message(24), DECODE, "decode_error"],
    ["a long KeyUpdate", message(24, hex("0000")), DECODE, "decode_error"],
    ["a ticket for more than a week", ticket("00093a81"), ILLEGAL, undefined],
    ["a cut ticket", message(4, hex("00000010000000000102")), DECODE, "decode_error"],
  ] as const)("%s", (_, bytes, code, alert) => {
    expect(failure(after(bytes))).toEqual([code, alert]);
  });

  test("a ticket of no lifetime is not kept, another one is", () => {
    expect(after(ticket("00000000")).resumableSession).toBeUndefined();
    expect(after(ticket("00093a80")).resumableSession).toMatchObject({
      ticket: Uint8Array.of(0xaa, 0xbb),
      lifetime: 604800,
    });
  });

  test("a KeyUpdate has to end its record", () => {
    const two = new Uint8Array(Buffer.concat([message(24, hex("00")), ticket("00000010")]));
    expect(failure(after(two))).toEqual([UNEXPECTED, "unexpected_message"]);
  });

  test("no keys can be changed before, nor in TLS 1.2", () => {
    const client = createPeer(0, with13(verifying));
    expect(client.updateKeys()).toBe(ERR.SSL_BAD_INPUT_DATA);
  });

  test("a ticket that the server takes for another suite's", () => {
    const first = meet((_, original) => original, { configure: withTickets() });
    first.client.read(1);
    const resume = first.client.resumableSession!;
    expect(resume).toBeDefined();
    const tampered = only(
      "ServerHello",
      extension(41, () => hex("0001")),
    );
    const { client } = meet(tampered, {}, { resume });
    expect(failure(client)).toEqual([ILLEGAL, "illegal_parameter"]);
  });
});
