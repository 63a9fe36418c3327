/** Callbacks that answer later, and the heap that a connection takes. */

import { describe, expect, test } from "vitest";
import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_REQUIRED, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { issueLeaf, issueRoot } from "./certificates.ts";
import { createPair, type Pair, type PeerOptions } from "./peers.ts";

const root = issueRoot();
const leaf = issueLeaf(root, "p256");
const rsaLeaf = issueLeaf(root, "rsa");
const clientLeaf = issueLeaf(root, "p256", { extensions: ["extendedKeyUsage=clientAuth"] });
const KIB = 1024;

/** A pair of which one end's callback answers later; the depths it has been asked about. */
function askingPair(end: "client" | "server"): { pair: Pair; asked: number[] } {
  const asked: number[] = [];
  const configure = (context: TlsContext): void => {
    context.verifyCallback = (_der, depth) => {
      asked.push(depth);
      return "later";
    };
  };
  const checks: PeerOptions = { trusted: [root], verifyMode: CERT_REQUIRED };
  const client: PeerOptions = { ...checks, own: clientLeaf, ...(end === "client" && { configure }) };
  const server: PeerOptions = { ...checks, own: leaf, ...(end === "server" && { configure }) };
  return { pair: createPair(client, server).handshake(), asked };
}

const states = ({ client, server }: Pair): string[] => [client.state, server.state];

describe.each(["client", "server"] as const)("a verify_callback of the %s that answers later", (end) => {
  test("is asked root first, and each answer lets the handshake go on", () => {
    const { pair, asked } = askingPair(end);
    const connection = pair[end];
    expect(asked).toEqual([1]);
    connection.answer(0);
    expect(connection.handshake()).toBe("want-answer");
    expect(asked).toEqual([1, 0]);
    connection.answer(0);
    expect(states(pair.handshake())).toEqual(["connected", "connected"]);
    expect(pair.transfer("client", Buffer.from("ping")).toString()).toBe("ping");
    expect(asked).toEqual([1, 0]);
  });

  test("ends the handshake with its code", () => {
    const { pair, asked } = askingPair(end);
    pair[end].answer(-5);
    expect(asked).toEqual([1]);
    expect(pair[end].handshake()).toBe("error");
    expect(exceptionForHandshake(pair[end].error!)).toEqual({ type: "OSError", args: [5] });
    pair.handshake();
    expect(pair[end === "client" ? "server" : "client"].error?.received).toBe("access_denied");
  });

  test("is told of by every operation", () => {
    const operations: ((connection: TlsConnection) => unknown)[] = [
      (connection) => connection.handshake(),
      (connection) => connection.read(10),
      (connection) => connection.write(Uint8Array.of(1)),
    ];
    for (const operation of operations) {
      const asked: number[] = [];
      const { client, server } = createPair(
        {
          trusted: [root],
          verifyMode: CERT_REQUIRED,
          configure: (context) => {
            context.verifyCallback = (_der, depth) => (asked.push(depth) > 0 ? "later" : 0);
          },
        },
        { own: leaf },
      );
      client.handshake();
      server.receive(client.takeOutput()!);
      server.handshake();
      client.receive(server.takeOutput()!);
      expect(operation(client)).toBe("want-answer");
      client.answer(0);
      client.answer(0);
      expect(operation(client)).toBe("want-read");
      expect(asked).toEqual([1, 0]);
    }
  });
});

test("where an answer is not brought, the next message is taken for the one that was asked about", () => {
  const { pair, asked } = askingPair("client");
  expect(pair.client.handshake()).toBe("error");
  expect(pair.client.error?.code).toBe(ERR.SSL_UNEXPECTED_MESSAGE);
  expect(asked).toEqual([1]);
  pair.client.answer(0);
  expect(pair.client.state).toBe("failed");
});

describe.each(["PSK", "ECDHE-PSK", "RSA-PSK"])("a look-up of keys that answers later, %s", (exchange) => {
  const ciphers = [
    exchange === "ECDHE-PSK"
      ? "TLS-ECDHE-PSK-WITH-AES-128-CBC-SHA256"
      : `TLS-${exchange}-WITH-AES-128-GCM-SHA256`,
  ];
  const start = (): { pair: Pair; identities: string[] } => {
    const identities: string[] = [];
    const configure = (context: TlsContext): void =>
      context.setServerPskKeys((identity) => {
        identities.push(Buffer.from(identity).toString("latin1"));
        return "later";
      });
    const pair = createPair({ psk: ["board\xff", "secret"], ciphers }, { own: rsaLeaf, ciphers, configure });
    return { pair: pair.handshake(), identities };
  };

  test("finds the key", () => {
    const { pair, identities } = start();
    expect(identities).toEqual(["board\xc3\xbf"]);
    expect(pair.server.state).toBe("handshaking");
    pair.server.answer(Buffer.from("secret"));
    expect(states(pair.handshake())).toEqual(["connected", "connected"]);
    expect(identities).toHaveLength(1);
  });

  test.each([undefined, new Uint8Array(49)])("rejects the client, %#", (key) => {
    const { pair } = start();
    pair.server.answer(key);
    pair.handshake();
    expect(pair.server.error?.code).toBe(ERR.SSL_UNKNOWN_IDENTITY);
    expect(pair.client.error?.received).toBe("unknown_psk_identity");
  });
});

describe("the heap", () => {
  /** What both ends of a connection ask for; the server gets no more than `limit`. */
  const sizes = (own: typeof leaf, limit = Number.POSITIVE_INFINITY) => {
    const asked = { client: [] as number[], server: [] as number[] };
    const resizeHeap = (end: "client" | "server") => (bytes: number) => {
      asked[end].push(bytes / KIB);
      return end === "client" || bytes <= limit;
    };
    const pair = createPair({ resizeHeap: resizeHeap("client") }, { own, resizeHeap: resizeHeap("server") });
    return { pair: pair.handshake(), asked };
  };

  test("a handshake takes 28 KiB, with RSA 30, and a connection 25", () => {
    expect(sizes(leaf).asked).toEqual({ client: [28, 25], server: [28, 25] });
    expect(sizes(rsaLeaf).asked).toEqual({ client: [30, 25], server: [30, 25] });
  });

  test("a handshake for which there is not enough fails", () => {
    const { pair } = sizes(rsaLeaf, 29 * KIB);
    expect(pair.server.error?.code).toBe(ERR.SSL_ALLOC_FAILED);
    expect(exceptionForHandshake(pair.server.error!)).toEqual({ type: "OSError", args: [12] });
    expect(pair.sent.server).toEqual([]);
    expect(states(sizes(leaf, 29 * KIB).pair)).toEqual(["connected", "connected"]);
  });
});
