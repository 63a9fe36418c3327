/** The handshakes of RFC 8448 through the engine's states, with the RFC's keys: what they take and what they say. */

import { describe, expect, test } from "vitest";
import { concatenate } from "../../../../firmware-shim/tls/bytes.ts";
import { CIPHER_SUITES_13 } from "../../../../firmware-shim/tls/ciphersuites13.ts";
import { ExpectServerHello13 } from "../../../../firmware-shim/tls/client13/server-hello.ts";
import type { Offer13 } from "../../../../firmware-shim/tls/client13/start.ts";
import { CERT_NONE, TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { Handshake13 } from "../../../../firmware-shim/tls/handshake13/handshake.ts";
import {
  deriveApplicationSecrets,
  deriveHandshakeKeys,
} from "../../../../firmware-shim/tls/handshake13/keys.ts";
import type { Session13 } from "../../../../firmware-shim/tls/handshake13/session.ts";
import { trafficKeys } from "../../../../firmware-shim/tls/key-schedule13.ts";
import { Aead13Protection } from "../../../../firmware-shim/tls/record/aead13.ts";
import { MessageReader } from "../../../../firmware-shim/tls/record/message-reader.ts";
import { RecordWriter } from "../../../../firmware-shim/tls/record/record-writer.ts";
import { expectClientFlight13 } from "../../../../firmware-shim/tls/server13/client-flight.ts";
import { type ConnectionIo, type Next, type State, Unanswered } from "../../../../firmware-shim/tls/state.ts";
import { providers } from "../crypto/providers.ts";
import { NOW } from "../engine/certificates.ts";
import {
  clientAuthentication,
  compatibility,
  fromHex,
  resumed,
  retried,
  secrets,
  simple,
} from "./rfc8448.ts";

const suite = CIPHER_SUITES_13.find(({ name }) => name === "TLS1-3-AES-128-GCM-SHA256")!;
const RECORD_HEADER = 5;

/** The extensions that the RFC's client has sent, and early_data, which one of its ClientHellos has. */
const SENT = new Set([0, 10, 11, 13, 28, 35, 41, 42, 43, 45, 51]);

describe.each(providers)("RFC 8448, $name", ({ crypto, ecdhKeyPair }) => {
  /** A state with a socket of its own. Like the RFC's peers it does not pad. */
  class Driver {
    readonly reader = new MessageReader();
    readonly writer = new RecordWriter();
    readonly secrets = new Map<string, Uint8Array>();
    readonly delivered: Uint8Array[] = [];
    readonly io: ConnectionIo = {
      crypto,
      now: () => NOW,
      sendHandshake: (message) => {
        this.writer.write(22, message);
        return message;
      },
      sendChangeCipherSpec: () => this.writer.write(20, Uint8Array.of(1)),
      sendWarning: () => {},
      protectOutput: () => this.writer.setProtection(unpadded(this.#next())),
      protectInput: (opener) => this.reader.setProtection(opener),
      deliver: (data) => this.delivered.push(data),
      resizeHeap: () => {},
      report: (event) => {
        if (event.kind === "secret") this.secrets.set(event.label, event.secret);
      },
    };
    #protections = 0;

    /** The client's secrets in the order of their use. */
    #next(): Uint8Array {
      const label = ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0"][this.#protections++]!;
      return this.secrets.get(label)!;
    }

    take(start: State, ...records: Uint8Array[]): State {
      let state = start;
      for (const record of records) this.reader.append(record);
      for (let message = this.reader.next(); message; message = this.reader.next()) {
        const next: Next = state.handle(message);
        if (next instanceof Unanswered) throw new Error("nobody answers");
        state = next;
      }
      return state;
    }
  }

  function unpadded(secret: Uint8Array): Aead13Protection {
    const { key, iv } = trafficKeys(crypto, suite, secret);
    return new Aead13Protection(suite.createKey(crypto, key), iv, suite.tagLength, 1);
  }

  interface Trace {
    readonly clientPool: Uint8Array;
    readonly clientHello: Uint8Array;
  }

  /** A client that has sent the RFC's ClientHello. */
  function clientOf(trace: Trace, change: Partial<Offer13> = {}, before: readonly Uint8Array[] = []) {
    const driver = new Driver();
    const context = new TlsContext(0);
    context.tls13 = true;
    context.verifyMode = CERT_NONE;
    const handshake = new Handshake13(driver.io, context, "client", "server");
    for (const message of before) handshake.transcript.add(message);
    if (before.length === 0) handshake.transcript.add(trace.clientHello.subarray(RECORD_HEADER));
    const sessionIdLength = trace.clientHello[RECORD_HEADER + 38]!;
    const offer: Offer13 = {
      random: trace.clientPool.subarray(0, 32),
      sessionId: trace.clientHello.subarray(RECORD_HEADER + 39, RECORD_HEADER + 39 + sessionIdLength),
      cipherSuites13: CIPHER_SUITES_13,
      cipherSuites12: [],
      group: 29,
      pair: ecdhKeyPair("x25519", trace.clientPool.subarray(32, 64)),
      resume: undefined,
      cookie: undefined,
      retried: undefined,
      sentExtensions: SENT,
      ...change,
    };
    return { driver, state: new ExpectServerHello13(handshake, offer, trace.clientHello) as State };
  }

  test("section 3: the client's flight, the secrets, the ticket, data and the end", () => {
    const { driver, state } = clientOf(simple);
    const established = driver.take(state, simple.serverHello, simple.serverFlight);
    // ChangeCipherSpec is ours: the RFC's client is not in compatibility mode.
    expect(driver.writer.take()).toStrictEqual(concatenate(fromHex("140303000101"), simple.clientFlight));
    expect(driver.secrets.get("CLIENT_HANDSHAKE_TRAFFIC_SECRET")).toStrictEqual(
      secrets.clientHandshakeTraffic,
    );
    expect(driver.secrets.get("SERVER_HANDSHAKE_TRAFFIC_SECRET")).toStrictEqual(
      secrets.serverHandshakeTraffic,
    );
    expect(driver.secrets.get("CLIENT_TRAFFIC_SECRET_0")).toStrictEqual(secrets.clientApplicationTraffic);
    expect(driver.secrets.get("SERVER_TRAFFIC_SECRET_0")).toStrictEqual(secrets.serverApplicationTraffic);
    expect(driver.secrets.get("EXPORTER_SECRET")).toStrictEqual(secrets.exporterMaster);

    const withTicket = driver.take(established, simple.newSessionTicket, simple.serverData);
    const data = Uint8Array.from({ length: 50 }, (_, index) => index);
    expect(driver.delivered).toStrictEqual([data]);
    expect(withTicket.session?.resumable).toMatchObject({ psk: secrets.resumption });
    driver.writer.write(23, data);
    driver.writer.write(21, Uint8Array.of(1, 0));
    expect(driver.writer.take()).toStrictEqual(concatenate(simple.clientData, simple.clientCloseNotify));
    driver.reader.append(simple.serverCloseNotify);
    expect(driver.reader.next()).toStrictEqual({ kind: "alert", level: 1, code: 0 });
  });

  test("section 3, split at every byte of the server's records", () => {
    const bytes = concatenate(simple.serverHello, simple.serverFlight);
    const { driver, state } = clientOf(simple);
    let reached = state;
    for (let index = 0; index < bytes.length; index++) {
      reached = driver.take(reached, bytes.subarray(index, index + 1));
    }
    expect(reached.session?.version).toBe("TLSv1.3");
    expect(driver.writer.take()?.subarray(6)).toStrictEqual(simple.clientFlight);
  });

  test("section 4: a ticket taken up again", () => {
    const resume: Session13 = {
      version: "TLSv1.3",
      cipherSuite: suite,
      psk: secrets.resumption,
      ticket: new Uint8Array(0),
      ageAdd: 0,
      lifetime: 30,
      received: 0,
      hostName: "server",
    };
    const { driver, state } = clientOf(resumed, { resume });
    // Its Finished comes after EndOfEarlyData, which we never send: so ours would be another one.
    expect(driver.take(state, resumed.serverHello, resumed.serverFlight).session?.peerCertificates).toEqual(
      [],
    );
  });

  test("section 5: after HelloRetryRequest, on P-256", () => {
    const first = crypto.hash("sha256", retried.clientHello.subarray(RECORD_HEADER));
    const before = [
      concatenate(fromHex("fe000020"), first),
      retried.helloRetryRequest.subarray(RECORD_HEADER),
      retried.secondClientHello.subarray(RECORD_HEADER),
    ];
    const pair = ecdhKeyPair("secp256r1", retried.clientPool.subarray(64, 96));
    const { driver, state } = clientOf(retried, { group: 23, pair, retried: suite }, before);
    driver.take(state, retried.serverHello, retried.serverFlight);
    expect(driver.writer.take()?.subarray(6)).toStrictEqual(retried.clientFlight);
  });

  test("section 5: HelloRetryRequest itself, whose cookie comes back", () => {
    const { driver, state } = clientOf(retried);
    driver.take(state, retried.helloRetryRequest);
    const output = Buffer.from(driver.writer.take()!);
    expect(output.subarray(0, 6)).toStrictEqual(Buffer.from("140303000101", "hex"));
    const cookie = retried.helloRetryRequest.subarray(-122, -6);
    expect(output.includes(Buffer.concat([fromHex("002c0074"), cookie]))).toBe(true);
    expect(output.includes(Buffer.from(fromHex("0033004700450017004104")))).toBe(true);
  });

  test("section 6: the server's request and its ECDSA signature", () => {
    const { driver, state } = clientOf(clientAuthentication);
    const { serverHello, serverFlight } = clientAuthentication;
    const established = driver.take(state, serverHello, serverFlight);
    expect(established.session?.peerCertificates).toHaveLength(1);
  });

  test("section 7: compatibility mode, the client's flight with its ChangeCipherSpec", () => {
    // Between random and private key its pool has the session_id.
    const pair = ecdhKeyPair("x25519", compatibility.clientPool.subarray(64, 96));
    const { driver, state } = clientOf(compatibility, { pair });
    driver.take(state, compatibility.serverHello, compatibility.serverFlight);
    expect(driver.writer.take()).toStrictEqual(compatibility.clientFlight);
    driver.writer.write(21, Uint8Array.of(1, 0));
    expect(driver.writer.take()).toStrictEqual(compatibility.clientCloseNotify);
  });

  /** A server that has sent the RFC's flight. */
  function serverOf(trace: typeof simple | typeof clientAuthentication, verifyMode: number) {
    const driver = new Driver();
    const context = new TlsContext(1);
    context.verifyMode = verifyMode;
    const handshake = new Handshake13(driver.io, context, "server", undefined);
    const { transcript } = handshake;
    transcript.add(trace.clientHello.subarray(RECORD_HEADER));
    transcript.add(trace.serverHello.subarray(RECORD_HEADER));
    transcript.select(suite.hash);
    const pair = ecdhKeyPair("x25519", trace.serverPool.subarray(32, 64));
    const clientShare = ecdhKeyPair("x25519", trace.clientPool.subarray(32, 64)).publicKey;
    const random = trace.clientPool.subarray(0, 32);
    const keys = deriveHandshakeKeys(
      handshake,
      suite,
      random,
      undefined,
      pair.deriveSharedSecret(clientShare)!,
    );
    const reader = new MessageReader();
    reader.setProtection(unpadded(keys.traffic.server));
    reader.append(trace.serverFlight);
    for (let message = reader.next(); message; message = reader.next()) {
      if (message.kind === "handshake") transcript.add(message.bytes);
    }
    const traffic = deriveApplicationSecrets(handshake, keys);
    driver.reader.setProtection(unpadded(keys.traffic.client));
    return { driver, handshake, answered: { keys, traffic, offersTickets: true } };
  }

  test("section 3: a server takes the client's flight, its data and its end", () => {
    const { driver, handshake, answered } = serverOf(simple, CERT_NONE);
    const state = expectClientFlight13(handshake, answered, false);
    driver.take(state, simple.clientFlight, simple.clientData);
    expect(driver.delivered).toStrictEqual([Uint8Array.from({ length: 50 }, (_, index) => index)]);
    driver.reader.append(simple.clientCloseNotify);
    expect(driver.reader.next()).toStrictEqual({ kind: "alert", level: 1, code: 0 });
  });

  test("section 6: a server takes the client's certificate and signature", () => {
    const { driver, handshake, answered } = serverOf(clientAuthentication, CERT_NONE);
    const state = expectClientFlight13(handshake, answered, true);
    const established = driver.take(state, clientAuthentication.clientFlight);
    expect(established.session?.peerCertificates).toHaveLength(1);
  });
});
