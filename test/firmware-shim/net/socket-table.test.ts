import { beforeEach, describe, expect, it } from "vitest";
import * as errno from "../../../firmware-shim/net/errno.ts";
import { MAX_DATAGRAM, RECEIVE_WINDOW, WINDOW_UPDATE } from "../../../firmware-shim/net/limits.ts";
import { POLL_HUP, POLL_NVAL, POLL_RD, POLL_WR } from "../../../firmware-shim/net/poll.ts";
import { SOCK_DGRAM, SOCK_STREAM, SocketTable } from "../../../firmware-shim/net/socket-table.ts";
import * as wisp from "../../../firmware-shim/net/wisp/packet.ts";

const toHex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const WINDOW = 100_000;
const local = { address: "10.0.0.1", port: 5000 };
const peer = { address: "1.2.3.4", port: 80 };

let sent: Uint8Array[];
let table: SocketTable;
/** Microseconds. */
const now = 0;
/** What has been sent since the last look, in hexadecimal. */
const taken = () => sent.splice(0).map(toHex);

beforeEach(() => {
  sent = [];
  table = new SocketTable({
    send: (packet) => sent.push(packet),
    now: () => now,
    ownAddress: () => "10.10.0.2",
  });
  table.receive(hex("ff 00000000 01 a0860100 04 0a0a0002")); // LINK: up, 100000 bytes, 10.10.0.2
});

function connected(): number {
  const fd = table.open(SOCK_STREAM);
  expect(table.connect(fd, "1.2.3.4", 80)).toBe(-errno.EINPROGRESS);
  const stream = wisp.decode(sent.at(-1)!).stream;
  table.receive(wisp.encodeOpened(stream, local, peer));
  expect(table.connectStatus(fd)).toBe(0);
  sent.length = 0;
  return fd;
}

describe("a board's sockets", () => {
  it("are ten, numbered from 54, and then ENFILE", () => {
    const fds = Array.from({ length: 10 }, () => table.open(SOCK_STREAM));
    expect(fds).toEqual([54, 55, 56, 57, 58, 59, 60, 61, 62, 63]);
    expect(table.open(SOCK_DGRAM)).toBe(-23);
    expect(table.close(56)).toBe(0);
    expect(table.open(SOCK_DGRAM)).toBe(56);
    expect(table.open(3)).toBe(-errno.EINVAL);
  });

  it("answer EBADF or NVAL for a number that is none of them", () => {
    for (const result of [
      table.connect(54, "1.2.3.4", 80),
      table.connectStatus(54),
      table.send(54, ascii("x")),
      table.recv(54, 1),
      table.sendTo(54, ascii("x"), "1.2.3.4", 80),
      table.recvFrom(54, 1),
      table.shutdown(54),
      table.close(54),
      table.localAddress(54),
      table.peerAddress(54),
    ]) {
      expect(result).toBe(-9);
    }
    expect(table.poll(54)).toBe(POLL_NVAL);
  });

  it("survive packets that are malformed or for nobody", () => {
    const fd = connected();
    for (const bytes of ["", "02", "99 01000000", "02 63000000 78", "04 01000000", "f1 07000000 00"]) {
      table.receive(hex(bytes));
    }
    expect(table.recv(fd, 10)).toBe(-errno.EAGAIN);
    expect(taken()).toEqual([]);
  });

  it("are all closed by a reset", () => {
    connected();
    const fd = table.open(SOCK_DGRAM);
    table.sendTo(fd, ascii("a"), "1.2.3.4", 5);
    taken();
    table.closeAll();
    expect(taken()).toEqual(["040100000002", "040200000002"]);
    expect(table.close(fd)).toBe(-errno.EBADF);
  });
});

