/** The board's way to the network: the radio, no address, no gateway, a gateway that is lost and found again. */
import { afterEach, expect, it } from "vitest";
import { TcpPeer } from "../emulator/gateway/peers.ts";
import { TestBoard } from "./board.ts";
import { JOIN, NetworkBoard } from "./network-board.ts";

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function started(options?: Parameters<typeof NetworkBoard.start>[0]): Promise<NetworkBoard> {
  const board = await NetworkBoard.start(options);
  closers.push(() => board.close());
  return board;
}

async function listening(): Promise<TcpPeer> {
  const peer = await TcpPeer.listen();
  closers.push(() => peer.close());
  return peer;
}

it("has no route before it has an address", async () => {
  const board = await started({ setUp: false });
  const source = `
import network, socket
def error(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(repr(e))
def all():
    s = socket.socket()
    error(s.connect, ("192.0.2.1", 80))
    error(socket.getaddrinfo, "known.test", 80)
    print(socket.getaddrinfo("192.0.2.1", 80)[0][-1])
    error(socket.socket(2, 2).sendto, b"x", ("192.0.2.1", 80))
all()
w = network.WLAN()
w.active(True)
print(w.isconnected(), w.status() == network.STAT_IDLE, w.ifconfig()[0])
all()
`;
  const none = "OSError(118,)\nOSError(-202,)\n('192.0.2.1', 80)\nOSError(118,)\n";
  expect(await board.run(source)).toBe(`${none}False True 0.0.0.0\n${none}`);
});

it("has no route after the station has left", async () => {
  const peer = await listening();
  const board = await started();
  expect(await board.run(`client(${peer.port}).close()\nw.disconnect()\nerror(client, ${peer.port})`)).toBe(
    "OSError(118,)\n",
  );
});

it("has no route where there is no gateway", async () => {
  const board = await TestBoard.atPrompt();
  closers.push(() => board.close());
  const source = `${JOIN.replace(/^host = .*$/m, "")}
print(w.isconnected())
error(socket.getaddrinfo, "host.breadbox", 80)
error(socket.socket().connect, ("192.0.2.1", 80))
`;
  expect(await board.run(source)).toBe("True\nOSError(-202,)\nOSError(118,)\n");
});

it("aborts connections when the gateway is killed, and finds a new one", async () => {
  const peer = await listening();
  const board = await started();
  await board.run(`s = client(${peer.port})\nu = socket.socket(2, 2)\nu.sendto(b"x", (host, 9))`);
  const lost = new Promise<void>((resolve) => {
    const stop = board.board.machine.onNetwork((status) => {
      if (status.kind !== "disconnected") return;
      stop();
      resolve();
    });
  });
  await board.board.startRaw('print("reading")\ns.recv(1)');
  await board.board.until("reading\r\n");
  await board.gateway.close();
  expect((await board.board.finishRaw()).stderr).toContain("OSError: [Errno 113] ECONNABORTED");
  await lost;
  const source = `
error(s.send, b"x")
error(client, ${peer.port})
error(socket.getaddrinfo, "known.test", 80)
error(u.sendto, b"x", (host, 9))
s.close()
print(w.isconnected())
`;
  expect(await board.run(source)).toBe("OSError(128,)\nOSError(118,)\nOSError(-202,)\nOSError(118,)\nTrue\n");

  const found = new Promise<void>((resolve) => {
    board.board.machine.onNetwork((status) => {
      if (status.kind === "connected") resolve();
    });
  });
  await board.restartGateway();
  await found;
  expect(await board.run(`s = client(${peer.port})\nprint(s.send(b"x"), u.sendto(b"x", (host, 9)))`)).toBe(
    "1 1\n",
  );
});

it("checks arguments of the station as network_wlan.c does", async () => {
  const board = await started();
  const source = `
import errno
print(errno.errorcode[116], errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ECONNABORTED, errno.EINPROGRESS, errno.ENOTCONN)
print(w.status() == network.STAT_GOT_IP, w.isconnected(), w.active(), w.config("ssid"), len(w.config("mac")))
print(w.ifconfig(), w.ipconfig("addr4"), w.ipconfig("gw4"), network.ipconfig("dns"))
error(network.WLAN, 7)
a = network.WLAN(network.AP_IF)
print(a is network.WLAN(network.AP_IF), a is w, network.WLAN(network.STA_IF) is w, a.active(), a.active(False), a.isconnected())
error(a.active, True)
error(a.config, "ssid")
error(w.config, "nothing")
error(w.status, "nothing")
error(w.ifconfig, ("1.2.3", "255.255.255.0", "1.2.3.1", "1.2.3.1"))
error(w.ifconfig, "static")
w.disconnect()
w.connect("Breadbox", "wrong password")
while w.status() in (network.STAT_CONNECTING, network.STAT_IDLE):
    time.sleep_ms(1)
print(w.status() == network.STAT_WRONG_PASSWORD, w.isconnected())
w.disconnect()
w.connect("No such network")
while w.status() in (network.STAT_CONNECTING, network.STAT_IDLE):
    time.sleep_ms(1)
print(w.status() == network.STAT_NO_AP_FOUND)
w.disconnect()
w.connect("Breadbox", "breadbox")
while not w.isconnected():
    time.sleep_ms(1)
print(w.config("essid"))
print(sorted(n[0] for n in w.scan()))
`;
  expect((await board.run(source)).split("\n")).toEqual([
    "ETIMEDOUT 116 118 113 119 128",
    "True True True Wokwi-GUEST 6",
    "('10.10.0.2', '255.255.255.0', '10.10.0.1', '10.10.0.1') ('10.10.0.2', '255.255.255.0') 10.10.0.1 10.10.0.1",
    "ValueError('invalid WLAN interface identifier',)",
    "True False True False False False",
    "OSError('this board has no access point of its own yet',)",
    "OSError('this board has no access point of its own yet',)",
    "ValueError('unknown config param',)",
    "ValueError('unknown status param',)",
    "ValueError('invalid arguments',)",
    "ValueError('invalid arguments',)",
    "True False",
    "True",
    "Breadbox",
    "[b'Breadbox', b'Wokwi-GUEST']",
    "",
  ]);
});
