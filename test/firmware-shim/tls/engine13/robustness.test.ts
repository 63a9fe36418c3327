/** Handshakes of TLS 1.3 that are cut off, changed or random: our own errors only, and an end. */

import { describe, expect, test } from "vitest";
import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_NONE } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { issueLeaf } from "../engine/certificates.ts";
import { createContext, createPeer, type PeerOptions } from "../engine/peers.ts";
import { spoilMessage } from "../fuzz/mutations.ts";
import { fuzzRuns, randomNumbers } from "../random.ts";
import { leaf, root, verifying, with13, withTickets } from "./peers13.ts";
import { TamperingPeer } from "./tampering.ts";

const own = issueLeaf(root, "p256", { extensions: ["extendedKeyUsage=clientAuth"] });
/** Both have certificates, so that every message is sent. */
const serverContext = createContext(1, with13({ ...verifying, own: leaf, configure: withTickets() }));
const clientContext = createContext(0, with13({ ...verifying, own }));

type Side = "client" | "server";
/** Gets the bytes that a side is about to send and where they begin in all that it sends; undefined ends it. */
type Wire = (side: Side, bytes: Uint8Array, offset: number) => Uint8Array | undefined;

function run(wire: Wire): Record<Side, TlsConnection> {
  const peers = {
    client: createPeer(0, { context: clientContext }),
    server: createPeer(1, { context: serverContext }),
  };
  const sent = { client: 0, server: 0 };
  for (let more = true; more; ) {
    more = false;
    for (const [side, other] of [
      ["client", "server"],
      ["server", "client"],
    ] as const) {
      peers[side].handshake();
      if (peers[side].state === "connected") peers[side].read(1);
      const bytes = peers[side].takeOutput();
      if (!bytes) continue;
      const carried = wire(side, bytes, sent[side]);
      sent[side] += bytes.length;
      if (carried) peers[other].receive(carried);
      else peers[other].receiveEof();
      more = carried !== undefined;
    }
  }
  return peers;
}

/** How much each side sends in a whole handshake, the ticket included. */
const lengths = { client: 0, server: 0 };
run((side, bytes) => {
  lengths[side] += bytes.length;
  return bytes;
});

function expectOwnError(connection: TlsConnection): void {
  expect(connection.error?.code).not.toBe(ERR.SSL_INTERNAL_ERROR);
}

describe.each(["client", "server"] as const)("what the %s sends", (sender) => {
  const receiver = sender === "client" ? "server" : "client";

  test("changed in any one byte", { timeout: 120_000 }, () => {
    const codes = new Set<number>();
    for (let at = 0; at < lengths[sender]; at++) {
      const peers = run((side, bytes, offset) => {
        const index = at - offset;
        if (side !== sender || index < 0 || index >= bytes.length) return bytes;
        return bytes.map((byte, position) => (position === index ? byte ^ 0x5a : byte));
      });
      expectOwnError(peers.client);
      expectOwnError(peers.server);
      const { error } = peers[receiver];
      if (error) codes.add(error.code);
    }
    expect(codes).toContain(ERR.SSL_INVALID_MAC);
    expect(codes).toContain(ERR.SSL_INVALID_RECORD);
  });

  test("cut off after any byte", { timeout: 120_000 }, () => {
    for (let at = 0; at < lengths[sender]; at += 1) {
      let ended = false;
      const peers = run((side, bytes, offset) => {
        if (side !== sender) return bytes;
        if (ended) return undefined;
        if (at >= offset + bytes.length) return bytes;
        ended = true;
        return bytes.subarray(0, at - offset);
      });
      peers[receiver].receiveEof();
      peers[receiver].handshake();
      expectOwnError(peers[receiver]);
      if (peers[receiver].error) expect(peers[receiver].error?.code).toBe(ERR.SSL_CONN_EOF);
    }
  });
});

/** Handshakes of each side that are tried. */
const ROUNDS = fuzzRuns(1500);

describe("messages that are spoilt before they are protected, and so arrive", () => {
  test.each([
    ["server's", 1],
    ["client's", 2],
  ] as const)("the %s", { timeout: 3_600_000 }, (whose, seed) => {
    const random = randomNumbers(seed);
    const ends = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const target = random(7);
      const tamper = (_: string, original: Uint8Array, index: number) =>
        index === target ? spoilMessage(Buffer.from(original), random) : original;
      const isServer = whose === "server's";
      const peer = new TamperingPeer(isServer ? serverContext : clientContext, tamper);
      const options: PeerOptions = isServer ? { context: clientContext } : { context: serverContext };
      const connection = createPeer(isServer ? 0 : 1, options);
      meet(peer, connection, isServer);
      expectOwnError(connection);
      ends.set(connection.state, (ends.get(connection.state) ?? 0) + 1);
    }
    expect(ends.get("failed")).toBeGreaterThan(ROUNDS / 3);
    expect(ends.get("connected")).toBeGreaterThan(ROUNDS / 150);
  });
});

function meet(peer: TamperingPeer, connection: TlsConnection, connectionFirst: boolean): void {
  for (let more = true; more; ) {
    if (!connectionFirst) peer.run();
    connection.handshake();
    if (connection.state === "connected") connection.read(1);
    const own = connection.takeOutput();
    if (own) peer.transport.append(own);
    peer.run();
    const theirs = peer.transport.take();
    if (theirs) connection.receive(theirs);
    more = own !== undefined || theirs !== undefined;
  }
}

test("nonsense in place of a first record", () => {
  const random = randomNumbers(7);
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: random(100) }, () => random(256));
    if (round % 2) bytes.set([22, 3, 3, 0].slice(0, bytes.length));
    const server = createPeer(1, { context: serverContext });
    const client = createPeer(0, with13({ verifyMode: CERT_NONE }));
    client.handshake();
    for (const peer of [server, client]) {
      peer.receive(bytes);
      peer.handshake();
      expectOwnError(peer);
    }
  }
});
