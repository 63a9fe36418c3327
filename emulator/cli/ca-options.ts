/** Options of `ca` and `lab-server`. */
import { isIP } from "node:net";
import type { Purpose, SignatureHash } from "../lab/certificate.ts";
import { FAULTS } from "../lab/faults.ts";
import { ROOT } from "../lab/folder.ts";
import { KEY_KINDS, type KeyKind } from "../lab/keys.ts";
import { CA_DAYS, CERTIFICATE_DAYS, DAY_SECONDS, DEFAULT_LAB_PORT } from "../lab/limits.ts";
import { UserError } from "../user-error.ts";
import { parseIsoMicros } from "./iso-date.ts";
import { DEFAULT_SERVE_HOST, last, parsePort, readWords, takePositional, type Values } from "./options.ts";

export interface NewCertificate {
  /** Of the files and, for a CA, of its subject. */
  readonly name: string;
  readonly subject: string;
  readonly names: readonly string[];
  readonly purposes: readonly Purpose[];
  readonly keyKind: KeyKind;
  readonly hash: SignatureHash;
  /** Seconds since 1970 UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly pkcs8: boolean;
  readonly der: boolean;
}

export type CaCommand =
  | { readonly verb: "init"; readonly folder: string; readonly certificate: NewCertificate }
  | {
      readonly verb: "issue";
      readonly folder: string;
      readonly certificate: NewCertificate;
      /** The name of the CA that signs; undefined for a certificate that signs itself. */
      readonly by: string | undefined;
    }
  | { readonly verb: "list"; readonly folder: string };

export interface LabServerCommand {
  readonly port: number;
  readonly host: string;
}

const DEFAULT_FOLDER = "lab-ca";
const COMMON_OPTIONS = ["--dir", "--name", "--key", "--hash", "--from", "--until", "--days"];
const ISSUE_OPTIONS = [...COMMON_OPTIONS, "--host", "--use", "--by"];
const FORMAT_FLAGS = ["--pkcs8", "--der"];
const HASHES: readonly SignatureHash[] = ["sha256", "sha384", "sha512", "sha1"];
const USES = ["server", "client", "both", "ca"] as const;

/** RFC 5280 appendix A.1: ub-common-name. */
const COMMON_NAME_MAX = 64;

const LAST_PORT = 65_535;

/** The last second that a certificate's time can name. */
const LAST_SECOND = 253_402_300_799;

/** @param now - seconds since 1970 UTC */
export function parseCaCommand(words: readonly string[], now: number): CaCommand {
  const [verb, ...rest] = words;
  switch (verb) {
    case "init":
      return parseInit(rest, now);
    case "issue":
      return parseIssue(rest, now);
    case "list": {
      const { values, positional } = readWords("ca list", rest, ["--dir"]);
      takePositional("ca list", positional, []);
      return { verb, folder: last(values, "--dir") ?? DEFAULT_FOLDER };
    }
    case undefined:
      throw new UserError("ca: what to do is missing; write: breadbox ca init, issue NAME, or list");
    default:
      throw new UserError(`ca: "${verb}" is none of its commands: init, issue, list`);
  }
}

function parseInit(words: readonly string[], now: number): CaCommand {
  const { values, positional } = readWords("ca init", words, COMMON_OPTIONS, FORMAT_FLAGS);
  takePositional("ca init", positional, []);
  const subject = commonName(last(values, "--name") ?? "Breadbox Lab CA");
  const base = { name: ROOT, subject, names: [], purposes: ["ca"] as const };
  return {
    verb: "init",
    folder: last(values, "--dir") ?? DEFAULT_FOLDER,
    certificate: { ...base, ...keyOptions(values), ...validity(values, now, CA_DAYS) },
  };
}

