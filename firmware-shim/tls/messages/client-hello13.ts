/** ClientHello of a client that may use TLS 1.3: RFC 8446 section 4.1.2, as mbedTLS's ssl_client.c writes it. */

import { concatenate, encodeUint, encodeUint16List, encodeVector } from "../bytes.ts";
import { type CipherSuite, usesEllipticCurves } from "../ciphersuites.ts";
import type { CipherSuite13 } from "../ciphersuites13.ts";
import { VERSION_TLS12, VERSION_TLS13 } from "../record/content-type.ts";
import { EMPTY_RENEGOTIATION_INFO_SCSV } from "./client-hello.ts";
import {
  EXTENSION_TYPES,
  encodeExtension,
  encodePointFormats,
  encodeServerName,
  encodeSignatureAlgorithms,
  encodeSupportedGroups,
  NAMED_GROUPS,
  OFFERED_SIGNATURE_SCHEMES,
  POINT_FORMAT_UNCOMPRESSED,
} from "./extensions.ts";
import {
  encodeKeyShareEntry,
  encodePreSharedKey,
  encodeSupportedVersions,
  type OfferedPsk,
  PSK_DHE_KE,
} from "./extensions13.ts";

const COMPRESSION_NULL = 0;

export interface ClientHello13 {
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** 32 bytes, so that the handshake looks like a resumed one of TLS 1.2 (appendix D.4). */
  readonly sessionId: Uint8Array;
  readonly cipherSuites13: readonly CipherSuite13[];
  /** Empty where TLS 1.2 is not offered. */
  readonly cipherSuites12: readonly CipherSuite[];
  readonly hostName: Uint8Array | undefined;
  /** A server's, which is repeated. */
  readonly cookie: Uint8Array | undefined;
  readonly group: number;
  readonly publicKey: Uint8Array;
  /** A MaxFragmentLength for TLS 1.2, or 0. */
  readonly maxFragmentLength: number;
  readonly psk: OfferedPsk | undefined;
}

/** Extensions by type, for which a server may send an answer. */
export const SENT_EXTENSIONS: ReadonlySet<number> = new Set([
  EXTENSION_TYPES.supported_versions,
  EXTENSION_TYPES.key_share,
  EXTENSION_TYPES.psk_key_exchange_modes,
  EXTENSION_TYPES.supported_groups,
  EXTENSION_TYPES.signature_algorithms,
]);

/** The body of a ClientHello; the binder at its end is still zero. */
export function encodeClientHello13(hello: ClientHello13): Uint8Array {
  const suites = [...hello.cipherSuites13, ...hello.cipherSuites12].map(({ id }) => id);
  return concatenate(
    encodeUint(VERSION_TLS12, 2),
    hello.random,
    encodeVector(1, hello.sessionId),
    encodeVector(2, encodeUint16List([...suites, EMPTY_RENEGOTIATION_INFO_SCSV])),
    encodeVector(1, Uint8Array.of(COMPRESSION_NULL)),
    encodeVector(2, ...encodeExtensions(hello)),
  );
}

/** The order is mbedTLS's: TLS 1.3's, what both have, TLS 1.2's, and last, as it must be, pre_shared_key. */
function encodeExtensions(hello: ClientHello13): Uint8Array[] {
  const offers12 = hello.cipherSuites12.length > 0;
  const versions = offers12 ? [VERSION_TLS13, VERSION_TLS12] : [VERSION_TLS13];
  const share = encodeKeyShareEntry(hello.group, hello.publicKey);
  const extensions: Uint8Array[] = [];
  if (hello.hostName !== undefined) extensions.push(encodeServerName(hello.hostName));
  extensions.push(encodeSupportedVersions(versions));
  if (hello.cookie) extensions.push(encodeExtension("cookie", encodeVector(2, hello.cookie)));
  extensions.push(encodeExtension("key_share", encodeVector(2, share)));
  extensions.push(encodeExtension("psk_key_exchange_modes", encodeVector(1, Uint8Array.of(PSK_DHE_KE))));
  extensions.push(encodeSupportedGroups([...NAMED_GROUPS.keys()]));
  extensions.push(encodeSignatureAlgorithms(OFFERED_SIGNATURE_SCHEMES));
  if (offers12) extensions.push(...encodeExtensions12(hello));
  if (hello.psk) extensions.push(encodePreSharedKey(hello.psk));
  return extensions;
}

/** `mbedtls_ssl_tls12_write_client_hello_exts` */
function encodeExtensions12({ cipherSuites12, maxFragmentLength }: ClientHello13): Uint8Array[] {
  const extensions: Uint8Array[] = [];
  if (cipherSuites12.some(usesEllipticCurves)) {
    extensions.push(encodePointFormats([POINT_FORMAT_UNCOMPRESSED]));
  }
  if (maxFragmentLength !== 0) {
    extensions.push(encodeExtension("max_fragment_length", Uint8Array.of(maxFragmentLength)));
  }
  extensions.push(encodeExtension("encrypt_then_mac"));
  extensions.push(encodeExtension("extended_master_secret"));
  extensions.push(encodeExtension("session_ticket"));
  return extensions;
}
