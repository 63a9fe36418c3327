/** What the tests of misbehaving servers share. */

import { expect } from "vitest";
import { ALERT_CODES, type AlertName } from "../../../../firmware-shim/tls/alerts.ts";
import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { issueLeaf, issueRoot } from "./certificates.ts";
import { type ClientOptions, createClient, deterministicCrypto, exchange } from "./harness.ts";
import {
  ALERT,
  HANDSHAKE,
  handshake,
  payloads,
  record,
  type Script,
  ScriptedServer,
  vector,
} from "./scripted-server.ts";

export const root = issueRoot();
export const ecdsa = issueLeaf(root, "p256");
export const rsa = issueLeaf(root, "rsa");

export const client = (options: ClientOptions = {}) =>
  createClient({ trusted: [root], crypto: deterministicCrypto, ...options });

/** The alert in the last plaintext record of what was sent. */
export function sentAlert(output: Buffer): AlertName | undefined {
  const last = payloads(output).at(-1);
  if (last?.type !== ALERT) return undefined;
  expect(last.payload[0]).toBe(2);
  const code = last.payload[1];
  return (Object.keys(ALERT_CODES) as AlertName[]).find((name) => ALERT_CODES[name] === code);
}

export interface Outcome {
  readonly code: number | undefined;
  readonly alert: AlertName | undefined;
}

export const outcome = (connection: TlsConnection, output: Buffer): Outcome => ({
  code: connection.error?.code,
  alert: sentAlert(output),
});

/** Runs the first flight of a server with that script. */
export function firstFlight(script: Script, leaf = ecdsa, options: ClientOptions = {}): Outcome {
  const connection = client(options);
  const server = new ScriptedServer(leaf, script);
  const flight = server.firstFlight(exchange(connection)).map((message) => record(HANDSHAKE, message));
  return outcome(connection, exchange(connection, ...flight));
}

export const replace =
  (name: string, by: (message: Buffer) => Buffer | undefined): NonNullable<Script["replace"]> =>
  (sent, message) =>
    sent === name ? by(message) : message;

/** ServerHello with another part from `offset` of its body on. */
export const patchHello = (offset: number, ...bytes: number[]): Script => ({
  replace: replace("ServerHello", (message) => {
    const patched = Buffer.from(message);
    patched.set(bytes, 4 + offset);
    return patched;
  }),
});

export const helloWith = (...extensions: readonly Buffer[]): Script => ({
  replace: replace("ServerHello", (message) => {
    const fixed = message.subarray(4, 4 + 38);
    return handshake(2, fixed, vector(2, ...extensions));
  }),
});

export const certificateWith = (body: Buffer): Script => ({
  replace: replace("Certificate", () => handshake(11, body)),
});
export const message = (name: string, by: Buffer): Script => ({ replace: replace(name, () => by) });
export const HELLO_REQUEST = handshake(0);
export const FINISHED = handshake(20, Buffer.alloc(12));
