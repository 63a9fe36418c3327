/**
 * The TLS engine alone: both ends in one thread, records handed over in memory, each end's time taken by itself. Runs
 * in Node and in a page.
 */
import { CIPHER_SUITES, type KeyExchange } from "../../firmware-shim/tls/ciphersuites.ts";
import { CIPHER_SUITES_13 } from "../../firmware-shim/tls/ciphersuites13.ts";
import { TlsConnection } from "../../firmware-shim/tls/connection.ts";
import { CERT_REQUIRED, TlsContext } from "../../firmware-shim/tls/context.ts";
import type { CryptoProvider } from "../../firmware-shim/tls/crypto/provider.ts";

export const BENCH_HOST = "host.breadbox";

/** PEM, as `SSLContext.load_cert_chain` takes it. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

/** What benchmarks of TLS need, all for `BENCH_HOST` and signed by `ca`. */
export interface BenchCertificates {
  readonly ca: string;
  readonly rsa: Credentials;
  readonly ec: Credentials;
  readonly client: Credentials;
}

/** One end's share. */
export interface EndMeasurement {
  /** Milliseconds of a full handshake. */
  readonly handshakeMs: number;
  /** MB (a million bytes) a second that it sends and that it receives. */
  readonly writes: number;
  readonly reads: number;
}

export interface SuiteMeasurement {
  readonly name: string;
  readonly client: EndMeasurement;
  readonly server: EndMeasurement;
}

export interface BenchAmounts {
  readonly handshakes: number;
  /** Bytes in each direction. */
  readonly bytes: number;
}

const PSK_IDENTITY = new TextEncoder().encode("board");
const PSK_KEY = new TextEncoder().encode("a key of the lab");

/** The names of all suites that can be measured. */
export const BENCH_SUITES: readonly string[] = [...CIPHER_SUITES_13, ...CIPHER_SUITES].map(
  ({ name }) => name,
);

/** A context of that role with what its suite needs. */
export function benchContext(
  isServer: boolean,
  certificates: BenchCertificates,
  { suite, own }: { suite?: string | undefined; own?: Credentials | undefined } = {},
): TlsContext {
  const context = new TlsContext(isServer ? 1 : 0);
  const encode = (text: string) => new TextEncoder().encode(text);
  if (suite?.startsWith("TLS1-3")) context.tls13 = true;
  if (suite) context.setCiphers([suite]);
  if (suite?.includes("PSK")) context.setPsk(PSK_IDENTITY, PSK_KEY);
  if (own) context.loadCertChain(encode(own.certificate), encode(own.key));
  if (!isServer) {
    context.verifyMode = CERT_REQUIRED;
    context.loadVerifyLocations(encode(certificates.ca));
  }
  return context;
}

/** The server's certificate for a key exchange; undefined where there is none. */
function ownFor(exchange: KeyExchange | undefined, { ec, rsa }: BenchCertificates): Credentials | undefined {
  switch (exchange) {
    case "psk":
    case "ecdhe-psk":
      return undefined;
    case "rsa":
    case "ecdhe-rsa":
    case "rsa-psk":
      return rsa;
    default:
      return ec;
  }
}

/** Measures one suite by mbedTLS's name. */
export function measureSuite(
  crypto: CryptoProvider,
  certificates: BenchCertificates,
  name: string,
  { handshakes, bytes }: BenchAmounts,
): SuiteMeasurement {
  const exchange = CIPHER_SUITES.find((suite) => suite.name === name)?.keyExchange;
  const own = ownFor(exchange, certificates);
  const contexts = [false, true].map((isServer) =>
    benchContext(isServer, certificates, { suite: name, ...(isServer && own && { own }) }),
  ) as [TlsContext, TlsContext];
  const now = () => Math.floor(Date.now() / 1000);
  const open = () =>
    contexts.map(
      (context) =>
        new TlsConnection(context, { crypto, now, ...(!context.isServer && { serverHostname: BENCH_HOST }) }),
    ) as [TlsConnection, TlsConnection];

  let ends = open();
  // One that is not counted, for code that is compiled at its first use.
  shakeHands(ends);
  const spent = [0, 0];
  for (let i = 0; i < handshakes; i++) {
    ends = open();
    shakeHands(ends).forEach((ms, end) => {
      spent[end]! += ms;
    });
  }
  for (const { state, error } of ends) {
    if (state !== "connected") throw new Error(`${name}: ${error?.message ?? state}`);
  }
  const [client, server] = ends;
  carry(client, server, bytes / 8);
  carry(server, client, bytes / 8);
  const up = carry(client, server, bytes);
  const down = carry(server, client, bytes);
  return {
    name,
    client: { handshakeMs: spent[0]! / handshakes, writes: up.writes, reads: down.reads },
    server: { handshakeMs: spent[1]! / handshakes, writes: down.writes, reads: up.reads },
  };
}

/** Returns the milliseconds that each end has worked. */
function shakeHands(ends: readonly [TlsConnection, TlsConnection]): [number, number] {
  const spent: [number, number] = [0, 0];
  for (let moved = true; moved; ) {
    moved = false;
    ends.forEach((end, index) => {
      const began = performance.now();
      end.handshake();
      const output = end.takeOutput();
      spent[index]! += performance.now() - began;
      if (!output) return;
      ends[1 - index]!.receive(output);
      moved = true;
    });
  }
  return spent;
}

/** What MicroPython's `write` hands over at once, as in `s.write(bytes(16384))`. */
const CHUNK_BYTES = 16384;

function carry(
  sender: TlsConnection,
  receiver: TlsConnection,
  bytes: number,
): { writes: number; reads: number } {
  const chunk = new Uint8Array(CHUNK_BYTES).fill(0x61);
  let [writing, reading, received] = [0, 0, 0];
  while (received < bytes) {
    const began = performance.now();
    for (let offset = 0; offset < chunk.length; ) {
      const taken = sender.write(chunk.subarray(offset));
      if (typeof taken !== "number") throw new Error(`write: ${taken}`);
      offset += taken;
    }
    const records = sender.takeOutput();
    const written = performance.now();
    if (records) receiver.receive(records);
    for (let got = 0; got < chunk.length; ) {
      const part = receiver.read(CHUNK_BYTES);
      if (typeof part === "string") throw new Error(`read: ${part}`);
      got += part.length;
    }
    received += chunk.length;
    writing += written - began;
    reading += performance.now() - written;
  }
  return { writes: received / 1000 / writing, reads: received / 1000 / reading };
}
