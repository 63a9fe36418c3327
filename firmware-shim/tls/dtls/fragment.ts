/** Fragments of handshake messages: RFC 6347 section 4.2.2. */

import { concatenate, encodeUint } from "../bytes.ts";
import { DTLS_HANDSHAKE_HEADER_LENGTH, HANDSHAKE_HEADER_LENGTH } from "../limits.ts";
import type { HandshakeMessage } from "../messages/message.ts";

export interface Fragment {
  readonly type: number;
  /** Bytes of the whole message's body. */
  readonly messageLength: number;
  readonly sequence: number;
  readonly offset: number;
  readonly body: Uint8Array;
}

const SEQUENCE_LENGTH = 2;
const LENGTH_LENGTH = 3;

/** The fragment at the start of a record's content, or undefined where the header does not fit (`ssl_check_hs_header`). */
export function parseFragment(content: Uint8Array): Fragment | undefined {
  if (content.length < DTLS_HANDSHAKE_HEADER_LENGTH) return undefined;
  const uint24 = (at: number) => (content[at]! << 16) | (content[at + 1]! << 8) | content[at + 2]!;
  const messageLength = uint24(1);
  const offset = uint24(6);
  const length = uint24(9);
  if (offset > messageLength || length > messageLength - offset) return undefined;
  if (DTLS_HANDSHAKE_HEADER_LENGTH + length > content.length) return undefined;
  return {
    type: content[0]!,
    messageLength,
    sequence: (content[4]! << 8) | content[5]!,
    offset,
    body: content.subarray(DTLS_HANDSHAKE_HEADER_LENGTH, DTLS_HANDSHAKE_HEADER_LENGTH + length),
  };
}

export function encodeFragment({ type, messageLength, sequence, offset, body }: Fragment): Uint8Array {
  return concatenate(
    Uint8Array.of(type),
    encodeUint(messageLength, LENGTH_LENGTH),
    encodeUint(sequence, SEQUENCE_LENGTH),
    encodeUint(offset, LENGTH_LENGTH),
    encodeUint(body.length, LENGTH_LENGTH),
    body,
  );
}

/** Whether it is the whole message. */
export function isWhole({ messageLength, offset, body }: Fragment): boolean {
  return offset === 0 && body.length === messageLength;
}

/** A message as TLS has it, cut as if it were in one piece; so it enters the transcript (RFC 6347 section 4.2.6). */
export function wholeFragment(message: Uint8Array, sequence: number): Fragment {
  const body = message.subarray(HANDSHAKE_HEADER_LENGTH);
  return { type: message[0] ?? 0, messageLength: body.length, sequence, offset: 0, body };
}

/** The message that is in one fragment. */
export function messageOf(fragment: Fragment): HandshakeMessage {
  return datagramMessage(encodeFragment(fragment));
}

/** A handshake message from its whole bytes, DTLS's header included. */
export function datagramMessage(bytes: Uint8Array): HandshakeMessage {
  return {
    kind: "handshake",
    type: bytes[0] ?? 0,
    body: bytes.subarray(DTLS_HANDSHAKE_HEADER_LENGTH),
    bytes,
  };
}
