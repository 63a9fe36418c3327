/**
 * The receiving half of the record layer: RFC 5246 section 6.2, with the checks and codes of
 * `ssl_parse_record_header`, `mbedtls_ssl_fetch_input` and `ssl_prepare_record_content` in mbedTLS's ssl_msg.c.
 */

import { ERR, MbedTlsError } from "../errors.ts";
import {
  MAX_EMPTY_RECORDS,
  MAX_JOINED_LENGTH,
  MAX_PLAINTEXT_IN,
  MAX_RECORD_PAYLOAD_IN,
  RECORD_HEADER_LENGTH,
} from "../limits.ts";
import {
  CONTENT_TYPE_APPLICATION_DATA,
  CONTENT_TYPE_CHANGE_CIPHER_SPEC,
  CONTENT_TYPE_HANDSHAKE,
  VERSION_TLS12,
} from "./content-type.ts";
import { InputBuffer } from "./input-buffer.ts";
import { incrementSequence, newSequence, type RecordOpener } from "./protection.ts";

/** A record whose protection, if any, has been removed. */
export interface PlaintextRecord {
  readonly contentType: number;
  readonly version: number;
  /** The reader keeps no reference to it. */
  readonly payload: Uint8Array;
}

interface RecordHeader {
  readonly contentType: number;
  readonly version: number;
  readonly length: number;
}

export class RecordReader {
  readonly #input = new InputBuffer();
  #awaitsClientHello: boolean;
  #opener: RecordOpener | undefined;
  #sequence = newSequence();
  #emptyInARow = 0;

  /** @param isServer - Whether the first record must be a ClientHello, which mbedTLS reads in a way of its own. */
  constructor(isServer = false) {
    this.#awaitsClientHello = isServer;
  }

  /** Whether the next record is the first one of a server. */
  get awaitsClientHello(): boolean {
    return this.#awaitsClientHello;
  }

  /** Adds bytes from the socket; they are copied. */
  append(bytes: Uint8Array): void {
    this.#input.append(bytes);
  }

  /** From the next record on, records are protected; their numbers start at 0. */
  setProtection(opener: RecordOpener): void {
    this.#opener = opener;
    this.#sequence = newSequence();
  }

  /** Whether `next` would find a whole record, or a header that it refuses. */
  get hasRecord(): boolean {
    if (this.#input.length < RECORD_HEADER_LENGTH) return false;
    const header = this.#header();
    return (
      this.#refusal(header, 0) !== undefined || this.#input.length >= RECORD_HEADER_LENGTH + header.length
    );
  }

  /**
   * The next record, or undefined until all of it has been appended.
   *
   * @param heldLength - Bytes of handshake fragments that wait for more; they take room from the record.
   * @throws MbedTlsError, at once when the header alone is wrong.
   */
  next(heldLength = 0): PlaintextRecord | undefined {
    if (this.#input.length < RECORD_HEADER_LENGTH) return undefined;
    const header = this.#header();
    const refused = this.#refusal(header, heldLength);
    if (refused) throw refused;
    if (this.#input.length < RECORD_HEADER_LENGTH + header.length) return undefined;
    this.#awaitsClientHello = false;
    this.#input.take(RECORD_HEADER_LENGTH);
    const bytes = this.#input.take(header.length);
    const record = this.#unprotect(header, bytes);
    const { length } = record.payload;
    if (length > MAX_PLAINTEXT_IN) throw invalidRecord(`${length} bytes of plaintext`);
    return record;
  }

  #header(): RecordHeader {
    return {
      contentType: this.#input.at(0),
      version: (this.#input.at(1) << 8) | this.#input.at(2),
      length: (this.#input.at(3) << 8) | this.#input.at(4),
    };
  }

  #refusal(header: RecordHeader, heldLength: number): MbedTlsError | undefined {
    return this.#awaitsClientHello ? clientHelloRefusal(header) : refusal(header, heldLength);
  }

  #unprotect(header: RecordHeader, bytes: Uint8Array): PlaintextRecord {
    const { contentType, version } = header;
    const opener = this.#opener;
    const isChangeCipherSpec = contentType === CONTENT_TYPE_CHANGE_CIPHER_SPEC;
    if (!opener || (opener.carriesContentType && isChangeCipherSpec)) {
      return { contentType, version, payload: bytes.slice() };
    }
    const opened = this.#open(opener, header, bytes);
    const record = opener.carriesContentType
      ? innerRecord(version, opened)
      : { contentType, version, payload: opened };
    this.#countEmpty(record);
    return record;
  }

  #open(opener: RecordOpener, header: RecordHeader, bytes: Uint8Array): Uint8Array {
    const payload = opener.open({ ...header, sequence: this.#sequence }, bytes);
    if (payload === undefined) throw invalidMac("the record is not authentic");
    if (!incrementSequence(this.#sequence)) throw new MbedTlsError(ERR.SSL_COUNTER_WRAPPING);
    return payload;
  }

  #countEmpty({ contentType, payload }: PlaintextRecord): void {
    if (payload.length > 0) {
      this.#emptyInARow = 0;
      return;
    }
    if (contentType !== CONTENT_TYPE_APPLICATION_DATA) throw invalidRecord("an empty record");
    this.#emptyInARow++;
    if (this.#emptyInARow > MAX_EMPTY_RECORDS) throw invalidMac("too many empty records in a row");
  }
}

/** The record inside a TLSInnerPlaintext whose padding has been removed: its last byte is the type. */
function innerRecord(version: number, inner: Uint8Array): PlaintextRecord {
  const contentType = inner[inner.length - 1];
  if (contentType === undefined) throw invalidRecord("nothing but padding");
  if (contentType < CONTENT_TYPE_CHANGE_CIPHER_SPEC || contentType > CONTENT_TYPE_APPLICATION_DATA) {
    throw invalidRecord(`content type ${contentType}`);
  }
  return { contentType, version, payload: inner.subarray(0, -1) };
}

/** Why the header of a server's first record is refused: `ssl_parse_client_hello`, which ignores the version. */
function clientHelloRefusal({ contentType, length }: RecordHeader): MbedTlsError | undefined {
  if (contentType !== CONTENT_TYPE_HANDSHAKE) {
    return new MbedTlsError(ERR.SSL_UNEXPECTED_MESSAGE, { reason: `content type ${contentType}` });
  }
  if (length <= MAX_PLAINTEXT_IN) return undefined;
  return new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { reason: `a ClientHello of ${length} bytes` });
}

/** Why a header is refused before its payload has come, or undefined when it is good. */
function refusal(header: RecordHeader, heldLength: number): MbedTlsError | undefined {
  const { contentType, version, length } = header;
  if (contentType < CONTENT_TYPE_CHANGE_CIPHER_SPEC || contentType > CONTENT_TYPE_APPLICATION_DATA) {
    return invalidRecord(`content type ${contentType}`);
  }
  if (version > VERSION_TLS12) return invalidRecord(`version 0x${version.toString(16)}`);
  if (length === 0) return invalidRecord("an empty record");
  const joined = heldLength + RECORD_HEADER_LENGTH + length;
  if (length > MAX_RECORD_PAYLOAD_IN || (heldLength > 0 && joined > MAX_JOINED_LENGTH)) {
    return new MbedTlsError(ERR.SSL_BAD_INPUT_DATA, { reason: `a record of ${length} bytes does not fit` });
  }
  return undefined;
}

function invalidRecord(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_INVALID_RECORD, { reason });
}

function invalidMac(reason: string): MbedTlsError {
  return new MbedTlsError(ERR.SSL_INVALID_MAC, { alert: "bad_record_mac", reason });
}
