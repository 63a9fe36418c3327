import { describe, expect, it } from "vitest";
import {
  BridgeClient,
  type BridgeSocketEvents,
  type BridgeStatus,
} from "../../../emulator/bridge/bridge-client.ts";

const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** A client with everything around it made of lists. */
function setUp() {
  const attempts: {
    url: string;
    protocols: readonly string[];
    events: BridgeSocketEvents;
    sent: string[];
    closing: boolean;
  }[] = [];
  const timers: { ms: number; callback: () => void }[] = [];
  const delivered: string[] = [];
  const statuses: BridgeStatus[] = [];
  const client = new BridgeClient({
    url: "ws://gateway/wisp/",
    token: "secret",
    openSocket(url, protocols, events) {
      const attempt = { url, protocols, events, sent: [] as string[], closing: false };
      attempts.push(attempt);
      return {
        send: (packet) => attempt.sent.push(toHex(packet)),
        close: () => {
          attempt.closing = true;
        },
      };
    },
    deliver: (packet) => delivered.push(toHex(packet)),
    onStatus: (status) => statuses.push(status),
    startTimer(ms, callback) {
      const timer = { ms, callback };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  });
  client.start();
  const last = () => attempts.at(-1)!;
  const hear = (bytes: string) => last().events.message(hex(bytes));
  const fail = (reason: string) => last().events.closed(reason);
  return { client, attempts, timers, delivered, statuses, last, hear, fail };
}

/** An INFO with all that our gateway has. */
const GATEWAY_INFO = "05 00000000 02 00 01 00000000 02 01000000 01 05 00000000 f0 05000000 01 00000400";

describe("the bridge client", () => {
  it("shakes hands with our gateway and passes packets through", () => {
    const { client, last, hear, delivered, statuses, timers } = setUp();
    expect(last()).toMatchObject({ url: "ws://gateway/wisp/", protocols: ["wisp-v2"] });
    client.fromBoard(hex("02 01000000 61")); // nobody to send it to yet
    hear(GATEWAY_INFO);
    expect(last().sent.splice(0)).toEqual([
      "0500000000" +
        "0200" +
        "0100000000" +
        "0207000000" +
        "00736563726574" +
        "0500000000" +
        "f005000000" +
        "0100000400",
    ]);
    expect(delivered).toEqual([]);
    hear("f9 00000000 04 0a0a0002");
    hear("03 00000000 80000000");
    expect(delivered.splice(0)).toEqual(["ff000000000100000400040a0a0002"]);
    expect(statuses).toEqual([{ kind: "connected", protocol: "breadbox", address: "10.10.0.2" }]);
    expect(timers).toEqual([]);
    client.fromBoard(hex("02 01000000 61"));
    expect(last().sent).toEqual(["020100000061"]);
    hear("02 01000000 62");
    hear("f6 01000000 04 01020304 0500 63");
    expect(delivered).toEqual(["020100000062", "f60100000004010203040500" + "63"]);
  });

  it("offers a plain server only what that has", () => {
    const { last, hear, statuses, delivered } = setUp();
    hear("05 00000000 02 00 04 02000000 6869");
    expect(last().sent).toEqual(["05000000000200"]);
    hear("03 00000000 20000000");
    expect(statuses).toEqual([{ kind: "connected", protocol: "wisp-v2", address: undefined }]);
    expect(delivered).toEqual(["ff0000000001000004000400000000"]);
  });

  it("takes a server of version 1, also one that knows no protocols", () => {
    const { attempts, last, hear, fail, statuses } = setUp();
    fail("Server sent no subprotocol");
    expect(attempts.length).toBe(2);
    expect(last().protocols).toEqual([]);
    hear("03 00000000 20000000");
    expect(statuses).toEqual([{ kind: "connected", protocol: "wisp-v1", address: undefined }]);
    expect(last().sent).toEqual([]);
  });

  it("says once that there is no gateway, and why, and goes on trying ever more slowly", () => {
    const { attempts, fail, statuses, delivered, timers } = setUp();
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      fail("connect ECONNREFUSED 127.0.0.1:1");
      fail("another reason");
      waits.push(timers[0]!.ms);
      timers.splice(0)[0]!.callback();
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    expect(attempts.length).toBe(15);
    expect(statuses).toEqual([
      { kind: "disconnected", refused: false, reason: "connect ECONNREFUSED 127.0.0.1:1" },
    ]);
    expect(delivered).toEqual(["ff0000000000000000000400000000"]);
  });

  it("tells the board of a loss and of a new gateway, and starts over quickly", () => {
    const { client, last, hear, fail, statuses, delivered, timers } = setUp();
    hear(GATEWAY_INFO);
    hear("03 00000000 80000000");
    fail("gone");
    expect(delivered.splice(0)).toEqual(["ff0000000001000004000400000000", "ff0000000000000000000400000000"]);
    client.fromBoard(hex("02 01000000 61")); // is lost
    expect(timers.map(({ ms }) => ms)).toEqual([250]);
    timers.splice(0)[0]!.callback();
    hear(GATEWAY_INFO);
    hear("03 00000000 80000000");
    expect(last().sent.length).toBe(1);
    expect(delivered).toEqual(["ff0000000001000004000400000000"]);
    expect(statuses.map(({ kind }) => kind)).toEqual(["connected", "disconnected", "connected"]);
  });

  it("goes to another address from then on, as after a refusal of the token, which is told after a loss too", () => {
    const { client, attempts, hear, last, fail, statuses, delivered, timers } = setUp();
    const refuse = () => {
      hear(GATEWAY_INFO);
      hear("04 00000000 c0");
      fail("closed");
    };
    fail("gone");
    fail("gone");
    for (let i = 0; i < 2; i++) {
      timers.splice(0)[0]!.callback();
      refuse();
    }
    expect(statuses.map((status) => status.kind === "disconnected" && status.refused)).toEqual([false, true]);
    client.useAddress({ url: "ws://other/", token: "new" });
    timers.splice(0)[0]!.callback();
    expect(last().url).toBe("ws://other/");
    refuse();
    expect(statuses.length).toBe(3);
    expect(delivered).toEqual(["ff0000000000000000000400000000"]);
    timers.splice(0)[0]!.callback();
    hear(GATEWAY_INFO);
    expect(last().sent[0]).toContain("02" + "04000000" + "00" + "6e6577");
    expect(attempts.length).toBe(6);
  });

  it.each(["c0", "c2"])("says that its token is refused (reason %s)", (reason) => {
    const { hear, fail, statuses, last, attempts } = setUp();
    hear(GATEWAY_INFO);
    hear(`04 00000000 ${reason}`);
    expect(last().closing).toBe(true);
    fail("closed");
    expect(attempts.length).toBe(1);
    expect(statuses).toEqual([
      { kind: "disconnected", refused: true, reason: "the gateway does not accept the token" },
    ]);
  });

  it.each(["00", "02 01000000 61", "04 01000000 02", "f0 01000000 04 61"])(
    "closes on a server that greets with %s",
    (bytes) => {
      const { hear, last } = setUp();
      hear(bytes);
      expect(last().closing).toBe(true);
    },
  );

  it("gives up a handshake that takes too long", () => {
    const { last, timers } = setUp();
    expect(timers.map(({ ms }) => ms)).toEqual([10_000]);
    timers[0]!.callback();
    expect(last().closing).toBe(true);
  });

  it.each([
    ["speak of the link", "ff 00000000 01 ffffffff"],
    ["shake hands again", GATEWAY_INFO],
    ["send more in a packet than was agreed on", `02 01000000 ${"00".repeat(65537)}`],
  ])("does not let a gateway %s", (_what, packet) => {
    const { hear, last, delivered } = setUp();
    hear(GATEWAY_INFO);
    hear("03 00000000 80000000");
    delivered.length = 0;
    hear(packet);
    expect(last().closing).toBe(true);
    expect(delivered).toEqual([]);
  });

  it("stops for good", () => {
    const { client, fail, last, attempts, timers } = setUp();
    client.stop();
    expect(last().closing).toBe(true);
    fail("closed");
    expect(attempts.length).toBe(1);
    expect(timers).toEqual([]);
  });
});
