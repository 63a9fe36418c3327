/** A board on a network with `wrap` at hand, and the certificates that the TLS tests share. */
import {
  type Issued,
  issueLeaf,
  issueRoot,
  type KeyKind,
  type RootKeyKind,
} from "../firmware-shim/tls/engine/certificates.ts";
import { NetworkBoard } from "./network-board.ts";

const TLS = `
import ssl, tls
def wrap(port, ca=None, mode=tls.CERT_REQUIRED, name="board.test", timeout=None, ciphers=None, **kw):
    ctx = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    ctx.verify_mode = mode
    if ca:
        ctx.load_verify_locations(ca)
    if ciphers:
        ctx.set_ciphers(ciphers)
    s = client(port)
    s.settimeout(timeout)
    try:
        return ctx.wrap_socket(s, server_hostname=name, **kw)
    except BaseException as e:
        s.close()
        raise e
`;

/**
 * Milliseconds since 1970 as the boards have it: an hour ahead, so that a certificate made a moment ago is valid also
 * for a clock that NTP has set, which knows whole seconds.
 */
export const present = (): number => Date.now() + 3_600_000;

/** A literal of Python's for a certificate. */
export const literal = (text: string): string => JSON.stringify(text);

/** @param clock - "now", or "2000" to leave the board's as it is at power-on */
export async function startTlsBoard(
  clock: "now" | "2000",
  options: { tls13?: true } = {},
): Promise<NetworkBoard> {
  const board = await NetworkBoard.start({ now: present, ...options });
  await board.run(TLS);
  if (clock === "now") setClock(board, present());
  return board;
}

/** Sets the board's clock from outside, to milliseconds since 1970 UTC. */
export function setClock(board: NetworkBoard, millis: number): void {
  board.board.machine.clock.setRtcMicros(millis * 1000, "host");
  board.board.machine.clockChanged();
}

/** Root, intermediate and leaf, with keys of a kind each. */
export function issueChain(root: RootKeyKind, intermediate: KeyKind, leaf: KeyKind) {
  const ca = issueRoot(root, `Root ${root}`);
  const middle = issueLeaf(ca, intermediate, {
    extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"],
  });
  return { ca, middle, leaf: issueLeaf(middle, leaf) };
}

/** A server's certificate with its issuer behind it, for servers that take both in one. */
export function withIssuer(leaf: Issued, issuer: Issued): Issued {
  return { ...leaf, pem: leaf.pem + issuer.pem };
}
