/** Datagrams that are changed at random, in and after the handshake. */

import { expect, test } from "vitest";
import { ERR, errorName } from "../../../../firmware-shim/tls/errors.ts";
import { issueLeaf, issueRoot } from "../engine/certificates.ts";
import { fuzzRuns, fuzzSeeds, type Random, randomNumbers } from "../random.ts";
import { Link, type LinkOptions } from "./link.ts";

const own = issueLeaf(issueRoot(), "p256");
const CASES: readonly LinkOptions[] = [
  { server: { own } },
  { client: { psk: ["board", "key"] }, server: { psk: ["board", "key"] } },
];

/** A datagram with something wrong. */
function spoil(datagram: Buffer, random: Random): Buffer {
  const spoilt = Buffer.from(datagram);
  const at = random(spoilt.length);
  switch (random(6)) {
    case 0:
      return spoilt.subarray(0, at);
    case 1:
      return Buffer.concat([spoilt.subarray(0, at), spoilt.subarray(random(spoilt.length))]);
    case 2:
      spoilt.fill(random(256), at, Math.min(at + 1 + random(4), spoilt.length));
      return spoilt;
    case 3:
      // Where headers are: type, epoch, number, length, message_seq, fragment.
      spoilt[random(Math.min(spoilt.length, 25))]! ^= 1 << random(8);
      return spoilt;
    case 4:
      return Buffer.concat([spoilt, spoilt.subarray(at)]);
    default:
      spoilt[at]! ^= 1 << random(8);
      return spoilt;
  }
}

test("nothing but errors of our own, and an end to everything", { timeout: 3_600_000 }, () => {
  const outcomes = new Map<string, number>();
  for (const seed of fuzzSeeds(300)) {
    const random = randomNumbers(seed);
    const link = new Link(CASES[seed % CASES.length]);
    const recent: Buffer[] = [];
    link.fate = (_, datagram) => {
      recent.push(datagram);
      if (recent.length > 8) recent.shift();
      return random(10) === 0 ? [] : [1 + random(3)];
    };
    for (let step = 0; step < 60 && !link.client.error && !link.server.error; step++) {
      link.work();
      if (recent.length > 0 && random(2) === 0) {
        const side = random(2) === 0 ? "client" : "server";
        link[side].receive(spoil(recent[random(recent.length)]!, random));
      }
      if (!link.advance()) break;
    }
    for (const side of ["client", "server"] as const) {
      const { error, state } = link[side];
      // mbedTLS's own for a first datagram that is cut off; any other is a fault of ours.
      const isFault =
        error?.code === ERR.SSL_INTERNAL_ERROR && !error.message.includes("ends inside its record");
      expect(isFault, `${seed} ${side} ${error?.message}`).toBe(false);
      const outcome = error ? errorName(error.code) : state;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  }
  // Some get through, and some fail in each of several ways.
  expect(outcomes.get("connected")).toBeGreaterThan(fuzzRuns(300) / 10);
  expect(outcomes.size).toBeGreaterThan(4);
});
