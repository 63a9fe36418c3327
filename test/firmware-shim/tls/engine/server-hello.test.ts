/** What a server makes of a ClientHello: refused with mbedTLS's code and alert, or answered as mbedTLS does. */

import { describe, expect, test } from "vitest";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { issueLeaf, issueRoot } from "./certificates.ts";
import {
  ACCEPTED_CLIENT_HELLOS,
  extension,
  GROUPS,
  helloBody,
  REFUSED_CLIENT_HELLOS,
  SIGNATURES,
} from "./client-hello-cases.ts";
import { crypto } from "./harness.ts";
import { sentAlert } from "./misbehave.ts";
import { createPair, createPeer } from "./peers.ts";
import { HANDSHAKE, handshake, payloads, record, vector } from "./scripted-server.ts";

const root = issueRoot();
const p256 = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");
const ECDSA = "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256";

describe("ClientHello", () => {
  const server = () => createPeer(1, { own: p256, ciphers: [ECDSA] });

  test.each(REFUSED_CLIENT_HELLOS)("%s", (_, bytes, code, alert) => {
    const connection = server();
    connection.receive(bytes);
    expect(connection.handshake()).toBe("error");
    const output = Buffer.from(connection.takeOutput() ?? []);
    expect({ code: connection.error?.code, alert: sentAlert(output) }).toEqual({ code, alert });
  });

  test.each(ACCEPTED_CLIENT_HELLOS)("%s, is taken", (_, bytes) => {
    const connection = server();
    for (const byte of bytes) {
      connection.receive(Uint8Array.of(byte));
      connection.handshake();
    }
    expect(connection.error?.message).toBeUndefined();
    const messages = payloads(connection.takeOutput()!).map(({ payload }) => payload[0]);
    expect(messages).toEqual([2, 11, 12, 14]);
  });

  test("a server sends nothing by itself, and ends with the client", () => {
    const connection = server();
    expect(connection.read(1)).toBe("want-read");
    expect(connection.takeOutput()).toBeUndefined();
    connection.receiveEof();
    expect(connection.read(1)).toBe("error");
    expect(connection.error?.code).toBe(ERR.SSL_CONN_EOF);
  });

  test("a server without a certificate", () => {
    const pair = createPair({}, {}).handshake();
    expect(exceptionForHandshake(pair.server.error!)).toEqual({
      type: "OSError",
      args: [-28160, "MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE"],
    });
    expect(exceptionForHandshake(pair.client.error!)).toEqual({
      type: "OSError",
      args: [-30592, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE"],
    });
  });

  test("a certificate that is not a server's, or not for this, is not used", () => {
    for (const extensions of [["extendedKeyUsage=clientAuth"], ["keyUsage=keyCertSign"]]) {
      const own = issueLeaf(root, "p256", { extensions });
      expect(createPair({}, { own }).handshake().server.error?.alert).toBe("handshake_failure");
    }
    // keyEncipherment alone leaves static RSA.
    const own = issueLeaf(root, "rsa", { extensions: ["keyUsage=keyEncipherment"] });
    expect(createPair({}, { own }).handshake().server.cipher()?.[0]).toBe("TLS-RSA-WITH-AES-256-GCM-SHA384");
  });

  test("ECDHE where the client has no group of the server's fails without an alert", () => {
    const connection = createPeer(1, { own: rsa });
    const suites = Buffer.of(0, 2, 0xc0, 0x2f);
    const rsaSignatures = extension(13, vector(2, Buffer.of(4, 1)));
    const groups = extension(10, vector(2, Buffer.of(0, 22))); // secp256k1
    connection.receive(
      record(HANDSHAKE, handshake(1, helloBody({ suites, extensions: [groups, rsaSignatures] }))),
    );
    expect(connection.handshake()).toBe("error");
    expect(connection.error?.code).toBe(ERR.SSL_HANDSHAKE_FAILURE);
    expect(connection.error?.alert).toBeUndefined();
  });

  test("ServerHello is mbedTLS's, to the byte", () => {
    const connection = createPeer(1, {
      own: p256,
      ciphers: ["TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA256"],
      crypto: { ...crypto, randomBytes: (length) => new Uint8Array(length).fill(0xa5) },
      now: () => 0x386d4380,
    });
    const extensions = [
      ...[GROUPS, SIGNATURES, extension(35), extension(23), extension(22), extension(11, Buffer.of(1, 0))],
      extension(1, Buffer.of(2)),
    ];
    const suites = Buffer.of(0, 4, 0xc0, 0x23, 0, 0xff);
    connection.receive(record(HANDSHAKE, handshake(1, helloBody({ suites, extensions }))));
    connection.handshake();
    const [hello] = payloads(connection.takeOutput()!);
    expect(hello?.payload.toString("hex")).toBe(
      "02000060" +
        `0303386d4380${"a5".repeat(28)}20${"a5".repeat(32)}c023000018` +
        "ff01000100" +
        "0001000102" +
        "00160000" +
        "00170000" +
        "000b00020100",
    );
  });
});
