/** Every misbehaviour of a client has mbedTLS's code, and the alert that mbedTLS sends. */

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ALERT_CODES, type AlertName } from "../../../../firmware-shim/tls/alerts.ts";
import { CERT_OPTIONAL, CERT_REQUIRED } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { TlsEvent } from "../../../../firmware-shim/tls/events.ts";
import { exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { issueLeaf, issueRoot } from "./certificates.ts";
import { crypto } from "./harness.ts";
import { sentAlert } from "./misbehave.ts";
import { createPair, createPeer, Pair, type PeerOptions } from "./peers.ts";
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  handshake,
  payloads,
  record,
  vector,
} from "./scripted-server.ts";

const root = issueRoot();
const p256 = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");
const usage = { extensions: ["extendedKeyUsage=clientAuth"] };
const clientLeaf = issueLeaf(root, "p256", usage);
const ECDSA = "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256";

interface Outcome {
  readonly code: number | undefined;
  readonly alert: AlertName | undefined;
}

type Mutation = (name: string, payload: Buffer) => readonly Buffer[];

/** Runs a handshake in which the client's messages are changed on their way. */
function attack(mutate: Mutation, client: PeerOptions = {}, server: PeerOptions = {}): Outcome {
  const pair = createPair({ ...client }, { own: p256, ...server });
  pair.client.handshake();
  pair.carry();
  pair.server.handshake();
  pair.carry();
  pair.client.handshake();
  const output: Buffer[] = [];
  for (const { type, payload } of payloads(pair.client.takeOutput()!)) {
    const name = type === CHANGE_CIPHER_SPEC ? "ChangeCipherSpec" : NAMES.get(payload[0]!);
    for (const bytes of mutate(type === HANDSHAKE && name ? name : "ChangeCipherSpec", payload)) {
      pair.server.receive(bytes);
      pair.server.handshake();
    }
    const sent = pair.server.takeOutput();
    if (sent) output.push(Buffer.from(sent));
  }
  return { code: pair.server.error?.code, alert: sentAlert(Buffer.concat(output)) };
}

const NAMES = new Map([
  [11, "Certificate"],
  [16, "ClientKeyExchange"],
  [15, "CertificateVerify"],
]);
const asIs = (name: string, payload: Buffer) => [
  record(name === "ChangeCipherSpec" && payload.length === 1 ? CHANGE_CIPHER_SPEC : HANDSHAKE, payload),
];

/** Puts something else in the place of one message. */
const instead =
  (wanted: string, by: (payload: Buffer) => Buffer): Mutation =>
  (name, payload) =>
    name === wanted ? [by(payload)] : asIs(name, payload);
const body = (type: number, change: (body: Buffer) => Buffer) => (payload: Buffer) =>
  record(HANDSHAKE, handshake(type, change(payload.subarray(4))));

