import { describe, expect, it } from "vitest";
import { encodeQuery, encodeResponse } from "../../../emulator/capture/dns-message.ts";
import { TrafficSynthesizer } from "../../../emulator/capture/synthesize.ts";
import type { Sent } from "../../../emulator/capture/tcp-conversation.ts";
import { CloseReason, TRANSPORT_TCP, TRANSPORT_UDP } from "../../../firmware-shim/net/wisp/constants.ts";
import {
  encodeAccepted,
  encodeBind,
  encodeClose,
  encodeConnect,
  encodeData,
  encodeDatagram,
  encodeFin,
  encodeLink,
  encodeListen,
  encodeOpened,
  encodeResolve,
  encodeResolved,
  encodeWindow,
} from "../../../firmware-shim/net/wisp/packet.ts";

const PEER = { address: "93.184.216.34", port: 443 };
const ANY = { address: "0.0.0.0", port: 0 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

class Air {
  readonly #traffic = new TrafficSynthesizer();

  sent(packet: Uint8Array): Sent[] {
    return this.#take("sent", packet);
  }

  received(packet: Uint8Array): Sent[] {
    return this.#take("received", packet);
  }

  /** A connection that stands. */
  static connected(): Air {
    const air = new Air();
    air.sent(encodeConnect(1, TRANSPORT_TCP, PEER.address, PEER.port));
    air.received(encodeOpened(1, { address: "127.0.0.1", port: 4000 }, PEER));
    return air;
  }

  #take(direction: "sent" | "received", packet: Uint8Array): Sent[] {
    const station = { mac: Uint8Array.of(2, 0, 0, 0, 0, 1), address: "10.10.0.2", dns: "10.10.0.1" };
    return this.#traffic.take({ direction, packet, stamp: { rtc: 0, host: 0 }, station });
  }
}

/** "board SYN 0+0 ack 0", numbers relative to 6510 and the peer's first. */
function tcp({ from, frame }: Sent): string {
  expect(checksumsHold(frame)).toBe(true);
  const segment = Buffer.from(frame).subarray(34);
  const flags = segment[13]!;
  const names = ["FIN", "SYN", "RST", "PSH", "ACK"].filter((_, bit) => flags & (1 << bit));
  const base = { board: 6510, peer: 6510 ^ 0x5a5a5a5a };
  const other = from === "board" ? "peer" : "board";
  const relative = (value: number, first: number) => (value === 0 ? "-" : String((value - first) >>> 0));
  const data = segment.length - (segment[12]! >> 4) * 4;
  return [
    `${from} ${names.join(" ")}`,
    relative(segment.readUInt32BE(4), base[from]),
    relative(segment.readUInt32BE(8), base[other]),
    data,
  ].join(" ");
}

/** An independent reckoning of both checksums: each sum over what it covers is 0xffff. */
function checksumsHold(frame: Uint8Array): boolean {
  const buffer = Buffer.from(frame);
  const sum = (...parts: Buffer[]): number => {
    const all = Buffer.concat(parts);
    let total = 0;
    for (let i = 0; i < all.length; i += 2) {
      total += (all[i]! << 8) + (all[i + 1] ?? 0);
      if (total > 0xffff) total -= 0xffff;
    }
    return total;
  };
  const payload = buffer.subarray(34);
  const pseudo = Buffer.alloc(4);
  pseudo[1] = buffer[23]!;
  pseudo.writeUInt16BE(payload.length, 2);
  return (
    buffer.readUInt16BE(16) === buffer.length - 14 &&
    sum(buffer.subarray(14, 34)) === 0xffff &&
    sum(buffer.subarray(26, 34), pseudo, payload) === 0xffff
  );
}

