import { ByteQueue } from "../../firmware-shim/net/byte-queue.ts";
import { MAX_DATA, RECEIVE_WINDOW } from "../../firmware-shim/net/limits.ts";
import { CloseReason, PacketType } from "../../firmware-shim/net/wisp/constants.ts";
import {
  type Endpoint,
  encodeClose,
  encodeData,
  encodeOpened,
  encodeWindow,
  type Packet,
} from "../../firmware-shim/net/wisp/packet.ts";
import { MAX_PLAIN_QUEUE } from "./limits.ts";

export interface PlainTcpOptions {
  readonly stream: number;
  readonly peer: Endpoint;
  readonly send: (packet: Uint8Array) => void;
  readonly deliver: (packet: Uint8Array) => void;
  readonly packets: number;
  readonly confirms: boolean;
  /** The stream is over on both sides. */
  readonly forget: () => void;
}

/** A TCP stream over a plain Wisp server: credit in packets towards it, in bytes towards the board. */
export class PlainTcp {
  readonly #options: PlainTcpOptions;
  #open = false;
  /** Packets that the server still takes. */
  #packets: number;
  readonly #toServer: Uint8Array[] = [];
  /** Bytes that the board still takes. */
  #credit = RECEIVE_WINDOW;
  readonly #toBoard = new ByteQueue();
  #boardClosed = false;
  #serverClosed: number | undefined;

  constructor(options: PlainTcpOptions) {
    this.#options = options;
    this.#packets = options.packets;
    if (!options.confirms) this.#opened();
  }

  fromBoard(data: Uint8Array): void {
    this.#toServer.push(data);
    this.#flushToServer();
  }

  /** The board has room for more. */
  addCredit(bytes: number): void {
    this.#credit += bytes;
    this.#flushToBoard();
  }

  closedByBoard(): void {
    this.#boardClosed = true;
    this.#flushToServer();
  }

  fromServer(packet: Packet): void {
    switch (packet.type) {
      case PacketType.CONTINUE:
        if (!this.#open) this.#opened();
        this.#packets = packet.remaining;
        this.#flushToServer();
        break;
      case PacketType.DATA:
        if (this.#boardClosed) break;
        this.#toBoard.push(packet.data);
        if (this.#toBoard.length > MAX_PLAIN_QUEUE) this.#tooMuch();
        else this.#flushToBoard();
        break;
      case PacketType.CLOSE:
        this.#serverClosed = packet.reason;
        this.#flushToBoard();
    }
  }

  #opened(): void {
    this.#open = true;
    const { deliver, stream, peer } = this.#options;
    deliver(encodeOpened(stream, { address: "0.0.0.0", port: 0 }, peer));
  }

  #flushToServer(): void {
    const { send, deliver, stream, forget } = this.#options;
    while (this.#packets > 0) {
      const data = this.#toServer.shift();
      if (data === undefined) break;
      this.#packets--;
      send(encodeData(stream, data));
      if (!this.#boardClosed) deliver(encodeWindow(stream, data.length));
    }
    if (!this.#boardClosed || this.#toServer.length > 0) return;
    if (this.#serverClosed === undefined) send(encodeClose(stream, CloseReason.VOLUNTARY));
    forget();
  }

  #flushToBoard(): void {
    const { deliver, stream, forget } = this.#options;
    while (this.#credit > 0 && this.#toBoard.length > 0) {
      const data = this.#toBoard.take(Math.min(this.#credit, MAX_DATA));
      this.#credit -= data.length;
      deliver(encodeData(stream, data));
    }
    if (this.#serverClosed === undefined || this.#toBoard.length > 0) return;
    if (!this.#boardClosed) deliver(encodeClose(stream, this.#serverClosed));
    forget();
  }

  #tooMuch(): void {
    const { send, deliver, stream, forget } = this.#options;
    send(encodeClose(stream, CloseReason.CLIENT_ERROR));
    deliver(encodeClose(stream, CloseReason.NETWORK_ERROR));
    forget();
  }
}
