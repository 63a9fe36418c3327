import { describe, expect, it } from "vitest";
import { WispError } from "../../../../firmware-shim/net/wisp/error.ts";
import {
  breadboxExtension,
  breadboxWindowOf,
  findExtension,
  passwordExtension,
  passwordOf,
} from "../../../../firmware-shim/net/wisp/info.ts";
import * as wisp from "../../../../firmware-shim/net/wisp/packet.ts";
import { decode } from "../../../../firmware-shim/net/wisp/packet.ts";

const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const local = { address: "192.168.4.2", port: 0x1234 };
const peer = { address: "93.184.216.34", port: 443 };

/** The bytes, what they say, and the call that makes them. */
const packets: [string, wisp.Packet, Uint8Array][] = [
  [
    "01 04030201 01 bb01 6578616d706c652e636f6d",
    { type: 0x01, stream: 0x01020304, transport: 1, port: 443, host: "example.com" },
    wisp.encodeConnect(0x01020304, 1, "example.com", 443),
  ],
  [
    "01 ffffffff 02 7b00 c3bc2e6465",
    { type: 0x01, stream: 0xffffffff, transport: 2, port: 123, host: "ü.de" },
    wisp.encodeConnect(0xffffffff, 2, "ü.de", 123),
  ],
  ["02 07000000 68690a", { type: 0x02, stream: 7, data: hex("68690a") }, wisp.encodeData(7, hex("68690a"))],
  ["02 07000000", { type: 0x02, stream: 7, data: hex("") }, wisp.encodeData(7, hex(""))],
  ["03 00000000 80000000", { type: 0x03, stream: 0, remaining: 128 }, wisp.encodeContinue(0, 128)],
  ["04 07000000 44", { type: 0x04, stream: 7, reason: 0x44 }, wisp.encodeClose(7, 0x44)],
  [
    "05 00000000 02 00 01 00000000 02 01000000 01",
    {
      type: 0x05,
      stream: 0,
      info: {
        major: 2,
        minor: 0,
        extensions: [
          { id: 1, data: hex("") },
          { id: 2, data: hex("01") },
        ],
      },
    },
    wisp.encodeInfoPacket({
      major: 2,
      minor: 0,
      extensions: [
        { id: 1, data: hex("") },
        { id: 2, data: hex("01") },
      ],
    }),
  ],
  ["f0 09000000 04 612e62", { type: 0xf0, stream: 9, host: "a.b" }, wisp.encodeResolve(9, "a.b")],
  [
    "f1 09000000 00 04 5db8d822 04 01020304",
    { type: 0xf1, stream: 9, status: 0, addresses: ["93.184.216.34", "1.2.3.4"] },
    wisp.encodeResolved(9, 0, ["93.184.216.34", "1.2.3.4"]),
  ],
  ["f1 09000000 01", { type: 0xf1, stream: 9, status: 1, addresses: [] }, wisp.encodeResolved(9, 1, [])],
  [
    "f2 07000000 04 c0a80402 3412 04 5db8d822 bb01",
    { type: 0xf2, stream: 7, local, peer },
    wisp.encodeOpened(7, local, peer),
  ],
  ["f3 07000000 00000400", { type: 0xf3, stream: 7, credit: 262144 }, wisp.encodeWindow(7, 262144)],
  ["f4 07000000", { type: 0xf4, stream: 7 }, wisp.encodeFin(7)],
  [
    "f5 08000000 02 04 00000000 0000",
    { type: 0xf5, stream: 8, transport: 2, local: { address: "0.0.0.0", port: 0 } },
    wisp.encodeBind(8, 2, { address: "0.0.0.0", port: 0 }),
  ],
  [
    "f6 08000000 04 5db8d822 bb01 23",
    { type: 0xf6, stream: 8, peer, data: hex("23") },
    wisp.encodeDatagram(8, peer, hex("23")),
  ],
  [
    "f5 09000000 01 04 00000000 901f",
    { type: 0xf5, stream: 9, transport: 1, local: { address: "0.0.0.0", port: 8080 } },
    wisp.encodeBind(9, 1, { address: "0.0.0.0", port: 8080 }),
  ],
  ["f7 09000000 0201", { type: 0xf7, stream: 9, backlog: 0x102 }, wisp.encodeListen(9, 0x102)],
  [
    "f8 09000000 00000080 04 c0a80402 3412 04 5db8d822 bb01",
    { type: 0xf8, stream: 9, accepted: 0x80000000, local, peer },
    wisp.encodeAccepted(9, 0x80000000, local, peer),
  ],
  ["f9 00000000 04 0a0a0003", { type: 0xf9, stream: 0, address: "10.10.0.3" }, wisp.encodeLease("10.10.0.3")],
  [
    "ff 00000000 01 00000400 04 0a0a0003",
    { type: 0xff, stream: 0, up: true, window: 262144, address: "10.10.0.3" },
    wisp.encodeLink(true, 262144, "10.10.0.3"),
  ],
  [
    "ff 00000000 00 00000000 04 00000000",
    { type: 0xff, stream: 0, up: false, window: 0, address: "0.0.0.0" },
    wisp.encodeLink(false, 0),
  ],
];

