import { describe, expect, test } from "vitest";
import { type Certificate, parseCertificate } from "../../../../firmware-shim/tls/x509/certificate.ts";
import { describeFlags, FLAG } from "../../../../firmware-shim/tls/x509/flags.ts";
import { type VerifyOptions, verifyChain } from "../../../../firmware-shim/tls/x509/verify.ts";
import { providers } from "../crypto/providers.ts";
import {
  at,
  basicConstraints,
  CA_EXTENSIONS,
  dnsNames,
  element,
  issue,
  type KeyKind,
  type KeyPair,
  keyPair,
  keyUsage,
  NOT_AFTER,
  NOT_BEFORE,
  oid,
  type Request,
  sequence,
  text,
} from "./issue.ts";

const VERIFY_FAILED = -0x2700;
const FATAL_ERROR = -0x3000;
const NOW = at("2026-06-01T00:00:00Z");
const HOST = "host.example";

const nodeCrypto = providers.find(({ name }) => name === "node")!.crypto;

const make = (request: Request): Certificate => parseCertificate(issue(request));

/** A key of each rank of a chain. */
const keysOf = (kind: KeyKind) => ({
  root: keyPair(kind, "root"),
  intermediate: keyPair(kind, "intermediate"),
  leaf: keyPair(kind, "leaf"),
});
const P256 = keysOf("prime256v1");

/** A chain of three, any certificate of which may be changed. */
function chainOfThree(
  changes: { root?: Partial<Request>; intermediate?: Partial<Request>; leaf?: Partial<Request> } = {},
  keys: { root: KeyPair; intermediate: KeyPair; leaf: KeyPair } = P256,
) {
  const ca = { extensions: CA_EXTENSIONS };
  const root = { subject: "root", issuer: "root", key: keys.root, signer: keys.root, ...ca };
  const intermediate = { subject: "inter", issuer: "root", key: keys.intermediate, signer: keys.root, ...ca };
  const leaf = { subject: "leaf", issuer: "inter", key: keys.leaf, signer: keys.intermediate };
  return {
    root: make({ ...root, ...changes.root }),
    intermediate: make({ ...intermediate, ...changes.intermediate }),
    leaf: make({ ...leaf, extensions: [dnsNames(HOST)], ...changes.leaf }),
  };
}

function verify(chain: Certificate[], trusted: Certificate[], options: Partial<VerifyOptions> = {}) {
  return verifyChain({ crypto: nodeCrypto, chain, trusted, hostname: HOST, now: NOW, ...options });
}

const flagsOf = (...args: Parameters<typeof verify>): number => verify(...args).flags;

/** The flags of a chain of three with changes. */
function flagsWith(
  changes: Parameters<typeof chainOfThree>[0],
  options: Partial<VerifyOptions> = {},
): number {
  const { root, intermediate, leaf } = chainOfThree(changes);
  return flagsOf([leaf, intermediate], [root], options);
}

describe.each(providers)("$name", ({ crypto }) => {
  test.each<[KeyKind, string]>([
    ["rsa2048", "sha256"],
    ["rsa2048", "sha384"],
    ["rsa2048", "sha512"],
    ["prime256v1", "sha256"],
    ["secp384r1", "sha384"],
    ["secp521r1", "sha512"],
    ["prime256v1", "sha512"],
    ["secp384r1", "sha256"],
  ])("a chain of three, %s with %s", (kind, hash) => {
    const changes = { root: { hash }, intermediate: { hash }, leaf: { hash } };
    const { root, intermediate, leaf } = chainOfThree(changes, keysOf(kind));
    const { flags, error, path } = verify([leaf, intermediate], [root], { crypto });
    expect([flags, error]).toStrictEqual([0, 0]);
    expect(path.map(({ certificate }) => certificate)).toStrictEqual([leaf, intermediate, root]);
    const impostor = chainOfThree(changes, { ...keysOf(kind), root: keyPair(kind, "impostor") }).root;
    expect(flagsOf([leaf, intermediate], [impostor], { crypto })).toBe(FLAG.BADCERT_NOT_TRUSTED);
  });

  test("RSA signs ECDSA and the other way round", () => {
    const rsa = keyPair("rsa2048", "root");
    const mixed = { root: rsa, intermediate: P256.intermediate, leaf: rsa };
    const { root, intermediate, leaf } = chainOfThree({}, mixed);
    expect(flagsOf([leaf, intermediate], [root], { crypto })).toBe(0);
  });
});

