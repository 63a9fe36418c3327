/** Drives a connection, over memory or over a socket. */

import { createECDH } from "node:crypto";
import { connect, type Socket } from "node:net";
import { createNodeCrypto } from "../../../../emulator/node-crypto.ts";
import { TlsConnection, type TlsConnectionOptions } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_REQUIRED, TlsContext } from "../../../../firmware-shim/tls/context.ts";
import type { CryptoProvider } from "../../../../firmware-shim/tls/crypto/provider.ts";
import { type Issued, NOW } from "./certificates.ts";

export const crypto = createNodeCrypto();

export interface ClientOptions extends Partial<TlsConnectionOptions> {
  readonly trusted?: readonly Issued[];
  readonly verifyMode?: number;
  readonly ciphers?: readonly string[];
}

/** A client that trusts the given roots and expects `board.test`. */
export function createClient(options: ClientOptions = {}): TlsConnection {
  const { trusted = [], verifyMode = CERT_REQUIRED, ciphers, ...connectionOptions } = options;
  const context = new TlsContext(0);
  context.verifyMode = verifyMode;
  for (const root of trusted) context.loadVerifyLocations(root.der);
  if (ciphers) context.setCiphers(ciphers);
  return new TlsConnection(context, {
    crypto,
    serverHostname: "board.test",
    now: () => NOW,
    ...connectionOptions,
  });
}

/** A connection on a socket, with waiting. */
export class SocketClient {
  readonly connection: TlsConnection;
  readonly #socket: Socket;
  #wake: () => void = () => {};

  constructor(connection: TlsConnection, socket: Socket) {
    this.connection = connection;
    this.#socket = socket;
    socket.on("data", (bytes) => {
      connection.receive(bytes);
      this.#wake();
    });
    for (const event of ["end", "error", "close"] as const) {
      socket.on(event, () => {
        connection.receiveEof();
        this.#wake();
      });
    }
  }

  static open(connection: TlsConnection, port: number): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1" });
      socket.once("error", reject);
      socket.once("connect", () => resolve(new SocketClient(connection, socket)));
    });
  }

  /** Repeats the operation until it no longer wants to read. */
  async #until<T>(operation: () => T): Promise<Exclude<T, "want-read" | "want-answer">> {
    for (;;) {
      const arrived = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const result = operation();
      this.#flush();
      if (result === "want-answer") throw new Error("a callback wants an answer");
      if (result !== "want-read") return result as Exclude<T, "want-read" | "want-answer">;
      await arrived;
    }
  }

  #flush(): void {
    const output = this.connection.takeOutput();
    if (output) this.#socket.write(output);
  }

  handshake(): Promise<"connected" | "error"> {
    return this.#until(() => this.connection.handshake());
  }

  read(max: number): Promise<Uint8Array | "eof" | "error"> {
    return this.#until(() => this.connection.read(max));
  }

  /** Reads until there are that many bytes, or the end. */
  async readAll(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let total = 0;
    while (total < length) {
      const part = await this.read(length - total);
      if (typeof part === "string") break;
      parts.push(part.slice());
      total += part.length;
    }
    return Buffer.concat(parts);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; ) {
      const taken = this.connection.write(bytes.subarray(offset));
      if (typeof taken !== "number") throw new Error(`write: ${taken}`);
      offset += taken;
      const output = this.connection.takeOutput();
      if (output && !this.#socket.write(output))
        await new Promise((resolve) => this.#socket.once("drain", resolve));
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

const FIXED_PRIVATE_KEY = Buffer.alloc(32, 0x22);

/** A provider without chance: the same handshake gives the same bytes. For secp256r1 only. */
export const deterministicCrypto: CryptoProvider = {
  ...crypto,
  randomBytes: (length) => new Uint8Array(length).fill(0xa5),
  generateEcdhKeyPair: () => {
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(FIXED_PRIVATE_KEY);
    return {
      publicKey: new Uint8Array(ecdh.getPublicKey()),
      deriveSharedSecret: (point) => {
        try {
          return new Uint8Array(ecdh.computeSecret(point));
        } catch {
          return undefined;
        }
      },
    };
  },
};

/** Feeds bytes to the connection and lets it work; returns what it sends. */
export function exchange(connection: TlsConnection, ...bytes: readonly Uint8Array[]): Buffer {
  for (const part of bytes) connection.receive(part);
  connection.handshake();
  return Buffer.from(connection.takeOutput() ?? []);
}
