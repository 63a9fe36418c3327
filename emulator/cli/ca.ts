/** `ca`: a lab's own certificate authority, in a folder. */
import type { X509Certificate } from "node:crypto";
import { basename } from "node:path";
import { issue } from "../lab/authority.ts";
import { commonName, LabFolder, ROOT, type Saved } from "../lab/folder.ts";
import { UserError } from "../user-error.ts";
import { type CaCommand, type NewCertificate, parseCaCommand } from "./ca-options.ts";

/** Returns the exit status. */
export function caCommand(words: readonly string[]): number {
  const command = parseCaCommand(words, Date.now() / 1000);
  for (const line of run(command)) process.stdout.write(`${line}\n`);
  return 0;
}

function run(command: CaCommand): string[] {
  const folder = new LabFolder(command.folder);
  switch (command.verb) {
    case "init":
      return init(folder, command.certificate);
    case "issue":
      return issueBy(folder, command.certificate, command.by);
    case "list":
      return folder.list().map((name) => describe(name, folder.certificate(name)));
  }
}

function init(folder: LabFolder, order: NewCertificate): string[] {
  if (folder.has(ROOT)) {
    throw new UserError(`ca init: there is a CA in "${folder.path}" already; take another folder with --dir`);
  }
  const saved = folder.save(ROOT, issue(order), "", saveOptions(order));
  return [
    describe(ROOT, folder.certificate(ROOT)),
    ...copyLines([saved.certificateFile]),
    `load it there:     context.load_verify_locations(cafile="${basename(saved.certificateFile)}")`,
  ];
}

function issueBy(folder: LabFolder, order: NewCertificate, by: string | undefined): string[] {
  if (by !== undefined && !folder.has(by)) {
    throw new UserError(
      by === ROOT
        ? `ca issue: there is no CA in "${folder.path}" yet; make one with: breadbox ca init`
        : `--by: there is no "${by}" in "${folder.path}"; breadbox ca list shows what there is`,
    );
  }
  if (folder.has(order.name)) {
    throw new UserError(
      `ca issue: there is a "${order.name}" in "${folder.path}" already; take another name`,
    );
  }
  const issuer = by === undefined ? undefined : folder.issuer(by);
  const saved = folder.save(order.name, issue(order, issuer), issuer?.chain ?? "", saveOptions(order));
  return [describe(order.name, folder.certificate(order.name)), ...usageLines(order, saved, by)];
}

function saveOptions({ pkcs8, der }: NewCertificate) {
  return { keyFormat: pkcs8 ? "pkcs8" : "traditional", der } as const;
}

/** What to write on the board. An intermediate CA is not loaded there: it comes with what it has signed. */
function usageLines({ name, purposes }: NewCertificate, saved: Saved, by: string | undefined): string[] {
  const [certificate, key] = [basename(saved.certificateFile), basename(saved.keyFile)];
  if (purposes.includes("ca")) return [`sign with it:      breadbox ca issue NAME --by ${name}`];
  const load = `context.load_cert_chain("${certificate}", "${key}")`;
  const trust = by === undefined ? certificate : `${ROOT}.crt`;
  return [
    ...copyLines([saved.certificateFile, saved.keyFile]),
    `load it there:     ${load}`,
    `who checks it:     context.load_verify_locations(cafile="${trust}")`,
  ];
}

function copyLines(files: readonly string[]): string[] {
  return [`copy to the board: breadbox fs cp ${files.map((file) => file.replaceAll("\\", "/")).join(" ")} :`];
}

/** `ca: "Breadbox Lab CA", EC prime256v1, 2026-11-23 to 2036-11-20, CA` */
function describe(name: string, certificate: X509Certificate): string {
  const { publicKey, validFrom, validTo, subjectAltName } = certificate;
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const date = (text: string) => new Date(text).toISOString().slice(0, 10);
  const names = subjectAltName?.replace(/(^|, )(DNS|IP Address):/g, "$1").split(", ") ?? [];
  return [
    `${name}: "${commonName(certificate)}"`,
    modulusLength === undefined ? `EC ${namedCurve}` : `RSA ${modulusLength}`,
    `${date(validFrom)} to ${date(validTo)}`,
    ...(certificate.ca ? ["CA"] : []),
    ...(names.length > 0 ? [`for ${names.join(" ")}`] : []),
    `by "${/^CN=(.*)$/m.exec(certificate.issuer)?.[1] ?? certificate.issuer}"`,
  ].join(", ");
}
