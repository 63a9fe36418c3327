/** TLS 1.3 as Python sees it, on a board that has it, with OpenSSL, GnuTLS and Node as servers and as clients. */
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Serving } from "../../firmware-shim/net/socket-table.ts";
import { issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../firmware-shim/tls/engine/servers.ts";
import type { NetworkBoard } from "./network-board.ts";
import { literal, present, setClock, startTlsBoard } from "./tls-board.ts";

const servers = new Servers();
const ca = issueRoot();
const leaf = issueLeaf(ca, "p256");
const rsa = issueLeaf(ca, "rsa");
const guest = issueLeaf(ca, "p384", {
  extensions: ["subjectAltName=DNS:client.test", "extendedKeyUsage=clientAuth"],
});
const stranger = issueLeaf(issueRoot("p256", "Stranger"), "p256", {
  extensions: ["extendedKeyUsage=clientAuth"],
});

const CHACHA20 = "TLS1-3-CHACHA20-POLY1305-SHA256";
const AES_256 = "TLS1-3-AES-256-GCM-SHA384";
const AES_128 = "TLS1-3-AES-128-GCM-SHA256";
const HALF_MEBIBYTE = 524_288;
const GNUTLS_13 = "NORMAL:-VERS-ALL:+VERS-TLS1.3";
const ONLY_13 = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" } as const;
const ALERT = "OSError(-30592, 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE')";
const FUTURE = "ValueError('\\nThe certificate validity starts in the future\\n',)";
const UNSIGNED = "ValueError('\\nThe certificate is not correctly signed by the trusted CA\\n',)";

let board: NetworkBoard;
const serving: ((serving: Serving) => void)[] = [];
beforeAll(async () => {
  board = await startTlsBoard("now", { tls13: true });
  board.board.machine.onServing((told) => serving.shift()?.(told));
  await board.run(`
import binascii
ca = ${literal(ca.pem)}
def listen(port, cert=${literal(leaf.pem)}, key=${literal(leaf.key)}, mode=0, ca=None):
    global l, ctx
    ctx = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain(cert, key)
    ctx.verify_mode = mode
    if ca:
        ctx.load_verify_locations(ca)
    l = socket.socket()
    l.bind(("", port))
    l.listen()
def accept(echo=True):
    s, _ = l.accept()
    l.close()
    try:
        s = ctx.wrap_socket(s, server_side=True)
        print(s.cipher())
        if echo:
            s.write(s.readline())
            print(s.read())
    except Exception as e:
        print(repr(e))
    s.close()
`);
});
afterAll(() => board.close());
beforeEach(() => setClock(board, present()));
afterEach(async () => {
  await board.run("s = l = ctx = None; gc.collect()");
  await servers.stop();
});

const lines = async (source: string): Promise<string[]> => (await board.run(source)).trimEnd().split("\n");

describe("a client", () => {
  it.each([
    ["TLS_AES_128_GCM_SHA256", AES_128, leaf],
    ["TLS_AES_256_GCM_SHA384", AES_256, rsa],
    ["TLS_CHACHA20_POLY1305_SHA256", CHACHA20, leaf],
  ])("of openssl s_server, with data both ways, %s", async (suite, name, own) => {
    const { port, child } = await servers.openssl(own, "-tls1_3", "-ciphersuites", suite);
    let received = 0;
    child.stdout!.on("data", (bytes: Buffer) => {
      received += bytes.filter((b) => b === 0x7e).length;
    });
    const output = lines(
      `
s = wrap(${port}, ca)
print(s.cipher())
b = bytearray(4096)
print(sum(s.readinto(b) for _ in range(128)))
b = b"~" * 16384
print(sum(s.write(b) for _ in range(32)))
print(s.getpeercert(True) == binascii.unhexlify("${Buffer.from(own.der).toString("hex")}"))
s.close()
`,
    );
    await servers.say(child, "5".repeat(HALF_MEBIBYTE));
    while (received < HALF_MEBIBYTE) await once(child.stdout!, "data");
    expect(await output).toEqual([`('${name}', 'TLSv1.3')`, "524288", "524288", "True"]);
  });

  it("of gnutls-serv, which asks for another group", async () => {
    const port = await servers.gnutls(leaf, `${GNUTLS_13}:-GROUP-ALL:+GROUP-SECP384R1`);
    const source = `
s = wrap(${port}, ca)
print(s.cipher()[1], s.write(b"hello\\n"), s.readline())
`;
    expect(await lines(source)).toEqual(["TLSv1.3 6 b'hello\\n'"]);
  });

  it("of Node's server, which closes first", async () => {
    const { port } = await servers.node(rsa, (socket) => socket.end("hello"), ONLY_13);
    const source = `
s = wrap(${port}, ca)
print(s.cipher(), s.read(), s.read(1))
s.close()
print(ssl.wrap_socket(client(${port})).read())
`;
    expect(await lines(source)).toEqual([`('${AES_256}', 'TLSv1.3') b'hello' b''`, "b'hello'"]);
  });

  it("closes first", async () => {
    let text = "";
    let tell: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const { port } = await servers.node(
      leaf,
      (socket) => {
        socket.on("error", () => undefined).on("close", () => tell?.());
        socket.on("data", (data) => {
          text += data;
        });
      },
      ONLY_13,
    );
    await board.run(`s = wrap(${port}, ca); s.write(b"bye"); s.close()`);
    await ended;
    expect(text).toBe("bye");
  });

  it("does not take tickets for data, nor for an error", async () => {
    const { port } = await servers.openssl(leaf, "-tls1_3", "-rev", "-num_tickets", "4");
    const source = `
import select
s = wrap(${port}, ca, timeout=5)
s.setblocking(False)
p = select.poll()
p.register(s, select.POLLIN)
print(s.write(b"abc\\n"))
answer = b""
while len(answer) < 4:
    p.poll()
    answer += s.read() or b""
print(answer, s.read())
`;
    expect(await lines(source)).toEqual(["4", "b'cba\\n' None"]);
  });

  it("goes back to TLS 1.2 where the server has no other", async () => {
    const { port } = await servers.node(leaf, (socket) => socket.end("x"));
    const source = `s = wrap(${port}, ca); print(s.cipher()[1], s.read())`;
    expect(await lines(source)).toEqual(["TLSv1.2 b'x'"]);
  });

  it("chooses versions by its suites", async () => {
    const both = await servers.node(leaf, (socket) => socket.end("x"), { maxVersion: "TLSv1.3" });
    const old = await servers.node(leaf, (socket) => socket.end("x"));
    const source = `
names = tls.SSLContext(0).get_ciphers()
print(len(names), names[:4])
print(wrap(${both.port}, ca, ciphers=["TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"]).cipher()[1])
print(wrap(${both.port}, ca, ciphers=[names[2], names[5]]).cipher()[0])
error(wrap, ${old.port}, ca, 2, "board.test", None, [names[0]])
`;
    expect(await lines(source)).toEqual([
      `93 ['${CHACHA20}', '${AES_256}', '${AES_128}', 'TLS1-3-AES-128-CCM-SHA256']`,
      "TLSv1.2",
      AES_128,
      ALERT,
    ]);
  });

  it("fails as over TLS 1.2: the clock, the CA, the name", async () => {
    const { port } = await servers.node(leaf, (socket) => socket.end("x"), ONLY_13);
    setClock(board, Date.UTC(2000, 0, 1));
    expect(await lines(`error(wrap, ${port}, ca)`)).toEqual([FUTURE]);
    setClock(board, present());
    const source = `
error(wrap, ${port}, ${literal(stranger.pem)})
error(wrap, ${port}, ca, 2, "other.test")
error(wrap, ${port}, None)
error(wrap, ${port}, ca, 2, None)
print(wrap(${port}, ca, 1, "other.test").read(), wrap(${port}, None, 0, None).read())
`;
    expect(await lines(source)).toEqual([
      UNSIGNED,
      "ValueError('\\nThe certificate Common Name (CN) does not match with the expected CN\\n',)",
      "OSError(-30336, 'MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED')",
      "ValueError('CERT_REQUIRED requires server_hostname',)",
      "b'x' b'x'",
    ]);
  });

  it("asks its verify_callback, root first", async () => {
    const { port } = await servers.node(leaf, (socket) => socket.end("x"), ONLY_13);
    const source = `
ctx = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
ctx.load_verify_locations(ca)
ctx.verify_callback = lambda der, depth: print(depth) or 0
print(ctx.wrap_socket(client(${port}), server_hostname="board.test").read())
ctx.verify_callback = lambda der, depth: -5
error(lambda: ctx.wrap_socket(client(${port}), server_hostname="board.test"))
`;
    expect(await lines(source)).toEqual(["1", "0", "b'x'", "OSError(5,)"]);
  });

  it("shows its certificate, and hears of one that is missing when it reads", async () => {
    const names: string[] = [];
    const mutual = { ...ONLY_13, requestCert: true, rejectUnauthorized: true, ca: ca.pem };
    const { port } = await servers.node(
      leaf,
      (socket) => {
        names.push(String(socket.getPeerX509Certificate()?.subjectAltName));
        socket.end("in");
      },
      mutual,
    );
    const source = `
def attempt(cert, key):
    ctx = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    ctx.load_verify_locations(ca)
    if cert:
        ctx.load_cert_chain(cert, key)
    s = ctx.wrap_socket(client(${port}), server_hostname="board.test")
    error(s.read)
    s.close()
attempt(${literal(guest.pem)}, ${literal(guest.key)})
attempt(None, None)
`;
    expect(await lines(source)).toEqual(["b'in'", ALERT]);
    expect(names).toEqual(["DNS:client.test"]);
  });
});

/** Lets the board serve one connection, and says where; its output is what `accept` prints. */
async function serve(port: number, options = "", echo = "True") {
  const told = new Promise<Serving>((resolve) => serving.push(resolve));
  await board.run(`listen(${port}${options})`);
  const at = (await told).forwarded!.port;
  return { port: at, output: lines(`accept(${echo})`) };
}

describe("a server", () => {
  const strict = ["-CAfile", ca.certificateFile, "-verify_return_error", "-quiet"];
  const openssl = (port: number, ...options: string[]) =>
    servers.client(
      "openssl",
      ["s_client", "-connect", `127.0.0.1:${port}`, ...strict, ...options],
      "breadbox",
    );

  it.each([
    ["TLS_AES_128_GCM_SHA256", AES_128],
    ["TLS_AES_256_GCM_SHA384", AES_256],
    ["TLS_CHACHA20_POLY1305_SHA256", CHACHA20],
  ])("for openssl s_client, %s", async (suite, name) => {
    const { port, output } = await serve(8001);
    expect(await openssl(port, "-tls1_3", "-ciphersuites", suite)).toContain("breadbox");
    expect(await output).toEqual([`('${name}', 'TLSv1.3')`, "b''"]);
  });

  it("for openssl s_client with TLS 1.2 only, and with a group that it has to ask for", async () => {
    const old = await serve(8002);
    expect(await openssl(old.port, "-tls1_2")).toContain("breadbox");
    expect((await old.output)[0]).toContain("'TLSv1.2'");
    const retried = await serve(8003);
    expect(await openssl(retried.port, "-groups", "X448:P-521")).toContain("breadbox");
    expect((await retried.output)[0]).toContain("'TLSv1.3'");
  });

  it("for gnutls-cli, with a key of RSA", async () => {
    const { port, output } = await serve(8004, `, ${literal(rsa.pem)}, ${literal(rsa.key)}`);
    const words = ["--port", String(port), "--x509cafile", ca.certificateFile, "--priority", GNUTLS_13];
    const said = await servers.client(
      "gnutls-cli",
      [...words, "--verify-hostname=board.test", "127.0.0.1"],
      "breadbox",
    );
    expect(said).toContain("breadbox");
    expect((await output)[0]).toContain("'TLSv1.3'");
  });

  it("for Node's client, with much data, until that closes", async () => {
    const { port, output } = await serve(8005);
    const socket = connectTls({ port, host: "127.0.0.1", servername: "board.test", ca: ca.pem, ...ONLY_13 });
    await once(socket, "secureConnect");
    expect(socket.getProtocol()).toBe("TLSv1.3");
    const text = `${"~".repeat(100_000)}\n`;
    socket.write(text);
    let got = "";
    while (got.length < text.length) got += String((await once(socket, "data"))[0]);
    expect(got).toBe(text);
    socket.end();
    expect((await output)[1]).toBe("b''");
  });

  it("closes first", async () => {
    const { port, output } = await serve(8006, "", "False");
    const socket = connectTls({ port, host: "127.0.0.1", servername: "board.test", ca: ca.pem, ...ONLY_13 });
    socket.resume();
    await once(socket, "close");
    expect((await output)[0]).toContain("'TLSv1.3'");
  });

  it("demands certificates: a good one, none, a stranger's", async () => {
    const demand = `, mode=tls.CERT_REQUIRED, ca=ca`;
    const clientOf = (port: number, own?: { pem: string; key: string }) => {
      const keys = own && { cert: own.pem, key: own.key };
      const socket = connectTls({
        port,
        host: "127.0.0.1",
        servername: "board.test",
        ca: ca.pem,
        ...ONLY_13,
        ...keys,
      });
      socket.on("error", () => undefined);
      socket.write("breadbox\n");
      return socket;
    };
    const good = await serve(8007, demand);
    const socket = clientOf(good.port, guest);
    expect(String((await once(socket, "data"))[0])).toBe("breadbox\n");
    socket.end();
    expect(await good.output).toEqual([expect.stringContaining("'TLSv1.3'"), "b''"]);

    const none = await serve(8008, demand);
    clientOf(none.port);
    expect(await none.output).toEqual(["OSError(-29824, 'MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE')"]);

    const other = await serve(8009, demand);
    clientOf(other.port, stranger);
    expect(await other.output).toEqual([UNSIGNED]);
  });

  it("cannot read why its certificate is not trusted", async () => {
    const { port, output } = await serve(8010);
    await openssl(port, "-tls1_3", "-CAfile", stranger.certificateFile);
    // The alert comes in the clear, as OpenSSL's and mbedTLS's clients send it; mbedTLS's server can but decrypt.
    expect(await output).toEqual(["OSError(-29056, 'MBEDTLS_ERR_SSL_INVALID_MAC')"]);
  });
});

it("is not there unless it is asked for", async () => {
  const plain = await startTlsBoard("now");
  const both = await servers.node(leaf, (socket) => socket.end("x"), { maxVersion: "TLSv1.3" });
  const source = `
s = wrap(${both.port}, ${literal(ca.pem)})
print(s.cipher()[1], len(tls.SSLContext(0).get_ciphers()))
error(tls.SSLContext(0).set_ciphers, ["${AES_128}"])
`;
  expect((await plain.run(source)).split("\n")).toEqual([
    "TLSv1.2 88",
    "OSError(-24192, 'MBEDTLS_ERR_SSL_BAD_CONFIG')",
    "",
  ]);
  await plain.close();
});
