/** ClientHello: RFC 5246 section 7.4.1.2, as mbedTLS's ssl_client.c and ssl_tls12_client.c write it on an ESP32. */

import { concatenate, encodeUint, encodeUint16List, encodeVector } from "../bytes.ts";
import { type CipherSuite, usesEllipticCurves } from "../ciphersuites.ts";
import { VERSION_TLS12 } from "../record/content-type.ts";
import {
  encodeExtension,
  encodePointFormats,
  encodeServerName,
  encodeSignatureAlgorithms,
  encodeSupportedGroups,
  NAMED_CURVES,
  POINT_FORMAT_UNCOMPRESSED,
  SIGNATURE_ALGORITHMS,
} from "./extensions.ts";

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV: RFC 5746 section 3.3. */
const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
const COMPRESSION_NULL = 0;

export interface ClientHello {
  /** 32 bytes. */
  readonly random: Uint8Array;
  readonly cipherSuites: readonly CipherSuite[];
  /** The host name of the server_name extension; an address is sent as well, as mbedTLS does. */
  readonly hostName: Uint8Array | undefined;
}

/** The body of the ClientHello of a first handshake. */
export function encodeClientHello(hello: ClientHello): Uint8Array {
  const suites = [...hello.cipherSuites.map((suite) => suite.id), EMPTY_RENEGOTIATION_INFO_SCSV];
  return concatenate(
    encodeUint(VERSION_TLS12, 2),
    hello.random,
    encodeVector(1), // session_id: nothing to resume
    encodeVector(2, encodeUint16List(suites)),
    encodeVector(1, Uint8Array.of(COMPRESSION_NULL)),
    encodeVector(2, ...encodeExtensions(hello)),
  );
}

/** The order is mbedTLS's; servers and fingerprints see it. */
function encodeExtensions(hello: ClientHello): Uint8Array[] {
  const curves = hello.cipherSuites.some(usesEllipticCurves);
  const extensions: Uint8Array[] = [];
  if (hello.hostName !== undefined) extensions.push(encodeServerName(hello.hostName));
  if (curves) extensions.push(encodeSupportedGroups([...NAMED_CURVES.keys()]));
  extensions.push(encodeSignatureAlgorithms([...SIGNATURE_ALGORITHMS.keys()]));
  if (curves) extensions.push(encodePointFormats([POINT_FORMAT_UNCOMPRESSED]));
  extensions.push(encodeExtension("encrypt_then_mac"));
  extensions.push(encodeExtension("extended_master_secret"));
  extensions.push(encodeExtension("session_ticket"));
  return extensions;
}
