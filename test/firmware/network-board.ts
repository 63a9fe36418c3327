/** A board on a network: its Wi-Fi has joined, and a gateway in this process opens its sockets. */
import { type Gateway, startGateway } from "../../emulator/gateway/gateway.ts";
import { TestBoard } from "./board.ts";

/** What every program below starts with. */
export const JOIN = `
import network, socket, time, gc, errno, sys
w = network.WLAN()
w.active(True)
w.connect("Wokwi-GUEST")
while not w.isconnected():
    time.sleep_ms(1)
host = socket.getaddrinfo("host.breadbox", 1)[0][-1][0]
def error(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(repr(e))
def client(port):
    s = socket.socket()
    s.connect((host, port))
    return s
`;

/** The names that the gateway's resolver knows; it asks nobody else. */
const NAMES: Readonly<Record<string, string>> = { "known.test": "192.0.2.1", "loopback.test": "127.0.0.1" };

export class NetworkBoard {
  readonly board: TestBoard;
  gateway: Gateway;
  /** Where the gateway is, also when it has been closed. */
  readonly #port: number;

  private constructor(board: TestBoard, gateway: Gateway) {
    this.board = board;
    this.gateway = gateway;
    this.#port = Number(new URL(gateway.url).port);
  }

  /** @param setUp - whether it has run {@link JOIN}, whose names then stay for the programs of a test */
  static async start({ setUp = true, now = Date.now, tls13 = false } = {}): Promise<NetworkBoard> {
    const gateway = await startNamelessGateway(now);
    const board = await TestBoard.atPrompt({
      gateway: () => Promise.resolve({ url: gateway.url, token: gateway.token }),
      tls13,
    });
    if (setUp) await board.run(JOIN);
    return new NetworkBoard(board, gateway);
  }

  run(source: string, deadlineMs?: number): Promise<string> {
    return this.board.run(source, deadlineMs);
  }

  /** A new gateway where the old one was. */
  async restartGateway(): Promise<void> {
    const { token } = this.gateway;
    this.gateway = await startNamelessGateway(Date.now, { token, port: this.#port });
  }

  async close(): Promise<void> {
    this.board.close();
    await this.gateway.close();
  }
}

function startNamelessGateway(now: () => number, options: { token?: string; port?: number } = {}) {
  return startGateway({
    now,
    lookup: async (name) => {
      const address = NAMES[name];
      if (address === undefined) throw Object.assign(new Error(name), { code: "ENOTFOUND" });
      return [address];
    },
    ...options,
  });
}