describe("a TCP connect", () => {
  it("is under way until the gateway has opened it", () => {
    const fd = table.open(SOCK_STREAM);
    expect(table.poll(fd)).toBe(POLL_WR | POLL_HUP);
    expect(table.connectStatus(fd)).toBe(-errno.ENOTCONN);
    expect(table.send(fd, ascii("x"))).toBe(-errno.ENOTCONN);
    expect(table.recv(fd, 1)).toBe(-errno.ENOTCONN);
    expect(table.connect(fd, "1.2.3.4", 443)).toBe(-119);
    expect(taken()).toEqual(["010100000001bb01312e322e332e34"]);
    expect(table.connectStatus(fd)).toBe(-119);
    expect(table.connect(fd, "1.2.3.4", 443)).toBe(-errno.EALREADY);
    expect(table.send(fd, ascii("x"))).toBe(-119);
    expect(table.recv(fd, 1)).toBe(-errno.EAGAIN);
    expect(table.poll(fd)).toBe(0);
    expect(table.localAddress(fd)).toBe(-errno.ENOTCONN);
    table.receive(hex("f2 01000000 04 0a000001 8813 04 01020304 bb01"));
    expect(table.connectStatus(fd)).toBe(0);
    expect(table.connect(fd, "1.2.3.4", 443)).toBe(-errno.EISCONN);
    expect(table.poll(fd)).toBe(POLL_WR);
    expect(table.localAddress(fd)).toEqual({ address: "10.0.0.1", port: 5000 });
    expect(table.peerAddress(fd)).toEqual({ address: "1.2.3.4", port: 443 });
  });

  it.each([
    [0x44, 104], // refused: lwIP's ERR_RST, not ECONNREFUSED
    [0x43, 113],
    [0x42, 118],
    [0x48, 118],
    [0x41, 22],
    [0x49, 105],
    [0x03, 113],
    [0x02, 113],
  ])("closed with reason %i fails with errno %i, once", (reason, error) => {
    const fd = table.open(SOCK_STREAM);
    table.connect(fd, "1.2.3.4", 80);
    table.receive(wisp.encodeClose(1, reason));
    expect(table.poll(fd)).toBe(POLL_RD | POLL_WR | POLL_HUP);
    expect(table.connectStatus(fd)).toBe(-error);
    expect(table.connectStatus(fd)).toBe(-errno.ENOTCONN);
    expect(table.recv(fd, 1)).toBe(-errno.ENOTCONN);
  });

  it("takes addresses only, and never the gateway's own loopback", () => {
    const fd = table.open(SOCK_STREAM);
    expect(table.connect(fd, "example.com", 80)).toBe(-errno.EINVAL);
    expect(table.connect(fd, "1.2.3.4", 65536)).toBe(-errno.EINVAL);
    expect(table.connect(fd, "127.0.0.1", 80)).toBe(-errno.EINPROGRESS);
    expect(table.connectStatus(fd)).toBe(-errno.ECONNRESET);
    expect(taken()).toEqual([]);
  });
});

