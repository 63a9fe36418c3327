/**
 * CBC record protection of TLS 1.2, with the MAC under the encryption (RFC 5246 section 6.2.3.2) or over it
 * (encrypt-then-MAC, RFC 7366). `mbedtls_ssl_encrypt_buf` and `mbedtls_ssl_decrypt_buf` in mbedTLS.
 */

import { concatenate, equalConstantTime } from "../bytes.ts";
import type { CbcKey } from "../crypto/provider.ts";
import { atLeastMask, copySecretOffset, equalMask, type RecordMac } from "./mac.ts";
import type { RecordContext, RecordOpener, RecordSealer } from "./protection.ts";

const BLOCK_LENGTH = 16;

/** Most bytes of padding, its length byte included. */
const MAX_PADDING = 256;

/** `type || version || length` after the sequence number: what a MAC covers besides the data. */
function macHeader(context: RecordContext, length: number): Uint8Array {
  const { sequence, contentType, version } = context;
  const rest = [contentType, version >> 8, version & 0xff, length >> 8, length & 0xff];
  return Uint8Array.of(...sequence, ...rest);
}

/** An IV, the MAC, and padding of a block at most. */
function expansionOf(mac: RecordMac): number {
  return BLOCK_LENGTH + mac.length + BLOCK_LENGTH;
}

/** The data with the least padding that fills the last block. */
function pad(...parts: readonly Uint8Array[]): Uint8Array {
  const data = concatenate(...parts);
  const padding = BLOCK_LENGTH - (data.length % BLOCK_LENGTH);
  const padded = new Uint8Array(data.length + padding).fill(padding - 1);
  padded.set(data);
  return padded;
}

/**
 * Bytes of padding, its length byte included, or 0 where it is wrong: more than is there, or not all the same.
 * `reserved` bytes before it must be left. The last 256 bytes are all looked at, without a branch.
 */
function paddingLength(plaintext: Uint8Array, reserved: number): number {
  const end = plaintext.length;
  const last = plaintext[end - 1]!;
  const fits = atLeastMask(end, reserved + last + 1);
  const length = (last & fits) + 1;
  let count = 0;
  for (let index = Math.max(0, end - MAX_PADDING); index < end; index++) {
    const inPadding = atLeastMask(index, end - length);
    count += inPadding & equalMask(plaintext[index]!, length - 1) & 1;
  }
  return length & fits & equalMask(count, length);
}

/** One direction of a connection, the MAC first: MAC-then-encrypt. */
export class Cbc12Protection implements RecordSealer, RecordOpener {
  readonly expansion: number;
  readonly #cipher: CbcKey;
  readonly #mac: RecordMac;
  readonly #randomBytes: (length: number) => Uint8Array;

  constructor(cipher: CbcKey, mac: RecordMac, randomBytes: (length: number) => Uint8Array) {
    this.#cipher = cipher;
    this.#mac = mac;
    this.expansion = expansionOf(mac);
    this.#randomBytes = randomBytes;
  }

  seal(context: RecordContext, plaintext: Uint8Array): Uint8Array {
    const iv = this.#randomBytes(BLOCK_LENGTH);
    const mac = this.#mac.compute(concatenate(macHeader(context, plaintext.length), plaintext));
    return concatenate(iv, this.#cipher.encrypt(iv, pad(plaintext, mac)));
  }

  /** Padding and MAC are judged together, in a time that tells neither which is wrong nor how long the data is. */
  open(context: RecordContext, payload: Uint8Array): Uint8Array | undefined {
    const encrypted = payload.length - BLOCK_LENGTH;
    if (encrypted < Math.max(BLOCK_LENGTH, this.#mac.length + 1) || encrypted % BLOCK_LENGTH !== 0) {
      return undefined;
    }
    const iv = payload.subarray(0, BLOCK_LENGTH);
    const plaintext = this.#cipher.decrypt(iv, payload.subarray(BLOCK_LENGTH));
    const padding = paddingLength(plaintext, this.#mac.length);
    const maxLength = plaintext.length - this.#mac.length;
    const minLength = Math.max(0, maxLength - MAX_PADDING);
    const length = maxLength - padding;
    const header = macHeader(context, length);
    const expected = this.#mac.computeSecretLength(header, plaintext, length, minLength, maxLength);
    const received = copySecretOffset(plaintext, length, minLength, maxLength, this.#mac.length);
    let wrong = equalMask(padding, 0);
    for (let index = 0; index < expected.length; index++) wrong |= expected[index]! ^ received[index]!;
    return wrong === 0 ? plaintext.slice(0, length) : undefined;
  }
}

/** One direction of a connection, the MAC last: encrypt-then-MAC. */
export class CbcEtm12Protection implements RecordSealer, RecordOpener {
  readonly expansion: number;
  readonly #cipher: CbcKey;
  readonly #mac: RecordMac;
  readonly #randomBytes: (length: number) => Uint8Array;

  constructor(cipher: CbcKey, mac: RecordMac, randomBytes: (length: number) => Uint8Array) {
    this.#cipher = cipher;
    this.#mac = mac;
    this.expansion = expansionOf(mac);
    this.#randomBytes = randomBytes;
  }

  seal(context: RecordContext, plaintext: Uint8Array): Uint8Array {
    const iv = this.#randomBytes(BLOCK_LENGTH);
    const encrypted = concatenate(iv, this.#cipher.encrypt(iv, pad(plaintext)));
    const mac = this.#mac.compute(concatenate(macHeader(context, encrypted.length), encrypted));
    return concatenate(encrypted, mac);
  }

  open(context: RecordContext, payload: Uint8Array): Uint8Array | undefined {
    const length = payload.length - this.#mac.length;
    if (length < 2 * BLOCK_LENGTH || length % BLOCK_LENGTH !== 0) return undefined;
    const encrypted = payload.subarray(0, length);
    const expected = this.#mac.compute(concatenate(macHeader(context, length), encrypted));
    if (!equalConstantTime(expected, payload.subarray(length))) return undefined;
    const plaintext = this.#cipher.decrypt(
      encrypted.subarray(0, BLOCK_LENGTH),
      encrypted.subarray(BLOCK_LENGTH),
    );
    const padding = paddingLength(plaintext, 0);
    return padding === 0 ? undefined : plaintext.slice(0, plaintext.length - padding);
  }
}
