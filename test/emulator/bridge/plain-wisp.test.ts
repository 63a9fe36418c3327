import { beforeEach, describe, expect, it } from "vitest";
import { MAX_NAMES, MAX_PLAIN_QUEUE, MAX_UDP_PEERS } from "../../../emulator/bridge/limits.ts";
import { PlainNames } from "../../../emulator/bridge/plain-names.ts";
import { PlainWisp } from "../../../emulator/bridge/plain-wisp.ts";
import { RECEIVE_WINDOW } from "../../../firmware-shim/net/limits.ts";
import * as wisp from "../../../firmware-shim/net/wisp/packet.ts";

const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const ascii = (text: string) => toHex(Buffer.from(text));

let toServer: string[];
let toBoard: string[];
let plain: PlainWisp;
const board = (bytes: string) => plain.fromBoard(hex(bytes));
const server = (bytes: string) => plain.fromServer(hex(bytes));

function setUp(confirms: boolean): void {
  toServer = [];
  toBoard = [];
  plain = new PlainWisp({
    send: (packet) => toServer.push(toHex(packet)),
    deliver: (packet) => toBoard.push(toHex(packet)),
    packets: 2,
    confirms,
  });
}

const CONNECT = `01 01000000 01 5000 ${ascii("1.2.3.4")}`;
const OPENED = "f20100000004000000000000" + "04010203045000";

describe("a plain server that confirms", () => {
  beforeEach(() => setUp(true));

  it("opens a stream when it has connected", () => {
    board(CONNECT);
    expect(toServer.splice(0)).toEqual([CONNECT.replaceAll(" ", "")]);
    expect(toBoard).toEqual([]);
    server("03 01000000 02000000");
    expect(toBoard.splice(0)).toEqual([OPENED]);
    server("03 01000000 02000000");
    expect(toBoard).toEqual([]);
  });

  it("tells why it does not", () => {
    board(CONNECT);
    server("04 01000000 44");
    expect(toBoard).toEqual(["040100000044"]);
    server("02 01000000 61");
    expect(toBoard.length).toBe(1);
  });
});

