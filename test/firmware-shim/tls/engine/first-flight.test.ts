/** Every misbehaviour in a server's first flight has mbedTLS's code, and the alert that mbedTLS sends. */

import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ALERT_CODES, type AlertName } from "../../../../firmware-shim/tls/alerts.ts";
import { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import {
  CERT_NONE,
  CERT_OPTIONAL,
  CERT_REQUIRED,
  TlsContext,
} from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { NOW } from "./certificates.ts";
import { deterministicCrypto, exchange } from "./harness.ts";
import {
  certificateWith,
  client,
  ecdsa,
  FINISHED,
  firstFlight,
  HELLO_REQUEST,
  helloWith,
  message,
  type Outcome,
  outcome,
  patchHello,
  replace,
  root,
  rsa,
} from "./misbehave.ts";
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  handshake,
  record,
  type Script,
  ScriptedServer,
  uint,
  vector,
} from "./scripted-server.ts";

const SESSION_ID_LENGTH = 34;
const SUITE = 35;
const COMPRESSION = 37;
const EXTENSIONS_LENGTH = 38;
const der = ecdsa.der;

describe("ServerHello", () => {
  test.each<[string, Script, number, AlertName | undefined]>([
    ["another message", message("ServerHello", FINISHED), ERR.SSL_DECODE_ERROR, "decode_error"],
    ["HelloRequest", message("ServerHello", HELLO_REQUEST), ERR.SSL_DECODE_ERROR, "decode_error"],
    [
      "too short",
      message("ServerHello", handshake(2, Buffer.alloc(37))),
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
    ["TLS 1.1", patchHello(0, 3, 2), ERR.SSL_BAD_PROTOCOL_VERSION, "protocol_version"],
    ["TLS 1.3 as its version", patchHello(0, 3, 4), ERR.SSL_BAD_PROTOCOL_VERSION, "protocol_version"],
    ["a session_id of 33 bytes", patchHello(SESSION_ID_LENGTH, 33), ERR.SSL_DECODE_ERROR, "decode_error"],
    ["bad length of extensions", patchHello(EXTENSIONS_LENGTH, 0xff), ERR.SSL_DECODE_ERROR, "decode_error"],
    ["compression", patchHello(COMPRESSION, 1), ERR.SSL_FEATURE_UNAVAILABLE, "illegal_parameter"],
    ["an unknown suite", patchHello(SUITE, 0x13, 1), ERR.SSL_BAD_INPUT_DATA, "internal_error"],
    [
      "a suite that was not offered",
      patchHello(SUITE, 0, 0xa8),
      ERR.SSL_HANDSHAKE_FAILURE,
      "handshake_failure",
    ],
    [
      "renegotiation_info with something in it",
      helloWith(Buffer.of(0xff, 1, 0, 2, 1, 7)),
      ERR.SSL_HANDSHAKE_FAILURE,
      "handshake_failure",
    ],
    [
      "extended_master_secret with something in it",
      helloWith(Buffer.of(0, 23, 0, 1, 0)),
      ERR.SSL_UNSUPPORTED_EXTENSION,
      "unsupported_extension",
    ],
    [
      "encrypt_then_mac with something in it",
      helloWith(Buffer.of(0, 22, 0, 1, 0)),
      ERR.SSL_UNSUPPORTED_EXTENSION,
      "unsupported_extension",
    ],
    [
      "session_ticket with something in it",
      helloWith(Buffer.of(0, 35, 0, 1, 0)),
      ERR.SSL_UNSUPPORTED_EXTENSION,
      "unsupported_extension",
    ],
    ["bad point formats", helloWith(Buffer.of(0, 11, 0, 2, 2, 0)), ERR.SSL_DECODE_ERROR, "decode_error"],
    [
      "no point format",
      helloWith(Buffer.of(0, 11, 0, 2, 1, 2)),
      ERR.SSL_HANDSHAKE_FAILURE,
      "handshake_failure",
    ],
    [
      "an extension that is too long",
      helloWith(Buffer.of(0, 23, 0, 1)),
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
    [
      "half a header of an extension",
      helloWith(Buffer.of(0, 22, 0, 0, 0, 23)),
      ERR.SSL_DECODE_ERROR,
      undefined,
    ],
  ])("%s", (_, script, code, alert) => {
    expect(firstFlight(script)).toEqual({ code, alert });
  });

  test("a suite that set_ciphers left out", () => {
    const ciphers = ["TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256"];
    const alert = "illegal_parameter";
    expect(firstFlight({}, ecdsa, { ciphers })).toEqual({ code: ERR.SSL_ILLEGAL_PARAMETER, alert });
  });

  test("extensions that nobody asked for, and encrypt_then_mac, change nothing", () => {
    const connection = client();
    const etm = helloWith(Buffer.of(0, 22, 0, 0), Buffer.of(0, 16, 0, 1, 9), Buffer.of(0, 23, 0, 0));
    const server = new ScriptedServer(ecdsa, etm);
    const flight = server.firstFlight(exchange(connection)).map((bytes) => record(HANDSHAKE, bytes));
    exchange(connection, ...server.secondFlight(exchange(connection, ...flight)));
    expect(connection.state).toBe("connected");
  });
});

describe("Certificate", () => {
  const unknownVersion = Buffer.from(der);
  unknownVersion[unknownVersion.indexOf(Buffer.of(0xa0, 3, 2, 1, 2)) + 4] = 3;
  const chain = (...certificates: Uint8Array[]) => vector(3, ...certificates.map((one) => vector(3, one)));

  test.each<[string, Script, number, AlertName | undefined]>([
    ["another message", message("Certificate", FINISHED), ERR.SSL_UNEXPECTED_MESSAGE, "unexpected_message"],
    ["left out", message("Certificate", handshake(14)), ERR.SSL_UNEXPECTED_MESSAGE, "unexpected_message"],
    ["too short", certificateWith(Buffer.alloc(5)), ERR.SSL_DECODE_ERROR, "decode_error"],
    ["empty", certificateWith(vector(3)), ERR.SSL_DECODE_ERROR, "decode_error"],
    [
      "a wrong length",
      certificateWith(Buffer.concat([chain(der), Buffer.of(0)])),
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
    [
      "a certificate of 127 bytes",
      certificateWith(chain(der.slice(0, 127))),
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
    [
      "a certificate above 64 KiB",
      certificateWith(vector(3, Buffer.of(1, 0, 0))),
      ERR.SSL_BAD_CERTIFICATE,
      "unsupported_certificate",
    ],
    [
      "no certificate at all",
      certificateWith(chain(Buffer.alloc(200, 0x31))),
      ERR.X509_INVALID_FORMAT,
      "bad_certificate",
    ],
    [
      "a version 4",
      certificateWith(chain(unknownVersion)),
      ERR.X509_UNKNOWN_VERSION,
      "unsupported_certificate",
    ],
  ])("%s", (_, script, code, alert) => {
    for (const verifyMode of [CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED]) {
      expect(firstFlight(script, ecdsa, { verifyMode })).toEqual({ code, alert });
    }
  });

  test("a certificate whose signature algorithm is unknown is left out of the chain", () => {
    const ECDSA_WITH_SHA256 = Buffer.from("2a8648ce3d040302", "hex");
    const unknown = Buffer.from(der);
    for (let at = unknown.indexOf(ECDSA_WITH_SHA256); at >= 0; at = unknown.indexOf(ECDSA_WITH_SHA256)) {
      unknown[at + 7] = 0x7f;
    }
    const script = certificateWith(chain(unknown));
    const code = ERR.X509_CERT_VERIFY_FAILED;
    expect(firstFlight(script)).toEqual({ code, alert: "bad_certificate" });
    expect(firstFlight(script, ecdsa, { serverHostname: undefined, verifyMode: 7 })).toEqual({
      code,
      alert: "unsupported_certificate",
    });
    for (const verifyMode of [CERT_NONE, CERT_OPTIONAL]) {
      const illegal = { code: ERR.SSL_ILLEGAL_PARAMETER, alert: "illegal_parameter" };
      expect(firstFlight(script, ecdsa, { verifyMode })).toEqual(illegal);
    }
    // Behind the server's own certificate it changes nothing.
    expect(firstFlight(certificateWith(chain(der, unknown))).code).toBeUndefined();
  });

  test("without a host name, CERT_REQUIRED does not verify", () => {
    const context = new TlsContext(0);
    context.loadVerifyLocations(root.der);
    const connection = new TlsConnection(context, { crypto: deterministicCrypto, now: () => NOW });
    const flight = new ScriptedServer(ecdsa).firstFlight(exchange(connection));
    const output = exchange(connection, ...flight.map((bytes) => record(HANDSHAKE, bytes)));
    expect(output).toHaveLength(0);
    expect(exceptionForHandshake(connection.error!)).toEqual({
      type: "OSError",
      args: [-23936, "MBEDTLS_ERR_UNKNOWN (0x5D80)"],
    });
  });

  test("any other verify mode verifies too", () => {
    const options = { verifyMode: 7, serverHostname: "other.test" };
    const code = ERR.X509_CERT_VERIFY_FAILED;
    expect(firstFlight({}, ecdsa, options)).toEqual({ code, alert: "bad_certificate" });
    expect(firstFlight({}, ecdsa, { ...options, verifyMode: 256 }).code).toBeUndefined();
  });

  test.each([
    [1, 1, { type: "OSError", args: [1, "MBEDTLS_ERR_ERROR_GENERIC_ERROR"] }],
    [-1, -1, { type: "OSError", args: [1] }],
    [-5, -5, { type: "OSError", args: [5] }],
    [-0x2700, -0x3000, { type: "OSError", args: [-12288, "MBEDTLS_ERR_X509_FATAL_ERROR"] }],
  ])("a verify_callback that returns %i", (result, code, exception) => {
    for (const verifyMode of [CERT_OPTIONAL, CERT_REQUIRED]) {
      const calls: [number, number][] = [];
      const connection = clientWithCallback(verifyMode, (bytes, depth) => {
        calls.push([bytes.length, depth]);
        return depth === 0 ? result : 0;
      });
      const flight = new ScriptedServer(ecdsa).firstFlight(exchange(connection));
      const output = exchange(connection, ...flight.map((bytes) => record(HANDSHAKE, bytes)));
      expect(outcome(connection, output)).toEqual({ code, alert: "access_denied" });
      expect(exceptionForHandshake(connection.error!)).toEqual(exception);
      expect(calls).toEqual([
        [root.der.length, 1],
        [der.length, 0],
      ]);
    }
  });

  function clientWithCallback(verifyMode: number, callback: TlsContext["verifyCallback"]): TlsConnection {
    const context = new TlsContext(0);
    context.verifyMode = verifyMode;
    context.verifyCallback = callback;
    context.loadVerifyLocations(root.der);
    return new TlsConnection(context, {
      crypto: deterministicCrypto,
      serverHostname: "board.test",
      now: () => NOW,
    });
  }
});

describe("ServerKeyExchange", () => {
  const body = (bytes: Buffer): Script => message("ServerKeyExchange", handshake(12, bytes));
  const offCurve = Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const foreign = () => sign("sha256", Buffer.from("something else"), privateKey);

  test.each<[string, Script, number, AlertName | undefined]>([
    [
      "left out",
      message("ServerKeyExchange", handshake(14)),
      ERR.SSL_UNEXPECTED_MESSAGE,
      "unexpected_message",
    ],
    ["empty", body(Buffer.alloc(0)), ERR.SSL_ILLEGAL_PARAMETER, "illegal_parameter"],
    ["an unknown curve", body(Buffer.of(3, 0, 29, 32)), ERR.SSL_ILLEGAL_PARAMETER, "illegal_parameter"],
    [
      "a point of the wrong length",
      { point: offCurve.subarray(1) },
      ERR.SSL_ILLEGAL_PARAMETER,
      "illegal_parameter",
    ],
    ["a point that is not on the curve", { point: offCurve }, ERR.ECP_INVALID_KEY, undefined],
    ["RSA for an EC key", { signatureAlgorithm: 0x0401 }, ERR.SSL_ILLEGAL_PARAMETER, "illegal_parameter"],
    [
      "an algorithm not offered",
      { signatureAlgorithm: 0x0203 },
      ERR.SSL_ILLEGAL_PARAMETER,
      "illegal_parameter",
    ],
    ["another hash", { signatureAlgorithm: 0x0503 }, ERR.ECP_VERIFY_FAILED, "decrypt_error"],
    ["someone else's signature", { signature: foreign }, ERR.ECP_VERIFY_FAILED, "decrypt_error"],
    [
      "no signature",
      { signature: () => Buffer.alloc(0) },
      ERR.ECP_BAD_INPUT_DATA + ERR.ASN1_OUT_OF_DATA,
      "decrypt_error",
    ],
    [
      "bytes after it",
      { replace: replace("ServerKeyExchange", (bytes) => handshake(12, bytes.subarray(4), Buffer.of(0))) },
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
    [
      "cut in the signature",
      { replace: replace("ServerKeyExchange", (bytes) => handshake(12, bytes.subarray(4, -1))) },
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
  ])("%s", (_, script, code, alert) => {
    expect(firstFlight(script)).toEqual({ code, alert });
  });

  test("RSA signatures", () => {
    const tampered = (signature: Buffer) => {
      signature[100] = signature[100]! ^ 1;
      return signature;
    };
    const alert = "decrypt_error";
    expect(firstFlight({ signature: tampered }, rsa)).toEqual({ code: ERR.RSA_VERIFY_FAILED, alert });
    const short = { signature: (signature: Buffer) => signature.subarray(1) };
    expect(firstFlight(short, rsa)).toEqual({ code: ERR.RSA_VERIFY_FAILED, alert });
    const large = { signature: (signature: Buffer) => signature.fill(0xff) };
    expect(firstFlight(large, rsa)).toEqual({ code: ERR.RSA_PUBLIC_FAILED + ERR.MPI_BAD_INPUT_DATA, alert });
  });
});

describe("the end of the first flight", () => {
  test.each<[string, Script, number, AlertName | undefined]>([
    ["another message", message("ServerHelloDone", FINISHED), ERR.SSL_DECODE_ERROR, "decode_error"],
    [
      "ServerHelloDone with a body",
      message("ServerHelloDone", handshake(14, uint(0, 1))),
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
    [
      "a bad CertificateRequest",
      { certificateRequest: true, ...message("CertificateRequest", handshake(13, Buffer.of(1))) },
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
    [
      "two CertificateRequests",
      {
        certificateRequest: true,
        ...message("ServerHelloDone", handshake(13, Buffer.of(1, 64, 0, 2, 4, 3, 0, 0))),
      },
      ERR.SSL_DECODE_ERROR,
      "decode_error",
    ],
  ])("%s", (_, script, code, alert) => {
    expect(firstFlight(script)).toEqual({ code, alert });
  });
});

describe("records that do not belong, at each place of the first flight", () => {
  const PLACES = ["ServerHello", "Certificate", "ServerKeyExchange", "ServerHelloDone"];

  /** The flight up to that place, then this record. */
  function interrupt(place: number, bytes: Buffer): Outcome {
    const connection = client();
    const flight = new ScriptedServer(ecdsa).firstFlight(exchange(connection)).slice(0, place);
    const output = exchange(connection, ...flight.map((one) => record(HANDSHAKE, one)), bytes);
    return outcome(connection, output);
  }

  test.each(PLACES.map((name, place) => [name, place] as const))("%s", (_, place) => {
    const unexpected = { code: ERR.SSL_UNEXPECTED_MESSAGE, alert: "unexpected_message" };
    expect(interrupt(place, record(CHANGE_CIPHER_SPEC, Buffer.of(1)))).toEqual(unexpected);
    expect(interrupt(place, record(APPLICATION_DATA, Buffer.of(1)))).toEqual(unexpected);
    expect(interrupt(place, record(ALERT, Buffer.of(1, 100)))).toEqual(unexpected);
    for (const [code, bytes] of [
      [ERR.SSL_INVALID_RECORD, record(99, Buffer.of(1))],
      [ERR.SSL_INVALID_RECORD, record(ALERT, Buffer.of(1))],
      [ERR.SSL_INVALID_RECORD, record(HANDSHAKE, Buffer.alloc(0))],
      [ERR.SSL_INVALID_RECORD, record(HANDSHAKE, Buffer.alloc(4), 0x0304)],
      [ERR.SSL_BAD_INPUT_DATA, record(HANDSHAKE, Buffer.alloc(17000))],
      [ERR.SSL_PEER_CLOSE_NOTIFY, record(ALERT, Buffer.of(1, 0))],
    ] as const) {
      expect(interrupt(place, bytes)).toEqual({ code, alert: undefined });
    }
    for (const code of Object.values(ALERT_CODES)) {
      const fatal = interrupt(place, record(ALERT, Buffer.of(2, code)));
      expect(fatal).toEqual({ code: ERR.SSL_FATAL_ALERT_MESSAGE, alert: undefined });
    }
    for (const code of [10, 90, 112, 255]) {
      expect(interrupt(place, record(ALERT, Buffer.of(1, code)))).toEqual({
        code: undefined,
        alert: undefined,
      });
    }
  });
});

test("over datagrams there is nothing without a timer, nor a server without a client_id", () => {
  for (const protocol of [2, 3]) {
    const context = new TlsContext(protocol);
    const connection = new TlsConnection(context, { crypto: deterministicCrypto, now: () => NOW });
    expect(connection.handshake()).toBe("error");
    expect(connection.error?.code).toBe(ERR.SSL_BAD_INPUT_DATA);
  }
});

test("load_verify_locations", () => {
  const context = new TlsContext(0);
  expect(context.loadVerifyLocations(Buffer.from("nonsense"))).toBe(ERR.X509_BAD_INPUT_DATA);
  expect(context.caChain).toHaveLength(0);
  expect(context.loadVerifyLocations(Buffer.from(root.pem + ecdsa.pem))).toBe(0);
  expect(context.loadVerifyLocations(root.der)).toBe(0);
  expect(context.caChain).toHaveLength(3);
});
