/** What DTLS does otherwise than TLS: what it drops, what it answers, and when it gives up. */

import { describe, expect, test } from "vitest";
import { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_REQUIRED, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { encodeFragment } from "../../../../firmware-shim/tls/dtls/fragment.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { encodeDtlsRecord, encodeSequence } from "../../../../firmware-shim/tls/record/dtls-record.ts";
import { issueLeaf, issueRoot, NOW } from "../engine/certificates.ts";
import { crypto, deterministicCrypto } from "../engine/harness.ts";
import { createContext } from "../engine/peers.ts";
import { CLIENT_ID, Link, type LinkOptions } from "./link.ts";

const root = issueRoot();
const p256 = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");
const PSK: LinkOptions = { client: { psk: ["board", "key"] }, server: { psk: ["board", "key"] } };

const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");
const record = (contentType: number, payload: Uint8Array, epoch = 0, number = 900) =>
  encodeDtlsRecord(contentType, encodeSequence(epoch, number), payload);
const handshake = (type: number, body: Uint8Array, sequence: number) =>
  encodeFragment({ type, messageLength: body.length, sequence, offset: 0, body });

const maxFragmentLength = (context: TlsContext) => {
  context.maxFragmentLength = 2;
};
const renegotiation = (context: TlsContext) => {
  context.renegotiation = true;
};

describe("hellos", () => {
  test("a ClientHello's bytes, then the same with the cookie", () => {
    const context = createContext(2, {
      ciphers: ["TLS-PSK-WITH-AES-128-CCM-8"],
      verifyMode: 0,
      psk: ["board", "key"],
    });
    const client = new TlsConnection(context, {
      crypto: deterministicCrypto,
      now: () => 0x5f5e1000,
      ticks: () => 0,
    });
    client.handshake();
    const random = `5f5e1000${"a5".repeat(28)}`;
    // Two suites; signature_algorithms, encrypt_then_mac, extended_master_secret, session_ticket.
    const rest = "0004c0a800ff0100001e000d000e000c060306010503050104030401001600000017000000230000";
    const length = (extra: number) => (0x4c + extra).toString(16).padStart(2, "0");
    expect(hex(client.takeOutput()!)).toBe(
      `16fefd00000000000000000058010000${length(0)}00000000000000${length(0)}fefd${random}0000${rest}`,
    );
    client.receive(record(22, handshake(3, Buffer.from("feff03c0c1c2", "hex"), 0), 0, 0));
    client.handshake();
    expect(hex(client.takeOutput()!)).toBe(
      `16fefd0000000000000001005b010000${length(3)}00010000000000${length(3)}fefd${random}0003c0c1c2${rest}`,
    );
  });

  test("a server asks for a cookie and is done; the next one of the context takes it", () => {
    const link = new Link(PSK);
    link.client.handshake();
    const hello = link.client.takeOutput()!;
    link.server.receive(hello);
    expect(link.server.handshake()).toBe("error");
    expect(link.server.error?.code).toBe(ERR.SSL_HELLO_VERIFY_REQUIRED);
    const answer = link.server.takeOutput()!;
    expect(hex(answer.subarray(0, 28))).toBe("16fefd0000000000000000002f030000230000000000000023fefd20");
    expect(answer.length).toBe(60);
    expect(link.server.takeOutput()).toBeUndefined();

    link.client.receive(answer);
    link.client.handshake();
    const second = link.client.takeOutput()!;
    expect(hex(second)).toContain(hex(answer.subarray(28)));
    link.server = link.accept();
    link.server.receive(second);
    expect(link.server.handshake()).toBe("want-read");
    // It goes on from the client's numbers: record 1, message 1.
    expect(hex(link.server.takeOutput()!.subarray(0, 19))).toMatch(
      /^16fefd00000000000000010...02......0001$/,
    );

    for (const [what, server] of [
      [
        "another client",
        new TlsConnection(link.serverContext, { ...options(link), clientId: Buffer.from("x") }),
      ],
      ["another context", new Link(PSK).server],
      ["a minute later", new TlsConnection(link.serverContext, { ...options(link), now: () => NOW + 61 })],
    ] as const) {
      server.receive(second);
      server.handshake();
      expect(server.error?.code, what).toBe(ERR.SSL_HELLO_VERIFY_REQUIRED);
    }
  });

  const options = (link: Link) => ({ crypto, now: () => NOW, ticks: () => link.ticks, clientId: CLIENT_ID });

  test("a server without a client_id, and either side without a timer, is refused", () => {
    const context = createContext(3);
    for (const given of [{ ticks: () => 0 }, { clientId: CLIENT_ID }]) {
      const server = new TlsConnection(context, { crypto, now: () => NOW, ...given });
      expect(server.error?.code).toBe(ERR.SSL_BAD_INPUT_DATA);
    }
  });

  const HELLO = new Uint8Array(100).fill(1);
  test.each([
    ["application data", record(23, HELLO), ERR.SSL_UNEXPECTED_MESSAGE],
    ["a text", Buffer.from("hello"), ERR.SSL_UNEXPECTED_MESSAGE],
    ["another handshake message", record(22, handshake(2, HELLO, 0)), ERR.SSL_UNEXPECTED_MESSAGE],
    ["a later epoch", record(22, handshake(1, HELLO, 0), 1), ERR.SSL_ILLEGAL_PARAMETER],
    [
      "a length that is too large",
      Buffer.from(`16fefd${"00".repeat(8)}4001`, "hex"),
      ERR.SSL_ILLEGAL_PARAMETER,
    ],
    ["a datagram cut off", record(22, handshake(1, HELLO, 0)).subarray(0, 90), ERR.SSL_INTERNAL_ERROR],
    ["a datagram cut off in its header", Buffer.from("16fefd", "hex"), ERR.SSL_INTERNAL_ERROR],
    ["no whole header", record(22, handshake(1, HELLO, 0).subarray(0, 11)), ERR.SSL_DECODE_ERROR],
    ["a short body", record(22, handshake(1, HELLO.subarray(0, 37), 0)), ERR.SSL_DECODE_ERROR],
    [
      "a fragment",
      record(22, encodeFragment({ type: 1, messageLength: 101, sequence: 0, offset: 0, body: HELLO })),
      ERR.SSL_FEATURE_UNAVAILABLE,
    ],
    ["nothing", new Uint8Array(0), ERR.SSL_CONN_EOF],
  ])("a server's first datagram is %s: it fails without an alert", (_, datagram, code) => {
    const { server } = new Link(PSK);
    server.receive(datagram);
    expect(server.handshake()).toBe("error");
    expect(server.error?.code).toBe(code);
    expect(server.takeOutput()).toBeUndefined();
  });

  test("TLS's version in a ClientHello is answered with an alert", () => {
    const { server } = new Link(PSK);
    server.receive(record(22, handshake(1, Buffer.concat([Buffer.from("0303", "hex"), HELLO]), 0), 0, 7));
    server.handshake();
    expect(server.error?.code).toBe(ERR.SSL_BAD_PROTOCOL_VERSION);
    expect(hex(server.takeOutput()!)).toBe("15fefd000000000000000700020246");
  });
});

describe("a timer", () => {
  test("sends again after 1, 2, 4 … 60 seconds, and then gives up", () => {
    const link = new Link({ ...PSK, fate: () => [] });
    const times: number[] = [];
    do {
      const before = link.sent.client.length;
      link.work();
      if (link.sent.client.length > before) times.push(link.ticks / 1000);
    } while (link.advance());
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 63]);
    expect(link.ticks).toBe(123_000);
    expect(link.client.error?.code).toBe(ERR.SSL_TIMEOUT);
    // Each time the same message, in a record with the next number.
    for (const [index, datagram] of link.sent.client.entries()) {
      expect(datagram.readUIntBE(5, 6)).toBe(index);
      expect(datagram.subarray(13)).toEqual(link.sent.client[0]!.subarray(13));
    }
  });

  test("a flight that has been lost twice is cut for 508 bytes", () => {
    const server = { own: rsa };
    const link = new Link({ server });
    let lost = 0;
    // Nothing is heard of the client meanwhile, so that only the server's own timer counts.
    link.fate = (from, _, number) => {
      if (from === "client") return number > 1 && lost < 2 ? [] : [1];
      return number > 0 && lost++ < 2 ? [] : [1];
    };
    link.handshake();
    expect(link.isConnected).toBe(true);
    const lengths = link.sent.server.map(({ length }) => length);
    // HelloVerifyRequest, the flight twice whole, then in pieces, and what ends the handshake.
    expect(lengths.slice(0, 3)).toEqual([60, lengths[1], lengths[1]]);
    expect(lengths[1]).toBeGreaterThan(1000);
    expect(lengths.slice(3, 5)).toEqual([508, 508]);
    expect(Math.max(...lengths.slice(3))).toBe(508);
    // Until the client is heard of again, data has to fit as well.
    expect(link.server.write(new Uint8Array(508))).toBe("error");
    expect(link.server.error?.code).toBe(ERR.SSL_BAD_INPUT_DATA);
  });

  test("the client's own flight too, but never its ClientHello", () => {
    let sent = 0;
    const fate = () => (sent++ < 3 ? [] : [1]);
    const names = { psk: ["b".repeat(600), "key"] as const };
    const link = new Link({ client: names, server: names, fate });
    link.client = link.connect(createContext(2, { verifyMode: 0, ...names }), {
      serverHostname: `${"a".repeat(250)}.test`,
    });
    link.handshake();
    expect(link.isConnected).toBe(true);
    expect(link.sent.client[3]!.length).toBeLessThan(508);
    expect(Math.max(...link.sent.client.map(({ length }) => length))).toBeLessThanOrEqual(508);
  });

  test("is not running without a flight", () => {
    const link = new Link(PSK);
    expect(link.server.nextTimeout).toBeUndefined();
    link.client.handshake();
    expect(link.client.nextTimeout).toBe(1000);
    link.ticks = 400;
    expect(link.client.nextTimeout).toBe(600);
    link.ticks = 1000;
    expect(link.client.nextTimeout).toBe(0);
    // Nothing that poll would tell: what is due goes out with the next call.
    expect(link.client.pending).toBe(false);
    link.handshake();
    expect([link.client.nextTimeout, link.server.nextTimeout]).toEqual([undefined, undefined]);
  });
});

