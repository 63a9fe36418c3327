/**
 * ServerKeyExchange for ECDHE (RFC 8422 section 5.4) and PSK (RFC 4279 section 2), with the checks of
 * `ssl_parse_server_key_exchange`.
 */

import { ByteReader, concatenate, encodeUint, encodeVector } from "../bytes.ts";
import type { CurveName, GroupName } from "../crypto/provider.ts";
import { decodeError, ERR, MbedTlsError } from "../errors.ts";
import { NAMED_CURVES, namedCurveNumber } from "./extensions.ts";

const CURVE_TYPE_NAMED_CURVE = 3;

/** Bytes of an uncompressed point, and of a public key of X25519. */
const POINT_LENGTHS: Readonly<Record<GroupName, number>> = {
  x25519: 32,
  secp256r1: 65,
  secp384r1: 97,
  secp521r1: 133,
};
const POINT_UNCOMPRESSED = 4;

export interface EcdheParameters {
  readonly curve: GroupName;
  /** Uncompressed; whether it lies on the curve is not known yet. */
  readonly point: Uint8Array;
}

/** digitally-signed: RFC 5246 section 4.7. */
export interface DigitallySigned {
  /** SignatureAndHashAlgorithm. */
  readonly algorithm: number;
  /** Its own length field has not been read yet. */
  readonly rest: ByteReader;
}

export interface EcdheServerKeyExchange {
  readonly parameters: EcdheParameters;
  /** The parameters' bytes, which are signed. */
  readonly parameterBytes: Uint8Array;
  readonly signed: DigitallySigned;
}

/** What a PSK suite's message starts with. mbedTLS's server has no hint to give, its client no use for one. */
export const EMPTY_PSK_IDENTITY_HINT = Uint8Array.of(0, 0);

/**
 * The parameters of a PSK suite, after the hint. Nothing is signed, and what follows is left aside.
 *
 * @returns Undefined for the suites without a curve.
 * @throws MbedTlsError decode_error for a bad hint, `SSL_ILLEGAL_PARAMETER` as below.
 */
export function decodePskServerKeyExchange(body: Uint8Array, hasCurve: boolean): EcdheParameters | undefined {
  const reader = new ByteReader(body);
  reader.vector(2);
  return hasCurve ? decodeParameters(reader) : undefined;
}

/** ServerECDHParams. */
export function encodeEcdheParameters(curve: CurveName, point: Uint8Array): Uint8Array {
  return concatenate(
    Uint8Array.of(CURVE_TYPE_NAMED_CURVE),
    encodeUint(namedCurveNumber(curve), 2),
    encodeVector(1, point),
  );
}

/** digitally-signed: the algorithm and the signature. Also the body of CertificateVerify. */
export function encodeSigned(algorithm: number, signature: Uint8Array): Uint8Array {
  return concatenate(encodeUint(algorithm, 2), encodeVector(2, signature));
}

/**
 * The parameters and the signature's algorithm. `decodeSignature` reads the signature, which mbedTLS looks at only
 * once the algorithm has passed.
 *
 * @param groups - Those that were offered.
 * @throws MbedTlsError `SSL_ILLEGAL_PARAMETER` for any fault in the parameters, a missing byte included.
 */
export function decodeServerKeyExchange(
  body: Uint8Array,
  groups: ReadonlyMap<number, GroupName> = NAMED_CURVES,
): EcdheServerKeyExchange {
  const reader = new ByteReader(body);
  const parameters = decodeParameters(reader, groups);
  const parameterBytes = body.subarray(0, reader.offset);
  const algorithm = reader.uint(2);
  return { parameters, parameterBytes, signed: { algorithm, rest: reader } };
}

function decodeParameters(
  reader: ByteReader,
  groups: ReadonlyMap<number, GroupName> = NAMED_CURVES,
): EcdheParameters {
  if (reader.remaining < 4) throw illegalParameters();
  const curveType = reader.uint(1);
  const curve = groups.get(reader.uint(2));
  const pointLength = reader.uint(1);
  if (curveType !== CURVE_TYPE_NAMED_CURVE || curve === undefined) throw illegalParameters();
  if (pointLength !== POINT_LENGTHS[curve] || pointLength > reader.remaining) throw illegalParameters();
  const point = reader.bytes(pointLength);
  if (curve !== "x25519" && point[0] !== POINT_UNCOMPRESSED) throw illegalParameters();
  return { curve, point };
}

function illegalParameters(): MbedTlsError {
  const reason = "bad ECDHE parameters";
  return new MbedTlsError(ERR.SSL_ILLEGAL_PARAMETER, { alert: "illegal_parameter", reason });
}

/**
 * The signature, which must end the message.
 *
 * @throws MbedTlsError decode_error.
 */
export function decodeSignature(signed: DigitallySigned): Uint8Array {
  const { rest } = signed;
  const signature = rest.vector(2);
  if (rest.remaining > 0) throw decodeError("bytes after the signature");
  return signature;
}
