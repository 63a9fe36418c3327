/** TLS as Python sees it, against OpenSSL: chains, suites, data, and the clock. */
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";
import { Servers } from "../firmware-shim/tls/engine/servers.ts";
import type { NetworkBoard } from "./network-board.ts";
import { issueChain, literal, present, setClock, startTlsBoard, withIssuer } from "./tls-board.ts";

const MEBIBYTE = 1024 * 1024;
const DAY = 86_400_000;
const servers = new Servers();
const ca = issueRoot();
const leaf = issueLeaf(ca, "p256");

let board: NetworkBoard;
beforeAll(async () => {
  board = await startTlsBoard("now");
});
afterAll(() => board.close());
beforeEach(() => setClock(board, present()));
afterEach(async () => {
  await board.run("s = None; gc.collect()");
  await servers.stop();
});

it.each([
  ["p256", "p256", "p256", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"],
  ["p384", "p384", "p384", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-WITH-AES-256-GCM-SHA384"],
  ["rsa", "rsa", "rsa", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-WITH-AES-128-GCM-SHA256"],
  ["rsa4096", "p384", "rsa", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-WITH-AES-256-GCM-SHA384"],
] as const)("verifies a chain of three, %s %s %s, over %s", async (root, middle, end, suite, name) => {
  const chain = issueChain(root, middle, end);
  const options = ["-cert_chain", chain.middle.certificateFile, "-cipher", suite, "-tls1_2"];
  const { port, child } = await servers.openssl(chain.leaf, ...options);
  let received = 0;
  child.stdout!.on("data", (bytes: Buffer) => {
    received += bytes.filter((b) => b === 0x7e).length;
  });
  const output = board.run(`
s = wrap(${port}, ${literal(chain.ca.pem)})
print(s.cipher())
b = bytearray(4096)
print(sum(s.readinto(b) for _ in range(256)), bytes(b[-3:]))
b = b"~" * 16384
print(sum(s.write(b) for _ in range(64)))
print(len(s.getpeercert(True)), s.getpeercert(True)[:2])
s.close()
`);
  await servers.say(child, "5".repeat(MEBIBYTE));
  while (received < MEBIBYTE) await once(child.stdout!, "data");
  expect((await output).split("\n")).toEqual([
    `('TLS-${name}', 'TLSv1.2')`,
    `${MEBIBYTE} b'555'`,
    `${MEBIBYTE}`,
    `${chain.leaf.der.length} b'0\\x82'`,
    "",
  ]);
  expect(received).toBe(MEBIBYTE);
});

it("fails before the clock is set, and works after, however it is set", async () => {
  const { port } = await servers.node(leaf, (socket) => socket.end("hello"));
  const unset = await startTlsBoard("2000");
  const attempt = () =>
    unset.run(`
s = None
try:
    s = wrap(${port}, ${literal(ca.pem)})
    print(s.read())
    s.close()
except Exception as e:
    print(repr(e))
`);
  const inTheFuture = "ValueError('\\nThe certificate validity starts in the future\\n',)\n";
  expect(await attempt()).toBe(inTheFuture);

  const noon = new Date(present() + DAY / 2).toISOString().split(/\D/).slice(0, 6).map(Number);
  await unset.run(`import machine; machine.RTC().datetime((${noon.slice(0, 3)}, 0, ${noon.slice(3)}, 0))`);
  expect(await attempt()).toBe("b'hello'\n");

  await unset.run("machine.RTC().datetime((2000, 1, 1, 0, 0, 0, 0, 0))");
  expect(await attempt()).toBe(inTheFuture);
  await unset.run("import ntptime; ntptime.settime()");
  expect(await attempt()).toBe("b'hello'\n");

  setClock(unset, Date.UTC(2001, 1, 1));
  expect(await attempt()).toBe(inTheFuture);
  setClock(unset, present());
  expect(await attempt()).toBe("b'hello'\n");

  setClock(unset, present() + 366 * DAY);
  expect(await attempt()).toBe("ValueError('\\nThe certificate validity has expired\\n',)\n");
  await unset.close();
});

it("sets the clock by NTP to the access point's time", async () => {
  const source = `
import ntptime
t = ntptime.time()
ntptime.settime()
print(abs(ntptime.time() - time.time()) <= 1, abs(t + 946684800 - ${Math.floor(present() / 1000)}) < 30)
ntptime.host = "unknown.test"
error(ntptime.settime)
ntptime.host = "192.0.2.1"
`;
  expect(await board.run(source)).toBe("True True\nOSError(-202,)\n");
});

it("tells what is wrong with a certificate", async () => {
  const chain = issueChain("p256", "p256", "p256");
  const { port } = await servers.node(withIssuer(chain.leaf, chain.middle), (socket) => socket.end("x"));
  const source = `
good = ${literal(chain.ca.pem)}
other = ${literal(ca.pem)}
error(wrap, ${port}, good, 2, "other.test")
error(wrap, ${port}, other)
error(wrap, ${port}, other, 2, "other.test")
error(wrap, ${port}, good, 2, "")
error(wrap, ${port}, None)
error(wrap, ${port}, good, 2, None)
print(wrap(${port}, None, 1).read(), wrap(${port}, other, 1).read(), wrap(${port}, good, 1, None).read())
print(wrap(${port}, None, 0).read(), wrap(${port}, None, 0, None).read())
print(wrap(${port}, good).read(), wrap(${port}, good, 2, "BOARD.test").read())
`;
  const signed = "\\nThe certificate is not correctly signed by the trusted CA\\n";
  const named = "\\nThe certificate Common Name (CN) does not match with the expected CN\\n";
  expect((await board.run(source)).split("\n")).toEqual([
    `ValueError('${named}',)`,
    `ValueError('${signed}',)`,
    `ValueError('${named}${signed}',)`,
    `ValueError('${named}',)`,
    "OSError(-30336, 'MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED')",
    "ValueError('CERT_REQUIRED requires server_hostname',)",
    "b'x' b'x' b'x'",
    "b'x' b'x'",
    "b'x' b'x'",
    "",
  ]);
  setClock(board, present() + 366 * DAY);
  const expired = "\\nThe certificate validity has expired\\n";
  expect(await board.run(`error(wrap, ${port}, good, 2, "other.test")`)).toBe(
    `ValueError('${expired}${named}',)\n`,
  );
  setClock(board, present());
});

it("tells the peer what was wrong by an alert", async () => {
  const { server, port } = await servers.node(leaf, () => undefined);
  const alert = once(server, "tlsClientError");
  await board.run(`error(wrap, ${port}, ${literal(issueRoot("p256", "Nobody").pem)})`);
  expect(((await alert)[0] as { code: string }).code).toBe("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA");
});

it("is refused by a server that shares no suite or version", async () => {
  const openssl = await servers.openssl(leaf, "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384", "-tls1_2");
  const node = await servers.node(leaf, () => undefined, { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" });
  const source = `
def attempt(port, ciphers):
    try:
        print(wrap(port, ${literal(ca.pem)}, ciphers=ciphers).cipher()[0])
    except Exception as e:
        print(repr(e))
attempt(${openssl.port}, ["TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"])
attempt(${openssl.port}, ("TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256", "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384"))
attempt(${node.port}, None)
`;
  const alert = "OSError(-30592, 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE')\n";
  expect(await board.run(source)).toBe(`${alert}TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384\n${alert}`);
});

it("closes the connection of an SSLSocket that is collected", async () => {
  let ended: (() => void) | undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const { port } = await servers.node(leaf, (socket) => {
    socket.on("error", () => undefined).on("close", () => ended?.());
    socket.resume();
  });
  await board.run(`s = wrap(${port}, ${literal(ca.pem)})`);
  await board.run("s = None\ngc.collect()\ngc.collect()");
  await end;
});

it("takes certificates as ssl and tls do", async () => {
  const { port } = await servers.node(leaf, (socket) => socket.end("x"));
  const der = Buffer.from(ca.der).toString("hex");
  const source = `
import binascii
pem = ${literal(ca.pem)}
der = binascii.unhexlify("${der}")
for data in (pem, pem.encode(), der, der + b"trailing", pem + pem):
    print(wrap(${port}, data).read(), end=" ")
print()
ctx = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
for data in (bytearray(der), None, b"", "rubbish", der[:-1], pem.replace("MII", "MIJ"), pem + pem.replace("MII", "MIJ")):
    error(ctx.load_verify_locations, data)
with open("ca.pem", "w") as f:
    f.write(pem)
c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
print(c.verify_mode, ctx.verify_mode, tls.SSLContext(1).verify_mode, tls.SSLContext(99).verify_mode)
c.load_verify_locations("ca.pem")
c.load_verify_locations(cadata=der)
c.verify_mode = ssl.CERT_REQUIRED
print(c.wrap_socket(client(${port}), server_hostname="board.test").read())
error(c.load_verify_locations, "none.pem")
print(ssl.wrap_socket(client(${port})).read())
print(ssl.wrap_socket(client(${port}), cert_reqs=ssl.CERT_REQUIRED, cadata=der, server_hostname="board.test").read())
`;
  expect((await board.run(source)).split("\n")).toEqual([
    `${"b'x' ".repeat(5)}`,
    "TypeError(\"can't convert 'bytearray' object to str implicitly\",)",
    "TypeError(\"can't convert 'NoneType' object to str implicitly\",)",
    ...Array(5).fill("ValueError('invalid cert',)"),
    "0 2 0 0",
    "b'x'",
    "OSError(2,)",
    "b'x'",
    "b'x'",
    "",
  ]);
});

it("checks the arguments of contexts", async () => {
  const { port } = await servers.node(leaf, (socket) => socket.end("x"));
  const source = `
error(tls.SSLContext)
error(tls.SSLContext, "x")
c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
for x in ([], ["NO-SUCH"], "TLS", [1], ["TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256", "x"]):
    error(c.set_ciphers, x)
error(c.set_ciphers, ("TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256",))
print(len(c.get_ciphers()), c.get_ciphers()[0])
error(setattr, c, "verify_mode", "x")
c.verify_mode = 7
print(c.verify_mode, c.verify_callback)
error(getattr, c, "check_hostname")
error(setattr, c, "check_hostname", False)
error(setattr, c, "no_such", 1)
error(delattr, c, "verify_mode")
error(c.wrap_socket, 5)
error(c.wrap_socket, object())
c.verify_mode = 2
error(lambda: c.wrap_socket(client(${port}), server_side=True))
error(lambda: c.wrap_socket(socket.socket(), server_hostname=5))
print(tls.MBEDTLS_VERSION)
`;
  expect((await board.run(source)).split("\n")).toEqual([
    expect.stringMatching(/^TypeError/),
    'TypeError("can\'t convert str to int",)',
    "OSError(-24192, 'MBEDTLS_ERR_SSL_BAD_CONFIG')",
    "OSError(-24192, 'MBEDTLS_ERR_SSL_BAD_CONFIG')",
    "TypeError(\"object 'str' isn't a tuple or list\",)",
    "TypeError(\"can't convert 'int' object to str implicitly\",)",
    "OSError(-24192, 'MBEDTLS_ERR_SSL_BAD_CONFIG')",
    "None",
    "88 TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
    'TypeError("can\'t convert str to int",)',
    "7 None",
    expect.stringMatching(/^AttributeError/),
    expect.stringMatching(/^AttributeError/),
    expect.stringMatching(/^AttributeError/),
    expect.stringMatching(/^AttributeError/),
    "OSError('stream operation not supported',)",
    "OSError('stream operation not supported',)",
    "OSError(-23936, 'MBEDTLS_ERR_UNKNOWN (0x5D80)')",
    "TypeError(\"can't convert 'int' object to str implicitly\",)",
    "Mbed TLS 3.6.5",
    "",
  ]);
});
