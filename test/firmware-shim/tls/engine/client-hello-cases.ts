/** ClientHellos that a server refuses, with mbedTLS's code and alert for each. */

import type { AlertName } from "../../../../firmware-shim/tls/alerts.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  handshake,
  record,
  uint,
  vector,
} from "./scripted-server.ts";

export const SUITE = 0xc02b; // TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256

interface Parts {
  readonly version?: number;
  readonly sessionId?: Buffer;
  readonly suites?: Buffer;
  readonly compression?: Buffer;
  /** Undefined leaves the whole block out. */
  readonly extensions?: readonly Buffer[] | undefined;
  readonly after?: Buffer;
}

export const extension = (type: number, ...content: Buffer[]) =>
  Buffer.concat([uint(type, 2), vector(2, ...content)]);
const list16 = (...values: number[]) => vector(2, ...values.map((value) => uint(value, 2)));

export const GROUPS = extension(10, list16(23));
export const SIGNATURES = extension(13, list16(0x0403));

export function helloBody(parts: Parts = {}): Buffer {
  const extensions = "extensions" in parts ? parts.extensions : [GROUPS, SIGNATURES];
  return Buffer.concat([
    uint(parts.version ?? 0x0303, 2),
    Buffer.alloc(32, 0x77),
    parts.sessionId ?? vector(1),
    parts.suites ?? list16(SUITE, 0xff),
    parts.compression ?? vector(1, Buffer.of(0)),
    extensions ? vector(2, ...extensions) : Buffer.alloc(0),
    parts.after ?? Buffer.alloc(0),
  ]);
}

const hello = (parts: Parts = {}) => record(HANDSHAKE, handshake(1, helloBody(parts)));
const withExtensions = (...extensions: Buffer[]) => hello({ extensions });

type Case = readonly [name: string, bytes: Buffer, code: number, alert: AlertName | undefined];

const { SSL_DECODE_ERROR, SSL_HANDSHAKE_FAILURE, SSL_ILLEGAL_PARAMETER, SSL_UNEXPECTED_MESSAGE } = ERR;

