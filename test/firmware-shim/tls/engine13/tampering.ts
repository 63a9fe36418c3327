/** A peer of the engine's own states that says something else than they would, and believes it said so. */

import { encodeVector } from "../../../../firmware-shim/tls/bytes.ts";
import { startClient13 } from "../../../../firmware-shim/tls/client13/start.ts";
import type { TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { MbedTlsError } from "../../../../firmware-shim/tls/errors.ts";
import type { Session13 } from "../../../../firmware-shim/tls/handshake13/session.ts";
import { type HandshakeName, handshakeName } from "../../../../firmware-shim/tls/messages/message.ts";
import { StreamTransport } from "../../../../firmware-shim/tls/record/stream-transport.ts";
import { startServer13 } from "../../../../firmware-shim/tls/server13/start.ts";
import { type ConnectionIo, type Next, type State, Unanswered } from "../../../../firmware-shim/tls/state.ts";
import { NOW } from "../engine/certificates.ts";
import { crypto } from "../engine/harness.ts";

/** Gets a handshake message, header included, and gives what is sent in its place. */
export type Tamper = (name: HandshakeName, message: Uint8Array, index: number) => Uint8Array;

export class TamperingPeer {
  readonly transport = new StreamTransport(false);
  /** What has ended it; it sends no alerts. */
  error: unknown;
  #state: State | undefined;
  readonly #start: () => State;

  constructor(context: TlsContext, tamper: Tamper, resume?: Session13) {
    const io = ioOn(this.transport, tamper);
    this.#start = () =>
      context.isServer
        ? startServer13(io, context, undefined)
        : startClient13(io, context, "board.test", resume);
  }

  get state(): State | undefined {
    return this.#state;
  }

  /** Goes on as far as it goes. */
  run(): void {
    if (this.error) return;
    try {
      this.#state ??= this.#start();
      for (let message = this.transport.next(); message; message = this.transport.next()) {
        if (message.kind === "alert") continue;
        const next: Next = this.#state.handle(message);
        if (next instanceof Unanswered) throw new Error("nobody answers");
        this.#state = next;
      }
    } catch (error) {
      if (!(error instanceof MbedTlsError)) throw error;
      this.error = error;
    }
  }
}

function ioOn(transport: StreamTransport, tamper: Tamper): ConnectionIo {
  let index = 0;
  return {
    crypto,
    now: () => NOW,
    sendHandshake: (message) => {
      const changed = tamper(handshakeName(message[0] ?? 0)!, message, index++);
      transport.writeHandshake(changed);
      return changed;
    },
    sendChangeCipherSpec: () => transport.write(20, Uint8Array.of(1)),
    sendWarning: () => {},
    protectOutput: (sealer) => transport.protectOutput(sealer),
    protectInput: (opener) => transport.protectInput(opener),
    deliver: () => {},
    resizeHeap: () => {},
    report: () => {},
  };
}

/** A handshake message of that type. */
export function message(type: number, ...body: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([Uint8Array.of(type), encodeVector(3, ...body)]));
}

/** The message with another body. */
export function withBody(original: Uint8Array, change: (body: Buffer) => Uint8Array): Uint8Array {
  return message(original[0]!, change(Buffer.from(original.subarray(4))));
}

export type Extensions = [type: number, data: Buffer][];

/** A hello, its parts before the extensions as they are. */
export interface Hello {
  head: Buffer;
  extensions: Extensions;
}

/** Where a hello's extensions begin. */
function extensionsOffset(bytes: Buffer): number {
  let offset = 4 + 2 + 32;
  offset += 1 + bytes[offset]!;
  if (bytes[0] === 2) return offset + 3;
  offset += 2 + bytes.readUInt16BE(offset);
  return offset + 1 + bytes[offset]!;
}

/** The hello with something changed. */
export function changeHello(original: Uint8Array, change: (hello: Hello) => void): Uint8Array {
  const bytes = Buffer.from(original);
  const start = extensionsOffset(bytes);
  const hello: Hello = { head: Buffer.from(bytes.subarray(4, start)), extensions: [] };
  for (let at = start + 2; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    hello.extensions.push([bytes.readUInt16BE(at), Buffer.from(bytes.subarray(at + 4, end))]);
    at = end;
  }
  change(hello);
  return message(original[0]!, hello.head, encodeExtensions(hello.extensions));
}

/** The hello with one extension in another form, or without it; a new one comes first. */
export function changeExtension(
  original: Uint8Array,
  type: number,
  data: ((before: Buffer) => Uint8Array) | undefined,
): Uint8Array {
  return changeHello(original, (hello) => {
    const index = hello.extensions.findIndex(([found]) => found === type);
    const before = hello.extensions[index]?.[1] ?? Buffer.alloc(0);
    const changed: Extensions = data ? [[type, Buffer.from(data(before))]] : [];
    hello.extensions.splice(Math.max(index, 0), index < 0 ? 0 : 1, ...changed);
  });
}

/** As `changeExtension`, for a table of cases. */
export const extension =
  (type: number, data: ((before: Buffer) => Uint8Array) | undefined) => (original: Uint8Array) =>
    changeExtension(original, type, data);

/** What a peer does wrong, and how the engine answers. */
export type Case = readonly [
  what: string,
  change: (message: Uint8Array) => Uint8Array,
  code: number,
  alert: string | undefined,
];

/** A list of extensions with its length. */
export function encodeExtensions(extensions: Extensions): Uint8Array {
  const parts = extensions.map(([type, data]) =>
    Buffer.concat([Uint8Array.of(type >> 8, type & 0xff), encodeVector(2, data)]),
  );
  return encodeVector(2, ...parts);
}
