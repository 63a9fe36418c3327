import { describe, expect, test } from "vitest";
import { CIPHER_SUITES_13 } from "../../../../firmware-shim/tls/ciphersuites13.ts";
import {
  deriveSecret,
  earlySecret,
  handshakeSecret,
  masterSecret13,
  resumptionBinder,
  resumptionPsk,
  trafficKeys,
} from "../../../../firmware-shim/tls/key-schedule13.ts";
import { providers } from "../crypto/providers.ts";
import { fromHex, resumed, secrets, simple } from "./rfc8448.ts";

const suite = CIPHER_SUITES_13.find(({ name }) => name === "TLS1-3-AES-128-GCM-SHA256")!;

describe.each(providers)("the key schedule of RFC 8448, $name", ({ crypto, ecdhKeyPair }) => {
  const hash = (...parts: Uint8Array[]) => crypto.hash("sha256", Buffer.concat(parts));
  const hellos = hash(simple.clientHello.subarray(5), simple.serverHello.subarray(5));

  test("both sides come to the shared secret", () => {
    const client = ecdhKeyPair("x25519", simple.clientPool.subarray(32, 64));
    const server = ecdhKeyPair("x25519", simple.serverPool.subarray(32, 64));
    expect(client.deriveSharedSecret(server.publicKey)).toStrictEqual(secrets.shared);
    expect(server.deriveSharedSecret(client.publicKey)).toStrictEqual(secrets.shared);
  });

  test("early, handshake and master secret", () => {
    expect(earlySecret(crypto, suite)).toStrictEqual(secrets.early);
    expect(deriveSecret(crypto, suite, secrets.early, "derived")).toStrictEqual(secrets.derivedFromEarly);
    expect(handshakeSecret(crypto, suite, secrets.early, secrets.shared)).toStrictEqual(secrets.handshake);
    expect(deriveSecret(crypto, suite, secrets.handshake, "derived")).toStrictEqual(
      secrets.derivedFromHandshake,
    );
    expect(masterSecret13(crypto, suite, secrets.handshake)).toStrictEqual(secrets.master);
  });

  test("handshake traffic secrets and their keys", () => {
    expect(deriveSecret(crypto, suite, secrets.handshake, "c hs traffic", hellos)).toStrictEqual(
      secrets.clientHandshakeTraffic,
    );
    expect(deriveSecret(crypto, suite, secrets.handshake, "s hs traffic", hellos)).toStrictEqual(
      secrets.serverHandshakeTraffic,
    );
    expect(trafficKeys(crypto, suite, secrets.serverHandshakeTraffic)).toStrictEqual({
      key: secrets.serverHandshakeKey,
      iv: secrets.serverHandshakeIv,
    });
    expect(trafficKeys(crypto, suite, secrets.clientHandshakeTraffic)).toStrictEqual({
      key: secrets.clientHandshakeKey,
      iv: secrets.clientHandshakeIv,
    });
  });

  test("keys of application data", () => {
    expect(trafficKeys(crypto, suite, secrets.serverApplicationTraffic)).toStrictEqual({
      key: secrets.serverApplicationKey,
      iv: secrets.serverApplicationIv,
    });
    expect(trafficKeys(crypto, suite, secrets.clientApplicationTraffic)).toStrictEqual({
      key: secrets.clientApplicationKey,
      iv: secrets.clientApplicationIv,
    });
  });

  test("the PSK of the ticket, and its binder in the next ClientHello", () => {
    const psk = resumptionPsk(crypto, suite, secrets.resumptionMaster, fromHex("0000"));
    expect(psk).toStrictEqual(secrets.resumption);
    // The binder list: two bytes of length, one of the binder's, and the binder itself.
    const hello = resumed.clientHello.subarray(5);
    const end = hello.length - 35;
    const binder = resumptionBinder(crypto, suite, psk, hash(hello.subarray(0, end)));
    expect(binder).toStrictEqual(hello.slice(end + 3));
  });
});
