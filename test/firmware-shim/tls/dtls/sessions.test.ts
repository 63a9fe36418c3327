/** Sessions over DTLS: resumption, and every suite of the ESP32. */

import { describe, expect, test } from "vitest";
import { CIPHER_SUITES } from "../../../../firmware-shim/tls/ciphersuites.ts";
import type { TlsContext } from "../../../../firmware-shim/tls/context.ts";
import type { Session12 } from "../../../../firmware-shim/tls/handshake12/session.ts";
import { SessionCache } from "../../../../firmware-shim/tls/server12/session-cache.ts";
import { issueLeaf, issueRoot, NOW } from "../engine/certificates.ts";
import { Link, type LinkOptions, onTime } from "./link.ts";

const root = issueRoot();
const p256 = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");
const PSK: LinkOptions = { client: { psk: ["board", "key"] }, server: { psk: ["board", "key"] } };

describe("a session taken up again", () => {
  const sessionCache = new SessionCache(() => NOW);
  const withCache = (context: TlsContext) => {
    context.sessionCache = sessionCache;
  };
  const server = {
    ...PSK.server,
    configure: withCache,
  };
  const first = new Link({ ...PSK, server }).handshake();
  const resume = first.client.resumableSession;
  const again = (fate = onTime) => new Link({ client: { ...PSK.client, resume }, server, fate }).handshake();
  const clean = again();

  test("is shorter: the server ends its flight first", () => {
    expect(clean.transfer("client", "again")).toBe("again");
    const { masterSecret } = resume as Session12;
    expect(clean.client.resumableSession).toMatchObject({ masterSecret });
    // Two ClientHellos, and ChangeCipherSpec with Finished, in one datagram as well.
    expect(clean.sent.client.slice(0, 3).map((datagram) => datagram[0])).toEqual([22, 22, 20]);
  });

  test.each([0, 1, 2])("the client's datagram %i is lost, or the server's", (index) => {
    for (const side of ["client", "server"] as const) {
      const link = again((from, _, number) => (from === side && number === index ? [] : [1]));
      link.fate = onTime;
      expect(link.transfer("client", "again")).toBe("again");
      expect(link.transfer("server", "again")).toBe("again");
    }
  });
});

const KEY = ["board", "key"] as const;
test.each(CIPHER_SUITES.map(({ name, keyExchange }) => [name, keyExchange] as const))(
  "%s",
  (name, keyExchange) => {
    const isEc = keyExchange.startsWith("ecdh-") || keyExchange.endsWith("ecdsa");
    const psk = keyExchange.endsWith("psk") && { psk: KEY };
    const link = new Link({
      client: { ciphers: [name], trusted: [root], ...psk },
      server: { ciphers: [name], own: isEc ? p256 : rsa, ...psk },
    }).handshake();
    expect(link.client.cipher()).toEqual([name, "DTLSv1.2"]);
    expect(link.server.cipher()).toEqual([name, "DTLSv1.2"]);
    for (const length of [1, 16, 100, 4096]) {
      expect(link.transfer("client", "x".repeat(length))).toBe("x".repeat(length));
      expect(link.transfer("server", "y".repeat(length))).toBe("y".repeat(length));
    }
  },
);
