/** Certificates for the tests, made by the openssl command in a directory that ends with the process. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The board's clock in the tests: the second in which the certificates were made, and an hour. */
export const NOW = Math.floor(Date.now() / 1000) + 3600;

const directory = mkdtempSync(join(tmpdir(), "breadbox-tls-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));

const KEY_OPTIONS = {
  rsa: ["-newkey", "rsa:2048"],
  rsa4096: ["-newkey", "rsa:4096"],
  p256: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
  p384: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp384r1"],
  p521: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp521r1"],
} as const;

/** What an authority may have; a leaf of 4096 bits takes a second to make. */
export type RootKeyKind = keyof typeof KEY_OPTIONS;
export type KeyKind = Exclude<RootKeyKind, "rsa4096">;

export interface Issued {
  /** Paths of PEM files. */
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly key: string;
  readonly pem: string;
  readonly der: Uint8Array<ArrayBuffer>;
}

export interface LeafOptions {
  /** Lines of an extension section; a name and the server's purpose by default. */
  readonly extensions?: readonly string[];
  readonly days?: number;
}

function openssl(...args: string[]): Buffer {
  return execFileSync("openssl", args, { stdio: ["ignore", "pipe", "pipe"] });
}

function read(keyFile: string, certificateFile: string): Issued {
  return {
    keyFile,
    certificateFile,
    key: readFileSync(keyFile, "utf8"),
    pem: readFileSync(certificateFile, "utf8"),
    der: new Uint8Array(openssl("x509", "-in", certificateFile, "-outform", "DER")),
  };
}

let count = 0;

function paths(): { key: string; certificate: string; request: string; extensions: string } {
  const base = join(directory, String(count++));
  return {
    key: `${base}.key`,
    certificate: `${base}.pem`,
    request: `${base}.csr`,
    extensions: `${base}.ext`,
  };
}

/** A self-signed authority. */
export function issueRoot(kind: RootKeyKind = "p256", name = "Test Root"): Issued {
  const { key, certificate } = paths();
  const subject = ["-subj", `/CN=${name}`, "-days", "30", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  openssl("req", "-x509", "-nodes", ...KEY_OPTIONS[kind], "-keyout", key, "-out", certificate, ...subject);
  return read(key, certificate);
}

/** A certificate for `board.test`, signed by the issuer. */
export function issueLeaf(issuer: Issued, kind: KeyKind, options: LeafOptions = {}): Issued {
  const { key, certificate, request, extensions } = paths();
  const lines = options.extensions ?? ["subjectAltName=DNS:board.test", "extendedKeyUsage=serverAuth"];
  writeFileSync(extensions, `${lines.join("\n")}\n`);
  openssl(
    "req",
    "-new",
    "-nodes",
    ...KEY_OPTIONS[kind],
    "-keyout",
    key,
    "-out",
    request,
    "-subj",
    "/CN=leaf",
  );
  const issuing = ["-CA", issuer.certificateFile, "-CAkey", issuer.keyFile, "-CAcreateserial", "-sha256"];
  const days = String(options.days ?? 30);
  openssl(
    "x509",
    "-req",
    "-in",
    request,
    ...issuing,
    "-days",
    days,
    "-extfile",
    extensions,
    "-out",
    certificate,
  );
  return read(key, certificate);
}
