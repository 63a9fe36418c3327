/** Client and server of TLS 1.3 with each other, over memory. */

import { describe, expect, test } from "vitest";
import { CIPHER_SUITES_13 } from "../../../../firmware-shim/tls/ciphersuites13.ts";
import { CERT_NONE, TlsContext } from "../../../../firmware-shim/tls/context.ts";
import type { CryptoProvider } from "../../../../firmware-shim/tls/crypto/provider.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { Session13 } from "../../../../firmware-shim/tls/handshake13/session.ts";
import { issueLeaf, NOW } from "../engine/certificates.ts";
import { crypto } from "../engine/harness.ts";
import { createContext, createPeer, type PeerOptions } from "../engine/peers.ts";
import {
  AES_128,
  AES_256,
  CHACHA20,
  createPair13,
  failure,
  leaf,
  root,
  verifying,
  with13,
  withTickets,
} from "./peers13.ts";

const TLS12 = "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256";
const text = (value: string) => new Uint8Array(Buffer.from(value));

/** Names of the messages that a client sends and receives. */
function recorder() {
  const names: string[] = [];
  const onEvent: PeerOptions["onEvent"] = (event) => {
    if (event.kind === "message") names.push(`${event.direction === "sent" ? ">" : "<"}${event.name}`);
  };
  return { names, onEvent };
}

describe("a handshake", () => {
  test.each(CIPHER_SUITES_13.map(({ name }) => name))("%s", (name) => {
    const pair = createPair13({ ciphers: [name] }).handshake();
    expect(pair.client.error).toBeUndefined();
    expect(pair.client.cipher()).toStrictEqual([name, "TLSv1.3"]);
    expect(pair.server.cipher()).toStrictEqual([name, "TLSv1.3"]);
    expect(pair.client.peerCertificateDer).toEqual(leaf.der);
    const data = crypto.randomBytes(10000);
    expect(pair.transfer("client", data)).toStrictEqual(Buffer.from(data));
    expect(pair.transfer("server", data)).toStrictEqual(Buffer.from(data));
  });

  test("its messages, in order", () => {
    const seen = recorder();
    createPair13({ onEvent: seen.onEvent }).handshake();
    expect(seen.names).toEqual([
      ...[">ClientHello", "<ServerHello", "<ChangeCipherSpec", "<EncryptedExtensions", "<Certificate"],
      ...["<CertificateVerify", "<Finished", ">ChangeCipherSpec", ">Finished"],
    ]);
  });

  test("with a certificate on both sides", () => {
    const seen = recorder();
    const own = issueLeaf(root, "rsa", { extensions: ["extendedKeyUsage=clientAuth"] });
    const pair = createPair13({ own, onEvent: seen.onEvent }, verifying).handshake();
    expect(pair.server.peerCertificateDer).toEqual(own.der);
    expect(seen.names).toEqual([
      ...[">ClientHello", "<ServerHello", "<ChangeCipherSpec", "<EncryptedExtensions", "<CertificateRequest"],
      ...["<Certificate", "<CertificateVerify", "<Finished", ">ChangeCipherSpec"],
      ...[">Certificate", ">CertificateVerify", ">Finished"],
    ]);
  });

  test("the server's choice is the client's first suite that it has", () => {
    const server = { ciphers: [AES_128, AES_256] };
    expect(createPair13({}, server).handshake().client.cipher()?.[0]).toBe(AES_256);
    expect(
      createPair13({ ciphers: [AES_128, AES_256] }, server)
        .handshake()
        .client.cipher()?.[0],
    ).toBe(AES_128);
    expect(failure(createPair13({ ciphers: [CHACHA20] }, server).handshake().server)).toEqual([
      ERR.SSL_HANDSHAKE_FAILURE,
      "handshake_failure",
    ]);
  });

  test("records carry at most 4096 bytes of data and are padded", () => {
    const pair = createPair13().handshake();
    expect(pair.client.write(new Uint8Array(5000))).toBe(4096);
    expect(pair.client.takeOutput()).toHaveLength(5 + 4112 + 16);
  });

  test("a callback that answers later", () => {
    const asked: number[] = [];
    const pair = createPair13({
      configure: (context) => {
        context.verifyCallback = (_, depth) => {
          asked.push(depth);
          return "later";
        };
      },
    });
    pair.client.handshake();
    pair.carry();
    pair.server.handshake();
    pair.carry();
    expect(pair.client.handshake()).toBe("want-answer");
    pair.client.answer(0);
    expect(pair.client.handshake()).toBe("want-answer");
    pair.client.answer(0);
    expect(pair.client.handshake()).toBe("connected");
    expect(asked).toEqual([1, 0]);
  });

  test.each([
    ["another name", { serverHostname: "other.test" }, "bad_certificate"],
    ["a stranger", { trusted: [issueLeaf(root, "p256")] }, "unknown_ca"],
    ["one that has expired", { now: () => NOW + 40 * 86400 }, "certificate_expired"],
  ] as const)("verification: %s", (_, options, alert) => {
    const pair = createPair13(options).handshake();
    expect(failure(pair.client)).toEqual([ERR.X509_CERT_VERIFY_FAILED, alert]);
    // As mbedTLS's, its alert is not encrypted; the server's keys are those of the handshake already.
    expect(pair.sent.client.at(-1)?.[0]).toBe(21);
    expect(failure(pair.server)).toEqual([ERR.SSL_INVALID_MAC, "bad_record_mac"]);
  });

  test("no host name where one is required", () => {
    const client = createPeer(0, { ...with13(verifying), serverHostname: undefined });
    const server = createPeer(1, with13({ own: leaf }));
    client.handshake();
    server.receive(client.takeOutput()!);
    server.handshake();
    client.receive(server.takeOutput()!);
    expect(client.handshake()).toBe("error");
    expect(client.error?.code).toBe(-0x5d80);
  });
});

