/**
 * The board's side of the bridge: keeps one WebSocket to a gateway, shakes hands in Wisp 2 or 1, and hands
 * packets over. With our own gateway they pass as they are; a plain Wisp server is made to look like it by
 * {@link PlainWisp}.
 *
 * It opens no WebSocket itself and has no thread: see bridge-worker.ts.
 */

import { MAX_PACKET, RECEIVE_WINDOW } from "../../firmware-shim/net/limits.ts";
import {
  CloseReason,
  ExtensionId,
  PacketType,
  WISP_MAJOR,
  WISP_MINOR,
} from "../../firmware-shim/net/wisp/constants.ts";
import { WispError } from "../../firmware-shim/net/wisp/error.ts";
import {
  breadboxExtension,
  breadboxWindowOf,
  findExtension,
  type Info,
  passwordExtension,
} from "../../firmware-shim/net/wisp/info.ts";
import { decode, encodeInfoPacket, encodeLink, type Packet } from "../../firmware-shim/net/wisp/packet.ts";
import { FIRST_RETRY, HANDSHAKE_TIMEOUT, LONGEST_RETRY, PLAIN_WINDOW } from "./limits.ts";
import { PlainWisp } from "./plain-wisp.ts";

/** A WebSocket as a browser and `ws` both can have it. */
export interface BridgeSocket {
  send(packet: Uint8Array): void;
  /** Sends what is queued, then closes; `closed` follows, unless it has been. */
  close(): void;
}

export interface BridgeSocketEvents {
  /** A binary message; the bytes are the receiver's to keep. */
  message(bytes: Uint8Array): void;
  /** It is closed or never came to be; the text is for a person. Told once. */
  closed(reason: string): void;
}

/** Starts to open a WebSocket. Events come later, never during the call. */
export type OpenSocket = (
  url: string,
  protocols: readonly string[],
  events: BridgeSocketEvents,
) => BridgeSocket;

/** What the bridge speaks with the gateway. */
export type BridgeProtocol = "breadbox" | "wisp-v2" | "wisp-v1";

export type BridgeStatus =
  | {
      readonly kind: "connected";
      readonly protocol: BridgeProtocol;
      /** The board's on the access point's network; a plain Wisp server gives none. */
      readonly address: string | undefined;
    }
  /**
   * There is no gateway, or none any more. `refused`: it did not accept the token, and wants another
   * ({@link BridgeClient.useAddress}). Attempts go on all the same; each of the two is told once until it is
   * connected again or has another address.
   */
  | { readonly kind: "disconnected"; readonly refused: boolean; readonly reason: string };

export interface BridgeAddress {
  /** Of the gateway: "ws://host:port/wisp/". */
  readonly url: string;
  readonly token: string;
}

export interface BridgeClientOptions extends BridgeAddress {
  /** The address that the board had before and wants again. */
  readonly wantedAddress?: string;
  readonly openSocket: OpenSocket;
  /** Hands a packet to the board. */
  readonly deliver: (packet: Uint8Array) => void;
  readonly onStatus: (status: BridgeStatus) => void;
  /** Calls back after so many milliseconds, unless the function returned is called first. */
  readonly startTimer: (ms: number, callback: () => void) => () => void;
}

/** What is done with packets once the handshake is through. */
interface Session {
  fromBoard(packet: Uint8Array): void;
  fromServer(packet: Uint8Array): void;
}

export class BridgeClient {
  readonly #options: BridgeClientOptions;
  #address: BridgeAddress;
  #socket: BridgeSocket | undefined;
  #session: Session | undefined;
  /** The server's INFO, once it has come. */
  #serverInfo: Info | undefined;
  /** What the board is given, or what it had last. */
  #lease: string | undefined;
  #leased = false;
  #heard = false;
  #refused = false;
  #cancelTimer: (() => void) | undefined;
  #retry = FIRST_RETRY;
  /** Why version 2 did not come to be, while version 1 is tried. */
  #firstFailure: string | undefined;
  /** The status told last. */
  #told: "connected" | "disconnected" | "refused" | undefined;
  #stopped = false;

  constructor(options: BridgeClientOptions) {
    this.#options = options;
    this.#address = options;
    this.#lease = options.wantedAddress;
  }

  start(): void {
    this.#firstFailure = undefined;
    this.#open(["wisp-v2"]);
  }