describe("ClientKeyExchange", () => {
  const cke = (change: (body: Buffer) => Buffer) => instead("ClientKeyExchange", body(16, change));
  const flip = (index: number) => (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    copy[index]! ^= 1;
    return copy;
  };

  test.each<[string, Mutation, number, AlertName | undefined]>([
    [
      "another message",
      instead("ClientKeyExchange", () => record(HANDSHAKE, handshake(20, Buffer.alloc(12)))),
      ERR.SSL_UNEXPECTED_MESSAGE,
      undefined,
    ],
    [
      "ChangeCipherSpec",
      instead("ClientKeyExchange", () => record(CHANGE_CIPHER_SPEC, Buffer.of(1))),
      ERR.SSL_UNEXPECTED_MESSAGE,
      undefined,
    ],
    [
      "application data",
      instead("ClientKeyExchange", () => record(APPLICATION_DATA, Buffer.of(1))),
      ERR.SSL_UNEXPECTED_MESSAGE,
      undefined,
    ],
    [
      "a fatal alert",
      instead("ClientKeyExchange", () => record(ALERT, Buffer.of(2, 42))),
      ERR.SSL_FATAL_ALERT_MESSAGE,
      undefined,
    ],
    ["empty", cke(() => Buffer.alloc(0)), ERR.SSL_DECODE_ERROR, undefined],
    ["a point off the curve", cke(flip(40)), ERR.SSL_DECODE_ERROR, undefined],
    [
      "a compressed point",
      cke((bytes) => vector(1, Buffer.concat([Buffer.of(2), bytes.subarray(2, 34)]))),
      ERR.SSL_DECODE_ERROR,
      undefined,
    ],
    ["a wrong length", cke((bytes) => Buffer.concat([bytes, Buffer.of(0)])), ERR.SSL_DECODE_ERROR, undefined],
  ])("%s", (_, mutate, code, alert) => {
    expect(attack(mutate)).toEqual({ code, alert });
  });

  const psk = (mutate: Mutation, name = "TLS-PSK-WITH-AES-128-GCM-SHA256") =>
    attack(mutate, { psk: ["board", "key"], ciphers: [name] }, { psk: ["board", "key"], ciphers: [name] });

  test.each<[string, Mutation, number, AlertName | undefined]>([
    ["no identity", cke(() => Buffer.of(0)), ERR.SSL_DECODE_ERROR, undefined],
    ["an empty identity", cke(() => Buffer.of(0, 0)), ERR.SSL_DECODE_ERROR, undefined],
    ["an identity beyond the end", cke(() => Buffer.of(0, 9, 65)), ERR.SSL_DECODE_ERROR, undefined],
    [
      "another identity",
      cke(() => vector(2, Buffer.from("Board"))),
      ERR.SSL_UNKNOWN_IDENTITY,
      "unknown_psk_identity",
    ],
    [
      "bytes after the identity",
      cke((bytes) => Buffer.concat([bytes, Buffer.of(0)])),
      ERR.SSL_DECODE_ERROR,
      undefined,
    ],
  ])("PSK, %s", (_, mutate, code, alert) => {
    expect(psk(mutate)).toEqual({ code, alert });
  });

  test("a wrong pre-shared key shows in Finished", () => {
    const ciphers = ["TLS-PSK-WITH-AES-128-GCM-SHA256"];
    const pair = createPair(
      { psk: ["board", "key"], ciphers },
      { psk: ["board", "yek"], ciphers },
    ).handshake();
    expect(pair.server.error?.code).toBe(ERR.SSL_INVALID_MAC);
    expect(pair.client.error?.received).toBe("bad_record_mac");
  });

  test("a lookup that finds nothing, or too much, is an unknown identity", () => {
    const ciphers = ["TLS-ECDHE-PSK-WITH-AES-128-CBC-SHA256"];
    for (const key of [undefined, "x".repeat(49)]) {
      const pskKeys = key === undefined ? {} : { board: key };
      const pair = createPair({ psk: ["board", "key"], ciphers }, { pskKeys, ciphers }).handshake();
      expect(pair.server.error?.code).toBe(ERR.SSL_UNKNOWN_IDENTITY);
      expect(pair.client.error?.received).toBe("unknown_psk_identity");
    }
    const pair = createPair({ psk: ["board", "key"] }, { pskKeys: { board: "key" } }).handshake();
    expect(pair.server.cipher()?.[0]).toBe("TLS-ECDHE-PSK-WITH-AES-256-CBC-SHA384");
  });

  // ROBOT: whatever is wrong with an encrypted premaster secret, the answer is the same and comes at the same time.
  test.each([
    "TLS-RSA-WITH-AES-128-GCM-SHA256",
    "TLS-RSA-WITH-AES-128-CBC-SHA",
    "TLS-RSA-PSK-WITH-AES-128-CBC-SHA256",
  ])("%s tells nothing of the padding", (name) => {
    const key = { psk: ["board", "key"] as const };
    const withPsk = name.includes("PSK") ? key : {};
    const outcomes = new Set<string>();
    const encrypted = (change: (ciphertext: Buffer) => Buffer) =>
      cke((bytes) => {
        const start = bytes.length - 256;
        return Buffer.concat([bytes.subarray(0, start), change(Buffer.from(bytes.subarray(start)))]);
      });
    for (const mutate of [
      encrypted((bytes) => bytes.fill(0, 255).fill(1, 255)), // decrypts to 1
      encrypted(() => Buffer.alloc(256)),
      encrypted(() => Buffer.alloc(256, 0xff)), // not below the modulus
      encrypted(flip(0)),
      encrypted(flip(255)),
      encrypted((bytes) => bytes.subarray(0, 255)), // too short for its length
      encrypted((bytes) => Buffer.concat([bytes, Buffer.of(0)])),
    ]) {
      const options = { ciphers: [name], ...withPsk };
      const outcome = attack(mutate, options, { ...options, own: rsa });
      outcomes.add(JSON.stringify(outcome));
    }
    expect([...outcomes]).toEqual([JSON.stringify({ code: ERR.SSL_INVALID_MAC, alert: "bad_record_mac" })]);
  });
});