describe("versions", () => {
  const plain: PeerOptions = { ...verifying };

  test("without the option nothing is offered, and nothing taken", () => {
    const client = createPair13({}, {});
    expect(client.handshake().client.cipher()?.[1]).toBe("TLSv1.3");
    for (const [left, right] of [
      [with13(plain), { own: leaf }],
      [plain, with13({ own: leaf })],
    ] as const) {
      const [first, second] = [createPeer(0, left), createPeer(1, right)];
      for (let more = true; more; ) {
        first.handshake();
        const out = first.takeOutput();
        if (out) second.receive(out);
        second.handshake();
        const back = second.takeOutput();
        if (back) first.receive(back);
        more = out !== undefined || back !== undefined;
      }
      expect(first.error).toBeUndefined();
      expect(first.cipher()?.[1]).toBe("TLSv1.2");
      expect(second.cipher()?.[1]).toBe("TLSv1.2");
    }
  });

  test("a server that could have done TLS 1.3 says so in its random", () => {
    const serverRandom = (options: PeerOptions) => {
      const [client, server] = [createPeer(0, plain), createPeer(1, options)];
      client.handshake();
      server.receive(client.takeOutput()!);
      server.handshake();
      return Buffer.from(server.takeOutput()!).subarray(5 + 4 + 2, 5 + 4 + 2 + 32);
    };
    const sentinel = "444f574e47524401";
    expect(
      serverRandom(with13({ own: leaf }))
        .subarray(-8)
        .toString("hex"),
    ).toBe(sentinel);
    expect(serverRandom({ own: leaf }).subarray(-8).toString("hex")).not.toBe(sentinel);
  });

  test("suites of TLS 1.3 are names where it may be used", () => {
    const context = new TlsContext(0);
    expect(context.setCiphers([AES_128])).toBe(ERR.SSL_BAD_CONFIG);
    expect(context.cipherSuites13).toEqual([]);
    context.tls13 = true;
    expect(context.setCiphers([AES_128, "TLS-PSK-WITH-AES-128-CCM"])).toBe(0);
    expect(context.cipherSuites13.map(({ name }) => name)).toEqual([AES_128]);
    expect(context.cipherSuites.map(({ name }) => name)).toEqual(["TLS-PSK-WITH-AES-128-CCM"]);
  });

  test("a pre-shared key keeps to TLS 1.2", () => {
    const pair = createPair13({ psk: ["board", "key"] }, { psk: ["board", "key"] }).handshake();
    expect(pair.client.error).toBeUndefined();
    expect(pair.client.cipher()?.[1]).toBe("TLSv1.2");
  });

  test("datagrams do as well", () => {
    const context = new TlsContext(2);
    context.tls13 = true;
    expect(context.cipherSuites13).toEqual([]);
  });

  test("with suites of TLS 1.3 alone, TLS 1.2 is no way out", () => {
    const only13 = createPeer(0, with13({ ...verifying, ciphers: [AES_128] }));
    const server = createPeer(1, { own: leaf });
    only13.handshake();
    server.receive(only13.takeOutput()!);
    server.handshake();
    expect(failure(server)).toEqual([ERR.SSL_HANDSHAKE_FAILURE, "handshake_failure"]);
  });
});

