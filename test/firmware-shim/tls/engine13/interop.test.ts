/** A client with TLS 1.3 meets OpenSSL's, GnuTLS's and Node's servers over loopback. */

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as openSocket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createNobleCrypto } from "../../../../firmware-shim/tls/crypto/noble.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { Session13 } from "../../../../firmware-shim/tls/handshake13/session.ts";
import { type Issued, issueLeaf, type KeyKind, NOW } from "../engine/certificates.ts";
import type { SocketClient } from "../engine/harness.ts";
import { createPeer, type PeerOptions } from "../engine/peers.ts";
import { Servers } from "../engine/servers.ts";
import { AES_128, AES_256, CHACHA20, leaf, OPENSSL_SUITES, root, verifying, with13 } from "./peers13.ts";

const kinds = ["rsa", "p256", "p384", "p521"] as const;
const issueAll = (options = {}): Record<KeyKind, Issued> => ({
  rsa: issueLeaf(root, "rsa", options),
  p256: issueLeaf(root, "p256", options),
  p384: issueLeaf(root, "p384", options),
  p521: issueLeaf(root, "p521", options),
});
const leaves = issueAll();
const clients = issueAll({ extensions: ["extendedKeyUsage=clientAuth"] });
const GNUTLS_13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

const servers = new Servers();
afterEach(() => servers.stop());

async function connect(port: number, options: PeerOptions = {}): Promise<SocketClient> {
  const client = await servers.open(createPeer(0, with13({ ...verifying, ...options })), port);
  const status = await client.handshake();
  expect(client.connection.error?.message).toBeUndefined();
  expect(status).toBe("connected");
  return client;
}

/** `openssl s_server -rev` answers a line with its characters reversed. */
async function expectReversal(client: SocketClient): Promise<void> {
  await client.write(Buffer.from("breadbox\n"));
  expect((await client.readAll(9)).toString()).toBe("xobdaerb\n");
}

async function expectEcho(client: SocketClient, bytes: Uint8Array): Promise<void> {
  await client.write(bytes);
  expect((await client.readAll(bytes.length)).equals(Buffer.from(bytes))).toBe(true);
}

