/** verify_callback, the exceptions that come out of callbacks, and the heap that TLS takes beside Python's. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestBoard } from "./board.ts";
import { startPairBoard } from "./tls-pair.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await startPairBoard();
});
afterAll(() => board.close());

const lines = async (source: string): Promise<string[]> =>
  (await board.run(`gc.collect()\n${source}`)).replace(/\n$/, "").split("\n");

const ALERT = "OSError(-30592, 'MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE')";

it("shows the callback each certificate as a memoryview, root first", async () => {
  const source = `
def callback(cert, depth):
    print(type(cert).__name__, bytes(cert) == (ec, root)[depth], depth)
    try:
        cert[0] = 0
    except TypeError:
        return 0
c = client()
c.verify_callback = callback
print(c.verify_callback is callback)
print(wrap(c, server())[0].cipher()[1])
s = server(mode=tls.CERT_REQUIRED, ca=root)
s.verify_callback = lambda cert, depth: print("server", bytes(cert) == (client_cert, root)[depth]) or 0
print(connect(client(cert=client_cert, key=client_cert_key), s)[1].cipher()[1])
c.verify_callback = None
print(wrap(c, server())[0].cipher()[1])
`;
  expect(await lines(source)).toEqual([
    "True",
    "memoryview True 1",
    "memoryview True 0",
    "TLSv1.2",
    "server True",
    "server True",
    "TLSv1.2",
    "TLSv1.2",
  ]);
});

/** What the callback returns, in Python, and what is then raised. */
const ANSWERS: readonly (readonly [string, string])[] = [
  ["1", "OSError(1, 'MBEDTLS_ERR_ERROR_GENERIC_ERROR')"],
  ["True", "OSError(1, 'MBEDTLS_ERR_ERROR_GENERIC_ERROR')"],
  ["-1", "OSError(1,)"],
  ["-5", "OSError(5,)"],
  ["-0x2700", "OSError(-12288, 'MBEDTLS_ERR_X509_FATAL_ERROR')"],
  ["None", 'TypeError("can\'t convert NoneType to int",)'],
  ["'x'", 'TypeError("can\'t convert str to int",)'],
  ["1 << 40", "OverflowError('overflow converting long int to machine word',)"],
  ["[][0]", "IndexError('list index out of range',)"],
];

describe.each(ANSWERS)("a callback that gives %s", (answer, raised) => {
  const fails = raised.startsWith("OSError");

  it("fails wrap_socket with it", async () => {
    const source = `
for mode in (tls.CERT_OPTIONAL, tls.CERT_REQUIRED):
    c = client(mode)
    c.verify_callback = lambda cert, depth: ${answer}
    error(lambda: wrap(c, server()))
c = client(tls.CERT_NONE)
c.verify_callback = lambda cert, depth: ${answer}
print(wrap(c, server())[0].cipher()[1])
`;
    expect(await lines(source)).toEqual([raised, raised, "TLSv1.2"]);
  });

  it("fails what a deferred handshake runs in", async () => {
    const source = `
def fail(operation):
    c = client()
    c.verify_callback = lambda cert, depth: ${answer}
    c, s = sockets(c, server())
    while s.cipher() is None:
        s.read(1)
        try:
            operation(c)
        except Exception as e:
            print(repr(e))
            break
    attempt("again", c)
    print(c.ioctl(3, 5))
    attempt("server", s)
fail(lambda c: c.read(1))
fail(lambda c: c.write(b"x"))
`;
    // The message after the one that the exception has cut short is not what mbedTLS expects.
    const again = fails ? raised : "OSError(-30464, 'MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE')";
    const once = [raised, `again ${again}`, "32", `server ${ALERT}`];
    expect(await lines(source)).toEqual([...once, ...once]);
  });

  it("fails a server's handshake with it", async () => {
    const source = `
s = server(mode=tls.CERT_REQUIRED, ca=root)
s.verify_callback = lambda cert, depth: ${answer}
connect(client(cert=client_cert, key=client_cert_key), s)
`;
    expect((await lines(source))[0]).toBe(`server ${raised}`);
  });
});

it("does not hide what is wrong with a chain", async () => {
  const source = `
c = client(ca=rsa_root)
c.verify_callback = lambda cert, depth: print(depth) or 0
error(lambda: wrap(c, server()))
`;
  expect(await lines(source)).toEqual(
    [
      "0",
      `server ${ALERT}`,
      "ValueError('\\nThe certificate is not correctly signed by the trusted CA\\n',)",
    ].filter((line) => !line.startsWith("server")),
  );
});

describe("the heap beside Python's", () => {
  const OPEN = `
c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
c.verify_mode = tls.CERT_NONE
def fill():
    held = []
    try:
        while len(held) < 20:
            held.append(c.wrap_socket(End(), do_handshake_on_connect=False))
    except OSError as e:
        print(repr(e), end=" ")
    return held
`;

  it("has room for so many connections, and for others when they are closed or collected", async () => {
    const source = `${OPEN}
held = fill()
print(len(held))
error(lambda: wrap(client(), server()))
held.pop().close()
print(len(held + fill()))
held = None
`;
    expect(await lines(source)).toEqual(["OSError(12,) 5", "OSError(12,)", "OSError(12,) 5"]);
    expect(await lines("held = fill()\nprint(len(held))\nheld = None")).toEqual(["OSError(12,) 5"]);
    const pairs = `
s = server()
held = []
try:
    while True:
        held.append(connect(client(), s))
except OSError as e:
    print(len(held), repr(e))
for x, y in held:
    print(x.write(b"1"), y.read(1))
held = x = y = None
`;
    expect(await lines(pairs)).toEqual(["2 OSError(12,)", "1 b'1'", "1 b'1'"]);
  });

  // Both ends of a connection and their certificates: 46 KiB and about 5, and up to 10 in the handshake.
  it.each([
    [53, ["server OSError(12,)", "None"]],
    [58, ["client OSError(12,)", "client OSError(12,)", "None"]],
    [62, ["TLSv1.2"]],
  ])("fails a handshake for which there is none left, with %i KiB", async (kibibytes, outcome) => {
    const small = await startPairBoard({ systemHeapBytes: kibibytes * 1024 });
    const source = `
c, s = connect(client(), server())
if not c.cipher() and ${kibibytes} > 53:
    attempt("client", c)
print(c.cipher() and c.cipher()[1])
`;
    expect((await small.run(source)).trimEnd().split("\n")).toEqual(outcome);
    small.close();
  });

  it("is as large as a board is made with", async () => {
    const large = await startPairBoard({ systemHeapBytes: 1024 * 1024 });
    expect(await large.run(`${OPEN}\nprint(len(fill()))`)).toBe("20\n");
    large.close();
  });
});