describe("Certificate and CertificateVerify", () => {
  const required = { trusted: [root], verifyMode: CERT_REQUIRED };
  const mutual = (mutate: Mutation, server: PeerOptions = required) =>
    attack(mutate, { own: clientLeaf }, server);
  const verify = (change: (body: Buffer) => Buffer) => instead("CertificateVerify", body(15, change));
  const certificate = (change: (body: Buffer) => Buffer) => instead("Certificate", body(11, change));
  const at = (index: number, value: number) => (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    copy[index] = value;
    return copy;
  };
  const finished = () => record(HANDSHAKE, handshake(20, Buffer.alloc(12)));

  test.each<[string, Mutation, number, AlertName | undefined]>([
    ["no Certificate", instead("Certificate", finished), ERR.SSL_UNEXPECTED_MESSAGE, "unexpected_message"],
    ["too short", certificate(() => Buffer.of(0, 0)), ERR.SSL_DECODE_ERROR, "decode_error"],
    [
      "not a certificate",
      certificate(() => vector(3, vector(3, Buffer.alloc(200, 0x31)))),
      ERR.X509_INVALID_FORMAT,
      "bad_certificate",
    ],
    ["empty", certificate(() => vector(3)), ERR.SSL_NO_CLIENT_CERTIFICATE, undefined],
    ["no CertificateVerify", instead("CertificateVerify", finished), ERR.SSL_UNEXPECTED_MESSAGE, undefined],
    ["CertificateVerify of one byte", verify(() => Buffer.of(4)), ERR.SSL_DECODE_ERROR, undefined],
    ["with SHA-512", verify(at(0, 6)), ERR.SSL_ILLEGAL_PARAMETER, undefined],
    ["with SHA-1", verify(at(0, 2)), ERR.SSL_ILLEGAL_PARAMETER, undefined],
    ["with RSA", verify(at(1, 1)), ERR.SSL_ILLEGAL_PARAMETER, undefined],
    ["without a signature", verify((bytes) => bytes.subarray(0, 2)), ERR.SSL_DECODE_ERROR, undefined],
    ["a signature cut", verify((bytes) => bytes.subarray(0, -1)), ERR.SSL_DECODE_ERROR, undefined],
    [
      "a signature changed",
      verify((bytes) => at(bytes.length - 1, bytes.at(-1)! ^ 1)(bytes)),
      ERR.ECP_VERIFY_FAILED,
      undefined,
    ],
    ["the other hash", verify((bytes) => at(0, bytes[0]! ^ 1)(bytes)), ERR.ECP_VERIFY_FAILED, undefined],
  ])("%s", (_, mutate, code, alert) => {
    expect(mutual(mutate)).toEqual({ code, alert });
  });

  test("a client without a certificate", () => {
    for (const deferred of [false, true]) {
      const pair = createPair({}, { own: p256, ...required });
      do {
        pair.client.handshake();
        if (deferred) pair.server.read(1);
        else pair.server.handshake();
      } while (pair.carry());
      expect(exceptionForHandshake(pair.server.error!)).toEqual({
        type: "OSError",
        args: [-29824, "MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE"],
      });
      // MicroPython sends the alert where the handshake runs in a read.
      expect(pair.client.error?.received).toBe(deferred ? "handshake_failure" : undefined);
    }
    const events: TlsEvent[] = [];
    const optional = { own: p256, trusted: [root], verifyMode: CERT_OPTIONAL };
    const pair = createPair({}, { ...optional, onEvent: (event) => events.push(event) }).handshake();
    expect(pair.server.state).toBe("connected");
    expect(pair.server.peerCertificateDer).toBeUndefined();
    expect(events.find(({ kind }) => kind === "verification")).toMatchObject({ flags: 0x40, accepted: true });
  });

  test.each<[string, PeerOptions, PeerOptions, number, AlertName | undefined]>([
    ["no CA loaded", {}, { verifyMode: CERT_REQUIRED }, ERR.SSL_CA_CHAIN_REQUIRED, "unknown_ca"],
    [
      "another CA",
      {},
      { ...required, trusted: [issueRoot("p256", "Other")] },
      ERR.X509_CERT_VERIFY_FAILED,
      "unknown_ca",
    ],
    ["a server's certificate", { own: p256 }, required, ERR.SSL_BAD_CERTIFICATE, "unsupported_certificate"],
    [
      "the clock at power-on",
      {},
      { ...required, now: () => 946684800 },
      ERR.X509_CERT_VERIFY_FAILED,
      "certificate_unknown",
    ],
  ])("%s", (_, client, server, code, alert) => {
    const outcome = attack(asIs, { own: clientLeaf, ...client }, server);
    expect(outcome).toEqual({ code, alert });
    expect(
      attack(asIs, { own: clientLeaf, ...client }, { ...server, verifyMode: CERT_OPTIONAL }).code,
    ).toBeUndefined();
  });

  test("the request names the CAs that are trusted", () => {
    const pair = createPair(
      { own: clientLeaf },
      { own: p256, ...required, trusted: [root, root] },
    ).handshake();
    const request = payloads(Buffer.concat(pair.sent.server)).find(({ payload }) => payload[0] === 13);
    const authorities = request!.payload.subarray(4 + 3 + 10);
    expect(request!.payload.subarray(4, 4 + 13).toString("hex")).toBe("02014000080503050104030401");
    expect(authorities.readUInt16BE(0)).toBe(authorities.length - 2);
    expect(pair.server.state).toBe("connected");
  });
});

