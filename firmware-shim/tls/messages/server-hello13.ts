/** ServerHello and HelloRetryRequest of TLS 1.3: RFC 8446 sections 4.1.3 and 4.1.4. */

import { ByteReader } from "../bytes.ts";
import { RANDOM_LENGTH } from "../limits.ts";
import { bytesEqual } from "../x509/name.ts";
import { EXTENSION_TYPES } from "./extensions.ts";

/** The random that makes a ServerHello a HelloRetryRequest: SHA-256 of "HelloRetryRequest". */
export const HELLO_RETRY_REQUEST_RANDOM: Uint8Array = Uint8Array.of(
  ...[0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91],
  ...[0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c],
);

/** The end of the random of a server that could do TLS 1.3 and negotiates TLS 1.2: "DOWNGRD" and 1. */
export const DOWNGRADE_SENTINEL: Uint8Array = Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 1);

/** Whether a random says that the server could have negotiated a higher version; 0 stands for TLS 1.1 and below. */
export function hasDowngradeSentinel(random: Uint8Array): boolean {
  const end = random.subarray(-DOWNGRADE_SENTINEL.length);
  const last = end[end.length - 1];
  return bytesEqual(end.subarray(0, -1), DOWNGRADE_SENTINEL.subarray(0, -1)) && (last === 0 || last === 1);
}

/** The random of a ServerHello long enough to have one. */
export function serverRandom(body: Uint8Array): Uint8Array {
  return new ByteReader(body.subarray(2)).bytes(RANDOM_LENGTH);
}

/**
 * Whether a ServerHello is TLS 1.3's (`ssl_tls13_is_supported_versions_ext_present`).
 *
 * @throws MbedTlsError decode_error.
 */
export function hasSupportedVersions(body: Uint8Array): boolean {
  const reader = new ByteReader(body);
  reader.bytes(2 + RANDOM_LENGTH);
  reader.vector(1); // session_id
  reader.bytes(3); // suite and compression method
  return findExtension(reader, EXTENSION_TYPES.supported_versions) !== undefined;
}

/**
 * The content of the first extension of that type in a hello whose extensions come next; undefined where it has none.
 *
 * @throws MbedTlsError decode_error.
 */
export function findExtension(reader: ByteReader, wanted: number): Uint8Array | undefined {
  if (reader.remaining === 0) return undefined;
  const extensions = new ByteReader(reader.vector(2));
  while (extensions.remaining > 0) {
    const type = extensions.uint(2);
    const data = extensions.vector(2);
    if (type === wanted) return data;
  }
  return undefined;
}
