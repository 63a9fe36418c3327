/** Peers that may use TLS 1.3. */

import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import { CERT_REQUIRED, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { SessionTickets } from "../../../../firmware-shim/tls/server12/session-tickets.ts";
import { issueLeaf, issueRoot, NOW } from "../engine/certificates.ts";
import { crypto } from "../engine/harness.ts";
import { createPair, type Pair, type PeerOptions } from "../engine/peers.ts";

export const root = issueRoot();
export const leaf = issueLeaf(root, "p256");

export const CHACHA20 = "TLS1-3-CHACHA20-POLY1305-SHA256";
export const AES_256 = "TLS1-3-AES-256-GCM-SHA384";
export const AES_128 = "TLS1-3-AES-128-GCM-SHA256";

/** Suites by the RFC's names, which OpenSSL takes, and by mbedTLS's. */
export const OPENSSL_SUITES = [
  ["TLS_AES_128_GCM_SHA256", AES_128],
  ["TLS_AES_256_GCM_SHA384", AES_256],
  ["TLS_CHACHA20_POLY1305_SHA256", CHACHA20],
  ["TLS_AES_128_CCM_SHA256", "TLS1-3-AES-128-CCM-SHA256"],
  ["TLS_AES_128_CCM_8_SHA256", "TLS1-3-AES-128-CCM-8-SHA256"],
] as const;

/** The options with TLS 1.3, which has to be there before its suites are chosen. */
export function with13({ ciphers, configure, ...options }: PeerOptions): PeerOptions {
  return {
    ...options,
    configure: (context: TlsContext) => {
      context.tls13 = true;
      if (ciphers) context.setCiphers(ciphers);
      configure?.(context);
    },
  };
}

export const verifying: PeerOptions = { trusted: [root], verifyMode: CERT_REQUIRED };

/** A server's options, with a certificate unless they bring a context that has one. */
export function withLeaf(options: PeerOptions): PeerOptions {
  return with13(options.context ? options : { own: leaf, ...options });
}

/** A client that verifies and a server with a certificate, both with TLS 1.3. */
export function createPair13(client: PeerOptions = {}, server: PeerOptions = {}): Pair {
  return createPair(with13({ ...verifying, ...client }), withLeaf(server));
}

/** Gives a server tickets. */
export function withTickets(lifetime = 3600, now = () => NOW): (context: TlsContext) => void {
  return (context) => {
    context.sessionTickets = new SessionTickets({ crypto, now, lifetime });
  };
}

/** What a failed connection says: code and alert. */
export function failure({ error }: TlsConnection): readonly [number | undefined, string | undefined] {
  return [error?.code, error?.alert];
}
