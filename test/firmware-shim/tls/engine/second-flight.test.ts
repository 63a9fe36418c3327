/** Misbehaviours in a server's second flight and after the handshake. */

import { describe, expect, test } from "vitest";
import { ALERT_CODES } from "../../../../firmware-shim/tls/alerts.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import { exceptionForCode, exceptionForHandshake } from "../../../../firmware-shim/tls/python-errors.ts";
import { exchange } from "./harness.ts";
import { client, ecdsa, FINISHED, HELLO_REQUEST, message } from "./misbehave.ts";
import {
  ALERT,
  APPLICATION_DATA,
  CHANGE_CIPHER_SPEC,
  HANDSHAKE,
  handshake,
  payloads,
  record,
  type Script,
  ScriptedServer,
  uint,
  vector,
} from "./scripted-server.ts";

/** Runs up to the client's Finished. */
function beforeSecondFlight(script: Script = {}) {
  const connection = client();
  const server = new ScriptedServer(ecdsa, script);
  const first = server.firstFlight(exchange(connection)).map((bytes) => record(HANDSHAKE, bytes));
  return { connection, server, second: server.secondFlight(exchange(connection, ...first)) };
}

/** Opens the alert in a protected record. */
function openAlert(server: ScriptedServer, output: Buffer): number[] {
  const last = payloads(output).at(-1);
  return last?.type === ALERT ? [...server.open(ALERT, last.payload)] : [];
}

describe("the second flight", () => {
  const UNEXPECTED = [2, ALERT_CODES.unexpected_message];
  const DECODE = [2, ALERT_CODES.decode_error];

  test.each<[string, Script, number, number[]]>([
    [
      "a wrong Finished",
      message("Finished", FINISHED),
      ERR.SSL_HANDSHAKE_FAILURE,
      [2, ALERT_CODES.decrypt_error],
    ],
    ["a short Finished", message("Finished", handshake(20, Buffer.alloc(11))), ERR.SSL_DECODE_ERROR, DECODE],
    ["another message", message("Finished", handshake(14)), ERR.SSL_UNEXPECTED_MESSAGE, UNEXPECTED],
    ["no ticket", { ticket: true, ...message("NewSessionTicket", FINISHED) }, ERR.SSL_DECODE_ERROR, DECODE],
    [
      "a bad ticket",
      { ticket: true, ...message("NewSessionTicket", handshake(4, Buffer.alloc(5))) },
      ERR.SSL_DECODE_ERROR,
      DECODE,
    ],
    [
      "ChangeCipherSpec instead of the ticket",
      { ticket: true, replace: (name, bytes) => (name === "NewSessionTicket" ? undefined : bytes) },
      ERR.SSL_UNEXPECTED_MESSAGE,
      UNEXPECTED,
    ],
  ])("%s", (_, script, code, alert) => {
    const { connection, server, second } = beforeSecondFlight(script);
    const output = exchange(connection, ...second);
    expect(connection.error?.code).toBe(code);
    expect(openAlert(server, output)).toEqual(alert);
  });

  test("a ticket that was not announced", () => {
    const { connection, server } = beforeSecondFlight();
    const ticket = handshake(4, uint(0, 4), vector(2));
    const output = exchange(connection, record(HANDSHAKE, ticket));
    expect(connection.error?.code).toBe(ERR.SSL_UNEXPECTED_MESSAGE);
    expect(openAlert(server, output)).toEqual(UNEXPECTED);
  });

  test("Finished in the clear", () => {
    const { connection, second } = beforeSecondFlight();
    exchange(connection, second[0]!, record(HANDSHAKE, FINISHED));
    expect(connection.error?.code).toBe(ERR.SSL_INVALID_MAC);
  });

  test("application data before Finished", () => {
    const { connection, server, second } = beforeSecondFlight({
      replace: (name, bytes) => (name === "Finished" ? undefined : bytes),
    });
    exchange(connection, ...second, server.seal(APPLICATION_DATA, Buffer.from("x")));
    expect(connection.error?.code).toBe(ERR.SSL_UNEXPECTED_MESSAGE);
  });
});