describe("a private key that does not fit its certificate is not noticed until it is used", () => {
  const mixed = (own: typeof p256, key: typeof p256): PeerOptions => ({
    configure: (context) => {
      expect(context.loadCertChain(Buffer.from(own.pem), Buffer.from(key.key))).toBe(0);
    },
  });

  test.each([
    ["another EC key", mixed(p256, issueLeaf(root, "p256")), ERR.ECP_VERIFY_FAILED],
    ["an RSA key with an EC certificate", mixed(p256, rsa), undefined],
    ["an EC key with an RSA certificate", mixed(rsa, p256), undefined],
  ])("%s", (_, options, code) => {
    const pair = new Pair(createPeer(0, { trusted: [root] }), createPeer(1, options)).handshake();
    expect(pair.client.state).toBe("failed");
    if (code) expect(pair.client.error?.code).toBe(code);
    expect(pair.server.error?.code).toBe(ERR.SSL_FATAL_ALERT_MESSAGE);
  });

  test("static RSA and ECDH", () => {
    const ecdh = { ciphers: ["TLS-ECDH-ECDSA-WITH-AES-128-GCM-SHA256"] };
    expect(createPair(ecdh, mixed(p256, rsa)).handshake().server.error?.code).toBe(ERR.SSL_PK_TYPE_MISMATCH);
    const staticRsa = { ciphers: ["TLS-RSA-WITH-AES-128-GCM-SHA256"] };
    expect(createPair(staticRsa, mixed(rsa, p256)).handshake().server.error?.code).toBe(ERR.SSL_INVALID_MAC);
  });
});

describe("whole flights", () => {
  /** What a client sends in a handshake whose chance is fixed. */
  const fixed = (): Pair => {
    let counter = 0;
    const randomBytes = (length: number) => {
      const seed = createHash("sha512").update(String(counter++)).digest();
      return Uint8Array.from({ length }, (_, index) => seed[index % 64]!);
    };
    return createPair({ crypto: { ...crypto, randomBytes } }, { own: p256, ciphers: [ECDSA] });
  };

  test("cut anywhere, a server goes on", () => {
    const pair = fixed();
    const chunk = (bytes: Uint8Array, size: number, feed: (part: Uint8Array) => void) => {
      for (let offset = 0; offset < bytes.length; offset += size) feed(bytes.subarray(offset, offset + size));
    };
    for (let turn = 0; turn < 3; turn++) {
      pair.client.handshake();
      const fromClient = pair.client.takeOutput();
      if (fromClient) {
        chunk(fromClient, 1, (part) => {
          pair.server.receive(part);
          pair.server.handshake();
        });
      }
      const fromServer = pair.server.takeOutput();
      if (fromServer) chunk(fromServer, 7, (part) => pair.client.receive(part));
    }
    expect(pair.server.state).toBe("connected");
    pair.client.handshake();
    expect(pair.client.state).toBe("connected");
  });

  test("any byte of ClientHello and of the second flight spoilt, it fails, with an error of the engine's own kind", () => {
    for (const flight of [0, 1]) {
      for (let position = 0; ; position++) {
        const pair = fixed();
        for (let turn = 0; turn < flight; turn++) {
          pair.client.handshake();
          pair.carry();
          pair.server.handshake();
          pair.carry();
        }
        pair.client.handshake();
        const bytes = pair.client.takeOutput()!;
        if (position >= bytes.length) break;
        bytes[position]! ^= 0x80;
        pair.server.receive(bytes);
        pair.server.receiveEof();
        pair.server.handshake();
        expect(pair.server.error?.code).not.toBe(ERR.SSL_INTERNAL_ERROR);
        if (pair.server.error) continue;
        // What is left of a ClientHello's meaning comes out in the client's eyes.
        expect(flight).toBe(0);
      }
    }
  }, 60_000);

  test("the peer's close_notify and a bare end are ends for a server", () => {
    const pair = createPair({}, { own: p256 }).handshake();
    expect(pair.transfer("client", Buffer.from("hello")).toString()).toBe("hello");
    pair.server.receiveEof();
    expect(pair.server.read(1)).toBe("eof");
    expect(pair.server.state).toBe("closed");
    expect(pair.server.write(Buffer.from("bye"))).toBe(3);
    pair.carry();
    expect(Buffer.from(pair.client.read(10) as Uint8Array).toString()).toBe("bye");
  });

  test("alerts have their numbers", () => {
    expect(ALERT_CODES.unknown_psk_identity).toBe(115);
  });
});