/** A provider without chance. */
function fixedCrypto(): CryptoProvider {
  return {
    ...crypto,
    randomBytes: (length) => new Uint8Array(length).fill(0x11),
    generateEcdhKeyPair: () => ({
      publicKey: new Uint8Array(32).fill(0x22),
      deriveSharedSecret: () => undefined,
    }),
  };
}

describe("ClientHello, byte for byte", () => {
  const helloOf = (options: PeerOptions) => {
    const client = createPeer(0, { ...with13(options), crypto: fixedCrypto() });
    client.handshake();
    return Buffer.from(client.takeOutput()!).toString("hex");
  };

  test("with both versions", () => {
    const ciphers = [CHACHA20, AES_256, AES_128, TLS12];
    expect(helloOf({ ciphers })).toBe(
      [
        "16030300db010000d7", // one record, TLS 1.2 on the outside
        `0303${"11".repeat(32)}20${"11".repeat(32)}`, // random and session_id
        "000a130313021301c02b00ff", // suites, and the signal for RFC 5746
        "0100", // no compression
        "0084",
        "0000000f000d00000a626f6172642e74657374", // server_name
        "002b00050403040303", // supported_versions
        `003300260024001d0020${"22".repeat(32)}`, // key_share
        "002d00020101", // psk_key_exchange_modes
        "000a000a0008001d001700180019", // supported_groups
        "000d00140012040305030603080608050804060105010401", // signature_algorithms
        "000b00020100", // ec_point_formats
        "00160000", // encrypt_then_mac
        "00170000", // extended_master_secret
        "00230000", // session_ticket
      ].join(""),
    );
  });

  test("with TLS 1.3 alone it has none of TLS 1.2's extensions", () => {
    expect(helloOf({ ciphers: [AES_128] })).toBe(
      [
        "16030300c1010000bd",
        `0303${"11".repeat(32)}20${"11".repeat(32)}`,
        "0004130100ff",
        "0100",
        "0070",
        "0000000f000d00000a626f6172642e74657374",
        "002b0003020304",
        `003300260024001d0020${"22".repeat(32)}`,
        "002d00020101",
        "000a000a0008001d001700180019",
        "000d00140012040305030603080608050804060105010401",
      ].join(""),
    );
  });
});