describe("what is bad is dropped", () => {
  const connected = () => new Link(PSK).handshake();

  test("in the handshake and after it, at any moment", () => {
    const rubbish = [
      Buffer.from("nonsense"),
      Buffer.from("16", "hex"),
      // Not far ahead: in the first epoch anyone can move the window, and records behind it are lost.
      record(23, Buffer.from("early data"), 0, 50),
      record(22, Buffer.alloc(40, 2), 1, 3),
      record(22, Buffer.alloc(40, 2), 7, 3),
      record(23, Buffer.alloc(40, 2), 1, 3),
      record(20, Buffer.alloc(1), 5),
      Buffer.from("16fefd00000000000003850000", "hex"),
      Buffer.from("160304000000000000038500020100", "hex"),
    ];
    const link = new Link(PSK);
    for (let step = 0; step < 12; step++) {
      link.work();
      if (link.client.state !== "handshaking" || step > 0)
        for (const bad of rubbish) link.client.receive(bad);
      // What a server reads before a ClientHello is another matter.
      if (link.server.nextTimeout !== undefined || link.server.state === "connected") {
        for (const bad of rubbish) link.server.receive(bad);
      }
      link.advance();
    }
    expect([link.client.error?.message, link.server.error?.message]).toEqual([undefined, undefined]);
    expect(link.isConnected).toBe(true);
    expect(link.transfer("client", "still here")).toBe("still here");
  });

  test("records that are changed anywhere, and with them the rest of the datagram", () => {
    const link = connected();
    link.client.write(Buffer.from("secret"));
    const datagram = Buffer.from(link.client.takeOutput()!);
    for (let index = 0; index < datagram.length; index++) {
      const changed = Buffer.from(datagram);
      changed[index]! ^= 0x80;
      link.server.receive(Buffer.concat([changed, datagram.subarray(0, index % 2)]));
      expect(link.server.read(100)).toBe("want-read");
    }
    link.server.receive(datagram);
    expect(Buffer.from(link.server.read(100) as Uint8Array).toString()).toBe("secret");
    link.server.receive(datagram);
    expect(link.server.read(100)).toBe("want-read");
    expect(link.server.takeOutput()).toBeUndefined();
  });

  test("data that comes again, and that is older than 64 records; the order does not matter", () => {
    const link = connected();
    const datagrams = Array.from({ length: 70 }, (_, index) => {
      link.client.write(Buffer.from([index]));
      return link.client.takeOutput()!;
    });
    const got: number[] = [];
    for (const index of [69, 68, 5, 6, 68, 69, 7, 6, 40, 0]) {
      link.server.receive(datagrams[index]!);
      const data = link.server.read(10);
      if (typeof data !== "string") got.push(data[0]!);
    }
    expect(got).toEqual([69, 68, 6, 7, 40]);
  });

  test("several records in one datagram are all read", () => {
    const link = connected();
    const datagrams = ["one", "two", "three"].map((text) => {
      link.client.write(Buffer.from(text));
      return link.client.takeOutput()!;
    });
    link.server.receive(Buffer.concat(datagrams));
    for (const text of ["one", "two", "three"]) {
      expect(link.server.pending).toBe(true);
      expect(Buffer.from(link.server.read(100) as Uint8Array).toString()).toBe(text);
    }
    expect(link.server.read(100)).toBe("want-read");
    expect(link.server.pending).toBe(false);
  });

  test("but not where it is Finished that cannot be read: a wrong key", () => {
    const link = new Link({ ...PSK, client: { psk: ["board", "other"] } }).handshake();
    expect(link.server.error?.code).toBe(ERR.SSL_INVALID_MAC);
    expect(hex(link.sent.server.at(-1)!).slice(26)).toBe("0214");
    link.advance();
    link.work();
    expect(link.client.error?.code).toBe(ERR.SSL_FATAL_ALERT_MESSAGE);
    expect(link.client.error?.received).toBe("bad_record_mac");
  });
});

