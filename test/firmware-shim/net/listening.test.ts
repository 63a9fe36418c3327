import { beforeEach, describe, expect, it } from "vitest";
import * as errno from "../../../firmware-shim/net/errno.ts";
import { TIME_WAIT_MICROS } from "../../../firmware-shim/net/limits.ts";
import { POLL_RD, POLL_WR } from "../../../firmware-shim/net/poll.ts";
import {
  type Serving,
  SOCK_DGRAM,
  SOCK_STREAM,
  SocketTable,
} from "../../../firmware-shim/net/socket-table.ts";
import * as wisp from "../../../firmware-shim/net/wisp/packet.ts";

const toHex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const OWN = "10.10.0.2";
const ANY = { address: "0.0.0.0", port: 0 };
const peer = { address: "10.10.0.3", port: 50000 };
const WINDOW = 1000;

let sent: Uint8Array[];
let now: number;
let servings: Serving[];
let table: SocketTable;
const taken = () => sent.splice(0).map(toHex);

beforeEach(() => {
  sent = [];
  servings = [];
  now = 0;
  table = new SocketTable({
    send: (packet) => sent.push(packet),
    now: () => now,
    ownAddress: () => OWN,
    onServing: (serving) => servings.push(serving),
  });
});

const linkUp = () => table.receive(wisp.encodeLink(true, WINDOW, OWN));

function listening(port: number, backlog = 2, address = "0.0.0.0"): number {
  const fd = table.open(SOCK_STREAM);
  expect(table.bind(fd, address, port)).toBe(0);
  expect(table.listen(fd, backlog)).toBe(0);
  return fd;
}

function accepted(listener: number): number {
  const result = table.accept(listener);
  if (typeof result === "number") throw new Error(`accept answered ${result}`);
  return result.fd;
}

/** A connection within the board. */
function connected(port: number, address = "127.0.0.1"): number {
  const fd = table.open(SOCK_STREAM);
  expect(table.connect(fd, address, port)).toBe(-errno.EINPROGRESS);
  expect(table.connectStatus(fd)).toBe(0);
  return fd;
}

describe("a listening socket", () => {
  it("is told to the gateway, accepts what that sends, and gives back room", () => {
    linkUp();
    const listener = listening(80, 3);
    expect(taken()).toEqual(["f5010000000104000000005000", "f7010000000300"]);
    expect(table.poll(listener)).toBe(0);
    expect(table.accept(listener)).toBe(-errno.EAGAIN);
    table.receive(wisp.encodeAccepted(1, 0x80000000, { address: OWN, port: 80 }, peer));
    table.receive(wisp.encodeData(0x80000000, ascii("hi")));
    expect(table.poll(listener)).toBe(POLL_RD);
    expect(table.accept(listener)).toEqual({ fd: 55, peer });
    expect(taken()).toEqual(["f30100000001000000"]); // WINDOW: room for one more
    expect(table.poll(55)).toBe(POLL_RD | POLL_WR);
    expect(table.recv(55, 9)).toEqual(ascii("hi"));
    expect(table.send(55, ascii("ho"))).toBe(2);
    expect(taken()).toEqual(["0200000080686f"]);
    expect(table.localAddress(55)).toEqual({ address: OWN, port: 80 });
  });

  it("is told to a gateway that comes later, and to the next one", () => {
    const listener = listening(8080);
    expect(taken()).toEqual([]);
    linkUp();
    expect(taken()).toEqual(["f501000000010400000000901f", "f7010000000200"]);
    table.receive(wisp.encodeAccepted(1, 0x80000000, { address: OWN, port: 8080 }, peer));
    table.receive(wisp.encodeLink(false, 0));
    expect(table.accept(listener)).toBe(-errno.EAGAIN);
    linkUp();
    expect(taken().slice(-2)).toEqual(["f502000000010400000000901f", "f7020000000200"]);
  });

  it("tells where the gateway's machine reaches it", () => {
    linkUp();
    listening(80);
    table.receive(wisp.encodeOpened(1, { address: OWN, port: 80 }, { address: "127.0.0.1", port: 8080 }));
    listening(81);
    table.receive(wisp.encodeOpened(2, { address: OWN, port: 81 }, ANY));
    expect(servings).toEqual([
      { transport: "tcp", port: 80, forwarded: { address: "127.0.0.1", port: 8080 } },
      { transport: "tcp", port: 81, forwarded: undefined },
    ]);
  });

  it("is settled once the gateway has answered, or where there is none", () => {
    const early = listening(80);
    expect(table.isSettled(early)).toBe(true);
    linkUp();
    expect(table.isSettled(early)).toBe(false);
    table.receive(wisp.encodeOpened(1, { address: OWN, port: 80 }, ANY));
    expect(table.isSettled(early)).toBe(true);

    const refused = listening(81);
    expect(table.isSettled(refused)).toBe(false);
    table.receive(wisp.encodeClose(2, 0x48));
    expect(table.isSettled(refused)).toBe(true);

    const datagrams = table.open(SOCK_DGRAM);
    expect(table.isSettled(datagrams)).toBe(true);
    table.bind(datagrams, "0.0.0.0", 82);
    expect(table.isSettled(datagrams)).toBe(false);
    table.receive(wisp.encodeOpened(3, { address: OWN, port: 82 }, ANY));
    expect(table.isSettled(datagrams)).toBe(true);

    const lost = listening(83);
    table.receive(wisp.encodeLink(false, 0));
    expect([lost, 99].map((fd) => table.isSettled(fd))).toEqual([true, true]);
  });

  it("resets what nobody has accepted when it is closed, and what comes too late", () => {
    linkUp();
    const listener = listening(80);
    table.receive(wisp.encodeAccepted(1, 0x80000000, { address: OWN, port: 80 }, peer));
    taken();
    table.close(listener);
    expect(taken()).toEqual(["040100000002", "040000008081"]);
    table.receive(wisp.encodeAccepted(1, 0x80000001, { address: OWN, port: 80 }, peer));
    expect(taken()).toEqual(["040100008081"]);
  });

  it("ends a connection that there is no number for", () => {
    linkUp();
    const listener = listening(80);
    while (table.open(SOCK_DGRAM) >= 0);
    table.receive(wisp.encodeAccepted(1, 0x80000000, { address: OWN, port: 80 }, peer));
    taken();
    expect(table.accept(listener)).toBe(-errno.ENFILE);
    expect(taken()).toEqual(["f30100000001000000", "040000008002"]);
  });

  it("is no connection", () => {
    const fd = listening(80);
    expect([
      table.send(fd, ascii("x")),
      table.recv(fd, 1),
      table.shutdown(fd),
      table.connectStatus(fd),
    ]).toEqual(Array(4).fill(-errno.ENOTCONN));
    expect(table.connect(fd, "1.2.3.4", 5)).toBe(-errno.EISCONN);
    expect(table.bind(fd, "0.0.0.0", 81)).toBe(-errno.EINVAL);
    expect(table.listen(fd, 5)).toBe(0);
    expect(table.accept(table.open(SOCK_STREAM))).toBe(-errno.EINVAL);
    const udp = table.open(SOCK_DGRAM);
    expect([table.listen(udp, 1), table.accept(udp)]).toEqual([-errno.EOPNOTSUPP, -errno.EOPNOTSUPP]);
    expect([table.bind(99, "0.0.0.0", 1), table.listen(99, 1), table.accept(99)]).toEqual(
      Array(3).fill(-errno.EBADF),
    );
  });
});