describe("faults", () => {
  test.each<[string, number, Parameters<typeof chainOfThree>[0]]>([
    ["none", 0, {}],
    ["an expired leaf", 0x01, { leaf: { notAfter: NOW - 1 } }],
    ["a leaf from the future", 0x200, { leaf: { notBefore: NOW + 1 } }],
    ["a leaf of which both are true", 0x201, { leaf: { notBefore: NOW + 1, notAfter: NOW - 1 } }],
    ["a leaf in its first and last second", 0, { leaf: { notBefore: NOW, notAfter: NOW } }],
    ["an expired intermediate", 0x01, { intermediate: { notAfter: NOW - 1 } }],
    ["an expired root", 0x01, { root: { notAfter: NOW - 1 } }],
    ["a root from the future", 0x200, { root: { notBefore: NOW + 1 } }],
    ["another name", 0x04, { leaf: { extensions: [dnsNames("other.example")] } }],
    ["a wildcard", 0, { leaf: { extensions: [dnsNames("*.example")] } }],
    ["a common name only", 0, { leaf: { subject: HOST, extensions: [] } }],
    ["SHA-1 on the leaf", 0x4000, { leaf: { hash: "sha1" } }],
    ["SHA-1 on the intermediate", 0x4000, { intermediate: { hash: "sha1" } }],
    ["SHA-1 on the root, which is trusted for itself", 0, { root: { hash: "sha1" } }],
    ["an intermediate without basicConstraints", 0x08, { intermediate: { extensions: [] } }],
    ["an intermediate that is no CA", 0x08, { intermediate: { extensions: [basicConstraints(false)] } }],
    ["a root that is no CA", 0x08, { root: { extensions: [] } }],
    ["a root of version 1, which cannot say so", 0, { root: { extensions: [], version: 1 } }],
    ["an intermediate of version 1", 0x08, { intermediate: { extensions: [], version: 1 } }],
    [
      "an intermediate without keyCertSign",
      0x08,
      { intermediate: { extensions: [basicConstraints(true), keyUsage(0x02)] } },
    ],
    ["a CA without keyUsage", 0, { intermediate: { extensions: [basicConstraints(true)] } }],
    ["a wrong issuer", 0x08, { leaf: { issuer: "nobody" } }],
    ["a leaf signed with another key", 0x08, { leaf: { signer: P256.leaf } }],
    ["an intermediate signed with another key", 0x08, { intermediate: { signer: P256.leaf } }],
    ["two faults of the leaf", 0x0c, { leaf: { issuer: "nobody", extensions: [] } }],
    ["two faults of two certificates", 0x201, { leaf: { notBefore: NOW + 1 }, root: { notAfter: NOW - 1 } }],
    ["pathLen 0 of the root", 0x08, { root: { extensions: [basicConstraints(true, 0)] } }],
    ["pathLen 1 of the root", 0, { root: { extensions: [basicConstraints(true, 1)] } }],
    ["pathLen 0 of the intermediate", 0, { intermediate: { extensions: [basicConstraints(true, 0)] } }],
    ["an RSA key of 1024 bits", 0x10000, { leaf: { key: keyPair("rsa1024", "leaf") } }],
    ["a key on secp256k1", 0x10000, { leaf: { key: keyPair("secp256k1", "leaf") } }],
  ])("%s", (_what, flags, changes) => {
    expect(flagsWith(changes)).toBe(flags);
  });

  test("a weak key that signs is the signed certificate's fault", () => {
    const keys = { ...P256, intermediate: keyPair("rsa1024", "intermediate") };
    const { root, intermediate, leaf } = chainOfThree({}, keys);
    const { flags, path } = verify([leaf, intermediate], [root]);
    expect(flags).toBe(FLAG.BADCERT_BAD_KEY);
    expect(path.map((item) => item.flags)).toStrictEqual([FLAG.BADCERT_BAD_KEY, 0, 0]);
  });

  test("MD5 parses and is never acceptable", () => {
    const rsa = keysOf("rsa2048");
    const { root, intermediate, leaf } = chainOfThree({ leaf: { hash: "md5" } }, rsa);
    expect(flagsOf([leaf, intermediate], [root]) & FLAG.BADCERT_BAD_MD).toBe(FLAG.BADCERT_BAD_MD);
  });

  test("with a board that believes it is the year 2000 everything is in the future", () => {
    const { root, intermediate, leaf } = chainOfThree();
    const { flags, error, path } = verify([leaf, intermediate], [root], { now: at("2000-01-01T00:00:00Z") });
    expect(describeFlags(flags)).toBe("\nThe certificate validity starts in the future\n");
    expect(error).toBe(VERIFY_FAILED);
    expect(path.map((item) => item.flags)).toStrictEqual([0x200, 0x200, 0x200]);
    expect(flagsOf([leaf, intermediate], [root], { now: NOT_BEFORE })).toBe(0);
    expect(flagsOf([leaf, intermediate], [root], { now: NOT_AFTER + 0.9 })).toBe(0);
    expect(flagsOf([leaf, intermediate], [root], { now: NOT_AFTER + 1 })).toBe(FLAG.BADCERT_EXPIRED);
  });

  test("wrong name and wrong CA give both texts", () => {
    const { intermediate, leaf } = chainOfThree();
    const flags = flagsOf([leaf, intermediate], [], { hostname: "other.example" });
    expect(describeFlags(flags)).toBe(
      "\nThe certificate Common Name (CN) does not match with the expected CN\n\nThe certificate is not correctly signed by the trusted CA\n",
    );
  });

  test("without a host name none is checked", () => {
    expect(flagsWith({}, { hostname: undefined })).toBe(0);
    expect(flagsWith({}, { hostname: "" })).toBe(FLAG.BADCERT_CN_MISMATCH);
  });
});