export const REFUSED_CLIENT_HELLOS: readonly Case[] = [
  // The first record, which mbedTLS reads by itself and without alerts.
  ["an alert", record(ALERT, Buffer.of(2, 40)), SSL_UNEXPECTED_MESSAGE, undefined],
  ["application data", record(APPLICATION_DATA, Buffer.alloc(3)), SSL_UNEXPECTED_MESSAGE, undefined],
  ["ChangeCipherSpec", record(CHANGE_CIPHER_SPEC, Buffer.of(1)), SSL_UNEXPECTED_MESSAGE, undefined],
  ["HTTP", Buffer.from("GET / HTTP/1.0\r\n\r\n"), SSL_UNEXPECTED_MESSAGE, undefined],
  ["SSL 2", Buffer.from("802e010301001500000010", "hex"), SSL_UNEXPECTED_MESSAGE, undefined],
  ["a record above 16384 bytes", record(HANDSHAKE, Buffer.alloc(16385)), SSL_ILLEGAL_PARAMETER, undefined],
  ["an empty record", record(HANDSHAKE, Buffer.alloc(0)), SSL_DECODE_ERROR, undefined],
  ["half a header", record(HANDSHAKE, Buffer.of(1, 0, 0)), SSL_DECODE_ERROR, undefined],
  ["ServerHello", record(HANDSHAKE, handshake(2, helloBody())), SSL_UNEXPECTED_MESSAGE, undefined],
  ["37 bytes", record(HANDSHAKE, handshake(1, Buffer.alloc(37, 3))), SSL_DECODE_ERROR, undefined],
  // Its fields.
  ["TLS 1.1", hello({ version: 0x0302 }), ERR.SSL_BAD_PROTOCOL_VERSION, "protocol_version"],
  ["TLS 1.3 as its version", hello({ version: 0x0304 }), ERR.SSL_BAD_PROTOCOL_VERSION, "protocol_version"],
  [
    "a session_id of 33 bytes",
    hello({ sessionId: vector(1, Buffer.alloc(33)) }),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  ["no suites", hello({ suites: list16() }), SSL_DECODE_ERROR, "decode_error"],
  ["half a suite", hello({ suites: vector(2, Buffer.of(0xc0, 0x2b, 0)) }), SSL_DECODE_ERROR, "decode_error"],
  ["suites beyond the end", hello({ suites: Buffer.of(0xff, 0, 0) }), SSL_DECODE_ERROR, "decode_error"],
  ["no compression method", hello({ compression: vector(1) }), SSL_DECODE_ERROR, "decode_error"],
  [
    "17 compression methods",
    hello({ compression: vector(1, Buffer.alloc(17)) }),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "half a length of extensions",
    hello({ extensions: undefined, after: Buffer.of(0) }),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  ["bytes after the extensions", hello({ after: Buffer.of(0) }), SSL_DECODE_ERROR, "decode_error"],
  // Its extensions.
  [
    "half a header of an extension",
    withExtensions(GROUPS, Buffer.of(0, 1, 2)),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  ["an extension beyond the end", withExtensions(Buffer.of(0, 99, 0, 1)), SSL_DECODE_ERROR, "decode_error"],
  [
    "server_name without a list",
    withExtensions(extension(0, Buffer.of(0))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "a list of names beyond the end",
    withExtensions(extension(0, Buffer.of(0, 9, 0))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "a name beyond its list",
    withExtensions(extension(0, vector(2, Buffer.of(0, 0, 9)))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "half a name's header",
    withExtensions(extension(0, vector(2, Buffer.of(0, 0)))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "renegotiation_info with something in it",
    withExtensions(extension(0xff01, Buffer.of(1, 7))),
    SSL_HANDSHAKE_FAILURE,
    "handshake_failure",
  ],
  [
    "an empty renegotiation_info",
    withExtensions(extension(0xff01)),
    SSL_HANDSHAKE_FAILURE,
    "handshake_failure",
  ],
  ["signature_algorithms without a list", withExtensions(extension(13)), SSL_DECODE_ERROR, "decode_error"],
  [
    "half an algorithm",
    withExtensions(extension(13, vector(2, Buffer.of(4)))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "bytes after the algorithms",
    withExtensions(extension(13, list16(0x0403), Buffer.of(0))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "no common algorithm",
    withExtensions(extension(13, list16(0x0804))),
    SSL_HANDSHAKE_FAILURE,
    "handshake_failure",
  ],
  ["groups without a list", withExtensions(extension(10, Buffer.of(0))), SSL_DECODE_ERROR, "decode_error"],
  ["half a group", withExtensions(extension(10, vector(2, Buffer.of(0)))), SSL_DECODE_ERROR, "decode_error"],
  [
    "bytes after the groups",
    withExtensions(extension(10, list16(23), Buffer.of(0))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  ["groups twice", withExtensions(GROUPS, GROUPS), SSL_ILLEGAL_PARAMETER, "illegal_parameter"],
  ["bad point formats", withExtensions(extension(11, Buffer.of(2, 0))), SSL_DECODE_ERROR, "decode_error"],
  ["empty point formats", withExtensions(extension(11)), SSL_DECODE_ERROR, "decode_error"],
  [
    "max_fragment_length 5",
    withExtensions(extension(1, Buffer.of(5))),
    SSL_ILLEGAL_PARAMETER,
    "illegal_parameter",
  ],
  ["an empty max_fragment_length", withExtensions(extension(1)), SSL_ILLEGAL_PARAMETER, "illegal_parameter"],
  [
    "encrypt_then_mac with something in it",
    withExtensions(extension(22, Buffer.of(0))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  [
    "extended_master_secret with something in it",
    withExtensions(extension(23, Buffer.of(0))),
    SSL_DECODE_ERROR,
    "decode_error",
  ],
  // What it offers.
  ["no shared suite", hello({ suites: list16(0x1301, 0xc030) }), SSL_HANDSHAKE_FAILURE, "handshake_failure"],
  ["no groups", withExtensions(SIGNATURES), SSL_HANDSHAKE_FAILURE, "handshake_failure"],
  [
    "no known group",
    withExtensions(SIGNATURES, extension(10, list16(29, 30))),
    SSL_HANDSHAKE_FAILURE,
    "handshake_failure",
  ],
  [
    "not the curve of the certificate",
    withExtensions(SIGNATURES, extension(10, list16(24))),
    SSL_HANDSHAKE_FAILURE,
    "handshake_failure",
  ],
  [
    "signatures of RSA alone",
    withExtensions(GROUPS, extension(13, list16(0x0401))),
    SSL_HANDSHAKE_FAILURE,
    "handshake_failure",
  ],
];

/** What is taken, though it looks odd. */
export const ACCEPTED_CLIENT_HELLOS: readonly (readonly [name: string, bytes: Buffer])[] = [
  ["a plain one", hello()],
  ["a record of another version", record(HANDSHAKE, handshake(1, helloBody()), 0x7f1c)],
  ["no signature_algorithms", withExtensions(GROUPS)],
  [
    "a length in the header that is wrong",
    record(HANDSHAKE, Buffer.concat([Buffer.of(1, 9, 9, 9), helloBody()])),
  ],
  [
    "point formats without the known ones",
    withExtensions(GROUPS, SIGNATURES, extension(11, Buffer.of(1, 9))),
  ],
  [
    "unknown extensions",
    withExtensions(GROUPS, SIGNATURES, extension(99, Buffer.alloc(9)), extension(16, Buffer.of(1))),
  ],
  ["compression offered", hello({ compression: vector(1, Buffer.of(1, 0)) })],
  ["without SCSV", hello({ suites: list16(SUITE) })],
  [
    "names of another kind first",
    withExtensions(
      GROUPS,
      SIGNATURES,
      extension(0, vector(2, Buffer.of(9, 0, 1, 65), Buffer.of(0, 0, 1, 66, 99))),
    ),
  ],
  [
    "a ticket, with a server that has none",
    withExtensions(GROUPS, SIGNATURES, extension(35, Buffer.alloc(50))),
  ],
  ["max_fragment_length 0", withExtensions(GROUPS, SIGNATURES, extension(1, Buffer.of(0)))],
];
