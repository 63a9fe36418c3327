/** Servers, certificates and pre-shared keys of the tls and ssl modules: both ends are on one board. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestBoard } from "./board.ts";
import { ISSUED, startPairBoard } from "./tls-pair.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await startPairBoard();
});
afterAll(() => board.close());
afterEach(async () => {
  await board.run("c = s = a = b = None; gc.collect()");
});

const lines = async (source: string): Promise<string[]> =>
  (await board.run(source)).replace(/\n$/, "").split("\n");

const ALERT = "OSError(-30592, 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE')";
const CONN_EOF = "OSError(-29312, 'MBEDTLS_ERR_SSL_CONN_EOF')";

it("serves, and tells both ends of each other", async () => {
  const source = `
c, s = connect(client(), server())
print(c.cipher() == s.cipher(), s.cipher())
print(c.getpeercert(True) == ec, s.getpeercert(True))
print(c.write(b"x" * 10000), len(s.read(10000)), s.send(b"y" * 10000), len(c.recv(9999)))
s.close()
print(c.read())
error(s.read)
error(s.write, b"x")
print(s.getpeercert(True), s.cipher())
`;
  expect(await lines(source)).toEqual([
    "True ('TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384', 'TLSv1.2')",
    "True None",
    "10000 10000 4096 4096",
    "b''",
    ...Array(2).fill("OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')"),
    "None None",
  ]);
});

it("takes certificates and keys as tls and ssl do", async () => {
  const source = `
pem = ${JSON.stringify(ISSUED.ec.pem)}
der_key = binascii.a2b_base64("".join(ec_key.split("\\n")[1:-2]))
for cert, key in ((ec, ec_key), (pem, ec_key), (pem.encode(), ec_key.encode()), (ec, der_key), (ec + b"trailing", der_key)):
    print(connect(client(), server(cert, key))[0].cipher() is not None, end=" ")
print()
for name, data in (("c.pem", pem), ("k.pem", ec_key)):
    with open(name, "w") as f:
        f.write(data)
s = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
s.load_cert_chain("c.pem", "k.pem")
print(connect(client(), s)[0].cipher() is not None)
a, b = pair()
s = ssl.wrap_socket(b, server_side=True, cert="c.pem", key=ec_key.encode(), do_handshake=False)
c = ssl.wrap_socket(a, do_handshake=False)
while not c.cipher() or not s.cipher():
    c.read(1), s.read(1)
print(c.write(b"hello"), s.read(5))
c = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
for args in ((ec, "rubbish"), (ec, bytearray(5)), (None, ec_key), ("rubbish", rsa_key), (b"", rsa_key), (ec, b"")):
    error(tls.SSLContext(1).load_cert_chain, *args)
error(c.load_cert_chain, ec)
error(c.load_cert_chain, ec, rsa_key)
error(c.load_cert_chain, ec, rsa_key)
error(ssl.SSLContext(1).load_cert_chain, "none.pem", "k.pem")
`;
  expect(await lines(source)).toEqual([
    "True True True True True ",
    "True",
    "5 b'hello'",
    "ValueError('invalid key',)",
    "TypeError(\"can't convert 'bytearray' object to str implicitly\",)",
    "TypeError(\"can't convert 'NoneType' object to str implicitly\",)",
    "ValueError('invalid cert',)",
    "ValueError('invalid cert',)",
    "ValueError('invalid key',)",
    expect.stringMatching(/^TypeError/),
    "None",
    "ValueError('invalid key',)",
    "OSError(2,)",
  ]);
});

it("negotiates every suite it lists, and names it", async () => {
  const source = `
def own(name):
    if "-ECDHE-ECDSA-" in name or "-ECDH-ECDSA-" in name:
        return ec, ec_key
    if "-ECDH-RSA-" in name:
        return ec_by_rsa, ec_by_rsa_key
    return rsa, rsa_key
names = tls.SSLContext(0).get_ciphers()
wrong = []
for name in names:
    c = client(tls.CERT_NONE, ca=None)
    s = server(*own(name))
    if "PSK" in name:
        c.psk_identity, c.psk_key = b"board", b"secret"
        s.server_psk_keys = {b"board": b"secret"}
    c.set_ciphers([name])
    s.set_ciphers([name])
    a, b = connect(c, s)
    a.write(b"ping")
    b.write(b"pong")
    if a.cipher() != (name, "TLSv1.2") or b.cipher() != a.cipher() or b.read(4) != b"ping" or a.read(4) != b"pong":
        wrong.append(name)
    a.close(), b.close()
print(len(names), wrong)
`;
  expect(await lines(source)).toEqual(["88 []"]);
});

it("follows its own order of suites", async () => {
  const source = `
one, two = "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256", "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384"
s = server()
s.set_ciphers((one, two))
print(connect(client(ciphers=[two, one]), s)[0].cipher()[0])
connect(client(ciphers=["TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256"]), s)
connect(client(), server(None))
print(len(s.get_ciphers()))
`;
  const refused = ["server OSError(-28160, 'MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE')", `client ${ALERT}`];
  expect(await lines(source)).toEqual([
    "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256",
    ...refused,
    ...refused,
    "88",
  ]);
});

describe("a server that asks for certificates", () => {
  it("gets them, or not", async () => {
    const source = `
for mode in (tls.CERT_REQUIRED, tls.CERT_OPTIONAL, tls.CERT_NONE):
    for name, cert, key in (("client", client_cert, client_cert_key), ("stranger", stranger, stranger_key), ("none", None, None)):
        print(mode, name)
        c, s = connect(client(cert=cert, key=key), server(mode=mode, ca=root))
        found = s.getpeercert(True)
        print("none" if found is None else found == cert, s.cipher() is not None)
        # Nine pairs do not fit beside each other.
        c.close()
        s.close()
`;
    const untrusted = "'\\nThe certificate is not correctly signed by the trusted CA\\n'";
    expect(await lines(source)).toEqual([
      "2 client",
      "True True",
      "2 stranger",
      `server ValueError(${untrusted},)`,
      `client ${ALERT}`,
      "none False",
      "2 none",
      "server OSError(-29824, 'MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE')",
      `client ${ALERT}`,
      "none False",
      "1 client",
      "True True",
      "1 stranger",
      "True True",
      "1 none",
      "none True",
      ...["client", "stranger", "none"].flatMap((name) => [`0 ${name}`, "none True"]),
    ]);
  });

  it("needs a CA, and lets server_side decide on the host name", async () => {
    const source = `
connect(client(cert=ec, key=ec_key), server(mode=tls.CERT_REQUIRED))
s = server(mode=tls.CERT_REQUIRED, ca=root)
error(lambda: s.wrap_socket(End(), server_side=False))
error(lambda: client().wrap_socket(End()))
error(lambda: wrap(client(), server(), server_side=True, server_hostname=None))
print(wrap(client(), server(), server_hostname=b"board.test")[0].cipher()[1])
error(lambda: wrap(client(), server(), server_hostname="x" * 256))
error(lambda: wrap(client(), server(), server_hostname=5))
`;
    expect(await lines(source)).toEqual([
      "server OSError(-30336, 'MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED')",
      `client ${ALERT}`,
      ...Array(2).fill("ValueError('CERT_REQUIRED requires server_hostname',)"),
      "OSError(-23936, 'MBEDTLS_ERR_UNKNOWN (0x5D80)')",
      "TLSv1.2",
      "OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')",
      "TypeError(\"can't convert 'int' object to str implicitly\",)",
    ]);
  });
});

describe("pre-shared keys", () => {
  it("are found by any object with get()", async () => {
    const source = `
def told(identity):
    print(identity)
    return memoryview(b"secret")
for keys in ({b"board": b"secret"}, Keys(told), Keys(lambda i: "secret")):
    c, s = connect(psk("board", "secret"), serve(keys))
    print(c.cipher()[0], c.getpeercert(True), s.getpeercert(True), c.write(b"ping"), s.read(4))
connect(psk(b"\\xff\\x00", b"secret"), serve(Keys(told)))
`;
    const suite = "TLS-ECDHE-PSK-WITH-AES-256-CBC-SHA384 None None 4 b'ping'";
    expect(await lines(source)).toEqual([suite, "b'board'", suite, suite, "b'\\xff\\x00'"]);
  });

  it("that are not found, or do not fit, end the handshake", async () => {
    const source = `
def fail(i):
    raise ValueError("no")
for keys in ({}, {"board": b"secret"}, None, 5, Keys(fail), Keys(lambda i: 12345), Keys(lambda i: b""), Keys(lambda i: b"x" * 49)):
    connect(psk("board", "secret"), serve(keys))
connect(psk("board", "secret"), serve({b"board": b"wrong"}))
c = psk("board", "secret")
connect(c, server())
connect(client(), serve({}))
`;
    const refused = ["server OSError(-27776, 'MBEDTLS_ERR_SSL_UNKNOWN_IDENTITY')", `client ${ALERT}`];
    const noSuite = ["server OSError(-28160, 'MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE')", `client ${ALERT}`];
    expect(await lines(source)).toEqual([
      ...Array(8).fill(refused).flat(),
      "server OSError(-29056, 'MBEDTLS_ERR_SSL_INVALID_MAC')",
      `client ${ALERT}`,
      ...noSuite,
      ...noSuite,
    ]);
  });

  it("are attributes of a context", async () => {
    const source = `
c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
print(c.psk_identity, c.psk_key, c.server_psk_keys, c.verify_callback)
c.psk_key = b"secret"
c.psk_identity = "board"
print(c.psk_identity, c.psk_key)
error(setattr, c, "psk_key", b"")
print(c.psk_key)
for key in (b"", b"x" * 49, 5):
    c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    c.psk_identity = b"board"
    error(setattr, c, "psk_key", key)
c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
c.psk_key = b"secret"
error(setattr, c, "psk_identity", bytearray(5))
error(setattr, c, "psk_identity", "")
c.psk_key = c.psk_identity = c.server_psk_keys = c.verify_callback = None
`;
    const badInput = "OSError(-28928, 'MBEDTLS_ERR_SSL_BAD_INPUT_DATA')";
    expect(await lines(source)).toEqual([
      "None None None None",
      "board b'secret'",
      "OSError(-28800, 'MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE')",
      "b''",
      badInput,
      badInput,
      "TypeError('object with buffer protocol required',)",
      "TypeError(\"can't convert 'bytearray' object to str implicitly\",)",
      badInput,
    ]);
  });
});

it("ends a client's handshake with its stream", async () => {
  const source = `
a, b = pair()
b.closed = True
error(lambda: client().wrap_socket(a, server_hostname="board.test"))
`;
  expect(await lines(source)).toEqual([CONN_EOF]);
});
