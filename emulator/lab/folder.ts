/** Where `breadbox ca` keeps what it has issued: `ca.crt`, `ca.key`, and a pair of files for each certificate. */

import { X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../user-error.ts";
import type { Issued } from "./authority.ts";
import { exportKey, importKey, type KeyFormat } from "./keys.ts";

/** The name of the root in its folder. */
export const ROOT = "ca";

export interface Saved {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface SaveOptions {
  readonly keyFormat: KeyFormat;
  /** Whether DER is written too. */
  readonly der: boolean;
}

export class LabFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  has(name: string): boolean {
    return existsSync(this.#file(name, "crt"));
  }

  /** Names of certificates, in alphabetical order. */
  list(): string[] {
    if (!existsSync(this.path)) return [];
    return readdirSync(this.path)
      .filter((file) => file.endsWith(".crt"))
      .map((file) => file.slice(0, -".crt".length))
      .sort();
  }

  /** The certificate alone, of the first in the file. */
  certificate(name: string): X509Certificate {
    return new X509Certificate(this.#read(name, "crt"));
  }

  /** A CA to sign with: its chain, for those it signs, and its key. */
  issuer(name: string): Issued & { readonly chain: string } {
    const chain = this.#read(name, "crt");
    const certificate = this.certificate(name);
    if (!certificate.ca) throw new UserError(`--by: "${name}" is no CA: it was not issued with --use ca`);
    const keyPem = this.#read(name, "key");
    const seconds = (text: string) => Date.parse(text) / 1000;
    return {
      subject: commonName(certificate),
      certificate: chain,
      chain: name === ROOT ? "" : chain,
      keyPem,
      key: importKey(keyPem),
      notBefore: seconds(certificate.validFrom),
      notAfter: seconds(certificate.validTo),
    };
  }

  /** Writes the certificate, with those of `chain` behind it, and the key for its owner alone. */
  save(name: string, issued: Issued, chain: string, { keyFormat, der }: SaveOptions): Saved {
    mkdirSync(this.path, { recursive: true });
    const files = { certificateFile: this.#file(name, "crt"), keyFile: this.#file(name, "key") };
    writeFileSync(files.certificateFile, issued.certificate + chain);
    this.#writeSecret(files.keyFile, exportKey(issued.key, keyFormat, "pem"));
    if (der) {
      writeFileSync(this.#file(name, "crt.der"), new X509Certificate(issued.certificate).raw);
      this.#writeSecret(this.#file(name, "key.der"), exportKey(issued.key, keyFormat, "der"));
    }
    return files;
  }

  #file(name: string, extension: string): string {
    return join(this.path, `${name}.${extension}`);
  }

  #writeSecret(path: string, data: string | Uint8Array): void {
    writeFileSync(path, data, { mode: 0o600 });
    // The mode above counts for new files only.
    chmodSync(path, 0o600);
  }

  #read(name: string, extension: string): string {
    const path = this.#file(name, extension);
    if (!existsSync(path)) throw new UserError(`there is no ${path}; breadbox ca list shows what there is`);
    return readFileSync(path, "utf8");
  }
}

/** `CN=…` of the subject, which is all that the lab's certificates have. */
export function commonName(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? certificate.subject;
}