describe("a port", () => {
  it("is one socket's, unless all have SO_REUSEADDR and only one listens", () => {
    listening(80);
    const other = table.open(SOCK_STREAM);
    expect(table.bind(other, "0.0.0.0", 80)).toBe(-112);
    expect(table.bind(other, OWN, 80)).toBe(-112);
    table.setReuseAddress(other, true);
    expect(table.bind(other, "0.0.0.0", 80)).toBe(-112);
    const [one, two] = [table.open(SOCK_STREAM), table.open(SOCK_STREAM)];
    for (const fd of [one, two]) {
      table.setReuseAddress(fd, true);
      expect(table.bind(fd, "0.0.0.0", 81)).toBe(0);
    }
    expect(table.listen(one, 1)).toBe(0);
    expect(table.listen(two, 1)).toBe(-112);
    // UDP's are others.
    expect(table.bind(table.open(SOCK_DGRAM), "0.0.0.0", 80)).toBe(0);
    expect(table.bind(table.open(SOCK_DGRAM), "0.0.0.0", 80)).toBe(-112);
  });

  it("stays taken by what was accepted at it, and by what this side has closed first", () => {
    let listener = listening(80);
    const client = connected(80);
    const server = accepted(listener);
    table.close(listener);
    const again = table.open(SOCK_STREAM);
    expect(table.bind(again, "0.0.0.0", 80)).toBe(-112);
    table.close(server);
    table.close(client);
    now += TIME_WAIT_MICROS - 1;
    expect(table.bind(again, "0.0.0.0", 80)).toBe(-112);
    table.setReuseAddress(again, true);
    expect(table.bind(again, "0.0.0.0", 80)).toBe(0);
    table.close(again);
    now += 1;
    listener = listening(80);
    // Closed by the other side first.
    const second = connected(80);
    const served = accepted(listener);
    table.close(second);
    expect(table.recv(served, 1)).toEqual(ascii(""));
    table.close(served);
    table.close(listener);
    listening(80);
  });

  it("is chosen where the program has chosen none", () => {
    const [one, two] = [table.open(SOCK_STREAM), table.open(SOCK_STREAM)];
    table.bind(one, "0.0.0.0", 0);
    table.listen(one, 1);
    table.listen(two, 1);
    expect([table.localAddress(one), table.localAddress(two)]).toEqual([
      { address: "0.0.0.0", port: 49152 },
      { address: "0.0.0.0", port: 49153 },
    ]);
  });

  it("of a connecting socket is told to the gateway", () => {
    linkUp();
    const fd = table.open(SOCK_STREAM);
    expect(table.bind(fd, "0.0.0.0", 500)).toBe(0);
    expect(table.poll(fd)).toBe(0);
    table.connect(fd, "1.2.3.4", 80);
    expect(taken()).toEqual(["f501000000010400000000f401", "0101000000015000312e322e332e34"]);
  });
});

