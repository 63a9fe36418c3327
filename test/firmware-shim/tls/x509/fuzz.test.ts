import { expect, test } from "vitest";
import { parseCertificate, parseCertificates } from "../../../../firmware-shim/tls/x509/certificate.ts";
import { InvalidCertificateError } from "../../../../firmware-shim/tls/x509/errors.ts";
import { verifyChain } from "../../../../firmware-shim/tls/x509/verify.ts";
import { providers } from "../crypto/providers.ts";
import { fuzzRuns, type Random, randomNumbers } from "../random.ts";
import {
  CA_EXTENSIONS,
  dnsNames,
  element,
  extension,
  extKeyUsage,
  generalName,
  issue,
  keyPair,
  keyUsage,
  name,
  oid,
  pem,
  sequence,
  subjectAltName,
} from "./issue.ts";

/** Mutations tried of each seed certificate. */
const ROUNDS = fuzzRuns(12_000);

const crypto = providers.find(({ name }) => name === "node")!.crypto;

function mutate(original: Uint8Array, random: Random): Uint8Array {
  const bytes = original.slice();
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(bytes.length);
    switch (random(5)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at]! ^= 1 << random(8);
        break;
      case 2:
        bytes[at] = [0x00, 0x30, 0x7f, 0x80, 0x81, 0x84, 0x85, 0xa0, 0xff][random(9)]!;
        break;
      case 3:
        bytes.copyWithin(at, random(bytes.length), bytes.length);
        break;
      default:
        return bytes.subarray(0, at);
    }
  }
  return bytes;
}

const ec = keyPair("prime256v1", "fuzz");
const rsa = keyPair("rsa2048", "fuzz");
const authority = extension(
  "2.5.29.35",
  false,
  sequence(generalName(0, "id"), element(0xa1, generalName(0x24, name("ca"))), generalName(2, "1")),
);
const policies = extension("2.5.29.32", false, sequence(sequence(oid("2.5.29.32.0"), sequence())));
const ca = issue({ subject: "ca", issuer: "ca", key: ec, signer: ec, extensions: CA_EXTENSIONS });
const seeds = [
  issue({
    subject: "host.example",
    issuer: "ca",
    key: ec,
    signer: ec,
    extensions: [
      dnsNames("host.example", "*.example"),
      keyUsage(0x80),
      extKeyUsage("1.3.6.1.5.5.7.3.1"),
      authority,
    ],
  }),
  issue({
    subject: "host.example",
    issuer: "ca",
    key: rsa,
    signer: ec,
    extensions: [subjectAltName(generalName(7, "1234"), generalName(0x24, name("dn"))), policies],
  }),
];

test.each(seeds.map((der, i) => [i, der] as const))(
  "mutations of certificate %i in DER",
  { timeout: 3_600_000 },
  (seed, der) => {
    const random = randomNumbers(seed + 1);
    const trusted = [parseCertificate(ca)];
    let parsed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = mutate(der, random);
      try {
        const chain = [parseCertificate(bytes)];
        parsed++;
        // Parsed ones must also be judged without an exception, and none that differs may pass.
        const { flags } = verifyChain({
          crypto,
          chain,
          trusted,
          hostname: "host.example",
          now: 1_800_000_000,
        });
        const original = Buffer.compare(bytes.subarray(0, der.length), der) === 0;
        if (flags === 0) expect(original).toBe(true);
      } catch (error) {
        if (!(error instanceof InvalidCertificateError)) throw error;
      }
    }
    expect(parsed).toBeGreaterThan(ROUNDS / 100);
  },
);

test("every prefix of a certificate is refused", () => {
  for (const der of seeds) {
    for (let length = 0; length < der.length; length++) {
      expect(() => parseCertificate(der.subarray(0, length))).toThrow(InvalidCertificateError);
    }
  }
});

test("mutations of a PEM bundle", { timeout: 3_600_000 }, () => {
  const random = randomNumbers(99);
  const bundle = new Uint8Array(Buffer.from(seeds.map((der) => pem(der)).join("")));
  for (let round = 0; round < ROUNDS / 4; round++) {
    try {
      expect(parseCertificates(mutate(bundle, random)).length).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof InvalidCertificateError)) throw error;
    }
  }
});
