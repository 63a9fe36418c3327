/** What a client makes of messages that only some suites have, and random changes of whole handshakes. */

import { describe, expect, test } from "vitest";
import type { AlertName } from "../../../../firmware-shim/tls/alerts.ts";
import type { TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { SessionTickets } from "../../../../firmware-shim/tls/server12/session-tickets.ts";
import { issueLeaf, issueRoot, NOW } from "./certificates.ts";
import { crypto } from "./harness.ts";
import { sentAlert } from "./misbehave.ts";
import { createContext, createPair, type PeerOptions } from "./peers.ts";
import { CHANGE_CIPHER_SPEC, HANDSHAKE, handshake, payloads, record, vector } from "./scripted-server.ts";

const root = issueRoot();
const p256 = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");

type Change = (payload: Buffer) => readonly Buffer[];

/** Runs a handshake in which the server's plaintext messages of one type are changed on their way. */
function attack(type: number, change: Change, client: PeerOptions, server: PeerOptions) {
  const pair = createPair(client, server);
  pair.client.handshake();
  pair.carry();
  pair.server.handshake();
  const output: Buffer[] = [];
  for (const part of payloads(pair.server.takeOutput()!)) {
    const changed = part.payload[0] === type ? change(part.payload) : [part.payload];
    for (const payload of changed) {
      pair.client.receive(record(part.type === CHANGE_CIPHER_SPEC ? CHANGE_CIPHER_SPEC : HANDSHAKE, payload));
      pair.client.handshake();
    }
  }
  output.push(Buffer.from(pair.client.takeOutput() ?? []));
  const alert = pair.client.error ? sentAlert(Buffer.concat(output)) : undefined;
  return { code: pair.client.error?.code, alert, state: pair.client.state };
}

const KEY_EXCHANGE = 12;
const DONE = 14;

describe("ServerKeyExchange of PSK suites", () => {
  const psk = ["board", "key"] as const;
  const run = (name: string, type: number, change: Change) => {
    const options = { ciphers: [name], psk, own: rsa };
    const { code, alert } = attack(type, change, options, options);
    return { code, alert };
  };
  const PSK = "TLS-PSK-WITH-AES-128-GCM-SHA256";
  const RSA_PSK = "TLS-RSA-PSK-WITH-AES-128-GCM-SHA256";
  const ECDHE_PSK = "TLS-ECDHE-PSK-WITH-AES-128-CBC-SHA256";
  const hint = handshake(KEY_EXCHANGE, vector(2, Buffer.from("hint")));
  const ok = { code: undefined, alert: undefined };
  const malformed = { code: ERR.SSL_DECODE_ERROR, alert: "decode_error" };
  const illegal = { code: ERR.SSL_ILLEGAL_PARAMETER, alert: "illegal_parameter" };
  const unexpected = { code: ERR.SSL_UNEXPECTED_MESSAGE, alert: "unexpected_message" };

  test("a hint may come, and is left aside", () => {
    for (const name of [PSK, RSA_PSK]) {
      expect(run(name, DONE, (done) => [hint, done])).toEqual(ok);
      expect(run(name, DONE, (done) => [handshake(KEY_EXCHANGE, vector(2), Buffer.of(9)), done])).toEqual(ok);
      expect(run(name, DONE, () => [handshake(KEY_EXCHANGE, Buffer.of(0))])).toEqual(malformed);
      expect(run(name, DONE, () => [handshake(KEY_EXCHANGE, Buffer.of(0, 9, 1))])).toEqual(malformed);
      expect(run(name, DONE, (done) => [hint, hint, done])).toEqual(malformed);
    }
  });

  test("ECDHE-PSK cannot do without", () => {
    expect(run(ECDHE_PSK, KEY_EXCHANGE, () => [])).toEqual(unexpected);
    expect(run(ECDHE_PSK, KEY_EXCHANGE, () => [hint])).toEqual(illegal);
    expect(run(ECDHE_PSK, KEY_EXCHANGE, () => [handshake(KEY_EXCHANGE, Buffer.of(9, 9))])).toEqual(malformed);
    const withoutCurve = (payload: Buffer) => [Buffer.from(payload.with(4 + 2, 1))];
    expect(run(ECDHE_PSK, KEY_EXCHANGE, withoutCurve)).toEqual(illegal);
  });

  test("CertificateRequest has no place in them", () => {
    const request = handshake(13, Buffer.from("02014000020403", "hex"), vector(2));
    expect(run(PSK, DONE, (done) => [request, done])).toEqual(malformed);
  });
});

describe("suites without ServerKeyExchange", () => {
  test.each([
    ["TLS-RSA-WITH-AES-128-GCM-SHA256", rsa],
    ["TLS-ECDH-ECDSA-WITH-AES-128-GCM-SHA256", p256],
  ] as const)("%s refuses one", (name, own) => {
    const options = { ciphers: [name], own };
    const outcome = attack(DONE, (done) => [handshake(KEY_EXCHANGE, vector(2)), done], options, options);
    expect(outcome).toMatchObject({ code: ERR.SSL_DECODE_ERROR, alert: "decode_error" });
  });

  test.each<[string, typeof rsa, number, AlertName | undefined]>([
    ["TLS-RSA-WITH-AES-128-GCM-SHA256", p256, ERR.SSL_PK_TYPE_MISMATCH, undefined],
    ["TLS-ECDH-ECDSA-WITH-AES-128-GCM-SHA256", rsa, ERR.SSL_PK_TYPE_MISMATCH, "handshake_failure"],
  ])("%s with a certificate of another kind", (name, other, code, alert) => {
    const own = other === p256 ? rsa : p256;
    const swapped = handshake(11, vector(3, vector(3, other.der)));
    const outcome = attack(11, () => [swapped], { ciphers: [name] }, { ciphers: [name], own });
    expect(outcome).toMatchObject({ code, alert });
  });
});

describe("ServerHello", () => {
  const hello = (change: (payload: Buffer) => Buffer, configure?: (context: TlsContext) => void) =>
    attack(2, (payload) => [change(payload)], configure ? { configure } : {}, { own: p256 });
  /** Adds an extension at the end. */
  const adding = (added: Buffer) => (payload: Buffer) => {
    const start = 4 + 2 + 32 + 1 + 32 + 3;
    return handshake(2, payload.subarray(4, start), vector(2, payload.subarray(start + 2), added));
  };

  test("max_fragment_length must be the one asked for", () => {
    const configure = (context: TlsContext) => {
      context.maxFragmentLength = 2;
    };
    const illegal = { code: ERR.SSL_ILLEGAL_PARAMETER, alert: "illegal_parameter" };
    expect(hello(adding(Buffer.of(0, 1, 0, 1, 2)))).toMatchObject(illegal);
    expect(hello(adding(Buffer.of(0, 1, 0, 1, 3)), configure)).toMatchObject(illegal);
    expect(hello(adding(Buffer.of(0, 1, 0, 0)), configure)).toMatchObject(illegal);
    expect(hello((payload) => payload, configure).state).toBe("handshaking");
  });

  test("a session that was not offered is not resumed", () => {
    // The flight goes on with Certificate, which a resumed handshake would not take.
    const repeated = hello((payload) => Buffer.from(payload.fill(0xee, 4 + 35, 4 + 35 + 32)));
    expect(repeated).toEqual({ code: undefined, alert: undefined, state: "handshaking" });
  });
});

describe("random changes", () => {
  const next = xorshift(0x5eed);
  const tickets = createContext(1, {
    own: p256,
    configure: (context) => {
      context.sessionTickets = new SessionTickets({ crypto, now: () => NOW, lifetime: 1000 });
    },
  });
  const resume = createPair({}, { context: tickets }).handshake().client.resumableSession;
  const psk = ["board", "key"] as const;
  const KINDS: readonly (readonly [string, PeerOptions, PeerOptions])[] = [
    ["mutual", { own: issueLeaf(root, "p256") }, { own: p256, trusted: [root], verifyMode: 1 }],
    ["static RSA, CBC", { ciphers: ["TLS-RSA-WITH-AES-128-CBC-SHA"] }, { own: rsa }],
    ["RSA-PSK", { psk, ciphers: ["TLS-RSA-PSK-WITH-ARIA-128-CBC-SHA256"] }, { psk, own: rsa }],
    ["resumed", { resume }, { context: tickets }],
  ];

  test.each(KINDS)("%s: neither side fails but by an error of mbedTLS's", (_, client, server) => {
    for (let round = 0; round < 250; round++) {
      const pair = createPair(client, server);
      for (let turn = 0; turn < 6; turn++) {
        pair.client.handshake();
        pair.server.handshake();
        for (const [from, to] of [
          [pair.client, pair.server],
          [pair.server, pair.client],
        ] as const) {
          const bytes = from.takeOutput();
          if (!bytes) continue;
          if (next() % 3 === 0) bytes[next() % bytes.length] = next() & 0xff;
          const cut = next() % 8 === 0 ? next() % bytes.length : bytes.length;
          to.receive(bytes.subarray(0, cut));
        }
      }
      for (const side of [pair.client, pair.server]) {
        side.receiveEof();
        for (let reads = 0; reads < 5 && side.read(100) instanceof Uint8Array; reads++);
        expect(side.error?.code).not.toBe(ERR.SSL_INTERNAL_ERROR);
      }
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
