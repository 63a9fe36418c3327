/** The engine as a server, and with certificates on both sides: OpenSSL, GnuTLS and Node over loopback. */

import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { CERT_NONE, CERT_REQUIRED } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { type Issued, issueLeaf, issueRoot, type KeyKind } from "./certificates.ts";
import { createPeer } from "./peers.ts";
import { Servers } from "./servers.ts";

const root = issueRoot();
const usage = { extensions: ["extendedKeyUsage=clientAuth"] };
const kinds = ["rsa", "p256", "p384", "p521"] as const;
const issueAll = (options = {}): Record<KeyKind, Issued> => ({
  rsa: issueLeaf(root, "rsa", options),
  p256: issueLeaf(root, "p256", options),
  p384: issueLeaf(root, "p384", options),
  p521: issueLeaf(root, "p521", options),
});
const leaves = issueAll();
const clients = issueAll(usage);
const required = { trusted: [root], verifyMode: CERT_REQUIRED };

const servers = new Servers();
afterEach(() => servers.stop());

describe("mutual TLS", () => {
  test.each(kinds)("openssl s_server asks a client with a key of %s", async (kind) => {
    const flags = [
      "-rev",
      "-tls1_2",
      "-Verify",
      "1",
      "-verify_return_error",
      "-CAfile",
      root.certificateFile,
    ];
    const { port } = await servers.openssl(leaves.p256, ...flags);
    for (const cipher of [
      "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
      "TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA",
    ]) {
      const own = clients[kind];
      const client = await servers.open(createPeer(0, { ...required, own, ciphers: [cipher] }), port);
      expect(await client.handshake()).toBe("connected");
      await client.write(Buffer.from("breadbox\n"));
      expect((await client.readAll(9)).toString()).toBe("xobdaerb\n");
      client.close();
    }
  });

  test.each(kinds)("openssl s_client has a key of %s, and the server too", async (kind) => {
    const peers: (Uint8Array | undefined)[] = [];
    const port = await servers.engine({ ...required, own: leaves[kind] }, async (server) => {
      await server.handshake();
      peers.push(server.connection.peerCertificateDer);
      await server.write(await server.readAll(9));
    });
    const own = clients[kind];
    const files = ["-cert", own.certificateFile, "-key", own.keyFile, "-CAfile", root.certificateFile];
    const flags = ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2", "-quiet", "-verify_return_error"];
    expect(await servers.client("openssl", [...flags, ...files], "breadbox")).toContain("breadbox");
    expect(peers).toEqual([own.der]);
  });

  test("gnutls-serv and gnutls-cli", async () => {
    const options = ["--require-client-cert", "--x509cafile", root.certificateFile];
    const port = await servers.gnutls(leaves.p256, "NORMAL:-VERS-ALL:+VERS-TLS1.2", ...options);
    const client = await servers.open(createPeer(0, { ...required, own: clients.rsa }), port);
    expect(await client.handshake()).toBe("connected");

    const own = await servers.engine({ ...required, own: leaves.rsa }, async (server) => {
      await server.handshake();
      await server.write(await server.readAll(9));
    });
    const files = ["--x509certfile", clients.p384.certificateFile, "--x509keyfile", clients.p384.keyFile];
    const flags = ["--insecure", "-p", String(own), "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2"];
    expect(await servers.client("gnutls-cli", [...flags, ...files, "127.0.0.1"], "breadbox")).toContain(
      "breadbox",
    );
  });

  test("a client without one: NO_CLIENT_CERTIFICATE", async () => {
    const codes: (number | undefined)[] = [];
    const port = await servers.engine({ ...required, own: leaves.p256 }, async (server) => {
      await server.handshake();
      codes.push(server.connection.error?.code);
      server.close();
    });
    await servers.client("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2"], "no such line");
    expect(codes).toEqual([ERR.SSL_NO_CLIENT_CERTIFICATE]);
  });
});

describe("node:tls as the client", () => {
  const MEGABYTE = 1 << 20;
  const sent = Buffer.alloc(
    MEGABYTE,
    Uint8Array.from({ length: 251 }, (_, index) => index),
  );
  const open = async (port: number, options = {}): Promise<TLSSocket> => {
    const socket = connect({
      port,
      host: "127.0.0.1",
      ca: root.pem,
      servername: "board.test",
      maxVersion: "TLSv1.2",
      ...options,
    });
    await once(socket, "secureConnect");
    return socket;
  };

  test.each([
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "p256"],
    ["ECDHE-RSA-AES256-SHA384", "rsa"],
    ["AES128-SHA", "rsa"],
  ] as const)("a megabyte each way, %s", async (ciphers, kind) => {
    const port = await servers.engine({ own: leaves[kind] }, async (server) => {
      await server.handshake();
      for (let left = MEGABYTE; left > 0; ) {
        const data = await server.read(16384);
        if (typeof data === "string") return;
        left -= data.length;
        await server.write(data);
      }
    });
    const socket = await open(port, { ciphers: `${ciphers}:@SECLEVEL=0` });
    expect(socket.getCipher().name).toBe(ciphers);
    const received: Buffer[] = [];
    let length = 0;
    const whole = new Promise<void>((resolve) => {
      socket.on("data", (data: Buffer) => {
        received.push(data);
        length += data.length;
        if (length >= MEGABYTE) resolve();
      });
    });
    socket.write(sent);
    await whole;
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    socket.destroy();
  });

  test("closing from either side", async () => {
    const ends: unknown[] = [];
    const port = await servers.engine({ own: leaves.p256 }, async (server) => {
      await server.handshake();
      ends.push((await server.readAll(100)).toString(), await server.read(1));
      await server.write(Buffer.from("bye"));
      server.close();
    });
    const socket = await open(port, { allowHalfOpen: true });
    const answer = once(socket, "data");
    socket.end("hello");
    expect((await answer)[0].toString()).toBe("bye");
    expect(ends).toEqual(["hello", "eof"]);
    socket.destroy();
  });

  test("a handshake that is cut off is CONN_EOF", async () => {
    const codes: (number | undefined)[] = [];
    const done = new Promise<void>((resolve) => {
      void servers
        .engine({ own: leaves.p256 }, async (server) => {
          await server.handshake();
          codes.push(server.connection.error?.code);
          resolve();
        })
        .then((port) => {
          const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
          socket.on("error", () => {});
          socket.once("connect", () => socket.destroy());
        });
    });
    await done;
    expect(codes).toEqual([ERR.SSL_CONN_EOF]);
  });
});

test("a server of TLS 1.2 alone refuses what is older", async () => {
  const codes: (number | undefined)[] = [];
  const port = await servers.engine({ own: leaves.rsa, verifyMode: CERT_NONE }, async (server) => {
    await server.handshake();
    codes.push(server.connection.error?.code);
    server.close();
  });
  const flags = ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
  expect(await servers.client("openssl", flags, "no such line")).toContain("alert protocol version");
  expect(codes).toEqual([ERR.SSL_BAD_PROTOCOL_VERSION]);
});
