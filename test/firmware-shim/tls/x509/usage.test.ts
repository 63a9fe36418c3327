import { expect, test } from "vitest";
import type { KeyExchange } from "../../../../firmware-shim/tls/ciphersuites.ts";
import { parseCertificate } from "../../../../firmware-shim/tls/x509/certificate.ts";
import { checkCertificateUsage } from "../../../../firmware-shim/tls/x509/usage.ts";
import { extKeyUsage, issue, keyPair, keyUsage } from "./issue.ts";

const key = keyPair("prime256v1", "key");
const [SERVER_AUTH, CLIENT_AUTH, ANY] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"] as const;
const [KEY_USAGE, EXT_KEY_USAGE] = [0x800, 0x1000];

test.each<[string, Uint8Array[], "server" | "client", KeyExchange, number]>([
  ["no extensions", [], "server", "ecdhe-rsa", 0],
  ["digitalSignature", [keyUsage(0x80)], "server", "ecdhe-rsa", 0],
  ["digitalSignature", [keyUsage(0x80)], "server", "ecdhe-ecdsa", 0],
  ["digitalSignature", [keyUsage(0x80)], "server", "rsa", KEY_USAGE],
  ["digitalSignature", [keyUsage(0x80)], "server", "ecdh-ecdsa", KEY_USAGE],
  ["digitalSignature", [keyUsage(0x80)], "client", "rsa", 0],
  ["keyEncipherment", [keyUsage(0x20)], "server", "rsa", 0],
  ["keyEncipherment", [keyUsage(0x20)], "server", "rsa-psk", 0],
  ["keyEncipherment", [keyUsage(0x20)], "server", "ecdhe-rsa", KEY_USAGE],
  ["keyEncipherment", [keyUsage(0x20)], "client", "ecdhe-rsa", KEY_USAGE],
  ["keyAgreement", [keyUsage(0x08)], "server", "ecdh-rsa", 0],
  ["keyAgreement and encipherOnly", [keyUsage(0x09)], "server", "ecdh-rsa", KEY_USAGE],
  ["digitalSignature and decipherOnly", [keyUsage(0x80, 0x80)], "server", "ecdhe-rsa", KEY_USAGE],
  ["keyCertSign", [keyUsage(0x04)], "server", "psk", 0],
  ["serverAuth", [extKeyUsage(SERVER_AUTH)], "server", "ecdhe-rsa", 0],
  ["serverAuth", [extKeyUsage(SERVER_AUTH)], "client", "ecdhe-rsa", EXT_KEY_USAGE],
  ["clientAuth", [extKeyUsage(CLIENT_AUTH)], "server", "ecdhe-rsa", EXT_KEY_USAGE],
  ["both", [extKeyUsage(CLIENT_AUTH, SERVER_AUTH)], "server", "ecdhe-rsa", 0],
  ["any", [extKeyUsage(ANY)], "client", "ecdhe-rsa", 0],
  ["neither", [keyUsage(0x20), extKeyUsage(CLIENT_AUTH)], "server", "ecdhe-rsa", KEY_USAGE | EXT_KEY_USAGE],
])("%s, case %#", (_what, extensions, peer, keyExchange, flags) => {
  const certificate = parseCertificate(issue({ subject: "a", issuer: "a", key, signer: key, extensions }));
  expect(checkCertificateUsage(certificate, peer, keyExchange)).toBe(flags);
});