describe("tickets", () => {
  function issue(client: PeerOptions = {}) {
    const context = createContext(1, with13({ own: leaf, configure: withTickets() }));
    const pair = createPair13(client, { context }).handshake();
    expect(pair.client.resumableSession).toBeUndefined(); // none has been read yet
    expect(pair.client.read(1)).toBe("want-read");
    return { resume: pair.client.resumableSession as Session13, context };
  }

  test.each(CIPHER_SUITES_13.map(({ name }) => name))("taken up again and again, %s", (name) => {
    let { resume, context } = issue({ ciphers: [name] });
    for (let round = 0; round < 3; round++) {
      const seen = recorder();
      const pair = createPair13({ resume, onEvent: seen.onEvent, ciphers: [name] }, { context }).handshake();
      expect(pair.client.error).toBeUndefined();
      expect(seen.names).not.toContain("<Certificate");
      expect(pair.transfer("client", text("again")).toString()).toBe("again");
      pair.client.read(1);
      resume = pair.client.resumableSession as Session13;
    }
  });

  test("a server that asks for certificates asks for none where a ticket stands for it", () => {
    const { resume, context } = issue();
    context.verifyMode = 2;
    expect(createPair13({ resume }, { context }).handshake().server.state).toBe("connected");
  });

  test("a ticket of TLS 1.2 is none of TLS 1.3, and the other way round", () => {
    const { resume, context } = issue();
    const forged = { ...resume, version: "TLSv1.2", sessionId: new Uint8Array(0) } as never;
    const first = createPair13({ resume: forged }, { context });
    first.client.handshake();
    expect(context.sessionTickets?.open(resume.ticket)).toBeUndefined();
    expect(context.sessionTickets?.openState(resume.ticket, 0x0304)).toBeDefined();
  });

  test("a session of TLS 1.2 is taken up in TLS 1.2", () => {
    const context = createContext(1, with13({ own: leaf, configure: withTickets() }));
    const old = createPair13({ ciphers: [TLS12] }, { context }).handshake();
    const resume = old.client.resumableSession;
    expect(resume?.version).toBe("TLSv1.2");
    const seen = recorder();
    const pair = createPair13(
      { resume, onEvent: seen.onEvent, ciphers: [TLS12, AES_128] },
      { context },
    ).handshake();
    expect(pair.client.cipher()?.[1]).toBe("TLSv1.2");
    expect(seen.names).not.toContain("<Certificate");
  });

  test("without the option a session of TLS 1.3 is forgotten", () => {
    const { resume } = issue();
    const client = createPeer(0, { ...verifying, resume });
    client.handshake();
    expect(Buffer.from(client.takeOutput()!).includes(Buffer.from("002b", "hex"))).toBe(false);
  });
});

describe("key updates", () => {
  test("from both sides, asked for and not, between data", () => {
    const pair = createPair13().handshake();
    for (let round = 0; round < 5; round++) {
      for (const side of ["client", "server"] as const) {
        expect(pair[side].updateKeys(round % 2 === 0)).toBe(0);
        pair.carry();
        expect(pair.transfer(side, text(`${side} ${round}`)).toString()).toBe(`${side} ${round}`);
        pair.carry();
        const other = side === "client" ? "server" : "client";
        expect(pair.transfer(other, text("answer")).toString()).toBe("answer");
      }
    }
  });

  test("there are none in TLS 1.2, nor before the end of the handshake, nor after a failure", () => {
    const pair = createPair13({ ciphers: [TLS12] });
    expect(pair.client.updateKeys()).toBe(ERR.SSL_BAD_INPUT_DATA);
    pair.handshake();
    expect(pair.client.updateKeys()).toBe(ERR.SSL_BAD_INPUT_DATA);
  });

  test("a record under the keys before is not authentic", () => {
    const pair = createPair13().handshake();
    pair.client.write(text("late"));
    const late = pair.client.takeOutput()!.slice();
    pair.client.updateKeys();
    pair.server.receive(pair.client.takeOutput()!);
    pair.server.receive(late);
    expect(pair.server.read(1)).toBe("error");
    expect(failure(pair.server)).toEqual([ERR.SSL_INVALID_MAC, "bad_record_mac"]);
  });
});

test("an end of the socket after the handshake is an end, before it CONN_EOF", () => {
  const pair = createPair13({ verifyMode: CERT_NONE }).handshake();
  pair.client.receiveEof();
  expect(pair.client.read(1)).toBe("eof");
  const alone = createPeer(0, with13(verifying));
  alone.handshake();
  alone.receiveEof();
  expect(alone.handshake()).toBe("error");
  expect(alone.error?.code).toBe(ERR.SSL_CONN_EOF);
});

function allowRenegotiation(context: TlsContext): void {
  context.renegotiation = true;
}

test("renegotiation is not TLS 1.3's", () => {
  const pair = createPair13({ configure: allowRenegotiation }).handshake();
  expect(pair.client.renegotiate()).toBe(ERR.SSL_BAD_INPUT_DATA);
});
