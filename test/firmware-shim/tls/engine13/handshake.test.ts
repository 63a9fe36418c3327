import { describe, expect, test } from "vitest";
import { CIPHER_SUITES_13 } from "../../../../firmware-shim/tls/ciphersuites13.ts";
import { CERT_REQUIRED, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { issueLeaf, issueRoot } from "../engine/certificates.ts";
import { crypto } from "../engine/harness.ts";
import { createPair, type PeerOptions } from "../engine/peers.ts";

const root = issueRoot();

/** TLS 1.3 on both sides, and a client that verifies. */
function pairOf(client: PeerOptions = {}, server: PeerOptions = {}) {
  const both = (options: PeerOptions): PeerOptions => ({
    ...options,
    configure: (context: TlsContext) => {
      context.tls13 = true;
      options.configure?.(context);
      if (options.ciphers) context.setCiphers(options.ciphers);
    },
  });
  const { ciphers: _c, ...clientOptions } = both({ verifyMode: CERT_REQUIRED, trusted: [root], ...client });
  const { ciphers: _s, ...serverOptions } = both({ own: issueLeaf(root, "p256"), ...server });
  return createPair(clientOptions, serverOptions);
}

describe("a handshake of TLS 1.3 with itself", () => {
  test.each(CIPHER_SUITES_13.map(({ name }) => name))("%s", (name) => {
    const pair = pairOf({ ciphers: [name] }).handshake();
    expect(pair.client.error).toBeUndefined();
    expect(pair.server.error).toBeUndefined();
    expect(pair.client.cipher()).toStrictEqual([name, "TLSv1.3"]);
    expect(pair.server.cipher()).toStrictEqual([name, "TLSv1.3"]);
    const data = crypto.randomBytes(10000);
    expect(pair.transfer("client", data)).toStrictEqual(Buffer.from(data));
    expect(pair.transfer("server", data)).toStrictEqual(Buffer.from(data));
  });
});