describe("alerts and ends", () => {
  test("a refused certificate is told, and the server hears of it", () => {
    const link = new Link({
      client: { verifyMode: CERT_REQUIRED, trusted: [issueRoot()] },
      server: { own: p256 },
    }).handshake();
    expect(link.client.error?.code).toBe(ERR.X509_CERT_VERIFY_FAILED);
    link.advance();
    link.work();
    expect(link.server.error?.code).toBe(ERR.SSL_FATAL_ALERT_MESSAGE);
    expect(link.server.error?.received).toBe("unknown_ca");
  });

  test("no common suite: the server tells it at once, before it asks for a cookie", () => {
    const [first, second] = ["TLS-PSK-WITH-AES-128-CCM-8", "TLS-PSK-WITH-AES-256-CCM-8"] as const;
    const link = new Link({
      client: { ...PSK.client, ciphers: [first] },
      server: { ...PSK.server, ciphers: [second] },
    }).handshake();
    expect(link.server.error?.code).toBe(ERR.SSL_HANDSHAKE_FAILURE);
    expect(link.sent.server.map(hex)).toEqual(["15fefd000000000000000000020228"]);
  });

  test("an empty datagram looks like an end", () => {
    const link = new Link(PSK).handshake();
    link.client.receive(new Uint8Array(0));
    expect(link.client.read(10)).toBe("eof");
  });

  test("data that does not fit in a datagram is an error", () => {
    for (const [configure, most] of [
      [() => {}, 4096],
      [maxFragmentLength, 1024],
    ] as const) {
      for (const side of ["client", "server"] as const) {
        const link = new Link({ ...PSK, client: { ...PSK.client, configure } }).handshake();
        expect(link.transfer(side, "x".repeat(most)).length).toBe(most);
        expect(link[side].write(new Uint8Array(most + 1))).toBe("error");
        expect(link[side].error?.code).toBe(ERR.SSL_BAD_INPUT_DATA);
      }
    }
  });

  test("renegotiation is refused, whatever the context says", () => {
    const link = new Link({
      ...PSK,
      client: { ...PSK.client, configure: renegotiation },
    }).handshake();
    expect(link.client.renegotiate()).toBe(ERR.SSL_FEATURE_UNAVAILABLE);
    expect(link.isConnected).toBe(true);
  });

  test("a message of more than a record is refused before it is sent", () => {
    const big = Array.from({ length: 5 }, () => rsa);
    const configure = (context: TlsContext) => {
      for (const { pem, key } of big) context.loadCertChain(Buffer.from(pem), Buffer.from(key));
    };
    const link = new Link({ server: { own: rsa, configure } }).handshake();
    expect(link.server.error?.code).toBeLessThan(0);
  });
});

