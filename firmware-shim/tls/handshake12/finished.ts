/**
 * ChangeCipherSpec and Finished, sent and received: `mbedtls_ssl_write_finished`,
 * `mbedtls_ssl_parse_change_cipher_spec` and `mbedtls_ssl_parse_finished` in mbedTLS's ssl_tls.c and ssl_msg.c.
 */

import { equalConstantTime } from "../bytes.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { verifyData } from "../key-schedule.ts";
import { VERIFY_DATA_LENGTH } from "../limits.ts";
import type { Message } from "../messages/message.ts";
import { requireHandshake, requireMessage, type State, unexpectedMessage } from "../state.ts";
import type { Handshake12 } from "./handshake.ts";
import type { Negotiated } from "./negotiated.ts";
import type { Secrets } from "./secrets.ts";

/** What is left to do once the peer's Finished has come. */
export type Continuation = () => State;

/** Sends ChangeCipherSpec and Finished, the latter under the new keys. */
export function sendFinished(handshake: Handshake12, negotiated: Negotiated, secrets: Secrets): void {
  const { io, role } = handshake;
  io.sendChangeCipherSpec();
  io.protectOutput(secrets.sealer);
  const own = finishedData(handshake, negotiated, secrets, role);
  keep(handshake, role, own);
  handshake.send("Finished", own);
}

function finishedData(
  { io, transcript }: Handshake12,
  { cipherSuite }: Negotiated,
  { master }: Secrets,
  sender: "client" | "server",
): Uint8Array {
  return verifyData(io.crypto, cipherSuite.prfHash, master, sender, transcript.digest());
}

function keep(handshake: Handshake12, sender: "client" | "server", data: Uint8Array): void {
  if (sender === "client") handshake.clientVerifyData = data.slice();
  else handshake.serverVerifyData = data.slice();
}

export class ExpectChangeCipherSpec implements State {
  readonly awaits = "change_cipher_spec";
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #negotiated: Negotiated;
  readonly #secrets: Secrets;
  readonly #next: Continuation;

  constructor(handshake: Handshake12, negotiated: Negotiated, secrets: Secrets, next: Continuation) {
    this.#handshake = handshake;
    this.#negotiated = negotiated;
    this.#secrets = secrets;
    this.#next = next;
  }

  handle(message: Message): State {
    if (message.kind !== "change_cipher_spec") {
      throw unexpectedMessage(`${message.kind} instead of ChangeCipherSpec`, "unexpected_message");
    }
    const handshake = this.#handshake;
    handshake.io.protectInput(this.#secrets.opener);
    const expected = finishedData(handshake, this.#negotiated, this.#secrets, handshake.peerRole);
    return new ExpectFinished(handshake, expected, this.#next);
  }
}

class ExpectFinished implements State {
  readonly awaits = "finished";
  readonly session = undefined;
  readonly #handshake: Handshake12;
  readonly #expected: Uint8Array;
  readonly #next: Continuation;

  constructor(handshake: Handshake12, expected: Uint8Array, next: Continuation) {
    this.#handshake = handshake;
    this.#expected = expected;
    this.#next = next;
  }

  handle(message: Message): State {
    const body = requireMessage(message, "Finished");
    if (body.length !== VERIFY_DATA_LENGTH) throw decodeError("bad length of Finished");
    if (!equalConstantTime(body, this.#expected)) {
      throw new MbedTlsError(ERR.SSL_HANDSHAKE_FAILURE, {
        alert: "decrypt_error",
        reason: "Finished does not match",
      });
    }
    keep(this.#handshake, this.#handshake.peerRole, this.#expected);
    this.#handshake.transcript.add(requireHandshake(message, "Finished").bytes);
    return this.#next();
  }
}
