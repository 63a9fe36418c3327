/** The engine meets OpenSSL's, GnuTLS's and Node's servers over loopback. */

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { CERT_NONE, CERT_OPTIONAL } from "../../../../firmware-shim/tls/context.ts";
import { createNobleCrypto } from "../../../../firmware-shim/tls/crypto/noble.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { TlsEvent } from "../../../../firmware-shim/tls/events.ts";
import { exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { type Issued, issueLeaf, issueRoot, type KeyKind, NOW } from "./certificates.ts";
import type { ClientOptions, SocketClient } from "./harness.ts";
import { Servers } from "./servers.ts";

const root = issueRoot("p384");
const leaves: Record<KeyKind, Issued> = {
  rsa: issueLeaf(root, "rsa"),
  p256: issueLeaf(root, "p256"),
  p384: issueLeaf(root, "p384"),
  p521: issueLeaf(root, "p521"),
};
const ECDSA_128 = "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256";
const ECDSA_256 = "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384";
const RSA_128 = "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256";
const RSA_256 = "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384";

const servers = new Servers();
afterEach(() => servers.stop());

const connect = (port: number, options: ClientOptions = {}) =>
  servers.connect(port, { trusted: [root], ...options });

async function expectConnected(client: SocketClient): Promise<void> {
  const status = await client.handshake();
  expect(client.connection.error?.message).toBeUndefined();
  expect(status).toBe("connected");
}

/** `openssl s_server -rev` answers a line with its characters reversed. */
async function expectReversal(client: SocketClient): Promise<void> {
  await client.write(Buffer.from("breadbox\n"));
  expect((await client.readAll(9)).toString()).toBe("xobdaerb\n");
}

describe("openssl s_server", () => {
  test.each([
    ["p256", "ECDHE-ECDSA-AES128-GCM-SHA256", ECDSA_128],
    ["p384", "ECDHE-ECDSA-AES256-GCM-SHA384", ECDSA_256],
    ["p521", "ECDHE-ECDSA-AES256-GCM-SHA384", ECDSA_256],
    ["rsa", "ECDHE-RSA-AES128-GCM-SHA256", RSA_128],
    ["rsa", "ECDHE-RSA-AES256-GCM-SHA384", RSA_256],
  ] as const)("%s key, %s", async (kind, cipher, name) => {
    const { port } = await servers.openssl(leaves[kind], "-rev", "-tls1_2", "-cipher", cipher);
    const client = await connect(port);
    await expectConnected(client);
    expect(client.connection.cipher()).toEqual([name, "TLSv1.2"]);
    expect(client.connection.peerCertificateDer).toEqual(leaves[kind].der);
    await expectReversal(client);
  });

  test.each(["rsa", "p384"] as const)("%s key, cryptography by noble", async (kind) => {
    const { port } = await servers.openssl(leaves[kind], "-rev", "-tls1_2");
    const noble = createNobleCrypto((length) => new Uint8Array(randomBytes(length)));
    const client = await connect(port, { crypto: noble });
    await expectConnected(client);
    await expectReversal(client);
  });

  test.each([
    ["without a ticket", ["-no_ticket"]],
    ["on P-384", ["-groups", "P-384"]],
    ["on P-521", ["-groups", "P-521"]],
    ["with records of 512 bytes", ["-max_send_frag", "512"]],
    ["with a TLS 1.3 server", ["-min_protocol", "TLSv1.2"]],
    ["asked for a certificate that it need not have", ["-verify", "1"]],
  ])("%s", async (_, options) => {
    const { port } = await servers.openssl(leaves.rsa, "-rev", "-max_protocol", "TLSv1.3", ...options);
    const client = await connect(port);
    await expectConnected(client);
    await expectReversal(client);
  });

  test("a server that demands a client certificate refuses", async () => {
    const { port } = await servers.openssl(leaves.p256, "-rev", "-tls1_2", "-Verify", "1");
    const client = await connect(port);
    expect(await client.handshake()).toBe("error");
    expect(client.connection.error?.code).toBe(ERR.SSL_FATAL_ALERT_MESSAGE);
    expect(client.connection.error?.received).toBe("handshake_failure");
  });

  test("renegotiation is refused with a warning, which OpenSSL takes for an end", async () => {
    const events: TlsEvent[] = [];
    const { port, child } = await servers.openssl(leaves.p256, "-tls1_2");
    const client = await connect(port, { onEvent: (event) => events.push(event) });
    await expectConnected(client);
    child.stdin?.write("R\n");
    expect(await client.read(100)).toBe("error");
    expect(client.connection.error?.received).toBe("handshake_failure");
    const names = events.map((event) => (event.kind === "message" ? event.name : event.kind));
    expect(names.slice(-4)).toEqual(["HelloRequest", "Alert", "Alert", "error"]);
    expect(events.at(-3)).toMatchObject({ details: { level: "warning", description: "no_renegotiation" } });
  });

  test("no shared cipher suite", async () => {
    const { port } = await servers.openssl(leaves.p256, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256");
    const client = await connect(port, { ciphers: [ECDSA_128] });
    expect(await client.handshake()).toBe("error");
    expect(exceptionForHandshake(client.connection.error!)).toEqual({
      type: "OSError",
      args: [-30592, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE"],
    });
  });

  test("a server of TLS 1.1 only", async () => {
    const cipher = ["-cipher", "ALL:@SECLEVEL=0"];
    const { port } = await servers.openssl(leaves.rsa, "-tls1_1", ...cipher);
    const client = await connect(port);
    expect(await client.handshake()).toBe("error");
    expect([ERR.SSL_BAD_PROTOCOL_VERSION, ERR.SSL_FATAL_ALERT_MESSAGE]).toContain(
      client.connection.error?.code,
    );
  });
});

describe("gnutls-serv", () => {
  test.each([
    ["p256", "+AES-128-GCM", ECDSA_128],
    ["p384", "+AES-256-GCM", ECDSA_256],
    ["rsa", "+AES-128-GCM", RSA_128],
    ["rsa", "+AES-256-GCM:%NO_SESSION_HASH", RSA_256],
  ] as const)("%s key, %s", async (kind, cipher, name) => {
    const priority = `NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:${cipher}`;
    const extensions: unknown[] = [];
    const onEvent = (event: TlsEvent) => {
      if (event.kind === "message" && event.name === "ServerHello") extensions.push(event.details.extensions);
    };
    const client = await connect(await servers.gnutls(leaves[kind], priority), { onEvent });
    await expectConnected(client);
    const withSessionHash = !cipher.includes("NO_SESSION_HASH");
    expect((extensions[0] as string[]).includes("extended_master_secret")).toBe(withSessionHash);
    expect(client.connection.cipher()).toEqual([name, "TLSv1.2"]);
    await client.write(Buffer.from("breadbox\n"));
    expect((await client.readAll(9)).toString()).toBe("breadbox\n");
  });
});

describe("node:tls", () => {
  const MEGABYTE = 1 << 20;

  test("a megabyte each way", async () => {
    const sent = Buffer.alloc(
      MEGABYTE,
      Uint8Array.from({ length: 251 }, (_, index) => index),
    );
    const { port } = await servers.node(leaves.p256, (socket) => socket.pipe(socket));
    const client = await connect(port);
    await expectConnected(client);
    const received = client.readAll(MEGABYTE);
    await client.write(sent);
    expect((await received).equals(sent)).toBe(true);
  });

  test("the server's close_notify, and a bare end, are ends", async () => {
    const closing = await servers.node(leaves.p256, (socket) => socket.end("bye"));
    const first = await connect(closing.port);
    expect((await first.readAll(100)).toString()).toBe("bye");
    expect(await first.read(100)).toBe("eof");
    expect(first.connection.state).toBe("closed");

    const cutting = await servers.node(leaves.p256, (socket) => {
      socket.write("bye", () => rawSocket(socket).destroy());
    });
    const second = await connect(cutting.port);
    expect((await second.readAll(100)).toString()).toBe("bye");
    expect(await second.read(100)).toBe("eof");
  });

  test("server_name and cipher arrive", async () => {
    const seen: unknown[] = [];
    const { port } = await servers.node(leaves.rsa, (socket) => {
      seen.push((socket as TLSSocket & { servername: string }).servername, socket.getCipher().standardName);
      socket.write("x");
    });
    const client = await connect(port, { ciphers: [RSA_128] });
    await client.readAll(1);
    expect(seen).toEqual(["board.test", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]);
  });
});

/** The TCP socket under a TLS socket. */
function rawSocket(socket: TLSSocket): { destroy(): void } {
  return (socket as unknown as { _parent: { destroy(): void } })._parent;
}

describe("verification", () => {
  const stranger = issueRoot("p256", "Stranger");
  const misused = issueLeaf(root, "p256", {
    extensions: ["subjectAltName=DNS:board.test", "extendedKeyUsage=clientAuth"],
  });
  const FUTURE = "\nThe certificate validity starts in the future\n";
  const NAME = "\nThe certificate Common Name (CN) does not match with the expected CN\n";
  const ROOT = "\nThe certificate is not correctly signed by the trusted CA\n";
  const EXPIRED = "\nThe certificate validity has expired\n";
  const POWER_ON = Date.UTC(2000, 0, 1) / 1000;
  const LATER = NOW + 400 * 86400;

  test.each([
    ["the board's clock at power-on", { now: () => POWER_ON }, FUTURE, "CERTIFICATE_UNKNOWN"],
    ["after a year", { now: () => LATER }, EXPIRED, "CERTIFICATE_EXPIRED"],
    ["another name", { serverHostname: "other.test" }, NAME, "BAD_CERTIFICATE"],
    ["another root", { trusted: [stranger] }, ROOT, "UNKNOWN_CA"],
    ["two faults", { serverHostname: "other.test", trusted: [stranger] }, NAME + ROOT, "BAD_CERTIFICATE"],
  ] as const)("%s", async (_, options, text, alert) => {
    const { port, server } = await servers.node(leaves.p256, () => {});
    const serverError = once(server, "tlsClientError");
    const client = await connect(port, options);
    expect(await client.handshake()).toBe("error");
    expect(exceptionForHandshake(client.connection.error!)).toEqual({ type: "ValueError", args: [text] });
    const [{ code }] = await serverError;
    expect(code).toContain(alert);
  });

  test.each([
    ["no root", leaves.p256, { trusted: [] }, -30336, "MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED"],
    ["a client's certificate", misused, {}, -31232, "MBEDTLS_ERR_SSL_BAD_CERTIFICATE"],
  ] as const)("%s", async (_, leaf, options, ...args) => {
    const { port } = await servers.node(leaf, () => {});
    const client = await connect(port, options);
    expect(await client.handshake()).toBe("error");
    expect(exceptionForHandshake(client.connection.error!)).toEqual({ type: "OSError", args });
  });

  test.each([
    ["CERT_NONE", CERT_NONE],
    ["CERT_OPTIONAL", CERT_OPTIONAL],
  ])("%s accepts all of them", async (_, verifyMode) => {
    const { port } = await servers.node(misused, () => {});
    const client = await connect(port, {
      trusted: [],
      verifyMode,
      serverHostname: "other.test",
      now: () => POWER_ON,
    });
    await expectConnected(client);
  });
});