describe("within the board", () => {
  it.each(["127.0.0.1", OWN, "0.0.0.0"])("TCP goes by %s, without a gateway", (address) => {
    const listener = listening(80);
    const client = connected(80, address);
    expect(table.poll(listener)).toBe(POLL_RD);
    const server = accepted(listener);
    expect(table.peerAddress(server)).toEqual({ address, port: 49152 });
    expect(table.send(client, ascii("ping"))).toBe(4);
    expect(table.recv(server, 9)).toEqual(ascii("ping"));
    expect(table.send(server, ascii("pong"))).toBe(4);
    expect(table.shutdown(server)).toBe(0);
    expect(table.recv(client, 9)).toEqual(ascii("pong"));
    expect(table.recv(client, 9)).toEqual(ascii(""));
    expect(table.send(client, ascii("more"))).toBe(4);
    expect(table.recv(server, 9)).toEqual(ascii("more"));
    table.close(client);
    expect(table.recv(server, 9)).toEqual(ascii(""));
    expect(sent).toEqual([]);
  });

  it("TCP has windows", () => {
    const listener = listening(80);
    const client = connected(80);
    const server = accepted(listener);
    const half = new Uint8Array(200_000);
    expect(table.send(client, half)).toBe(200_000);
    expect(table.send(client, half)).toBe(262_144 - 200_000);
    expect(table.send(client, half)).toBe(-errno.EAGAIN);
    let received = 0;
    while (table.poll(server) & POLL_RD) received += (table.recv(server, 100_000) as Uint8Array).length;
    expect(received).toBe(262_144);
    expect(table.send(client, half)).toBe(200_000);
  });

  it("a connection to nobody is refused, one to a full backlog goes unanswered, one to a closed end is reset", () => {
    const fd = table.open(SOCK_STREAM);
    table.connect(fd, "127.0.0.1", 80);
    expect(table.connectStatus(fd)).toBe(-errno.ECONNRESET);
    const listener = listening(80, 1);
    const client = connected(80);
    const third = table.open(SOCK_STREAM);
    table.connect(third, "127.0.0.1", 80);
    expect(table.connectStatus(third)).toBe(-errno.ECONNABORTED);
    const server = accepted(listener);
    table.close(server);
    expect(table.send(client, ascii("x"))).toBe(1);
    expect(table.send(client, ascii("x"))).toBe(-errno.ECONNRESET);
  });

  it("a listener at 127.0.0.1 is nobody else's", () => {
    linkUp();
    listening(80, 1, "127.0.0.1");
    expect(sent).toEqual([]);
    connected(80);
  });

  it("UDP finds the socket at the port, and the way back", () => {
    const [server, client] = [table.open(SOCK_DGRAM), table.open(SOCK_DGRAM)];
    table.bind(server, "0.0.0.0", 53);
    expect(table.sendTo(client, ascii("q"), "127.0.0.1", 53)).toBe(1);
    expect(table.sendTo(client, ascii("q"), "127.0.0.1", 54)).toBe(1);
    expect(table.poll(server)).toBe(POLL_RD | POLL_WR);
    const from = { address: "127.0.0.1", port: 49152 };
    expect(table.recvFrom(server, 9)).toEqual({ data: ascii("q"), peer: from });
    expect(table.sendTo(server, ascii("a"), from.address, from.port)).toBe(1);
    expect(table.recvFrom(client, 9)).toEqual({ data: ascii("a"), peer: { address: "127.0.0.1", port: 53 } });
    expect(sent).toEqual([]);
  });
});

describe("a bound UDP socket", () => {
  it("is told to each gateway at once", () => {
    const fd = table.open(SOCK_DGRAM);
    table.bind(fd, "0.0.0.0", 5000);
    linkUp();
    expect(taken()).toEqual(["f5010000000204000000008813"]);
    table.receive(wisp.encodeOpened(1, { address: OWN, port: 5000 }, { address: "127.0.0.1", port: 5000 }));
    expect(servings).toEqual([
      { transport: "udp", port: 5000, forwarded: { address: "127.0.0.1", port: 5000 } },
    ]);
    table.receive(wisp.encodeDatagram(1, peer, ascii("x")));
    expect(table.recvFrom(fd, 9)).toEqual({ data: ascii("x"), peer });
    // Bound anew elsewhere.
    table.bind(fd, "0.0.0.0", 5001);
    expect(taken()).toEqual(["040100000002", "f5020000000204000000008913"]);
  });
});
