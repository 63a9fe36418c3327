/** What the states of a TLS 1.2 handshake share while it lasts (`mbedtls_ssl_handshake_params`). */

import { concatenate, encodeUint } from "../bytes.ts";
import type { CipherSuite } from "../ciphersuites.ts";
import type { TlsContext } from "../context.ts";
import { ERR, MbedTlsError } from "../errors.ts";
import {
  HANDSHAKE_HEADER_LENGTH,
  HEAP_HANDSHAKE,
  HEAP_HANDSHAKE_RSA,
  MAX_PLAINTEXT_OUT,
  RANDOM_LENGTH,
} from "../limits.ts";
import { encodeHandshake, type HandshakeMessage, type HandshakeName } from "../messages/message.ts";
import type { ConnectionIo, State } from "../state.ts";
import { Transcript } from "../transcript.ts";
import type { Session12 } from "./session.ts";

/** Bytes of the time in a Random. */
const GMT_UNIX_TIME_LENGTH = 4;

/** The handshake before a renegotiation. */
export interface PreviousHandshake {
  /** `verify_data` of both Finished messages: RFC 5746 section 3.1. */
  readonly clientVerifyData: Uint8Array;
  readonly serverVerifyData: Uint8Array;
  /** Whether the peer knows RFC 5746. */
  readonly secureRenegotiation: boolean;
  readonly session: Session12;
}

/** What a handshake is part of. */
export interface HandshakeSetting {
  readonly io: ConnectionIo;
  readonly context: TlsContext;
  /** For server_name and for the peer's certificate; undefined when none was set. */
  readonly hostName: string | undefined;
  /** A client's session to resume. */
  readonly resume: Session12 | undefined;
  /** There in a renegotiation. */
  readonly previous: PreviousHandshake | undefined;
  /**
   * Starts the next handshake on the connection.
   *
   * @param hello - The ClientHello that a server has just received.
   */
  readonly renegotiate: (previous: PreviousHandshake, hello?: HandshakeMessage) => State;
}

export class Handshake12 {
  readonly setting: HandshakeSetting;
  readonly role: "client" | "server";
  readonly io: ConnectionIo;
  readonly context: TlsContext;
  readonly transcript: Transcript;
  /** `verify_data` of the Finished messages, as they are sent and received. */
  clientVerifyData = new Uint8Array(0);
  serverVerifyData = new Uint8Array(0);

  constructor(setting: HandshakeSetting, role: "client" | "server") {
    this.setting = setting;
    this.role = role;
    this.io = setting.io;
    this.context = setting.context;
    this.transcript = new Transcript(setting.io.crypto);
  }

  get peerRole(): "client" | "server" {
    return this.role === "client" ? "server" : "client";
  }

  /**
   * Adds a message to the transcript and sends it, in a record of its own.
   *
   * @throws MbedTlsError `SSL_BUFFER_TOO_SMALL` for one that does not fit: mbedTLS does not cut messages over TLS.
   */
  send(name: HandshakeName, body: Uint8Array): void {
    if (HANDSHAKE_HEADER_LENGTH + body.length > MAX_PLAINTEXT_OUT) {
      throw new MbedTlsError(ERR.SSL_BUFFER_TOO_SMALL, { reason: `a ${name} of ${body.length} bytes` });
    }
    const message = encodeHandshake(name, body);
    this.transcript.add(this.io.sendHandshake(message));
  }
}

/** Bytes of heap that a connection takes while a full handshake of the suite lasts. */
export function handshakeHeap({ keyExchange }: CipherSuite): number {
  return keyExchange.includes("rsa") ? HEAP_HANDSHAKE_RSA : HEAP_HANDSHAKE;
}

/** `gmt_unix_time` and 28 random bytes (RFC 5246 section 7.4.1.2): mbedTLS still tells its clock in TLS 1.2. */
export function createRandom(io: ConnectionIo): Uint8Array {
  const time = encodeUint(Math.floor(io.now()) % 2 ** 32, GMT_UNIX_TIME_LENGTH);
  return concatenate(time, io.crypto.randomBytes(RANDOM_LENGTH - GMT_UNIX_TIME_LENGTH));
}
