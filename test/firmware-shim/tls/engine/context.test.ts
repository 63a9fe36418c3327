/** What an SSLContext takes, and says. */

import { createPrivateKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { usesPsk } from "../../../../firmware-shim/tls/ciphersuites.ts";
import { CERT_NONE, CERT_REQUIRED, TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { exceptionForCode } from "../../../../firmware-shim/tls/python-errors.ts";
import { issueLeaf, issueRoot } from "./certificates.ts";
import { createPair } from "./peers.ts";

const root = issueRoot();
const p256 = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const sec1 = new Uint8Array(createPrivateKey(p256.key).export({ format: "der", type: "sec1" }));

describe("loadCertChain", () => {
  test("takes PEM and DER, and a chain", () => {
    for (const [certificate, key] of [
      [bytes(p256.pem), bytes(p256.key)],
      [p256.der, sec1],
      [bytes(p256.pem + root.pem), sec1],
      [new Uint8Array([...p256.der, 1, 2, 3]), bytes(p256.key)], // what follows DER is left aside
    ] as const) {
      const context = new TlsContext(1);
      expect(context.loadCertChain(certificate, key)).toBe(0);
      expect(context.ownCertificates[0]?.der).toEqual(p256.der);
      expect(context.privateKey?.type).toBe("ec");
    }
  });

  test("the key is looked at first", () => {
    const context = new TlsContext(1);
    const invalidKey = context.loadCertChain(bytes("x"), bytes("y"));
    expect(exceptionForCode(invalidKey)).toEqual({ type: "ValueError", args: ["invalid key"] });
    const invalidCert = context.loadCertChain(bytes("x"), bytes(p256.key));
    expect(exceptionForCode(invalidCert)).toEqual({ type: "ValueError", args: ["invalid cert"] });
    expect(context.ownCertificates).toHaveLength(0);
  });

  test("a second call fails and takes the key away, but for DER that is not PKCS#8", () => {
    const context = new TlsContext(1);
    expect(context.loadCertChain(bytes(p256.pem), bytes(p256.key))).toBe(0);
    expect(context.loadCertChain(p256.der, sec1)).toBe(0);
    expect(context.ownCertificates).toHaveLength(2);
    expect(context.loadCertChain(bytes(p256.pem), bytes(p256.key))).toBe(ERR.PK_BAD_INPUT_DATA);
    const { server } = createPair({}, { context }).handshake();
    expect(server.error?.code).toBe(ERR.PK_BAD_INPUT_DATA);
  });

  test("a chain that does not fit a record of 4096 bytes", () => {
    const context = new TlsContext(1);
    context.loadCertChain(bytes(rsa.pem.repeat(7)), bytes(rsa.key));
    expect(createPair({}, { context }).handshake().server.error?.code).toBe(ERR.SSL_BUFFER_TOO_SMALL);
  });
});

describe("pre-shared keys", () => {
  test("restrict the suites, unless set_ciphers has chosen", () => {
    const context = new TlsContext(0);
    expect(context.setPsk(bytes("board"), bytes("key"))).toBe(0);
    expect(context.cipherSuites).toHaveLength(30);
    expect(context.cipherSuites.every(usesPsk)).toBe(true);
    const name = "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256";
    expect(context.setCiphers([name])).toBe(0);
    expect(context.cipherSuites.map((suite) => suite.name)).toEqual([name]);

    const chosen = new TlsContext(1);
    chosen.setCiphers([name]);
    chosen.setServerPskKeys(() => undefined);
    expect(chosen.cipherSuites).toHaveLength(1);
    // MicroPython keeps the list of a set_ciphers that failed, which then counts.
    const failed = new TlsContext(1);
    expect(failed.setCiphers(["nonsense"])).toBe(ERR.SSL_BAD_CONFIG);
    failed.setServerPskKeys(() => undefined);
    expect(failed.cipherSuites).toHaveLength(88);
    expect(failed.setCiphers([])).toBe(ERR.SSL_BAD_CONFIG);
  });

  test("have their limits, and can be set once", () => {
    const set = (identity: string, key: string) => new TlsContext(0).setPsk(bytes(identity), bytes(key));
    expect(set("i", "")).toBe(ERR.SSL_BAD_INPUT_DATA);
    expect(set("i", "k".repeat(48))).toBe(0);
    expect(set("i", "k".repeat(49))).toBe(ERR.SSL_BAD_INPUT_DATA);
    expect(set("", "k")).toBe(ERR.SSL_BAD_INPUT_DATA);
    expect(set("i".repeat(4096), "k")).toBe(0);
    expect(set("i".repeat(4097), "k")).toBe(ERR.SSL_BAD_INPUT_DATA);
    const context = new TlsContext(0);
    context.setPsk(bytes("i"), bytes("k"));
    expect(exceptionForCode(context.setPsk(bytes("i"), bytes("")))).toEqual({
      type: "OSError",
      args: [-28800, "MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE"],
    });
  });

  test("a client without one does not offer their suites, and a server does not choose them", () => {
    const ciphers = ["TLS-PSK-WITH-AES-128-GCM-SHA256"];
    const { client, server } = createPair({ ciphers }, { ciphers, own: rsa }).handshake();
    expect(server.error?.code).toBe(ERR.SSL_HANDSHAKE_FAILURE);
    expect(client.error?.received).toBe("handshake_failure");
    const withKey = createPair({ ciphers, psk: ["i", "k"] }, { ciphers, own: rsa }).handshake();
    expect(withKey.server.error?.code).toBe(ERR.SSL_HANDSHAKE_FAILURE);
  });

  test("the lookup gets the identity as bytes, and may be changed", () => {
    const seen: string[] = [];
    const configure = (context: TlsContext) =>
      context.setServerPskKeys((identity) => {
        seen.push(Buffer.from(identity).toString("latin1"));
        return bytes("key");
      });
    const pair = createPair({ psk: ["bo\u00e4rd", "key"] }, { configure }).handshake();
    expect(pair.server.state).toBe("connected");
    expect(seen).toEqual([Buffer.from("boärd").toString("latin1")]);
  });

  test("RSA-PSK verifies the server's certificate", () => {
    const ciphers = ["TLS-RSA-PSK-WITH-AES-128-GCM-SHA256"];
    const psk = ["i", "k"] as const;
    const good = { ciphers, psk, trusted: [root], verifyMode: CERT_REQUIRED };
    const server = { ciphers, psk, own: rsa };
    expect(createPair(good, server).handshake().client.state).toBe("connected");
    const other = { ...good, trusted: [issueRoot("p256", "Other")] };
    expect(createPair(other, server).handshake().client.error?.code).toBe(ERR.X509_CERT_VERIFY_FAILED);
    expect(createPair({ ...other, verifyMode: CERT_NONE }, server).handshake().client.state).toBe(
      "connected",
    );
  });
});

describe("max_fragment_length", () => {
  test.each([
    [1, 512],
    [2, 1024],
    [3, 2048],
    [4, 4096],
  ] as const)("%i: records of at most %i bytes, both ways", (code, length) => {
    const configure = (context: TlsContext) => {
      context.maxFragmentLength = code;
    };
    const pair = createPair({ configure }, { own: p256 }).handshake();
    expect(pair.client.write(Buffer.alloc(5000))).toBe(length);
    expect(pair.server.write(Buffer.alloc(5000))).toBe(length);
    pair.carry();
    expect((pair.server.read(5000) as Uint8Array).length).toBe(length);
  });

  test("is not asked for by default", () => {
    const pair = createPair({}, { own: p256 }).handshake();
    expect(pair.server.write(Buffer.alloc(5000))).toBe(4096);
  });
});
