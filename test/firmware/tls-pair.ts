/** A board with both ends of TLS connections on it, joined by streams of Python's. */
import { type Issued, issueLeaf, issueRoot, NOW } from "../firmware-shim/tls/engine/certificates.ts";
import { TestBoard } from "./board.ts";

export const root = issueRoot("p256", "Root");
export const rsaRoot = issueRoot("rsa", "RSA Root");

const forClients = { extensions: ["subjectAltName=DNS:client.test", "extendedKeyUsage=clientAuth"] };

/** The certificates that the programs know, by name: `NAME` is the DER, `NAME_key` the key in PEM. */
export const ISSUED = {
  root,
  rsa_root: rsaRoot,
  ec: issueLeaf(root, "p256"),
  rsa: issueLeaf(rsaRoot, "rsa"),
  ec_by_rsa: issueLeaf(rsaRoot, "p256"),
  client_cert: issueLeaf(root, "p256", forClients),
  stranger: issueLeaf(issueRoot("p256", "Stranger"), "p256", forClients),
} satisfies Readonly<Record<string, Issued>>;

/**
 * `End` is one of two streams. `connect` makes a handshake on both, a bit at a time; `wrap` makes one of the client's
 * in wrap_socket, in which the server answers whenever the client reads. What goes wrong at the server is printed.
 */
const PAIR = `
import gc, io, ssl, tls
class End(io.IOBase):
    other = drive = None
    def __init__(self):
        self.data = bytearray()
        self.closed = False
    def readinto(self, buf):
        if self.drive and not self.data:
            self.drive()
        n = min(len(buf), len(self.data))
        if n == 0:
            return 0 if self.other.closed else None
        buf[:n] = self.data[:n]
        self.data = self.data[n:]
        return n
    def write(self, buf):
        self.other.data.extend(buf)
        return len(buf)
    def ioctl(self, request, arg):
        if request == 4:
            self.closed = True
            return 0
        return arg & (5 if self.data else 4)
def pair():
    a, b = End(), End()
    a.other, b.other = b, a
    return a, b
def error(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(repr(e))
def attempt(name, s):
    try:
        s.read(1)
        return True
    except Exception as e:
        print(name, repr(e))
        return False
def sockets(c, s, **options):
    a, b = pair()
    options.setdefault("server_hostname", "board.test")
    return (
        c.wrap_socket(a, do_handshake_on_connect=False, **options),
        s.wrap_socket(b, do_handshake_on_connect=False, server_side=True),
    )
def connect(c, s, **options):
    c, s = sockets(c, s, **options)
    going = [("client", c), ("server", s)]
    for _ in range(20):
        if c.cipher() and s.cipher():
            break
        going = [(name, end) for name, end in going if attempt(name, end)]
    return c, s
def wrap(c, s, **options):
    a, b = pair()
    s = s.wrap_socket(b, do_handshake_on_connect=False, server_side=True)
    options.setdefault("server_hostname", "board.test")
    failed = []
    def drive():
        if not failed and not attempt("server", s):
            failed.append(True)
            b.closed = True
    a.drive = drive
    return c.wrap_socket(a, **options), s
def client(mode=tls.CERT_REQUIRED, cert=None, key=None, ca=root, ciphers=None):
    c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    c.verify_mode = mode
    if ca:
        c.load_verify_locations(ca)
    if cert:
        c.load_cert_chain(cert, key)
    if ciphers:
        c.set_ciphers(ciphers)
    return c
def server(cert=ec, key=ec_key, mode=tls.CERT_NONE, ca=None):
    s = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    s.verify_mode = mode
    if cert:
        s.load_cert_chain(cert, key)
    if ca:
        s.load_verify_locations(ca)
    return s
def psk(identity, key):
    c = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    c.psk_identity = identity
    c.psk_key = key
    return c
def serve(keys):
    s = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    s.server_psk_keys = keys
    return s
class Keys:
    def __init__(self, get):
        self.get = get
`;

/** A board with its clock set, and the names above. */
export async function startPairBoard(options: { systemHeapBytes?: number } = {}): Promise<TestBoard> {
  const board = await TestBoard.atPrompt(options);
  board.machine.clock.setRtcMicros(NOW * 1e6, "host");
  board.machine.clockChanged();
  const certificates = Object.entries(ISSUED).map(
    ([name, { der, key }]) =>
      `${name} = binascii.unhexlify("${Buffer.from(der).toString("hex")}")\n` +
      `${name}_key = ${JSON.stringify(key)}\n`,
  );
  await board.run(`import binascii\n${certificates.join("")}`);
  await board.run(PAIR);
  return board;
}