describe("Wisp packets", () => {
  it.each(packets)("%s", (bytes, packet, encoded) => {
    expect(toHex(encoded)).toBe(bytes.replaceAll(" ", ""));
    expect(decode(hex(bytes))).toEqual(packet);
    // Inside a larger buffer, as a WebSocket library hands them over.
    expect(decode(hex(`eeee${bytes}`).subarray(2))).toEqual(packet);
  });

  it("are refused wherever they are cut short, but for those that end in free bytes", () => {
    const openEnded: Record<number, number> = { 1: 9, 2: 5, 240: 7, 246: 12 };
    for (const [bytes, packet] of packets) {
      const whole = hex(bytes);
      for (let length = 0; length < whole.length; length++) {
        const cut = () => decode(whole.subarray(0, length));
        const whereItMayEnd =
          length >= (openEnded[packet.type] ?? Infinity) ||
          // INFO without its last extension, RESOLVED without its last address.
          (packet.type === 5 && (length === 7 || length === 12)) ||
          (packet.type === 0xf1 && length >= 6 && (length - 6) % 5 === 0);
        // A name cut inside a character is not UTF-8.
        if (whereItMayEnd && !bytes.startsWith("01 ffffffff")) expect(cut).not.toThrow();
        else if (!whereItMayEnd) expect(cut, `${bytes} cut to ${length}`).toThrow(WispError);
      }
    }
  });

  it.each([
    ["", "a packet has at least 5 bytes, this one 0"],
    ["06 00000000", "there is no packet type 0x06"],
    ["01 01000000 03 5000 61", "CONNECT knows the stream types 1 and 2, not 3"],
    ["01 01000000 01 5000 ff", "the name in CONNECT is not UTF-8"],
    ["01 01000000 01 5000", "CONNECT has a payload of at least 4 bytes, not 3"],
    ["03 00000000 8000000000", "CONTINUE has a payload of 4 bytes, not 5"],
    ["04 00000000", "CLOSE has a payload of 1 bytes, not 0"],
    ["05 00000000 02 00 02 05000000 01", "an extension in INFO is cut short"],
    ["05 00000000 02 00 02 ffffffff 01", "an extension in INFO is cut short"],
    ["f0 01000000 06 61", "there is no address family 6"],
    ["f1 01000000 00 04 0102", "an address in RESOLVED is cut short"],
    ["f6 01000000 05 01020304 0000", "there is no address family 5"],
  ])("%s is refused: %s", (bytes, message) => {
    expect(() => decode(hex(bytes))).toThrow(new WispError(message));
  });

  it("names the address that is none", () => {
    for (const address of ["", "1.2.3", "1.2.3.256", "1.2.3.4.5", "::1", "a.b.c.d"]) {
      expect(() => wisp.encodeDatagram(1, { address, port: 1 }, hex(""))).toThrow(WispError);
    }
  });

  it("carry names in UTF-8 of every length and nothing that is not", () => {
    for (const host of ["a", "é", "€", "😀", "a😀é€z", "\u{10ffff}", "\u07ff\u0800\uffff"]) {
      const packet = wisp.encodeResolve(1, host);
      expect(packet.subarray(6)).toEqual(Uint8Array.from(Buffer.from(host)));
      expect(decode(packet)).toMatchObject({ host });
    }
    expect(wisp.encodeResolve(1, "\ud800").subarray(6)).toEqual(hex("efbfbd"));
    for (const bad of [
      "80",
      "c080",
      "c1bf",
      "e08080",
      "eda080",
      "f0808080",
      "f4908080",
      "f5",
      "e282",
      "c3 41",
    ]) {
      expect(() => decode(hex(`f0 01000000 04 ${bad}`)), bad).toThrow(WispError);
    }
  });
});

describe("INFO's extensions", () => {
  it("state a password", () => {
    const extension = passwordExtension("ab", "pw");
    expect(toHex(extension.data)).toBe("0261627077");
    expect(passwordOf(extension)).toBe("pw");
    expect(passwordOf({ id: 2, data: hex("00") })).toBe("");
    expect(passwordOf({ id: 2, data: hex("") })).toBeUndefined();
    expect(passwordOf({ id: 2, data: hex("0361") })).toBeUndefined();
    expect(passwordOf({ id: 2, data: hex("00ff") })).toBeUndefined();
  });

  it("state our version and window", () => {
    const extension = breadboxExtension(0x01020304);
    expect(toHex(extension.data)).toBe("0104030201");
    const info = (...extensions: { id: number; data: Uint8Array }[]) => ({ major: 2, minor: 0, extensions });
    expect(breadboxWindowOf(info({ id: 1, data: hex("") }, extension))).toBe(0x01020304);
    expect(breadboxWindowOf(info())).toBeUndefined();
    expect(breadboxWindowOf(info({ id: 0xf0, data: hex("01040302") }))).toBeUndefined();
    expect(breadboxWindowOf(info({ id: 0xf0, data: hex("0204030201") }))).toBeUndefined();
    expect(findExtension(info(extension), 0xf0)).toBe(extension);
  });
});