describe("openssl s_server", () => {
  test.each(OPENSSL_SUITES)("%s", async (suite, name) => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-ciphersuites", suite);
    const client = await connect(port);
    expect(client.connection.cipher()).toEqual([name, "TLSv1.3"]);
    expect(client.connection.peerCertificateDer).toEqual(leaf.der);
    await expectReversal(client);
  });

  test.each(kinds)("a server's key of %s, and a client's", async (kind) => {
    const flags = [
      "-rev",
      "-tls1_3",
      "-Verify",
      "1",
      "-verify_return_error",
      "-CAfile",
      root.certificateFile,
    ];
    const { port } = await servers.openssl(leaves[kind], ...flags);
    await expectReversal(await connect(port, { own: clients[kind] }));
  });

  test("a client that is asked and has no certificate", async () => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-verify", "1");
    await expectReversal(await connect(port));
  });

  test("one that must have a certificate refuses after the client's handshake is over", async () => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-Verify", "1");
    const client = await connect(port);
    expect(await client.read(1)).toBe("error");
    expect(client.connection.error).toMatchObject({
      code: ERR.SSL_FATAL_ALERT_MESSAGE,
      received: "certificate_required",
    });
  });

  test.each(["P-256", "P-384", "P-521"])("HelloRetryRequest for %s", async (group) => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-groups", group);
    const hellos: string[] = [];
    const onEvent: PeerOptions["onEvent"] = (event) => {
      if (event.kind === "message" && /^(Client|Server)Hello$/.test(event.name)) hellos.push(event.name);
      if (event.kind === "message" && event.name === "HelloRetryRequest")
        hellos.push(String(event.details.key_share));
    };
    await expectReversal(await connect(port, { onEvent }));
    const curve = { "P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1" }[group];
    expect(hellos).toEqual(["ClientHello", curve, "ClientHello", "ServerHello"]);
  });

  test("a HelloRetryRequest with a cookie, from a server that keeps no state", async () => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-stateless");
    await expectReversal(await connect(port));
  });

  test.each(OPENSSL_SUITES)("a ticket taken up again, %s", async (suite) => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-ciphersuites", suite);
    const first = await connect(port);
    await expectReversal(first);
    const resume = first.connection.resumableSession as Session13;
    expect(resume.ticket.length).toBeGreaterThan(0);
    first.close(); // it serves one after the other
    const second = await connect(port, { resume });
    expect(second.connection.peerCertificateDer).toBeUndefined(); // the ticket has authenticated the server
    await expectReversal(second);
    const retried = second.connection.resumableSession as Session13;
    expect(retried.ticket).not.toEqual(resume.ticket);
  });

  test("a ticket and HelloRetryRequest at once", async () => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3", "-groups", "P-384");
    const first = await connect(port);
    await expectReversal(first);
    first.close();
    const second = await connect(port, { resume: first.connection.resumableSession });
    expect(second.connection.peerCertificateDer).toBeUndefined();
    await expectReversal(second);
  });

  test("a ticket that the server no longer knows leads to a full handshake", async () => {
    const old = await servers.openssl(leaf, "-rev", "-tls1_3");
    const first = await connect(old.port);
    await expectReversal(first);
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3");
    const second = await connect(port, { resume: first.connection.resumableSession });
    expect(second.connection.peerCertificateDer).toEqual(leaf.der);
    await expectReversal(second);
  });

  test("key updates of the server's, asking for one and not asking", async () => {
    const { port, child } = await servers.openssl(leaf, "-tls1_3");
    const seen: string[] = [];
    const client = await connect(port, {
      onEvent: (event) => {
        if (event.kind !== "message" || event.name !== "KeyUpdate") return;
        seen.push(event.direction);
        if (event.direction === "received") child.stdin?.write("from the server\n");
      },
    });
    for (const command of ["k\n", "K\n", "K\n"]) {
      child.stdin?.write(command);
      expect((await client.readAll(16)).toString()).toBe("from the server\n");
      const arrived = new Promise<void>((resolve) => {
        child.stdout?.on("data", (bytes: Buffer) => {
          if (bytes.toString().includes("from the client")) resolve();
        });
      });
      await client.write(Buffer.from("from the client\n"));
      await arrived;
    }
    expect(seen).toEqual(["received", "received", "sent", "received", "sent"]);
  });

  test("key updates of the client's, asking for one and not asking", async () => {
    const { port } = await servers.openssl(leaf, "-rev", "-tls1_3");
    const client = await connect(port);
    for (const request of [false, true, true, false]) {
      expect(client.connection.updateKeys(request)).toBe(0);
      await expectReversal(client);
    }
  });

  test.each(["rsa", "p384"] as const)("cryptography by noble, key of %s", async (kind) => {
    const { port } = await servers.openssl(leaves[kind], "-rev", "-tls1_3");
    const crypto = createNobleCrypto((length) => new Uint8Array(randomBytes(length)));
    await expectReversal(await connect(port, { crypto }));
  });

  test("the secrets are those of its key log", async () => {
    const lines: string[] = [];
    const { port, child } = await servers.openssl(leaf, "-tls1_3", "-keylogfile", `${leaf.keyFile}.log`);
    const client = await connect(port, {
      onEvent: (event) => {
        if (event.kind !== "secret") return;
        const [random, secret] = [event.clientRandom, event.secret].map((bytes) =>
          Buffer.from(bytes).toString("hex"),
        );
        lines.push(`${event.label} ${random} ${secret}`);
      },
    });
    child.stdin?.write("x\n");
    await client.readAll(2);
    const theirs = readFileSync(`${leaf.keyFile}.log`, "latin1").split("\n");
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(theirs).toContain(line);
  });
});