describe("a client that starts anew from the same port", () => {
  test("is asked for a cookie while the old connection goes on, and ends it with the cookie", () => {
    const link = new Link(PSK).handshake();
    const again = link.connect(createContext(2, { verifyMode: 0, ...PSK.client }));
    again.handshake();
    link.server.receive(again.takeOutput()!);
    expect(link.server.read(10)).toBe("want-read");
    const answer = link.server.takeOutput()!;
    expect(hex(answer.subarray(0, 28))).toBe("16fefd0000000000000000002f030000230000000000000023feff20");
    expect(link.transfer("client", "old")).toBe("old");
    again.receive(answer);
    again.handshake();
    link.server.receive(again.takeOutput()!);
    expect(link.server.read(10)).toBe("error");
    expect(link.server.error?.code).toBe(ERR.SSL_CLIENT_RECONNECT);
  });

  test("a copy of its ClientHello that comes late counts for one", () => {
    const link = new Link(PSK).handshake();
    link.server.receive(link.sent.client[1]!);
    link.server.read(10);
    expect(link.server.error?.code).toBe(ERR.SSL_CLIENT_RECONNECT);
  });

  test("one that is broken ends the connection, as in mbedTLS", () => {
    const link = new Link(PSK).handshake();
    link.server.receive(record(22, Buffer.of(1, 0, 0, 0)));
    link.server.read(10);
    expect(link.server.error?.code).toBe(ERR.SSL_DECODE_ERROR);
  });
});
