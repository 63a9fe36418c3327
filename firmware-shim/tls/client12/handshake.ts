/** What the states of a TLS 1.2 client share while the handshake lasts (`mbedtls_ssl_handshake_params`). */

import { concatenate, encodeUint, encodeUtf8 } from "../bytes.ts";
import type { CipherSuite } from "../ciphersuites.ts";
import type { TlsContext } from "../context.ts";
import { RANDOM_LENGTH } from "../limits.ts";
import { encodeClientHello } from "../messages/client-hello.ts";
import { encodeHandshake, type HandshakeName } from "../messages/message.ts";
import type { ConnectionIo, State } from "../state.ts";
import { Transcript } from "../transcript.ts";
import { ExpectServerHello } from "./server-hello.ts";

/** Bytes of the time in a Random. */
const GMT_UNIX_TIME_LENGTH = 4;

export class ClientHandshake {
  readonly io: ConnectionIo;
  readonly context: TlsContext;
  readonly hostName: string | undefined;
  readonly transcript: Transcript;
  readonly clientRandom: Uint8Array;

  constructor(io: ConnectionIo, context: TlsContext, hostName: string | undefined) {
    this.io = io;
    this.context = context;
    this.hostName = hostName;
    this.transcript = new Transcript(io.crypto);
    this.clientRandom = createRandom(io);
  }

  /** Adds a message to the transcript and sends it. */
  send(name: HandshakeName, body: Uint8Array): void {
    const message = encodeHandshake(name, body);
    this.transcript.add(message);
    this.io.sendHandshake(message);
  }
}

/**
 * Sends ClientHello and returns the first state.
 *
 * @param hostName - For server_name and for the certificate; undefined when none was set.
 */
export function startClient12(io: ConnectionIo, context: TlsContext, hostName: string | undefined): State {
  const handshake = new ClientHandshake(io, context, hostName);
  const offered: readonly CipherSuite[] = context.cipherSuites.filter((suite) => suite.implemented);
  const body = encodeClientHello({
    random: handshake.clientRandom,
    cipherSuites: offered,
    hostName: hostName === undefined ? undefined : encodeUtf8(hostName),
  });
  handshake.send("ClientHello", body);
  return new ExpectServerHello(handshake);
}

/** `gmt_unix_time` and 28 random bytes (RFC 5246 section 7.4.1.2): mbedTLS still tells its clock in TLS 1.2. */
function createRandom(io: ConnectionIo): Uint8Array {
  const time = encodeUint(Math.floor(io.now()) % 2 ** 32, GMT_UNIX_TIME_LENGTH);
  return concatenate(time, io.crypto.randomBytes(RANDOM_LENGTH - GMT_UNIX_TIME_LENGTH));
}