describe("a TCP stream", () => {
  it("reads what came, in the pieces asked for, and then the end again and again", () => {
    const fd = connected();
    table.receive(hex("02 01000000 68656c6c6f"));
    table.receive(hex("02 01000000 2121"));
    expect(table.poll(fd)).toBe(POLL_RD | POLL_WR);
    expect(table.recv(fd, 3)).toEqual(ascii("hel"));
    expect(table.recv(fd, 0)).toEqual(ascii(""));
    expect(table.recv(fd, 100)).toEqual(ascii("lo"));
    expect(table.recv(fd, 100)).toEqual(ascii("!!"));
    expect(table.recv(fd, 100)).toBe(-11);
    table.receive(hex("f4 01000000"));
    expect(table.poll(fd)).toBe(POLL_RD | POLL_WR);
    expect(table.recv(fd, 100)).toEqual(ascii(""));
    expect(table.recv(fd, 100)).toEqual(ascii(""));
    // The other half is open still.
    expect(table.send(fd, ascii("ok"))).toBe(2);
    expect(taken()).toEqual(["02010000006f6b"]);
  });

  it("copies all that fits, over the packets in which it came, and can leave it there", () => {
    const fd = connected();
    const into = new Uint8Array(4);
    expect(table.recvInto(fd, into)).toBe(-errno.EAGAIN);
    for (const part of ["ab", "c", "defg"]) table.receive(wisp.encodeData(1, ascii(part)));
    expect(table.recvInto(fd, into, true)).toBe(4);
    expect(into).toEqual(ascii("abcd"));
    expect(table.recvInto(fd, into.fill(0))).toBe(4);
    expect(into).toEqual(ascii("abcd"));
    table.receive(wisp.encodeFin(1));
    expect(table.recvInto(fd, into, true)).toBe(3);
    expect(table.recvInto(fd, into)).toBe(3);
    expect(into).toEqual(ascii("efgd"));
    expect(table.recvInto(fd, into)).toBe(0);
    expect(table.recvInto(fd, into, true)).toBe(0);
    expect(table.recvInto(table.open(SOCK_STREAM), into)).toBe(-errno.ENOTCONN);
    expect(table.recvInto(60, into)).toBe(-errno.EBADF);
  });

  it("sends what it has credit for, in packets of 64 KiB", () => {
    const fd = connected();
    expect(table.send(fd, new Uint8Array(WINDOW + 1).fill(7))).toBe(WINDOW);
    expect(sent.map((packet) => packet.length)).toEqual([5 + 65536, 5 + WINDOW - 65536]);
    sent.length = 0;
    expect(table.send(fd, ascii("x"))).toBe(-errno.EAGAIN);
    expect(table.send(fd, ascii(""))).toBe(0);
    expect(table.poll(fd)).toBe(0);
    table.receive(hex("f3 01000000 02000000"));
    expect(table.poll(fd)).toBe(POLL_WR);
    expect(table.send(fd, ascii("xyz"))).toBe(2);
    expect(taken()).toEqual(["02010000007879"]);
  });

  it("hands out packets that own their memory, so that it can be transferred", () => {
    const fd = connected();
    const memory = ascii("....abcd....");
    table.send(fd, memory.subarray(4, 8));
    memory.fill(0);
    expect(sent[0]!.buffer.byteLength).toBe(9);
    expect(taken()).toEqual(["020100000061626364"]);
  });

  it("gives credit back as the program reads, not as bytes come", () => {
    const fd = connected();
    for (let i = 0; i < 4; i++) table.receive(wisp.encodeData(1, new Uint8Array(65536)));
    expect(taken()).toEqual([]);
    let read = 0;
    while (read < WINDOW_UPDATE - 1) read += (table.recv(fd, WINDOW_UPDATE - 1 - read) as Uint8Array).length;
    expect(taken()).toEqual([]);
    table.recv(fd, 1);
    expect(taken()).toEqual(["f30100000000000100"]);
  });

  it("ends where the gateway sends more than it may", () => {
    const fd = connected();
    table.receive(wisp.encodeData(1, new Uint8Array(RECEIVE_WINDOW)));
    table.receive(wisp.encodeData(1, new Uint8Array(1)));
    expect(taken()).toEqual(["040100000081"]);
    expect((table.recv(fd, RECEIVE_WINDOW) as Uint8Array).length).toBe(RECEIVE_WINDOW);
    expect(table.recv(fd, 1)).toBe(-errno.ECONNABORTED);
  });

  it("gives the bytes before a reset, then ECONNRESET once, then ENOTCONN", () => {
    const fd = connected();
    table.receive(hex("02 01000000 61"));
    table.receive(hex("04 01000000 03"));
    expect(table.poll(fd)).toBe(POLL_RD | POLL_WR | POLL_HUP);
    expect(table.recv(fd, 9)).toEqual(ascii("a"));
    expect(table.recv(fd, 9)).toBe(-104);
    expect(table.recv(fd, 9)).toBe(-128);
    expect(table.send(fd, ascii("x"))).toBe(-128);
  });

  it("tells a sender of the reset", () => {
    const fd = connected();
    table.receive(hex("04 01000000 03"));
    expect(table.send(fd, ascii("x"))).toBe(-104);
    expect(table.send(fd, ascii("x"))).toBe(-128);
  });

  it("reads to the end where the gateway closes in good order", () => {
    const fd = connected();
    table.receive(hex("02 01000000 61"));
    table.receive(hex("04 01000000 02"));
    expect(table.recv(fd, 9)).toEqual(ascii("a"));
    expect(table.recv(fd, 9)).toEqual(ascii(""));
    expect(table.send(fd, ascii("x"))).toBe(-errno.ENOTCONN);
  });

  it("can end its own half", () => {
    const fd = connected();
    expect(table.shutdown(fd)).toBe(0);
    expect(table.shutdown(fd)).toBe(0);
    expect(taken()).toEqual(["f401000000"]);
    expect(table.send(fd, ascii("x"))).toBe(-errno.ENOTCONN);
    table.receive(hex("02 01000000 61"));
    expect(table.recv(fd, 9)).toEqual(ascii("a"));
  });

  it("is closed at the gateway, and what still comes is for nobody", () => {
    const fd = connected();
    table.close(fd);
    expect(taken()).toEqual(["040100000002"]);
    table.receive(hex("02 01000000 61"));
    const next = connected();
    expect(next).toBe(fd);
    expect(table.recv(next, 9)).toBe(-errno.EAGAIN);
  });
});