function parseIssue(words: readonly string[], now: number): CaCommand {
  const { values, positional } = readWords("ca issue", words, ISSUE_OPTIONS, [
    ...FORMAT_FLAGS,
    "--self-signed",
  ]);
  const [name] = takePositional("ca issue", positional, ["NAME"]);
  if (name === undefined) throw new UserError("ca issue: the name is missing; write: breadbox ca issue NAME");
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name) || name === ROOT) {
    throw new UserError(
      `ca issue: "${name}" cannot be a file's name here; use letters, digits, "-", "_" and ".", and not "${ROOT}"`,
    );
  }
  const use = choice("--use", last(values, "--use") ?? "server", USES);
  const purposes: Purpose[] = use === "both" ? ["server", "client"] : [use];
  const selfSigned = values.has("--self-signed");
  const by = last(values, "--by");
  if (selfSigned && by !== undefined) {
    throw new UserError("ca issue: --self-signed and --by exclude each other: nobody else signs it");
  }
  const given = values.get("--host") ?? [];
  const names = given.length === 0 && purposes.includes("server") ? [name] : given;
  return {
    verb: "issue",
    folder: last(values, "--dir") ?? DEFAULT_FOLDER,
    certificate: {
      ...{ name, subject: commonName(last(values, "--name") ?? name), purposes },
      names: names.map(hostName),
      ...keyOptions(values),
      ...validity(values, now, CERTIFICATE_DAYS),
    },
    by: selfSigned ? undefined : (by ?? ROOT),
  };
}

function keyOptions(values: Values) {
  return {
    keyKind: choice("--key", last(values, "--key") ?? "p256", KEY_KINDS),
    hash: choice("--hash", last(values, "--hash") ?? "sha256", HASHES),
    pkcs8: values.has("--pkcs8"),
    der: values.has("--der"),
  };
}

function choice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((name) => name === text);
  if (found === undefined) throw new UserError(`${option}: "${text}" is none of ${choices.join(", ")}`);
  return found;
}

function commonName(text: string): string {
  if ([...text].length > COMMON_NAME_MAX) {
    throw new UserError(`--name: a common name has at most ${COMMON_NAME_MAX} characters`);
  }
  return text;
}

/** A DNS name, perhaps with a wildcard in front, or an IP address. */
function hostName(text: string): string {
  if (isIP(text) !== 0 || /^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z0-9_-]+$/.test(text))
    return text;
  throw new UserError(`--host: "${text}" is neither a host's name nor an IP address`);
}

function validity(values: Values, now: number, defaultDays: number) {
  const from = last(values, "--from");
  const until = last(values, "--until");
  const days = last(values, "--days");
  if (until !== undefined && days !== undefined) {
    throw new UserError("--days and --until exclude each other: both say when it ends");
  }
  const seconds = (text: string) => Math.floor(parseIsoMicros(text) / 1e6);
  // Clocks differ: by default it is valid since yesterday.
  const notBefore = from === undefined ? Math.floor(now) - DAY_SECONDS : seconds(from);
  const notAfter =
    until === undefined ? notBefore + dayCount(days, defaultDays) * DAY_SECONDS : seconds(until);
  if (notAfter < notBefore) throw new UserError("--until: it ends before it begins (--from)");
  if (notAfter > LAST_SECOND) throw new UserError("--days: it would end after the year 9999");
  return { notBefore, notAfter };
}

function dayCount(text: string | undefined, defaultDays: number): number {
  if (text === undefined) return defaultDays;
  if (!/^\d+$/.test(text)) throw new UserError(`--days: "${text}" is no number of days`);
  return Number(text);
}

export function parseLabServerOptions(words: readonly string[]): LabServerCommand {
  const { values, positional } = readWords("lab-server", words, ["--port", "--host"]);
  takePositional("lab-server", positional, []);
  const port = last(values, "--port");
  const host = last(values, "--host") ?? DEFAULT_SERVE_HOST;
  if (isIP(host) === 0) throw new UserError(`--host: "${host}" is no IP address; give one of this machine's`);
  const first = port === undefined ? DEFAULT_LAB_PORT : parsePort("--port", port);
  if (first + FAULTS.length > LAST_PORT) {
    throw new UserError(`--port: ${first} leaves no room for the ${FAULTS.length} ports after it`);
  }
  return { port: first, host };
}
