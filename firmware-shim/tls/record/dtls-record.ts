/** The header of a DTLS record: RFC 6347 section 4.1, with the checks of `ssl_parse_record_header` in mbedTLS. */

import { DTLS_RECORD_HEADER_LENGTH } from "../limits.ts";
import {
  CONTENT_TYPE_APPLICATION_DATA,
  CONTENT_TYPE_CHANGE_CIPHER_SPEC,
  VERSION_DTLS12,
} from "./content-type.ts";

/** Most records of an epoch, and one: the number has 48 bits. */
export const SEQUENCE_NUMBER_LIMIT = 2 ** 48;

export interface DtlsRecord {
  readonly contentType: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequenceNumber: number;
  /** Epoch and sequence number as they stand in the header: 8 bytes, which protection covers. */
  readonly sequence: Uint8Array;
  readonly payload: Uint8Array;
  /** Bytes that the record takes, its header included. */
  readonly length: number;
}

/**
 * The record at the start of the bytes, or undefined where it is none: then the whole datagram is dropped. A version
 * above DTLS 1.2 is none; the versions count down.
 */
export function parseDtlsRecord(bytes: Uint8Array): DtlsRecord | undefined {
  if (bytes.length < DTLS_RECORD_HEADER_LENGTH) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, DTLS_RECORD_HEADER_LENGTH);
  const contentType = view.getUint8(0);
  const version = view.getUint16(1);
  const payloadLength = view.getUint16(11);
  const length = DTLS_RECORD_HEADER_LENGTH + payloadLength;
  if (contentType < CONTENT_TYPE_CHANGE_CIPHER_SPEC || contentType > CONTENT_TYPE_APPLICATION_DATA) {
    return undefined;
  }
  if (!isKnownVersion(version) || payloadLength === 0 || length > bytes.length) return undefined;
  return {
    contentType,
    version,
    epoch: view.getUint16(3),
    sequenceNumber: view.getUint16(5) * 2 ** 32 + view.getUint32(7),
    sequence: bytes.subarray(3, 11),
    payload: bytes.subarray(DTLS_RECORD_HEADER_LENGTH, length),
    length,
  };
}

/** Whether `mbedtls_ssl_read_version` makes a number of it that is not above TLS 1.2's, in 16 bits. */
function isKnownVersion(version: number): boolean {
  return ((version - 0x0201) & 0xffff) >= 0xfcfc;
}

/** Epoch and sequence number as they stand in a header. */
export function encodeSequence(epoch: number, sequenceNumber: number): Uint8Array {
  const sequence = new Uint8Array(8);
  const view = new DataView(sequence.buffer);
  view.setUint16(0, epoch);
  view.setUint16(2, Math.floor(sequenceNumber / 2 ** 32));
  view.setUint32(4, sequenceNumber % 2 ** 32);
  return sequence;
}

/** A whole record of DTLS 1.2. */
export function encodeDtlsRecord(contentType: number, sequence: Uint8Array, payload: Uint8Array): Uint8Array {
  const record = new Uint8Array(DTLS_RECORD_HEADER_LENGTH + payload.length);
  record[0] = contentType;
  record[1] = VERSION_DTLS12 >> 8;
  record[2] = VERSION_DTLS12 & 0xff;
  record.set(sequence, 3);
  record[11] = payload.length >> 8;
  record[12] = payload.length & 0xff;
  record.set(payload, DTLS_RECORD_HEADER_LENGTH);
  return record;
}
