import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { clientHelloRandom } from "../../../emulator/capture/client-hello.ts";
import { SecretsFirst } from "../../../emulator/capture/secrets-first.ts";
import { CloseReason, PacketType } from "../../../firmware-shim/net/wisp/constants.ts";

const RANDOM = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);
const tlsHello = (random: Uint8Array) =>
  Uint8Array.from([22, 3, 1, 0, 42, 1, 0, 0, 38, 3, 3, ...random, 0, 0]);
const dtlsHello = Uint8Array.from([
  ...[22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50],
  ...[1, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38, 254, 253],
  ...RANDOM,
  0,
]);

let written: string[];
let order: SecretsFirst;
beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  order = new SecretsFirst((bytes) => written.push(Buffer.from(bytes).toString()));
});
afterEach(() => {
  vi.useRealTimers();
});

const data = (stream: number, name: string, bytes = new Uint8Array(1)) =>
  order.packet({ type: PacketType.DATA, stream, data: bytes }, Buffer.from(name));
const close = (stream: number, name: string) =>
  order.packet({ type: PacketType.CLOSE, stream, reason: CloseReason.VOLUNTARY }, Buffer.from(name));
const secret = (label: string, clientRandom: Uint8Array, name = label) =>
  order.secret({ kind: "secret", label, clientRandom, secret: RANDOM }, Buffer.from(name));

it("finds a ClientHello's random", () => {
  expect(clientHelloRandom(tlsHello(RANDOM))).toEqual(RANDOM);
  expect(clientHelloRandom(dtlsHello)).toEqual(RANDOM);
  const hello = tlsHello(RANDOM);
  expect(clientHelloRandom(hello.subarray(0, 42))).toBeUndefined();
  expect(clientHelloRandom(dtlsHello.subarray(0, 58))).toBeUndefined();
  // Another record, another version, another message; nothing.
  for (const [at, value] of [
    [0, 23],
    [1, 2],
    [5, 2],
  ] as const) {
    const changed = hello.slice();
    changed[at] = value;
    expect(clientHelloRandom(changed)).toBeUndefined();
  }
  expect(clientHelloRandom(new Uint8Array(0))).toBeUndefined();
});

it("holds back what follows a ClientHello, and all behind it, until the last of its secrets", () => {
  data(1, "hello", tlsHello(RANDOM));
  data(2, "other");
  expect(written).toEqual(["hello", "other"]);
  data(1, "flight");
  data(2, "later");
  secret("CLIENT_HANDSHAKE_TRAFFIC_SECRET", RANDOM);
  secret("EXPORTER_SECRET", OTHER, "another's");
  expect(written.slice(2)).toEqual(["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "another's"]);
  secret("EXPORTER_SECRET", RANDOM);
  expect(written.slice(4)).toEqual(["EXPORTER_SECRET", "flight", "later"]);
  data(1, "data");
  expect(written.at(-1)).toBe("data");
  expect(vi.getTimerCount()).toBe(0);
});

it("lets one handshake wait for another's secrets alone", () => {
  data(1, "hello 1", tlsHello(RANDOM));
  data(2, "hello 2", tlsHello(OTHER));
  data(2, "flight 2");
  data(1, "flight 1");
  secret("CLIENT_RANDOM", OTHER, "secret 2");
  expect(written).toEqual(["hello 1", "hello 2", "secret 2", "flight 2"]);
  secret("CLIENT_RANDOM", RANDOM, "secret 1");
  expect(written.slice(4)).toEqual(["secret 1", "flight 1"]);
});

it("does not wait for a connection that ends, nor for longer than a second", () => {
  data(1, "hello", tlsHello(RANDOM));
  data(1, "alert");
  expect(written).toEqual(["hello"]);
  close(1, "end");
  expect(written).toEqual(["hello", "alert", "end"]);

  data(2, "hello 2", tlsHello(OTHER));
  data(2, "flight 2");
  vi.advanceTimersByTime(999);
  expect(written).toHaveLength(4);
  vi.advanceTimersByTime(1);
  expect(written.slice(4)).toEqual(["flight 2"]);
  data(2, "more");
  expect(written.slice(5)).toEqual(["more"]);
});

it("waits a second from the first packet held, however many follow", () => {
  data(1, "hello", tlsHello(RANDOM));
  data(1, "first");
  vi.advanceTimersByTime(600);
  data(1, "second");
  vi.advanceTimersByTime(400);
  expect(written).toEqual(["hello", "first", "second"]);
});

it("writes the rest at the end", () => {
  data(1, "hello", tlsHello(RANDOM));
  data(1, "flight");
  order.flush();
  expect(written).toEqual(["hello", "flight"]);
  expect(vi.getTimerCount()).toBe(0);
});