describe("TCP", () => {
  it("is a SYN in every byte", () => {
    const [syn] = new Air().sent(encodeConnect(1, TRANSPORT_TCP, PEER.address, PEER.port));
    expect(hex(syn!.frame)).toBe(
      [
        "42133755aa02 020000000001 0800", // to the access point
        "45 00 002c 0001 4000 40 06 fae4 0a0a0002 5db8d822", // 44 bytes, don't fragment
        "c000 01bb 0000196e 00000000 60 02 1680 66aa 0000 0204 05a0", // MSS 1440, window 5760
      ]
        .join("")
        .replaceAll(" ", ""),
    );
    expect(tcp(syn!)).toBe("board SYN 0 - 0");
  });

  it("shakes hands, carries data and ends, the peer first", () => {
    const air = new Air();
    const log = [
      ...air.sent(encodeConnect(1, TRANSPORT_TCP, PEER.address, PEER.port)),
      ...air.received(encodeOpened(1, { address: "127.0.0.1", port: 4000 }, PEER)),
      ...air.sent(encodeData(1, new Uint8Array(100))),
      ...air.received(encodeWindow(1, 100)),
      ...air.received(encodeData(1, new Uint8Array(3000))),
      ...air.received(encodeFin(1)),
      ...air.sent(encodeClose(1, CloseReason.VOLUNTARY)),
    ];
    expect(log.map(tcp)).toEqual([
      "board SYN 0 - 0",
      "peer SYN ACK 0 1 0",
      "board ACK 1 1 0",
      "board PSH ACK 1 1 100",
      "peer ACK 1 101 0",
      "peer ACK 1 101 1440",
      "peer ACK 1441 101 1440",
      "board ACK 101 2881 0",
      "peer PSH ACK 2881 101 120",
      "board ACK 101 3001 0",
      "peer FIN ACK 3001 101 0",
      "board ACK 101 3002 0",
      "board FIN ACK 101 3002 0",
      "peer ACK 3002 102 0",
    ]);
    expect(air.received(encodeData(1, new Uint8Array(1)))).toEqual([]);
  });

  it("closes its half first", () => {
    const air = Air.connected();
    const log = [
      ...air.sent(encodeFin(1)),
      ...air.received(encodeData(1, new Uint8Array(1))),
      ...air.received(encodeFin(1)),
    ];
    expect(log.map(tcp)).toEqual([
      "board FIN ACK 1 1 0",
      "peer ACK 1 2 0",
      "peer PSH ACK 1 2 1",
      "board ACK 2 2 0",
      "peer FIN ACK 2 2 0",
      "board ACK 2 3 0",
    ]);
    expect(air.received(encodeClose(1, CloseReason.VOLUNTARY))).toEqual([]);
  });

  it.each([
    [CloseReason.REFUSED, ["peer RST ACK - 1 0"]],
    [CloseReason.TIMED_OUT, []],
    [CloseReason.UNREACHABLE, []],
  ])("fails to connect with reason %d", (reason, frames) => {
    const air = new Air();
    air.sent(encodeConnect(1, TRANSPORT_TCP, PEER.address, PEER.port));
    expect(air.received(encodeClose(1, reason)).map(tcp)).toEqual(frames);
  });

  it("is reset by the peer", () => {
    expect(Air.connected().received(encodeClose(1, CloseReason.NETWORK_ERROR)).map(tcp)).toEqual([
      "peer RST ACK 1 1 0",
    ]);
  });

  it("accepts a connection that the peer opens", () => {
    const air = new Air();
    const local = { address: "10.10.0.2", port: 8443 };
    const peer = { address: "10.10.0.1", port: 50_000 };
    const quiet = [
      ...air.sent(encodeBind(1, TRANSPORT_TCP, { ...ANY, port: 8443 })),
      ...air.sent(encodeListen(1, 5)),
      ...air.received(encodeOpened(1, local, ANY)),
    ];
    expect(quiet).toEqual([]);
    const log = [
      ...air.received(encodeAccepted(1, 0x8000_0001, local, peer)),
      ...air.received(encodeData(0x8000_0001, new Uint8Array(10))),
      ...air.sent(encodeData(0x8000_0001, new Uint8Array(20))),
      ...air.sent(encodeFin(0x8000_0001)),
      ...air.received(encodeClose(0x8000_0001, CloseReason.VOLUNTARY)),
    ];
    expect(log.map(tcp)).toEqual([
      "peer SYN 0 - 0",
      "board SYN ACK 0 1 0",
      "peer ACK 1 1 0",
      "peer PSH ACK 1 1 10",
      "board ACK 1 11 0",
      "board PSH ACK 1 11 20",
      "peer ACK 11 21 0",
      "board FIN ACK 21 11 0",
      "peer ACK 11 22 0",
      "peer FIN ACK 11 22 0",
      "board ACK 22 12 0",
    ]);
    const [syn, answer] = log.map(({ frame }) => Buffer.from(frame));
    expect([syn!.readUInt16BE(34), syn!.readUInt16BE(36)]).toEqual([50_000, 8443]);
    // Each announces the segments that it takes.
    expect([hex(syn!.subarray(54)), hex(answer!.subarray(54))]).toEqual(["020405b4", "020405a0"]);
    const second = air.received(encodeAccepted(1, 0x8000_0002, local, { ...peer, port: 50_001 }));
    expect(second).toHaveLength(3);
  });

  it("gives each connection a port and sequence numbers of its own", () => {
    const air = Air.connected();
    const [syn] = air.sent(encodeConnect(2, TRANSPORT_TCP, PEER.address, PEER.port));
    expect(Buffer.from(syn!.frame).readUInt16BE(34)).toBe(49153);
    expect(Buffer.from(syn!.frame).readUInt32BE(38)).toBe(6510 + 64_000);
  });
});

