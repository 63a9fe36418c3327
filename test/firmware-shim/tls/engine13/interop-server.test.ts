/** A server with TLS 1.3 meets OpenSSL's, GnuTLS's and Node's clients over loopback. */

import { once } from "node:events";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { CERT_OPTIONAL } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { issueLeaf, NOW } from "../engine/certificates.ts";
import type { SocketClient } from "../engine/harness.ts";
import type { PeerOptions } from "../engine/peers.ts";
import { Servers } from "../engine/servers.ts";
import {
  AES_128,
  AES_256,
  CHACHA20,
  leaf,
  OPENSSL_SUITES,
  root,
  verifying,
  with13,
  withTickets,
} from "./peers13.ts";

const kinds = ["rsa", "p256", "p384", "p521"] as const;
const clientKey = { extensions: ["extendedKeyUsage=clientAuth"] };

const servers = new Servers();
afterEach(() => servers.stop());

interface Seen {
  readonly cipher: (readonly [string, string] | undefined)[];
  readonly peers: (Uint8Array | undefined)[];
  readonly codes: (number | undefined)[];
  readonly received: (string | undefined)[];
}

/** An echo server, and what it sees of each connection. `ended` is the end of the first. */
async function serve(options: PeerOptions = {}): Promise<Seen & { port: number; ended: Promise<void> }> {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const seen: Seen = { cipher: [], peers: [], codes: [], received: [] };
  const port = await servers.engine(with13({ own: leaf, ...options }), async (server: SocketClient) => {
    await server.handshake();
    const { connection } = server;
    seen.cipher.push(connection.cipher());
    seen.peers.push(connection.peerCertificateDer);
    for (;;) {
      const data = await server.read(16384);
      if (typeof data === "string") break;
      await server.write(data);
    }
    seen.codes.push(connection.error?.code);
    seen.received.push(connection.error?.received);
    server.close();
    end();
  });
  return { ...seen, port, ended };
}

const openssl = (port: number, ...options: string[]) =>
  servers.client(
    "openssl",
    ["s_client", "-connect", `127.0.0.1:${port}`, "-CAfile", root.certificateFile, ...options],
    "breadbox",
  );

