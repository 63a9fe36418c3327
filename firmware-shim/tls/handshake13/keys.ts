/** The secrets of a TLS 1.3 connection as its handshake goes on: RFC 8446 section 7.1, mbedTLS's ssl_tls13_keys.c. */

import type { CipherSuite13 } from "../ciphersuites13.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import {
  deriveSecret,
  earlySecret,
  handshakeSecret,
  masterSecret13,
  trafficKeys,
} from "../key-schedule13.ts";
import { Aead13Protection } from "../record/aead13.ts";
import type { Handshake13 } from "./handshake.ts";

/** Traffic secrets of both sides. */
export interface TrafficSecrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** What is known after ServerHello. */
export interface HandshakeKeys {
  readonly cipherSuite: CipherSuite13;
  readonly clientRandom: Uint8Array;
  readonly traffic: TrafficSecrets;
  readonly master: Uint8Array;
}

/** The protection of one direction under a traffic secret. */
export function protectionOf(
  crypto: CryptoProvider,
  suite: CipherSuite13,
  secret: Uint8Array,
): Aead13Protection {
  const { key, iv } = trafficKeys(crypto, suite, secret);
  return new Aead13Protection(suite.createKey(crypto, key), iv, suite.tagLength);
}

/**
 * The keys of the handshake, once ServerHello is in the transcript.
 *
 * @param psk - Undefined where a certificate authenticates.
 */
export function deriveHandshakeKeys(
  handshake: Handshake13,
  cipherSuite: CipherSuite13,
  clientRandom: Uint8Array,
  psk: Uint8Array | undefined,
  sharedSecret: Uint8Array,
): HandshakeKeys {
  const { crypto } = handshake.io;
  const hash = handshake.transcript.digest();
  const secret = handshakeSecret(crypto, cipherSuite, earlySecret(crypto, cipherSuite, psk), sharedSecret);
  const traffic = {
    client: deriveSecret(crypto, cipherSuite, secret, "c hs traffic", hash),
    server: deriveSecret(crypto, cipherSuite, secret, "s hs traffic", hash),
  };
  const report = reporter(handshake, clientRandom);
  report("CLIENT_HANDSHAKE_TRAFFIC_SECRET", traffic.client);
  report("SERVER_HANDSHAKE_TRAFFIC_SECRET", traffic.server);
  return { cipherSuite, clientRandom, traffic, master: masterSecret13(crypto, cipherSuite, secret) };
}

/** The secrets of application data, once the server's Finished is in the transcript. */
export function deriveApplicationSecrets(handshake: Handshake13, keys: HandshakeKeys): TrafficSecrets {
  const { crypto } = handshake.io;
  const hash = handshake.transcript.digest();
  const derive = (label: string) => deriveSecret(crypto, keys.cipherSuite, keys.master, label, hash);
  const traffic = { client: derive("c ap traffic"), server: derive("s ap traffic") };
  const report = reporter(handshake, keys.clientRandom);
  report("CLIENT_TRAFFIC_SECRET_0", traffic.client);
  report("SERVER_TRAFFIC_SECRET_0", traffic.server);
  report("EXPORTER_SECRET", derive("exp master"));
  return traffic;
}

/** What tickets lead to, once the client's Finished is in the transcript. */
export function deriveResumptionMaster(handshake: Handshake13, keys: HandshakeKeys): Uint8Array {
  const hash = handshake.transcript.digest();
  return deriveSecret(handshake.io.crypto, keys.cipherSuite, keys.master, "res master", hash);
}

function reporter({ io }: Handshake13, clientRandom: Uint8Array) {
  return (label: string, secret: Uint8Array): void =>
    io.report({ kind: "secret", label, clientRandom, secret });
}
