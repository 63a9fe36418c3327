/** The engine against itself, over memory. */

import { TlsConnection, type TlsConnectionOptions } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_NONE, TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { type Issued, NOW } from "./certificates.ts";
import { crypto } from "./harness.ts";

export interface PeerOptions extends Partial<TlsConnectionOptions> {
  readonly own?: Issued;
  readonly trusted?: readonly Issued[];
  readonly verifyMode?: number;
  readonly ciphers?: readonly string[];
  readonly psk?: readonly [identity: string, key: string];
  readonly pskKeys?: Readonly<Record<string, string>>;
  /** The last word on the context. */
  readonly configure?: (context: TlsContext) => void;
  /** In place of a new one. */
  readonly context?: TlsContext;
}

export function createContext(protocol: number, options: PeerOptions = {}): TlsContext {
  const context = options.context ?? new TlsContext(protocol);
  if (options.verifyMode !== undefined) context.verifyMode = options.verifyMode;
  for (const root of options.trusted ?? []) context.loadVerifyLocations(root.der);
  if (options.own) context.loadCertChain(Buffer.from(options.own.pem), Buffer.from(options.own.key));
  if (options.ciphers) context.setCiphers(options.ciphers);
  if (options.psk) context.setPsk(Buffer.from(options.psk[0]), Buffer.from(options.psk[1]));
  const { pskKeys } = options;
  if (pskKeys) {
    context.setServerPskKeys((identity) => {
      const key = pskKeys[Buffer.from(identity).toString("latin1")];
      return key === undefined ? undefined : Buffer.from(key);
    });
  }
  options.configure?.(context);
  return context;
}

export function createPeer(protocol: number, options: PeerOptions = {}): TlsConnection {
  const context = createContext(protocol, options);
  const hostName = protocol === 0 ? { serverHostname: "board.test" } : {};
  return new TlsConnection(context, { crypto, now: () => NOW, ...hostName, ...options });
}

/** A client that does not verify and a server with the same suites. */
export function createPair(client: PeerOptions = {}, server: PeerOptions = {}): Pair {
  return new Pair(createPeer(0, { verifyMode: CERT_NONE, ...client }), createPeer(1, server));
}

/** Both ends of a connection. */
export class Pair {
  readonly client: TlsConnection;
  readonly server: TlsConnection;
  /** All that has crossed, by sender. */
  readonly sent = { client: [] as Buffer[], server: [] as Buffer[] };

  constructor(client: TlsConnection, server: TlsConnection) {
    this.client = client;
    this.server = server;
  }

  /** Carries what there is; returns whether there was any. */
  carry(): boolean {
    const [fromClient, fromServer] = [this.client.takeOutput(), this.server.takeOutput()];
    if (fromClient) {
      this.sent.client.push(Buffer.from(fromClient));
      this.server.receive(fromClient);
    }
    if (fromServer) {
      this.sent.server.push(Buffer.from(fromServer));
      this.client.receive(fromServer);
    }
    return fromClient !== undefined || fromServer !== undefined;
  }

  /** Goes on until neither has anything to send; returns itself. */
  handshake(): this {
    do {
      this.client.handshake();
      this.server.handshake();
    } while (this.carry());
    return this;
  }

  /** Sends bytes from one to the other, which must read them whole. */
  transfer(from: "client" | "server", bytes: Uint8Array): Buffer {
    const [sender, receiver] = from === "client" ? [this.client, this.server] : [this.server, this.client];
    const parts: Uint8Array[] = [];
    for (let offset = 0; offset < bytes.length; ) {
      const taken = sender.write(bytes.subarray(offset));
      if (typeof taken !== "number") throw new Error(`write: ${taken}`);
      offset += taken;
      this.carry();
      const part = receiver.read(20000);
      if (typeof part === "string") throw new Error(`read: ${part} ${receiver.error?.message}`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}
