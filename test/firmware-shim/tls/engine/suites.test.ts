/** Every suite of the ESP32, client and server, over both providers. */

import { randomFillSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CIPHER_SUITES, type KeyExchange } from "../../../../firmware-shim/tls/ciphersuites.ts";
import { CERT_OPTIONAL, CERT_REQUIRED, TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { createNobleCrypto } from "../../../../firmware-shim/tls/crypto/noble.ts";
import { type Issued, issueLeaf, issueRoot } from "./certificates.ts";
import { createPair, type PeerOptions } from "./peers.ts";

const root = issueRoot();
const rsa = issueLeaf(root, "rsa");
const p256 = issueLeaf(root, "p256");
const noble = createNobleCrypto((length) => randomFillSync(new Uint8Array(length)));

const CERTIFICATES: Readonly<Record<KeyExchange, Issued | undefined>> = {
  rsa,
  "ecdhe-rsa": rsa,
  "rsa-psk": rsa,
  "ecdhe-ecdsa": p256,
  "ecdh-ecdsa": p256,
  "ecdh-rsa": p256,
  psk: undefined,
  "ecdhe-psk": undefined,
};
const PSK = ["board", "secret key"] as const;

/** What each side needs for a suite. */
function sides(name: string, keyExchange: KeyExchange): [PeerOptions, PeerOptions] {
  const own = CERTIFICATES[keyExchange];
  const usesPsk = keyExchange.endsWith("psk");
  return [
    { ciphers: [name], trusted: [root], verifyMode: CERT_REQUIRED, ...(usesPsk && { psk: PSK }) },
    { ciphers: [name], ...(own && { own }), ...(usesPsk && { psk: PSK }) },
  ];
}

const bytes = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff));

describe.each(CIPHER_SUITES.map(({ name, keyExchange }) => [name, keyExchange] as const))(
  "%s",
  (name, keyExchange) => {
    const [client, server] = sides(name, keyExchange);

    test("negotiates and carries data both ways", () => {
      const pair = createPair(client, server).handshake();
      expect(pair.client.error?.message).toBeUndefined();
      expect(pair.server.error?.message).toBeUndefined();
      expect(pair.client.cipher()).toEqual([name, "TLSv1.2"]);
      expect(pair.server.cipher()).toEqual([name, "TLSv1.2"]);
      expect(pair.client.peerCertificateDer).toEqual(CERTIFICATES[keyExchange]?.der);
      for (const length of [1, 15, 16, 17, 4096, 10000]) {
        expect(pair.transfer("client", bytes(length)).equals(bytes(length))).toBe(true);
        expect(pair.transfer("server", bytes(length)).equals(bytes(length))).toBe(true);
      }
    });

    test("noble and OpenSSL understand each other", () => {
      const pair = createPair({ ...client, crypto: noble }, server).handshake();
      expect(pair.transfer("client", bytes(1000)).equals(bytes(1000))).toBe(true);
      expect(pair.transfer("server", bytes(1000)).equals(bytes(1000))).toBe(true);
      const other = createPair(client, { ...server, crypto: noble }).handshake();
      expect(other.transfer("client", bytes(100)).equals(bytes(100))).toBe(true);
    });

    test("a spoilt record is noticed", () => {
      const pair = createPair(client, server).handshake();
      pair.client.write(Buffer.from("hello"));
      const record = pair.client.takeOutput()!;
      record[record.length - 1]! ^= 1;
      pair.server.receive(record);
      expect(pair.server.read(10)).toBe("error");
      expect(pair.server.error?.alert).toBe("bad_record_mac");
    });
  },
);

test("get_ciphers lists them all, in order", () => {
  const names = TlsContext.cipherNames();
  expect(names).toHaveLength(88);
  expect(names[0]).toBe("TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384");
  expect(names[30]).toBe("TLS-RSA-WITH-AES-256-GCM-SHA384");
  expect(names[87]).toBe("TLS-PSK-WITH-ARIA-128-CBC-SHA256");
});

test("the server follows its own order", () => {
  const names = CIPHER_SUITES.map(({ name }) => name).filter((name) => name.includes("ECDHE-RSA"));
  const pair = createPair({ ciphers: names.toReversed() }, { own: rsa, ciphers: names }).handshake();
  expect(pair.server.cipher()?.[0]).toBe(names[0]);
  const other = createPair({}, { own: rsa, ciphers: names.toReversed() }).handshake();
  expect(other.server.cipher()?.[0]).toBe(names.at(-1));
});

test("by default an RSA server takes ECDHE-RSA, a P-256 one ECDHE-ECDSA, both the strongest", () => {
  expect(createPair({}, { own: rsa }).handshake().client.cipher()?.[0]).toBe(
    "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384",
  );
  expect(createPair({}, { own: p256 }).handshake().client.cipher()?.[0]).toBe(
    "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
  );
});

describe("mutual TLS", () => {
  const usage = { extensions: ["extendedKeyUsage=clientAuth"] };
  const clientRsa = issueLeaf(root, "rsa", usage);
  const clients: [string, Issued][] = [
    ["rsa", clientRsa],
    ["p256", issueLeaf(root, "p256", usage)],
    ["p384", issueLeaf(root, "p384", usage)],
    ["p521", issueLeaf(root, "p521", usage)],
  ];

  test.each(clients)("a client with a key of %s", (_, own) => {
    for (const name of [
      "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
      "TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA",
      "TLS-ECDH-ECDSA-WITH-AES-128-GCM-SHA256",
    ]) {
      for (const verifyMode of [CERT_OPTIONAL, CERT_REQUIRED]) {
        const server = { own: p256, trusted: [root], verifyMode, ciphers: [name] };
        const pair = createPair({ own }, server).handshake();
        expect(pair.client.error?.message).toBeUndefined();
        expect(pair.server.error?.message).toBeUndefined();
        expect(pair.server.peerCertificateDer).toEqual(own.der);
        expect(pair.transfer("client", bytes(5)).equals(bytes(5))).toBe(true);
      }
    }
  });

  test("RSA on both sides, with static RSA", () => {
    const server = {
      own: rsa,
      trusted: [root],
      verifyMode: CERT_REQUIRED,
      ciphers: ["TLS-RSA-WITH-AES-128-GCM-SHA256"],
    };
    const pair = createPair({ own: clientRsa }, server).handshake();
    expect(pair.server.peerCertificateDer).toEqual(clientRsa.der);
  });
});