describe("a UDP socket", () => {
  it("binds with its first datagram and has many peers", () => {
    const fd = table.open(SOCK_DGRAM);
    expect(table.poll(fd)).toBe(POLL_WR);
    expect(table.recvFrom(fd, 9)).toBe(-errno.EAGAIN);
    expect(table.sendTo(fd, ascii("a"), "1.2.3.4", 123)).toBe(1);
    expect(table.sendTo(fd, ascii("bc"), "5.6.7.8", 53)).toBe(2);
    expect(taken()).toEqual([
      "f50100000002040000000000" + "00",
      "f60100000004010203047b0061",
      "f60100000004050607083500" + "6263",
    ]);
    table.receive(hex("f2 01000000 04 0a000001 8813 04 00000000 0000"));
    expect(table.localAddress(fd)).toEqual(local);
    table.receive(hex("f6 01000000 04 05060708 3500 646566"));
    table.receive(hex("f6 01000000 04 01020304 7b00 67"));
    expect(table.poll(fd)).toBe(POLL_RD | POLL_WR);
    expect(table.recvFrom(fd, 2)).toEqual({ data: ascii("de"), peer: { address: "5.6.7.8", port: 53 } });
    expect(table.recv(fd, 9)).toEqual(ascii("g"));
    expect(table.recv(fd, 9)).toBe(-errno.EAGAIN);
  });

  it("peeks at a datagram, and copies one at a time", () => {
    const fd = table.open(SOCK_DGRAM);
    table.sendTo(fd, ascii("x"), "1.2.3.4", 80);
    for (const text of ["abc", "de"]) table.receive(wisp.encodeDatagram(1, peer, ascii(text)));
    const into = new Uint8Array(4);
    expect(table.recvInto(fd, into, true)).toBe(3);
    expect(table.recvInto(fd, into)).toBe(3);
    expect(table.recvInto(fd, into)).toBe(2);
    expect(into).toEqual(Uint8Array.of(...ascii("dec"), 0));
    expect(table.recvInto(fd, into)).toBe(-errno.EAGAIN);
  });

  it("hears only the peer that connect has set", () => {
    const fd = table.open(SOCK_DGRAM);
    expect(table.send(fd, ascii("a"))).toBe(-errno.EDESTADDRREQ);
    expect(table.connect(fd, "1.2.3.4", 7)).toBe(0);
    expect(table.connectStatus(fd)).toBe(0);
    expect(table.send(fd, ascii("a"))).toBe(1);
    table.receive(wisp.encodeDatagram(1, { address: "1.2.3.4", port: 8 }, ascii("x")));
    table.receive(wisp.encodeDatagram(1, { address: "1.2.3.4", port: 7 }, ascii("y")));
    expect(table.recv(fd, 9)).toEqual(ascii("y"));
    expect(table.recv(fd, 9)).toBe(-errno.EAGAIN);
  });

  it("keeps six datagrams and loses the next, whose credit goes back", () => {
    const fd = table.open(SOCK_DGRAM);
    table.sendTo(fd, ascii("a"), "1.2.3.4", 7);
    taken();
    const big = wisp.encodeDatagram(1, peer, new Uint8Array(60_000));
    for (let i = 0; i < 6; i++) table.receive(wisp.encodeDatagram(1, peer, Uint8Array.of(i)));
    table.receive(big);
    table.receive(big);
    // Twice 60007 bytes, lost.
    expect(taken()).toEqual([`f301000000${"ced40100"}`]);
    for (let i = 0; i < 6; i++) expect(table.recv(fd, 9)).toEqual(Uint8Array.of(i));
    expect(table.recv(fd, 9)).toBe(-errno.EAGAIN);
  });

  it("knows how large a datagram is and what it has credit for", () => {
    const fd = table.open(SOCK_DGRAM);
    expect(table.sendTo(fd, new Uint8Array(MAX_DATAGRAM + 1), "1.2.3.4", 7)).toBe(-errno.EMSGSIZE);
    expect(table.sendTo(fd, new Uint8Array(MAX_DATAGRAM), "1.2.3.4", 7)).toBe(MAX_DATAGRAM);
    expect(table.sendTo(fd, new Uint8Array(MAX_DATAGRAM), "1.2.3.4", 7)).toBe(-errno.EAGAIN);
    expect(table.sendTo(fd, ascii("a"), "no.address", 7)).toBe(-errno.EINVAL);
    expect(table.shutdown(fd)).toBe(-errno.EOPNOTSUPP);
  });
});