describe("the path", () => {
  const { root, intermediate, leaf } = chainOfThree();

  test("what is sent in the wrong order, twice or for nothing", () => {
    const unrelated = make({ subject: "x", issuer: "x", key: P256.leaf, signer: P256.leaf });
    expect(flagsOf([leaf, unrelated, intermediate], [root])).toBe(0);
    expect(flagsOf([leaf, intermediate, intermediate], [root])).toBe(0);
    expect(flagsOf([leaf, intermediate, root], [root])).toBe(0);
    expect(flagsOf([leaf, root, intermediate], [root])).toBe(0);
    expect(flagsOf([leaf], [root])).toBe(FLAG.BADCERT_NOT_TRUSTED);
    expect(flagsOf([leaf], [intermediate])).toBe(0);
    expect(flagsOf([leaf, intermediate], [])).toBe(FLAG.BADCERT_NOT_TRUSTED);
    expect(flagsOf([leaf, intermediate, root], [])).toBe(FLAG.BADCERT_NOT_TRUSTED);
  });

  test("a trusted certificate ends the path, sent ones or not", () => {
    const { path } = verify([leaf, intermediate, root], [intermediate, root]);
    expect(path.map(({ certificate }) => certificate)).toStrictEqual([leaf, intermediate]);
  });

  test("a trusted leaf has to be self-issued", () => {
    const own = make({
      subject: "own",
      issuer: "own",
      key: P256.leaf,
      signer: P256.leaf,
      extensions: [dnsNames(HOST)],
    });
    expect(verify([own], [root, own]).path).toHaveLength(1);
    expect(flagsOf([own], [own])).toBe(0);
    expect(flagsOf([own], [])).toBe(FLAG.BADCERT_NOT_TRUSTED);
    expect(flagsOf([leaf], [leaf])).toBe(FLAG.BADCERT_NOT_TRUSTED);
    const sha1 = make({ subject: HOST, issuer: HOST, key: P256.leaf, signer: P256.leaf, hash: "sha1" });
    expect(flagsOf([sha1], [sha1])).toBe(FLAG.BADCERT_BAD_MD);
  });

  test("of two roots with one name the one that signed is taken, of two that signed the valid one", () => {
    const impostor = chainOfThree({}, { ...P256, root: keyPair("prime256v1", "impostor") }).root;
    expect(flagsOf([leaf, intermediate], [impostor, root])).toBe(0);
    const expired = chainOfThree({ root: { notAfter: NOW - 1 } }).root;
    const future = chainOfThree({ root: { notBefore: NOW + 1 } }).root;
    expect(flagsOf([leaf, intermediate], [expired, root])).toBe(0);
    expect(flagsOf([leaf, intermediate], [expired, future])).toBe(FLAG.BADCERT_EXPIRED);
    expect(flagsOf([leaf, intermediate], [future, expired])).toBe(FLAG.BADCERT_FUTURE);
    const oldIntermediate = chainOfThree({ intermediate: { notAfter: NOW - 1 } }).intermediate;
    expect(flagsOf([leaf, oldIntermediate, intermediate], [root])).toBe(0);
  });

  test("names are equal up to case between UTF8String and PrintableString, not in other types", () => {
    const dn = (value: string, tag: number) =>
      sequence(element(0x31, sequence(oid("2.5.4.3"), text(value, tag))));
    const flags = (tag: number) => flagsWith({ intermediate: { issuer: dn("ROOT", tag) } });
    expect(flags(0x0c)).toBe(0);
    expect(flags(0x13)).toBe(0);
    expect(flags(0x16)).toBe(FLAG.BADCERT_NOT_TRUSTED);
    const twoInOne = sequence(
      element(0x31, sequence(oid("2.5.4.3"), text("root")), sequence(oid("2.5.4.10"), text("org"))),
    );
    const oneEach = sequence(
      element(0x31, sequence(oid("2.5.4.3"), text("root"))),
      element(0x31, sequence(oid("2.5.4.10"), text("org"))),
    );
    const flagsOfNames = (subject: Uint8Array, issuer: Uint8Array) =>
      flagsWith({ root: { subject, issuer: subject }, intermediate: { issuer } });
    expect(flagsOfNames(twoInOne, twoInOne)).toBe(0);
    expect(flagsOfNames(oneEach, twoInOne)).toBe(FLAG.BADCERT_NOT_TRUSTED);
  });

  /** A path with this many intermediates, and its root. */
  function longPath(intermediates: number) {
    const chain: Certificate[] = [];
    for (let i = 0; i < intermediates; i++) {
      const issuer = i === 0 ? "root" : `ca ${i - 1}`;
      chain.unshift(
        make({
          subject: `ca ${i}`,
          issuer,
          key: P256.intermediate,
          signer: i === 0 ? P256.root : P256.intermediate,
          extensions: CA_EXTENSIONS,
        }),
      );
    }
    const issuer = `ca ${intermediates - 1}`;
    chain.unshift(
      make({
        subject: "leaf",
        issuer,
        key: P256.leaf,
        signer: P256.intermediate,
        extensions: [dnsNames(HOST)],
      }),
    );
    return chain;
  }

  test("eight intermediates are taken, nine are a fatal error", () => {
    expect(verify(longPath(8), [root])).toMatchObject({ flags: 0, error: 0 });
    expect(verify(longPath(9), [root])).toMatchObject({ flags: 0xffffffff, error: FATAL_ERROR });
  });

  test("a chain that never ends does", () => {
    const loop = make({
      subject: "a",
      issuer: "a",
      key: P256.leaf,
      signer: P256.leaf,
      extensions: CA_EXTENSIONS,
    });
    const chain = new Array<Certificate>(100).fill(loop);
    expect(verify(chain, [])).toMatchObject({ flags: 0xffffffff, error: FATAL_ERROR });
  });

  test("self-issued intermediates do not count for pathLen", () => {
    const limited = chainOfThree({ root: { extensions: [basicConstraints(true, 1)] } }).root;
    const rollover = make({
      subject: "inter",
      issuer: "inter",
      key: P256.intermediate,
      signer: P256.intermediate,
      extensions: CA_EXTENSIONS,
    });
    expect(flagsOf([leaf, rollover, intermediate], [limited])).toBe(0);
    const second = make({
      subject: "second",
      issuer: "inter",
      key: P256.intermediate,
      signer: P256.intermediate,
      extensions: CA_EXTENSIONS,
    });
    const under = make({
      subject: "leaf",
      issuer: "second",
      key: P256.leaf,
      signer: P256.intermediate,
      extensions: [dnsNames(HOST)],
    });
    expect(flagsOf([under, second, intermediate], [limited])).toBe(FLAG.BADCERT_NOT_TRUSTED);
  });
});