describe("openssl s_client", () => {
  const strict = ["-verify_return_error", "-tls1_3", "-quiet"];

  test.each(OPENSSL_SUITES)("%s", async (suite, name) => {
    const seen = await serve();
    expect(await openssl(seen.port, ...strict, "-ciphersuites", suite)).toContain("breadbox");
    expect(seen.cipher).toEqual([[name, "TLSv1.3"]]);
  });

  test.each(["X25519", "P-256", "P-384", "P-521"])("key share of %s", async (group) => {
    const seen = await serve();
    expect(await openssl(seen.port, ...strict, "-groups", group)).toContain("breadbox");
  });

  test.each(["P-256", "P-384", "X25519"])("HelloRetryRequest for %s", async (group) => {
    const seen = await serve();
    expect(await openssl(seen.port, ...strict, "-groups", `X448:${group}`)).toContain("breadbox");
  });

  test("no group in common: HANDSHAKE_FAILURE", async () => {
    const seen = await serve();
    expect(await openssl(seen.port, ...strict, "-groups", "X448")).not.toContain("breadbox");
    await seen.ended;
    expect(seen.codes).toEqual([ERR.SSL_HANDSHAKE_FAILURE]);
  });

  test.each(kinds)("a server's key of %s, and a client's", async (kind) => {
    const own = issueLeaf(root, kind, clientKey);
    const seen = await serve({ ...verifying, own: issueLeaf(root, kind) });
    const files = ["-cert", own.certificateFile, "-key", own.keyFile];
    expect(await openssl(seen.port, ...strict, ...files)).toContain("breadbox");
    expect(seen.peers).toEqual([own.der]);
  });

  test("a client without a certificate, where one must be and where one may be", async () => {
    const required = await serve(verifying);
    expect(await openssl(required.port, ...strict)).not.toContain("breadbox");
    await required.ended;
    expect(required.codes).toEqual([ERR.SSL_NO_CLIENT_CERTIFICATE]);
    const optional = await serve({ ...verifying, verifyMode: CERT_OPTIONAL });
    expect(await openssl(optional.port, ...strict)).toContain("breadbox");
    expect(optional.peers).toEqual([undefined]);
  });

  test.each(OPENSSL_SUITES)("a ticket taken up again, %s", async (suite, name) => {
    const seen = await serve({
      configure: withTickets(3600, () => Date.now() / 1000),
      now: () => Date.now() / 1000,
    });
    const file = `${leaf.keyFile}.${suite}.session`;
    const options = ["-tls1_3", "-ciphersuites", suite, "-CAfile", root.certificateFile];
    const first = await openssl(seen.port, ...options, "-sess_out", file, "-ign_eof");
    expect(first).toContain("New, TLSv1.3");
    const second = await openssl(seen.port, ...options, "-sess_in", file, "-ign_eof");
    expect(second).toContain("Reused, TLSv1.3");
    expect(seen.cipher).toEqual([
      [name, "TLSv1.3"],
      [name, "TLSv1.3"],
    ]);
  });

  test("key updates", async () => {
    const seen = await serve();
    const flags = [
      "s_client",
      "-connect",
      `127.0.0.1:${seen.port}`,
      "-tls1_3",
      "-CAfile",
      root.certificateFile,
    ];
    const child = servers.program("openssl", flags);
    let output = "";
    let wake = () => {};
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        output += bytes.toString("latin1");
        wake();
      });
    }
    const until = async (said: () => boolean): Promise<void> => {
      while (!said()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    await until(() => output.includes("Verify return code"));
    for (const [index, command] of ["K\n", "k\n", "K\n"].entries()) {
      child.stdin.write(command);
      await until(() => output.split("KEYUPDATE").length === index + 2);
      child.stdin.write(`line ${index}\n`);
      await until(() => output.includes(`line ${index}`));
    }
  });

  test("TLS 1.2 with a server that has both, and the sentinel against downgrades", async () => {
    const seen = await serve();
    expect(await openssl(seen.port, "-tls1_2", "-quiet", "-verify_return_error")).toContain("breadbox");
    expect(seen.cipher[0]?.[1]).toBe("TLSv1.2");
    expect(await openssl(seen.port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")).toContain("protocol version");
  });
});

describe("gnutls-cli", () => {
  test.each([
    ["AES-128-GCM", AES_128],
    ["AES-256-GCM", AES_256],
    ["CHACHA20-POLY1305", CHACHA20],
  ])("%s, a client's certificate as well", async (cipher, name) => {
    const seen = await serve(verifying);
    const own = issueLeaf(root, "rsa", clientKey);
    const flags = [
      "-p",
      String(seen.port),
      "--x509cafile",
      root.certificateFile,
      "--verify-hostname",
      "board.test",
    ];
    const priority = ["--priority", `NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+${cipher}`];
    const files = ["--x509certfile", own.certificateFile, "--x509keyfile", own.keyFile];
    const output = await servers.client(
      "gnutls-cli",
      [...flags, ...priority, ...files, "127.0.0.1"],
      "breadbox",
    );
    expect(output).toContain("breadbox");
    expect(seen.cipher).toEqual([[name, "TLSv1.3"]]);
    expect(seen.peers).toEqual([own.der]);
  });

  test("a ticket taken up again", async () => {
    const seen = await serve({
      configure: withTickets(3600, () => Date.now() / 1000),
      now: () => Date.now() / 1000,
    });
    const flags = [
      "--resume",
      "--insecure",
      "-p",
      String(seen.port),
      "--priority",
      "NORMAL:-VERS-ALL:+VERS-TLS1.3",
    ];
    const output = await servers.client("gnutls-cli", [...flags, "127.0.0.1"], "breadbox");
    expect(output).toContain("This is a resumed session");
    expect(seen.cipher).toHaveLength(2);
  });
});

describe("node:tls as the client", () => {
  const MEGABYTE = 1 << 20;
  const sent = Buffer.alloc(
    MEGABYTE,
    Uint8Array.from({ length: 251 }, (_, index) => index),
  );

  async function open(port: number, options = {}): Promise<TLSSocket> {
    const shared = { port, host: "127.0.0.1", ca: root.pem, servername: "board.test" };
    const socket = connectTls({ ...shared, ...options });
    await once(socket, "secureConnect");
    return socket;
  }

  test.each(OPENSSL_SUITES)("a megabyte each way, %s", async (ciphers, name) => {
    const seen = await serve();
    const socket = await open(seen.port, { ciphers });
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
    expect(socket.getProtocol()).toBe("TLSv1.3");
    expect(seen.cipher).toEqual([[name, "TLSv1.3"]]);
    socket.destroy();
  });

  test("its close_notify is an end", async () => {
    const seen = await serve();
    const socket = await open(seen.port);
    socket.end();
    await seen.ended;
    expect(seen.codes).toEqual([undefined]);
  });

  test("a ticket taken up again, and one that has grown old", async () => {
    let time = NOW;
    const seen = await serve({ configure: withTickets(100, () => time), now: () => time });
    const first = await open(seen.port);
    const ticket = once(first, "session");
    first.write("x"); // Node looks for tickets while it reads
    const [session] = await ticket;
    const second = await open(seen.port, { session });
    expect(second.isSessionReused()).toBe(true);
    time += 101;
    const third = await open(seen.port, { session });
    expect(third.isSessionReused()).toBe(false);
    for (const socket of [first, second, third]) socket.destroy();
  });
});
