import { describe, expect, test } from "vitest";
import { parseCertificate } from "../../../../firmware-shim/tls/x509/certificate.ts";
import { certificateNamesHost } from "../../../../firmware-shim/tls/x509/host-name.ts";
import { parseIpAddress } from "../../../../firmware-shim/tls/x509/ip-address.ts";
import { dnsNames, generalName, issue, keyPair, subjectAltName } from "./issue.ts";

const key = keyPair("prime256v1", "key");
const certificate = (subject: string, ...extensions: Uint8Array[]) =>
  parseCertificate(issue({ subject, issuer: "ca", key, signer: key, extensions }));

const names = (subject: string, extensions: Uint8Array[], host: string): boolean =>
  certificateNamesHost(certificate(subject, ...extensions), host);

test.each<[string, string, boolean]>([
  ["host.example", "host.example", true],
  ["host.example", "HOST.Example", true],
  ["Host.EXAMPLE", "host.example", true],
  ["host.example", "host.example.", false],
  ["host.example", "other.example", false],
  ["host.example", "a.host.example", false],
  ["host.example", "", false],
  ["*.example", "host.example", true],
  ["*.EXAMPLE", "host.example", true],
  ["*.example", "a.host.example", false],
  ["*.example", ".example", false],
  ["*.example", "example", false],
  ["*.host.example", "a.host.example", true],
  ["*.", "host.", false],
  ["h*.example", "host.example", false],
  ["*", "example", false],
  ["a.*.example", "a.host.example", false],
  ["host[example", "host{example", false],
  ["grüße.example", "grüße.example", true],
  ["host.example", "host.example\0.evil", true],
  ["10.0.0.1", "10.0.0.1", true],
])("dNSName %s, host %s: %s", (dnsName, host, matches) => {
  expect(names("unused", [dnsNames("first.invalid", dnsName)], host)).toBe(matches);
  expect(names(dnsName, [], host)).toBe(matches);
});

describe("subjectAltName", () => {
  const ipv4 = generalName(7, Uint8Array.of(192, 0, 2, 1));
  const ipv6 = generalName(7, Buffer.from("20010db8000000000000000000000001", "hex"));

  test("once there is one, the common name does not count", () => {
    expect(names("host.example", [dnsNames("other.example")], "host.example")).toBe(false);
    expect(names("host.example", [subjectAltName(ipv4)], "host.example")).toBe(false);
    expect(names("host.example", [subjectAltName()], "host.example")).toBe(false);
  });

  test("addresses match iPAddress by value, not a name of the same spelling", () => {
    expect(names("x", [subjectAltName(ipv4)], "192.0.2.1")).toBe(true);
    expect(names("x", [subjectAltName(ipv4)], "192.0.2.2")).toBe(false);
    expect(names("x", [subjectAltName(ipv6)], "2001:db8::1")).toBe(true);
    expect(names("x", [subjectAltName(ipv6)], "2001:0DB8:0:0:0:0:0:1")).toBe(true);
    expect(names("x", [subjectAltName(ipv6)], "2001:db8::2")).toBe(false);
    const spelled = generalName(7, Buffer.from("abcd"));
    expect(names("x", [subjectAltName(spelled)], "abcd")).toBe(false);
  });

  test("URIs match exactly, other types never", () => {
    expect(names("x", [subjectAltName(generalName(6, "urn:a"))], "urn:a")).toBe(true);
    expect(names("x", [subjectAltName(generalName(6, "urn:a"))], "URN:a")).toBe(false);
    expect(names("x", [subjectAltName(generalName(1, "a@b"))], "a@b")).toBe(false);
  });
});

test.each<[string, string | undefined]>([
  ["0.0.0.0", "00000000"],
  ["255.255.255.255", "ffffffff"],
  ["256.0.0.1", undefined],
  ["1.2.3", undefined],
  ["1.2.3.4.5", undefined],
  ["01.2.3.4", undefined],
  ["1.2.3.", undefined],
  ["1.2.3.4 ", undefined],
  ["::", "00000000000000000000000000000000"],
  ["::1", "00000000000000000000000000000001"],
  ["1::", "00010000000000000000000000000000"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
  ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
  ["::ffff:1.2.3.4", "00000000000000000000ffff01020304"],
  ["1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304"],
  ["1:2:3:4:5:6:7:8::", undefined],
  ["1::2::3", undefined],
  [":::", undefined],
  [":1", undefined],
  ["1:", undefined],
  ["12345::", undefined],
  ["g::", undefined],
  ["1.2.3.4::", undefined],
  ["1:2:3:4:5:6:7:1.2.3.4", undefined],
  ["fe80::1%eth0", undefined],
  ["", undefined],
  ["host", undefined],
])("address %s", (text, hex) => {
  const address = parseIpAddress(text);
  expect(address && Buffer.from(address).toString("hex")).toBe(hex);
});