describe("a server of TLS 1.2, met by a client that offers both", () => {
  test.each([
    ["p256", "ECDHE-ECDSA-AES128-GCM-SHA256", "X25519"],
    ["p384", "ECDHE-ECDSA-AES256-GCM-SHA384", "P-384"],
    ["rsa", "ECDHE-RSA-AES128-GCM-SHA256", "X25519"],
    ["rsa", "AES256-SHA", "P-256"],
  ] as const)("key of %s, %s, %s", async (kind, cipher, group) => {
    const flags = ["-rev", "-tls1_2", "-cipher", `${cipher}:@SECLEVEL=0`, "-groups", group];
    const { port } = await servers.openssl(leaves[kind], ...flags);
    const client = await connect(port);
    expect(client.connection.cipher()?.[1]).toBe("TLSv1.2");
    await expectReversal(client);
  });

  test("GnuTLS, and Node", async () => {
    const port = await servers.gnutls(leaf, "NORMAL:-VERS-ALL:+VERS-TLS1.2");
    await expectEcho(await connect(port), Buffer.from("breadbox\n"));
    const node = await servers.node(leaf, (socket) => socket.pipe(socket));
    await expectEcho(await connect(node.port), Buffer.from("breadbox\n"));
  });

  test("one that could do TLS 1.3 and was kept from it is a downgrade", async () => {
    const { port } = await servers.openssl(leaf, "-rev");
    const connection = createPeer(0, with13(verifying));
    connection.handshake();
    const hello = connection.takeOutput()!;
    // As someone in between would: TLS 1.2 twice in supported_versions.
    const at = Buffer.from(hello).indexOf(Buffer.from("002b00050403040303", "hex"));
    hello.set(Buffer.from("002b00050403030303", "hex"), at);
    const socket = openSocket({ port, host: "127.0.0.1" });
    socket.write(hello);
    const [answer] = await once(socket, "data");
    connection.receive(answer);
    expect(connection.handshake()).toBe("error");
    expect(connection.error).toMatchObject({ code: ERR.SSL_ILLEGAL_PARAMETER, alert: "illegal_parameter" });
    socket.destroy();
  });

  test("one of TLS 1.1 is no partner", async () => {
    const { port } = await servers.openssl(leaf, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
    const client = await servers.open(createPeer(0, with13(verifying)), port);
    expect(await client.handshake()).toBe("error");
    expect(client.connection.error?.code).toBe(ERR.SSL_FATAL_ALERT_MESSAGE);
  });
});

describe("gnutls-serv", () => {
  test.each([
    ["AES-128-GCM", AES_128],
    ["AES-256-GCM", AES_256],
    ["CHACHA20-POLY1305", CHACHA20],
  ])("%s", async (cipher, name) => {
    const port = await servers.gnutls(leaf, `${GNUTLS_13}:-CIPHER-ALL:+${cipher}`);
    const client = await connect(port);
    expect(client.connection.cipher()).toEqual([name, "TLSv1.3"]);
    await expectEcho(client, Buffer.from("breadbox\n"));
  });

  test.each(["SECP256R1", "SECP384R1", "SECP521R1"])("HelloRetryRequest for %s", async (group) => {
    const port = await servers.gnutls(leaf, `${GNUTLS_13}:-GROUP-ALL:+GROUP-${group}`);
    await expectEcho(await connect(port), Buffer.from("breadbox\n"));
  });

  test("client certificate, and a ticket", async () => {
    const options = ["--require-client-cert", "--x509cafile", root.certificateFile];
    const port = await servers.gnutls(leaves.rsa, GNUTLS_13, ...options);
    const first = await connect(port, { own: clients.rsa });
    await expectEcho(first, Buffer.from("breadbox\n"));
    const resume = first.connection.resumableSession;
    expect(resume).toBeDefined();
    const second = await connect(port, { own: clients.rsa, resume });
    expect(second.connection.peerCertificateDer).toBeUndefined();
    await expectEcho(second, Buffer.from("again\n"));
  });
});

describe("node:tls", () => {
  const options = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" } as const;

  test.each(OPENSSL_SUITES)("a megabyte each way, %s", async (ciphers, name) => {
    const { port } = await servers.node(leaves.rsa, (socket) => socket.pipe(socket), { ...options, ciphers });
    const client = await connect(port);
    expect(client.connection.cipher()).toEqual([name, "TLSv1.3"]);
    await expectEcho(client, randomBytes(1 << 20));
  });

  test("close_notify ends the reading", async () => {
    const { port } = await servers.node(leaf, (socket) => socket.end("bye"), options);
    const client = await connect(port);
    expect((await client.readAll(3)).toString()).toBe("bye");
    expect(await client.read(1)).toBe("eof");
    expect(client.connection.state).toBe("closed");
  });

  test("a ticket is good for its lifetime and its host", async () => {
    const { port } = await servers.node(leaf, (socket) => socket.pipe(socket), options);
    const first = await connect(port);
    await expectEcho(first, Buffer.from("breadbox\n"));
    const resume = first.connection.resumableSession as Session13;
    const late = await connect(port, { resume, now: () => NOW + resume.lifetime + 1 });
    expect(late.connection.peerCertificateDer).toEqual(leaf.der);
    const other = createPeer(0, with13({ ...verifying, resume, serverHostname: "other.test" }));
    expect(other.handshake()).toBe("error");
    expect(other.error?.code).toBe(ERR.SSL_BAD_INPUT_DATA);
  });
});