describe("UDP", () => {
  it("is a datagram each way", () => {
    const air = new Air();
    expect(air.sent(encodeBind(5, TRANSPORT_UDP, ANY))).toEqual([]);
    const ntp = { address: "10.10.0.1", port: 123 };
    const [request] = air.sent(encodeDatagram(5, ntp, Uint8Array.of(0x23, 0, 7)));
    expect(request!.from).toBe("board");
    expect(hex(request!.frame)).toBe(
      [
        "42133755aa02 020000000001 0800",
        "45 00 001f 0001 0000 40 11 66b7 0a0a0002 0a0a0001",
        "c004 007b 000b 0142 230007",
      ]
        .join("")
        .replaceAll(" ", ""),
    );
    const [answer] = air.received(encodeDatagram(5, ntp, Uint8Array.of(1)));
    expect(answer!.from).toBe("peer");
    expect([request, answer].every((sent) => checksumsHold(sent!.frame))).toBe(true);
  });

  it("comes to the port that the board has bound", () => {
    const air = new Air();
    air.sent(encodeBind(1, TRANSPORT_UDP, { ...ANY, port: 5684 }));
    const frames = [
      ...air.received(encodeDatagram(1, PEER, Uint8Array.of(1))),
      ...air.sent(encodeDatagram(1, PEER, Uint8Array.of(2))),
    ].map(({ frame }) => Buffer.from(frame));
    expect(frames.map((frame) => [frame.readUInt16BE(34), frame.readUInt16BE(36)])).toEqual([
      [443, 5684],
      [5684, 443],
    ]);
  });

  it("is cut into fragments where it is large", () => {
    const air = new Air();
    air.sent(encodeBind(1, TRANSPORT_UDP, ANY));
    const frames = air.sent(encodeDatagram(1, PEER, new Uint8Array(3000)));
    const headers = frames.map(({ frame }) => {
      const buffer = Buffer.from(frame);
      return [buffer.readUInt16BE(16), buffer.readUInt16BE(18), buffer.readUInt16BE(20)];
    });
    expect(headers).toEqual([
      [1500, 1, 0x2000],
      [1500, 1, 0x2000 | 185],
      [68, 1, 370],
    ]);
  });

  it("reaches everybody and groups at their Ethernet addresses", () => {
    const air = new Air();
    air.sent(encodeBind(1, TRANSPORT_UDP, ANY));
    const mac = (address: string) =>
      hex(air.sent(encodeDatagram(1, { address, port: 9 }, Uint8Array.of(1)))[0]!.frame.subarray(0, 6));
    expect(mac("255.255.255.255")).toBe("ffffffffffff");
    expect(mac("239.255.255.250")).toBe("01005e7ffffa");
  });
});

describe("look-ups", () => {
  it("are DNS messages", () => {
    const air = new Air();
    const [query] = air.sent(encodeResolve(3, "a.lab"));
    expect(hex(query!.frame.subarray(42))).toBe("0003010000010000000000000161036c616200" + "00010001");
    const [response] = air.received(encodeResolved(3, 0, ["1.2.3.4"]));
    expect(hex(response!.frame.subarray(42))).toBe(
      "0003818000010001000000000161036c616200" +
        "00010001" +
        "c00c" +
        "00010001" +
        "00000000" +
        "0004" +
        "01020304",
    );
    expect(Buffer.from(query!.frame).readUInt16BE(36)).toBe(53);
    expect(Buffer.from(response!.frame).readUInt16BE(34)).toBe(53);
  });

  it.each([
    [1, 3],
    [2, 2],
  ])("tell a failure %d by RCODE %d", (status, rcode) => {
    const air = new Air();
    air.sent(encodeResolve(1, "nowhere"));
    const [response] = air.received(encodeResolved(1, status, []));
    expect(response!.frame[45]! & 15).toBe(rcode);
  });

  it("of names that cannot be in a message make none", () => {
    expect(encodeQuery(1, "a..b")).toBeUndefined();
    expect(encodeQuery(1, "x".repeat(64))).toBeUndefined();
    expect(encodeQuery(1, "x.".repeat(128))).toBeUndefined();
    expect(encodeResponse(1, "", 0, [])).toBeUndefined();
    expect(encodeQuery(1, "x.")).toEqual(encodeQuery(1, "x"));
  });
});

it("forgets what was open when the gateway is lost", () => {
  const air = Air.connected();
  expect(air.received(encodeLink(false, 0))).toEqual([]);
  expect(air.received(encodeData(1, Uint8Array.of(1)))).toEqual([]);
});

it("ignores what is no traffic", () => {
  const air = new Air();
  expect(air.received(encodeLink(true, 1000))).toEqual([]);
  expect(air.received(Uint8Array.of(0x77, 0, 0, 0, 0))).toEqual([]);
  expect(air.received(encodeResolved(9, 0, ["1.1.1.1"]))).toEqual([]);
  expect(air.sent(encodeData(9, Uint8Array.of(1)))).toEqual([]);
});