describe("after the handshake", () => {
  function connected() {
    const { connection, server, second } = beforeSecondFlight();
    exchange(connection, ...second);
    expect(connection.state).toBe("connected");
    return { connection, server };
  }

  /** Reads after these records; returns code and alert. */
  function readAfter(records: (server: ScriptedServer) => Buffer[]) {
    const { connection, server } = connected();
    for (const bytes of records(server)) connection.receive(bytes);
    const result = connection.read(100);
    const alert = openAlert(server, Buffer.from(connection.takeOutput() ?? []));
    return { result, code: connection.error?.code, alert };
  }

  const failed = (code: number, alert: number[] = []) => ({ result: "error", code, alert });
  const MAC_ALERT = [2, ALERT_CODES.bad_record_mac];
  const data = (text: string) => Buffer.from(text);

  test("a record that is not authentic", () => {
    const spoilt = readAfter((server) => {
      const bytes = server.seal(APPLICATION_DATA, data("hello"));
      bytes[20] = bytes[20]! ^ 1;
      return [bytes];
    });
    expect(spoilt).toEqual(failed(ERR.SSL_INVALID_MAC, MAC_ALERT));
    expect(exceptionForCode(spoilt.code!)).toEqual({
      type: "OSError",
      args: [-29056, "MBEDTLS_ERR_SSL_INVALID_MAC"],
    });
    const replayed = readAfter((server) => [
      server.seal(23, data("a")).subarray(0, 0),
      server.seal(23, data("b")),
    ]);
    expect(replayed).toEqual(failed(ERR.SSL_INVALID_MAC, MAC_ALERT));
    const short = readAfter(() => [record(APPLICATION_DATA, Buffer.alloc(23))]);
    expect(short).toEqual(failed(ERR.SSL_INVALID_MAC, MAC_ALERT));
  });

  test("data that came before a fault is read before it", () => {
    const { connection, server } = connected();
    connection.receive(server.seal(APPLICATION_DATA, data("first")));
    connection.receive(record(APPLICATION_DATA, Buffer.alloc(40)));
    expect(connection.read(100)).toEqual(new Uint8Array(data("first")));
    expect(connection.pending).toBe(true);
    expect(connection.read(100)).toBe("error");
    expect(connection.read(100)).toBe("error");
    expect(connection.write(data("x"))).toBe("error");
    expect(connection.state).toBe("failed");
  });

  test("records that do not belong", () => {
    const unexpected = failed(ERR.SSL_UNEXPECTED_MESSAGE);
    expect(readAfter((server) => [server.seal(CHANGE_CIPHER_SPEC, Buffer.of(1))])).toEqual(unexpected);
    expect(readAfter((server) => [server.seal(HANDSHAKE, FINISHED)])).toEqual(unexpected);
    expect(readAfter((server) => [server.seal(HANDSHAKE, handshake(0, Buffer.of(1)))])).toEqual(unexpected);
    expect(readAfter((server) => [server.seal(HANDSHAKE, Buffer.of(0))])).toEqual(
      failed(ERR.SSL_INVALID_RECORD),
    );
    expect(readAfter((server) => [server.seal(HANDSHAKE, Buffer.alloc(0))])).toEqual(
      failed(ERR.SSL_INVALID_RECORD),
    );
    expect(readAfter((server) => [server.seal(ALERT, Buffer.of(2, 80))])).toEqual(
      failed(ERR.SSL_FATAL_ALERT_MESSAGE),
    );
    const long = readAfter((server) => [server.seal(APPLICATION_DATA, Buffer.alloc(16385))]);
    expect(long).toEqual(failed(ERR.SSL_INVALID_RECORD));
  });

  test("empty records are skipped, three of them", () => {
    const empty = (server: ScriptedServer) => server.seal(APPLICATION_DATA, Buffer.alloc(0));
    const three = readAfter((server) => [
      empty(server),
      empty(server),
      empty(server),
      server.seal(23, data("x")),
    ]);
    expect(three.result).toEqual(new Uint8Array(data("x")));
    const four = readAfter((server) => [empty(server), empty(server), empty(server), empty(server)]);
    expect(four).toEqual(failed(ERR.SSL_INVALID_MAC, MAC_ALERT));
  });

  test("HelloRequest is answered with a warning, and other warnings are ignored", () => {
    const after = readAfter((server) => [
      server.seal(ALERT, Buffer.of(1, 100)),
      server.seal(ALERT, Buffer.of(1, 112)),
      server.seal(HANDSHAKE, HELLO_REQUEST),
      server.seal(APPLICATION_DATA, data("on")),
    ]);
    expect(after.result).toEqual(new Uint8Array(data("on")));
    expect(after.alert).toEqual([1, ALERT_CODES.no_renegotiation]);
  });

  test("close_notify, and an end in the middle of a record, are ends; writing goes on", () => {
    const { connection, server } = connected();
    connection.receive(server.seal(ALERT, Buffer.of(1, 0)));
    expect(connection.read(1)).toBe("eof");
    expect(connection.state).toBe("closed");
    expect(connection.write(data("bye"))).toBe(3);

    const cut = connected();
    cut.connection.receive(cut.server.seal(APPLICATION_DATA, data("hello")).subarray(0, 20));
    expect(cut.connection.read(1)).toBe("want-read");
    cut.connection.receiveEof();
    expect(cut.connection.pending).toBe(true);
    expect(cut.connection.read(1)).toBe("eof");
    expect(cut.connection.read(1)).toBe("eof");
  });

  test("close_notify during the handshake is an end for read, and an error for others", () => {
    const connection = client();
    exchange(connection);
    connection.receive(record(ALERT, Buffer.of(1, 0)));
    expect(connection.read(1)).toBe("eof");
    expect(connection.handshake()).toBe("error");
    expect(exceptionForHandshake(connection.error!)).toEqual({
      type: "OSError",
      args: [-30848, "MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY"],
    });
  });
});