  /** What the next attempt goes to: a gateway that was started again has another token. */
  useAddress(address: BridgeAddress): void {
    this.#address = address;
    if (this.#told === "refused") this.#told = "disconnected";
  }

  /** A packet from the board. Where there is no gateway it is lost; the board has been told or will be. */
  fromBoard(packet: Uint8Array): void {
    this.#session?.fromBoard(packet);
  }

  /** Sends what the board has sent, and ends. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#socket?.close();
  }

  #open(protocols: readonly string[]): void {
    this.#heard = false;
    this.#refused = false;
    this.#serverInfo = undefined;
    this.#leased = false;
    this.#setTimer(HANDSHAKE_TIMEOUT, () => this.#socket?.close());
    this.#socket = this.#options.openSocket(this.#address.url, protocols, {
      message: (bytes) => this.#message(bytes),
      closed: (reason) => this.#closed(reason, protocols),
    });
  }

  #message(bytes: Uint8Array): void {
    this.#heard = true;
    try {
      if (this.#session !== undefined) this.#session.fromServer(bytes);
      else this.#handshake(decode(bytes));
    } catch (error) {
      if (!(error instanceof WispError)) throw error;
      this.#socket?.close();
    }
  }

  /** protocol.md (version 2), "Handshake Steps": INFO, INFO, CONTINUE; or CONTINUE alone of a version 1. */
  #handshake(packet: Packet): void {
    if (packet.type === PacketType.INFO && this.#serverInfo === undefined) {
      this.#serverInfo = packet.info;
      this.#socket?.send(encodeInfoPacket(this.#clientInfo(packet.info)));
    } else if (packet.type === PacketType.LEASE && this.#serverInfo !== undefined) {
      this.#lease = packet.address;
      this.#leased = true;
    } else if (packet.type === PacketType.CONTINUE && packet.stream === 0) this.#connected(packet.remaining);
    else if (packet.type === PacketType.CLOSE && packet.stream === 0) {
      this.#refused = packet.reason >= CloseReason.BAD_PASSWORD;
      this.#socket?.close();
    } else throw new WispError("the server does not shake hands as Wisp does");
  }

  /** What the server has and we too. */
  #clientInfo(server: Info): Info {
    const none = new Uint8Array(0);
    const ours = [
      { id: ExtensionId.UDP, data: none },
      passwordExtension("", this.#address.token),
      { id: ExtensionId.STREAM_OPEN_CONFIRMATION, data: none },
      breadboxExtension(RECEIVE_WINDOW, this.#lease),
    ];
    const extensions = ours.filter(({ id }) => findExtension(server, id) !== undefined);
    return { major: WISP_MAJOR, minor: WISP_MINOR, extensions };
  }

  #connected(packets: number): void {
    this.#cancelTimer?.();
    this.#retry = FIRST_RETRY;
    const { deliver, onStatus } = this.#options;
    const info = this.#serverInfo;
    const window = info && breadboxWindowOf(info);
    const send = (packet: Uint8Array) => this.#socket?.send(packet);
    this.#session =
      window !== undefined
        ? passThrough(send, deliver)
        : new PlainWisp({
            send,
            deliver,
            packets,
            confirms:
              info !== undefined && findExtension(info, ExtensionId.STREAM_OPEN_CONFIRMATION) !== undefined,
          });
    const address = this.#leased ? this.#lease : undefined;
    deliver(encodeLink(true, window ?? PLAIN_WINDOW, address));
    const plain = info === undefined ? "wisp-v1" : "wisp-v2";
    this.#told = "connected";
    onStatus({ kind: "connected", protocol: window === undefined ? plain : "breadbox", address });
  }

  #closed(reason: string, protocols: readonly string[]): void {
    this.#cancelTimer?.();
    this.#socket = undefined;
    this.#session = undefined;
    if (this.#stopped) return;
    // A server of version 1 answers no Sec-WebSocket-Protocol, and so the attempt fails before a word.
    if (!this.#heard && protocols.length > 0) {
      this.#firstFailure = reason;
      this.#open([]);
      return;
    }
    this.#tellLoss(this.#refused ? "the gateway does not accept the token" : (this.#firstFailure ?? reason));
    this.#setTimer(this.#retry, () => this.start());
    this.#retry = Math.min(LONGEST_RETRY, this.#retry * 2);
  }

  #tellLoss(reason: string): void {
    const was = this.#told;
    if (was === "refused" || (was === "disconnected" && !this.#refused)) return;
    this.#told = this.#refused ? "refused" : "disconnected";
    // The board's host hears of it before the board does: a program that then fails may end at once.
    this.#options.onStatus({ kind: "disconnected", refused: this.#refused, reason });
    if (was !== "disconnected") this.#options.deliver(encodeLink(false, 0));
  }

  #setTimer(ms: number, callback: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.startTimer(ms, callback);
  }
}

/** What has no place after the handshake. */
const OURS: ReadonlySet<number> = new Set([PacketType.LINK, PacketType.INFO, PacketType.LEASE]);

/** Our own gateway speaks as the board does. */
function passThrough(send: (packet: Uint8Array) => void, deliver: (packet: Uint8Array) => void): Session {
  return {
    fromBoard: send,
    fromServer(packet) {
      // LINK is ours to say, and the handshake is over.
      if (OURS.has(packet[0]!)) throw new WispError("out of place");
      if (packet.length > MAX_PACKET) throw new WispError("longer than agreed on");
      deliver(packet);
    },
  };
}
