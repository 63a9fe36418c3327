/** Certificates of `breadbox ca`, judged by OpenSSL and by the board's own verification. */

import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KEY_KINDS } from "../../../emulator/lab/keys.ts";
import { createNodeCrypto } from "../../../emulator/node-crypto.ts";
import { parseCertificates } from "../../../firmware-shim/tls/x509/certificate.ts";
import { FLAG } from "../../../firmware-shim/tls/x509/flags.ts";
import { parsePrivateKey } from "../../../firmware-shim/tls/x509/private-key.ts";
import { verifyChain } from "../../../firmware-shim/tls/x509/verify.ts";

const program = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const exec = promisify(execFile);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-ca-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const path = (file: string): string => join(folder, "lab-ca", file);
const read = (file: string): string => readFileSync(path(file), "utf8");

async function ca(...words: string[]) {
  try {
    const { stdout, stderr } = await exec(process.execPath, [program, "ca", ...words], { cwd: folder });
    return { status: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, out: stdout, err: stderr };
  }
}

/** What OpenSSL says of a file of ours: "OK", or its errors. */
async function openssl(file: string, ...words: string[]): Promise<string> {
  const args = ["verify", "-x509_strict", "-CAfile", path("ca.crt"), "-untrusted", path(file), ...words];
  try {
    return (await exec("openssl", [...args, path(file)])).stdout.trim().split(": ").at(-1)!;
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

/** The board's own flags. */
function flags(file: string, hostname: string, now: number): number {
  return verifyChain({
    crypto: createNodeCrypto(),
    chain: parseCertificates(Buffer.from(read(file))),
    trusted: parseCertificates(Buffer.from(read("ca.crt"))),
    hostname,
    now,
  }).flags;
}

const now = (): number => Math.floor(Date.now() / 1000);

describe("breadbox ca", () => {
  it("begins with a CA", async () => {
    expect(await ca("list")).toEqual({ status: 0, out: "", err: "" });
    const { status, out } = await ca("init", "--name", "Room 7");
    expect(status).toBe(0);
    expect(out).toMatch(
      /^ca: "Room 7", EC prime256v1, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, CA, by "Room 7"\n/,
    );
    expect(out).toContain("copy to the board: breadbox fs cp lab-ca/ca.crt :\n");
    expect(out).toContain('load it there:     context.load_verify_locations(cafile="ca.crt")\n');
    expect(statSync(path("ca.key")).mode & 0o777).toBe(0o600);
    expect(await openssl("ca.crt")).toBe("OK");
  });

  it.each(KEY_KINDS)(
    "issues a server's certificate with a key of kind %s",
    { timeout: 60_000 },
    async (kind) => {
      const host = `${kind}.lab`;
      const { status, out } = await ca(
        "issue",
        kind,
        "--key",
        kind,
        "--host",
        host,
        "--host",
        "10.1.2.3",
        "--host",
        "fe80::1",
      );
      expect(status).toBe(0);
      expect(out).toContain(`load it there:     context.load_cert_chain("${kind}.crt", "${kind}.key")\n`);
      expect(await openssl(`${kind}.crt`, "-purpose", "sslserver", "-verify_hostname", host)).toBe("OK");
      expect(await openssl(`${kind}.crt`, "-verify_ip", "fe80::1")).toBe("OK");
      expect(read(`${kind}.key`)).toMatch(kind.startsWith("rsa") ? /BEGIN RSA PRIVATE/ : /BEGIN EC PRIVATE/);
      const weak = kind === "rsa1024" ? FLAG.BADCERT_BAD_KEY : 0;
      expect([host, "10.1.2.3", "fe80::1"].map((name) => flags(`${kind}.crt`, name, now()))).toEqual([
        weak,
        weak,
        weak,
      ]);
      expect(flags(`${kind}.crt`, "other.lab", now())).toBe(weak | FLAG.BADCERT_CN_MISMATCH);
    },
  );

  it("issues through intermediates, which come along", async () => {
    await ca("issue", "middle", "--use", "ca", "--key", "p384", "--hash", "sha384");
    const { out } = await ca("issue", "lower", "--use", "ca", "--by", "middle", "--key", "rsa2048");
    expect(out).toContain("sign with it:      breadbox ca issue NAME --by lower\n");
    await ca("issue", "deep.lab", "--by", "lower");
    expect(
      parseCertificates(Buffer.from(read("deep.lab.crt"))).map(({ subject }) => subject.commonName),
    ).toEqual(["deep.lab", "lower", "middle"]);
    expect(await openssl("deep.lab.crt")).toBe("OK");
    expect(flags("deep.lab.crt", "deep.lab", now())).toBe(0);
  });

  it("issues what is wrong on purpose", async () => {
    await ca("issue", "old.lab", "--from", "2020-01-01", "--until", "2020-02-01T12:00:00Z");
    await ca("issue", "late.lab", "--from", "2040-01-01", "--days", "30000");
    await ca("issue", "own.lab", "--self-signed");
    await ca("issue", "sha.lab", "--hash", "sha1");
    expect(await openssl("old.lab.crt")).toContain("certificate has expired");
    expect(await openssl("late.lab.crt")).toContain("certificate is not yet valid");
    expect(flags("old.lab.crt", "old.lab", Date.parse("2020-02-01T12:00:00Z") / 1000)).toBe(
      FLAG.BADCERT_FUTURE,
    );
    expect(flags("old.lab.crt", "old.lab", now())).toBe(FLAG.BADCERT_EXPIRED);
    expect(flags("late.lab.crt", "late.lab", now())).toBe(FLAG.BADCERT_FUTURE);
    expect(flags("own.lab.crt", "own.lab", now())).toBe(FLAG.BADCERT_NOT_TRUSTED);
    expect(flags("sha.lab.crt", "sha.lab", now())).toBe(FLAG.BADCERT_BAD_MD);
    expect(new X509Certificate(read("late.lab.crt")).validTo).toBe("Feb 20 00:00:00 2122 GMT");
  });

  it.each([
    ["sec1", "key1", ["--key", "p384"]],
    ["pkcs1", "key2", ["--key", "rsa2048"]],
    ["pkcs8", "key3", ["--key", "p521", "--pkcs8"]],
    ["pkcs8", "key4", ["--key", "rsa2048", "--pkcs8"]],
  ])("writes keys that the board reads, %s", async (format, name, words) => {
    await ca("issue", name, ...words, "--der");
    const pem = parsePrivateKey(new Uint8Array(readFileSync(path(`${name}.key`))));
    expect(pem.format).toBe("pem");
    expect(parsePrivateKey(new Uint8Array(readFileSync(path(`${name}.key.der`))))).toEqual({
      ...pem,
      format,
    });
  });

  it("issues clients' certificates, as PKCS#8 and DER where that is wanted", async () => {
    await ca("issue", "board7", "--use", "client", "--pkcs8", "--der");
    expect(await openssl("board7.crt", "-purpose", "sslclient")).toBe("OK");
    expect(await openssl("board7.crt", "-purpose", "sslserver")).toMatch(
      /unsuitable certificate purpose|unsupported/,
    );
    expect(read("board7.key")).toContain("BEGIN PRIVATE KEY");
    const { stdout } = await exec("openssl", [
      "pkey",
      "-in",
      path("board7.key.der"),
      "-inform",
      "DER",
      "-pubout",
    ]);
    const certificate = new X509Certificate(readFileSync(path("board7.crt.der")));
    expect(stdout).toBe(certificate.publicKey.export({ type: "spki", format: "pem" }));
    await ca("issue", "both.lab", "--use", "both");
    expect(await openssl("both.lab.crt", "-purpose", "sslclient")).toBe("OK");
    expect(await openssl("both.lab.crt", "-purpose", "sslserver")).toBe("OK");
  });

  it.each([
    [["init"], 'ca init: there is a CA in "lab-ca" already; take another folder with --dir'],
    [["issue", "p256"], 'ca issue: there is a "p256" in "lab-ca" already; take another name'],
    [
      ["issue", "x", "--dir", "none"],
      'ca issue: there is no CA in "none" yet; make one with: breadbox ca init',
    ],
    [
      ["issue", "x", "--by", "nobody"],
      '--by: there is no "nobody" in "lab-ca"; breadbox ca list shows what there is',
    ],
    [["issue", "x", "--by", "p256"], '--by: "p256" is no CA: it was not issued with --use ca'],
  ])("refuses %j", async (words, message) => {
    expect(await ca(...words)).toEqual({ status: 2, out: "", err: `breadbox: ${message}\n` });
  });
});
