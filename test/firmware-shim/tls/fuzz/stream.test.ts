/**
 * Flights of TLS 1.2 and first flights of TLS 1.3 that are spoilt and cut up: errors of our own and nothing else, an
 * end to everything, and no memory kept. Without chance in the engine the same flights fit again and again, so that a
 * spoilt one is tried without a peer.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_NONE, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR, errorName } from "../../../../firmware-shim/tls/errors.ts";
import { HEAP_CONNECTED } from "../../../../firmware-shim/tls/limits.ts";
import { issueLeaf, issueRoot, NOW } from "../engine/certificates.ts";
import { deterministicCrypto as crypto } from "../engine/harness.ts";
import { createContext, Pair, type PeerOptions } from "../engine/peers.ts";
import { fuzzRuns, fuzzSeeds, type Random, randomNumbers } from "../random.ts";
import { pieces, spoilFlight } from "./mutations.ts";

const root = issueRoot();
const own = issueLeaf(root, "rsa");
const ownEc = issueLeaf(root, "p256", {
  extensions: ["subjectAltName=DNS:board.test", "extendedKeyUsage=clientAuth,serverAuth"],
});
const psk = ["board", "a key of the lab"] as const;

function use13(context: TlsContext): void {
  context.tls13 = true;
}

const CASES: readonly (readonly [name: string, client: PeerOptions, server: PeerOptions])[] = [
  ["ECDHE-RSA", { trusted: [root] }, { own }],
  ["mutual ECDHE-ECDSA", { trusted: [root], own: ownEc }, { own: ownEc, trusted: [root], verifyMode: 2 }],
  ["RSA", { verifyMode: CERT_NONE, ciphers: ["TLS-RSA-WITH-AES-128-CBC-SHA256"] }, { own }],
  ["ECDHE-PSK", { verifyMode: CERT_NONE, psk, ciphers: ["TLS-ECDHE-PSK-WITH-AES-128-CBC-SHA256"] }, { psk }],
  ["TLS 1.3", { trusted: [root], configure: use13 }, { own: ownEc, configure: use13 }],
];

function create(context: TlsContext): TlsConnection {
  const hostName = context.isServer ? {} : { serverHostname: "board.test" };
  return new TlsConnection(context, { crypto, now: () => NOW, ...hostName });
}

/** Takes what has come as far as it goes, data and all. */
function work(connection: TlsConnection): void {
  connection.handshake();
  for (let i = 0; i < 100 && connection.pending && connection.state === "connected"; i++) {
    if (connection.read(4096) === "want-read") break;
  }
  connection.takeOutput();
}

/** Gives a fresh connection the flights, one of them spoilt, in pieces. */
function tryOne(context: TlsContext, flights: readonly Buffer[], random: Random): TlsConnection {
  const connection = create(context);
  work(connection);
  const target = random(flights.length);
  flights.forEach((flight, index) => {
    const bytes = index === target ? spoilFlight(flight, random) : flight;
    for (const piece of index === target ? pieces(bytes, random) : [bytes]) {
      connection.receive(piece);
      work(connection);
    }
  });
  if (random(4) === 0) {
    connection.receiveEof();
    work(connection);
  }
  return connection;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
}

describe.each(CASES)("%s", (_, clientOptions, serverOptions) => {
  const contexts = {
    client: createContext(0, { verifyMode: 2, ...clientOptions }),
    server: createContext(1, serverOptions),
  };
  const pair = new Pair(create(contexts.client), create(contexts.server)).handshake();

  test.each(["client", "server"] as const)("the %s", { timeout: 3_600_000 }, (side) => {
    expect([
      pair.client.error?.message ?? pair.client.state,
      pair.server.error?.message ?? pair.server.state,
    ]).toEqual(["connected", "connected"]);
    const flights = pair.sent[side === "client" ? "server" : "client"];
    const ends = new Map<string, number>();
    let tried = 0;
    let heapHalfway = 0;
    for (const seed of fuzzSeeds(600)) {
      const { error, state } = tryOne(contexts[side], flights, randomNumbers(seed));
      expect(error?.code, `seed ${seed}: ${error?.message}`).not.toBe(ERR.SSL_INTERNAL_ERROR);
      const end = error ? errorName(error.code) : state;
      ends.set(end, (ends.get(end) ?? 0) + 1);
      if (++tried === Math.floor(fuzzRuns(600) / 2)) heapHalfway = heapBytes();
    }
    // It gets somewhere: errors of many kinds.
    expect(ends.size, JSON.stringify([...ends])).toBeGreaterThan(7);
    // The second half leaves no more behind than a connection that is still open takes, a hundred times over.
    expect(heapBytes() - heapHalfway).toBeLessThan(100 * HEAP_CONNECTED);
  });
});
