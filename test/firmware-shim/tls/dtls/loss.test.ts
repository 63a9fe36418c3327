/** Lost, repeated, reordered and late datagrams. */

import { describe, expect, test } from "vitest";
import { CERT_REQUIRED, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { issueLeaf, issueRoot } from "../engine/certificates.ts";
import { Link, type LinkOptions, onTime, type Side } from "./link.ts";

const root = issueRoot();
const p256 = issueLeaf(root, "p256");
const rsa = issueLeaf(root, "rsa");
const clientLeaf = issueLeaf(root, "p256", { extensions: ["extendedKeyUsage=clientAuth"] });
const trusted = [root];

const maxFragmentLength = (context: TlsContext) => {
  context.maxFragmentLength = 1;
};

const CASES: Readonly<Record<string, LinkOptions>> = {
  "ECDSA, the server's certificate": {
    client: { trusted, verifyMode: CERT_REQUIRED },
    server: { own: p256 },
  },
  "mutual, in fragments of 512": {
    client: { trusted, verifyMode: CERT_REQUIRED, own: clientLeaf, configure: maxFragmentLength },
    server: { own: rsa, trusted, verifyMode: CERT_REQUIRED },
  },
  PSK: { client: { psk: ["board", "key"] }, server: { psk: ["board", "key"] } },
};

/** What a handshake must lead to, whatever has happened on the way. */
function expectWorking(link: Link): void {
  link.fate = onTime;
  expect([link.client.error?.message, link.server.error?.message]).toEqual([undefined, undefined]);
  expect(link.isConnected).toBe(true);
  expect(link.transfer("client", "to the server")).toBe("to the server");
  expect(link.transfer("server", "to the client")).toBe("to the client");
}

/** After a connection stands, a copy of its ClientHello would be taken for a new client's: see reconnect.test.ts. */
const noLateHello: LinkOptions["admits"] = ({ server }, to, datagram) =>
  !(to === "server" && server.state === "connected" && datagram[13] === 1 && datagram[4] === 0);

describe.each(Object.entries(CASES))("%s", (_name, options) => {
  const clean = new Link(options).handshake();
  const count = { client: clean.sent.client.length, server: clean.sent.server.length };
  const places = (["client", "server"] as const).flatMap((side) =>
    Array.from({ length: count[side] }, (_, index): [Side, number] => [side, index]),
  );

  test("undisturbed", () => expectWorking(clean));

  test.each(places)("the %s's datagram %i is lost", (side, index) => {
    const fate = (from: Side, _: Buffer, number: number) => (from === side && number === index ? [] : [1]);
    const link = new Link({ ...options, fate }).handshake();
    expectWorking(link);
    // A second, and the way there and back a few times.
    expect(link.ticks).toBeGreaterThanOrEqual(1000);
    expect(link.ticks).toBeLessThan(1040);
  });

  test.each(places)("the %s's datagram %i is lost twice", (side, index) => {
    const lost = new Set<string>();
    const fate = (from: Side, datagram: Buffer, number: number) => {
      const isIt = from === side && number >= index && lost.size < 2;
      if (isIt) lost.add(`${number} ${datagram.length}`);
      return isIt ? [] : [1];
    };
    expectWorking(new Link({ ...options, fate }).handshake());
  });

  test.each(places)("the %s's datagram %i comes twice", (side, index) => {
    const fate = (from: Side, _: Buffer, number: number) =>
      from === side && number === index ? [1, 1] : [1];
    const link = new Link({ ...options, fate }).handshake();
    expectWorking(link);
    expect(link.ticks).toBeLessThan(50);
  });

  test.each(places)("the %s's datagram %i comes behind the next ones", (side, index) => {
    const fate = (from: Side, _: Buffer, number: number) => (from === side && number === index ? [3] : [1]);
    const link = new Link({ ...options, fate }).handshake();
    expectWorking(link);
    // Where more than four messages come before the first, the rest has to come again.
    expect(link.ticks).toBeLessThan(1040);
  });

  test("everything in reverse order", () => {
    let delay = 1000;
    const link = new Link({ ...options, fate: () => [delay-- % 100] }).handshake();
    expectWorking(link);
  });

  test("a bad link, many times", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = generator(seed);
      const fate = (): number[] => {
        const copies = random() < 0.2 ? 2 : 1;
        return Array.from({ length: copies }, () => 1 + Math.floor(random() ** 4 * 3000)).filter(
          () => random() > 0.25,
        );
      };
      const link = new Link({ ...options, fate, admits: noLateHello }).handshake();
      expect(`${seed}: ${link.client.error?.message} ${link.server.error?.message}`).toBe(
        `${seed}: undefined undefined`,
      );
      expectWorking(link);
    }
  });
});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