describe("a plain server", () => {
  beforeEach(() => setUp(false));

  it("is taken to have connected", () => {
    board(CONNECT);
    expect(toBoard).toEqual([OPENED]);
    server("03 01000000 02000000");
    expect(toBoard).toEqual([OPENED]);
  });

  it("is given names for the addresses that look-ups made up", () => {
    board(`f0 05000000 04 ${ascii("a.example")}`);
    board(`f0 06000000 04 ${ascii("b.example")}`);
    board(`f0 07000000 04 ${ascii("a.example")}`);
    expect(toBoard).toEqual(["f1050000000004c6120100", "f1060000000004c6120101", "f1070000000004c6120100"]);
    board(`01 01000000 01 bb01 ${ascii("198.18.1.1")}`);
    expect(toServer).toEqual([`010100000001bb01${ascii("b.example")}`]);
  });

  it("is sent no more packets than it takes, and the board learns as they go", () => {
    board(CONNECT);
    toServer.length = 0;
    toBoard.length = 0;
    for (const byte of ["61", "62", "63", "64"]) board(`02 01000000 ${byte}${byte}`);
    expect(toServer.splice(0)).toEqual(["02010000006161", "02010000006262"]);
    expect(toBoard.splice(0)).toEqual(["f30100000002000000", "f30100000002000000"]);
    server("03 01000000 01000000");
    expect(toServer.splice(0)).toEqual(["02010000006363"]);
    board("04 01000000 02"); // closed, with a packet still to go
    expect(toServer).toEqual([]);
    server("03 01000000 05000000");
    expect(toServer).toEqual(["02010000006464", "040100000002"]);
  });

  it("does not hear of the end of one half", () => {
    board(CONNECT);
    toServer.length = 0;
    board("f4 01000000");
    expect(toServer).toEqual([]);
  });

  it.each([
    ["02", "040100000002"],
    ["03", "040100000003"],
  ])("has its bytes wait until the board has room, and its CLOSE %s after them", (reason, close) => {
    board(CONNECT);
    toBoard.length = 0;
    plain.fromServer(wisp.encodeData(1, new Uint8Array(RECEIVE_WINDOW)));
    server("02 01000000 6c617374");
    server(`04 01000000 ${reason}`);
    expect(toBoard.map((packet) => packet.length / 2)).toEqual([65541, 65541, 65541, 65541]);
    toBoard.length = 0;
    board("f3 01000000 02000000");
    board("f3 01000000 10000000");
    expect(toBoard).toEqual(["02010000006c61", "02010000007374", close]);
  });

  it("is closed where it sends what nobody reads without end", () => {
    board(CONNECT);
    const data = wisp.encodeData(1, new Uint8Array(1024 * 1024));
    for (let sent = 0; sent <= MAX_PLAIN_QUEUE + RECEIVE_WINDOW; sent += 1024 * 1024) plain.fromServer(data);
    expect(toServer.at(-1)).toBe("040100000081");
    expect(toBoard.at(-1)).toBe("040100000003");
  });

  it("has a UDP stream for each of a socket's peers", () => {
    board("f5 03000000 02 04 00000000 0000");
    expect(toBoard.splice(0)).toEqual(["f20300000004000000000000" + "04000000000000"]);
    board("f6 03000000 04 01020304 7b00 61");
    board("f6 03000000 04 05060708 3500 62");
    board("f6 03000000 04 01020304 7b00 63");
    expect(toServer.splice(0)).toEqual([
      `010000008002${"7b00"}${ascii("1.2.3.4")}`,
      "020000008061",
      `010100008002${"3500"}${ascii("5.6.7.8")}`,
      "020100008062",
      "020000008063",
    ]);
    expect(toBoard.splice(0)).toEqual(["f30300000008000000", "f30300000008000000", "f30300000008000000"]);
    server("02 01000080 64");
    expect(toBoard).toEqual(["f60300000004050607083500" + "64"]);
    server("04 00000080 03");
    board("f6 03000000 04 01020304 7b00 65"); // a new stream
    expect(toServer.splice(0)).toEqual([`010200008002${"7b00"}${ascii("1.2.3.4")}`, "020200008065"]);
    board("04 03000000 02");
    expect(toServer).toEqual(["040100008002", "040200008002"]);
  });

  it("loses datagrams that the board has no room for", () => {
    board("f5 03000000 02 04 00000000 0000");
    board("f6 03000000 04 01020304 7b00 61");
    toBoard.length = 0;
    for (let i = 0; i < 5; i++) plain.fromServer(wisp.encodeData(0x80000000, new Uint8Array(60_000)));
    expect(toBoard.length).toBe(4);
    board("f3 03000000 00000100");
    plain.fromServer(wisp.encodeData(0x80000000, new Uint8Array(60_000)));
    expect(toBoard.length).toBe(5);
  });

  it("is not asked for more than so many UDP streams a socket", () => {
    board("f5 03000000 02 04 00000000 0000");
    for (let i = 0; i <= MAX_UDP_PEERS; i++) {
      plain.fromBoard(wisp.encodeDatagram(3, { address: `10.0.0.${i}`, port: 1 }, hex("61")));
    }
    expect(toServer.filter((packet) => packet.startsWith("04"))).toEqual(["040000008002"]);
  });
});

it("made-up addresses are used again when there are too many", () => {
  const names = new PlainNames();
  const first = names.addressOf("name0");
  for (let i = 1; i <= MAX_NAMES; i++) names.addressOf(`name${i}`);
  expect(names.hostOf(first)).toBe(`name${MAX_NAMES}`);
  expect(names.addressOf(`name${MAX_NAMES}`)).toBe(first);
  expect(names.addressOf("name0")).not.toBe(first);
  expect(names.hostOf("9.9.9.9")).toBe("9.9.9.9");
});