describe("a look-up", () => {
  it("asks the gateway", () => {
    expect(table.resolveStart("a.b")).toBe(1);
    expect(table.resolveStart("c.d")).toBe(2);
    expect(taken()).toEqual(["f00100000004612e62", "f00200000004632e64"]);
    expect(table.resolveResult(1)).toBe(-errno.EINPROGRESS);
    table.receive(hex("f1 02000000 00 04 01020304 04 05060708"));
    table.receive(hex("f1 01000000 01"));
    expect(table.resolveResult(2)).toEqual(["1.2.3.4", "5.6.7.8"]);
    expect(table.resolveResult(1)).toBe(-202);
    expect(table.resolveResult(1)).toBe(-errno.EINVAL);
  });

  it("of an address or of localhost asks nobody", () => {
    table.receive(wisp.encodeLink(false, 0));
    expect(table.resolveResult(table.resolveStart("1.2.3.4"))).toEqual(["1.2.3.4"]);
    expect(table.resolveResult(table.resolveStart("localhost"))).toEqual(["127.0.0.1"]);
    expect(taken()).toEqual([]);
  });

  it("fails where a name is too long or too many are under way", () => {
    expect(table.resolveStart("a".repeat(257))).toBe(-202);
    expect(table.resolveStart("")).toBe(-202);
    const requests = Array.from({ length: 4 }, (_, i) => table.resolveStart(`name${i}`));
    expect(table.resolveStart("fifth")).toBe(-202);
    table.resolveCancel(requests[0]!);
    expect(table.resolveStart("fifth")).toBeGreaterThan(0);
    table.receive(wisp.encodeResolved(requests[0]!, 0, ["1.2.3.4"]));
    expect(table.resolveResult(requests[0]!)).toBe(-errno.EINVAL);
  });
});

describe("losing the gateway", () => {
  it("aborts what is connected or connecting, once bytes that came are read", () => {
    const open = connected();
    const connecting = table.open(SOCK_STREAM);
    table.connect(connecting, "1.2.3.4", 80);
    table.receive(hex("02 01000000 61"));
    table.receive(hex("ff 00000000 00 00000000 04 00000000"));
    expect(table.linkUp).toBe(false);
    expect(table.connectStatus(connecting)).toBe(-113);
    expect(table.recv(open, 9)).toEqual(ascii("a"));
    expect(table.recv(open, 9)).toBe(-113);
    expect(table.recv(open, 9)).toBe(-errno.ENOTCONN);
  });

  it("leaves no way out until it is back", () => {
    const lookup = table.resolveStart("a.b");
    table.receive(hex("ff 00000000 00 00000000 04 00000000"));
    expect(table.resolveResult(lookup)).toBe(-202);
    expect(table.resolveStart("a.b")).toBe(-202);
    const fd = table.open(SOCK_STREAM);
    expect(table.connect(fd, "1.2.3.4", 80)).toBe(-118);
    const udp = table.open(SOCK_DGRAM);
    expect(table.sendTo(udp, ascii("a"), "1.2.3.4", 80)).toBe(-118);
    taken();
    table.receive(hex("ff 00000000 01 01000000 04 00000000"));
    expect(table.connect(fd, "1.2.3.4", 80)).toBe(-errno.EINPROGRESS);
    expect(taken()).toEqual([toHex(wisp.encodeConnect(1, 1, "1.2.3.4", 80))]);
  });

  it("leaves a UDP socket, which is bound anew", () => {
    const fd = table.open(SOCK_DGRAM);
    table.sendTo(fd, ascii("a"), "1.2.3.4", 7);
    table.receive(wisp.encodeLink(false, 0));
    expect(table.recv(fd, 9)).toBe(-errno.EAGAIN);
    table.receive(wisp.encodeLink(true, WINDOW));
    taken();
    expect(table.sendTo(fd, ascii("b"), "1.2.3.4", 7)).toBe(1);
    expect(taken()).toEqual(["f5020000000204000000000000", "f60200000004010203040700" + "62"]);
  });

  it("is noticed also where the gateway came back at once", () => {
    const fd = connected();
    table.receive(wisp.encodeLink(true, WINDOW));
    expect(table.recv(fd, 9)).toBe(-errno.ECONNABORTED);
  });
});
