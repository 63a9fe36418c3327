/** Options of the verbs that make a board or a server: read and checked here, once. */
import { existsSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { DEFAULT_SERIAL_PORT } from "../serial/limits.ts";
import { UserError } from "../user-error.ts";
import { parseIsoMicros } from "./iso-date.ts";
import type { WatchSettings } from "./watch-board.ts";

/** `now` is this machine's time when the board starts; a number is microseconds since 1970-01-01 UTC. */
export type RtcSetting = "now" | number;

/** A network that `--ap` puts in the air; open where it has no key. */
export interface AccessPointOption {
  readonly ssid: string;
  readonly key?: string;
}

/** What any board can be started with. */
export interface BoardOptions extends WatchSettings {
  readonly rtc?: RtcSetting;
  /** Bytes of Python's heap, and of the one beside it that TLS takes from; a board of the usual size without it. */
  readonly heapBytes?: number;
  /** Whether its TLS speaks 1.3 as well. */
  readonly tls13?: true;
  /** Networks besides the default ones. */
  readonly accessPoints: readonly AccessPointOption[];
  /** A gateway that runs already; without it the board has one of its own. */
  readonly gateway?: GatewayOption;
}

export interface GatewayOption {
  readonly url: string;
  readonly token: string;
}

export interface RunOptions extends BoardOptions {
  /** A file that exists. */
  readonly file: string;
  readonly timeoutMs?: number;
}

export interface UpOptions extends BoardOptions {
  readonly name: string;
  /** 0 picks a free one. */
  readonly serialPort: number;
}

export interface ServeOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The address to listen at. */
  readonly host: string;
}

/** Where the page is served by default; WebREPL's port on a real board. */
export const DEFAULT_SERVE_PORT = 8266;

/** Whoever reaches the page has this machine's network, so others are let in only where that is asked for. */
export const DEFAULT_SERVE_HOST = "127.0.0.1";

/** Longest time limit, seconds: a timer holds 2^31 ms, about 24 days. */
const TIMEOUT_MAX_S = 2_000_000;

/** Shortest and longest WPA passphrase, characters (IEEE 802.11i). */
const KEY_MIN = 8;
const KEY_MAX = 63;
const SSID_MAX_BYTES = 32;

/** Least and most bytes of a heap: the board's own modules need some 20 KB; an ESP32 has 4 MB of SPIRAM, others more. */
const HEAP_MIN = 32 * 1024;
const HEAP_MAX = 64 * 1024 * 1024;

const BOARD_OPTIONS = ["--rtc", "--heap", "--ap", "--gateway", "--token", "--pcap", "--keylog"];

/** Options of a board that take no value. */
const BOARD_FLAGS = ["--tls13", "--tls-keys"];

export function parseRunOptions(words: readonly string[]): RunOptions {
  const { values, positional } = readWords("run", words, [...BOARD_OPTIONS, "--timeout"], BOARD_FLAGS);
  const [file] = takePositional("run", positional, ["FILE"]);
  if (file === undefined) throw new UserError("run: the file is missing; write: breadbox run FILE");
  if (!existsSync(file)) throw new UserError(`run: there is no file "${file}"`);
  if (!statSync(file).isFile()) throw new UserError(`run: "${file}" is not a file`);
  const timeout = last(values, "--timeout");
  return {
    file,
    ...boardOptions(values),
    ...(timeout === undefined ? {} : { timeoutMs: parseTimeout(timeout) }),
  };
}

export function parseUpOptions(words: readonly string[]): UpOptions {
  const { values, positional } = readWords("up", words, [...BOARD_OPTIONS, "--serial"], BOARD_FLAGS);
  const [name = "board"] = takePositional("up", positional, ["NAME"]);
  if (!/^[\w.-]+$/.test(name) || name === "auto" || name === "list") {
    throw new UserError(`up: "${name}" cannot be a board's name; use letters, digits, "-", "_" and "."`);
  }
  const serial = last(values, "--serial");
  return {
    name,
    serialPort: serial === undefined ? DEFAULT_SERIAL_PORT : parsePort("--serial", serial),
    ...boardOptions(values),
  };
}

export function parseServeOptions(words: readonly string[]): ServeOptions {
  const { values, positional } = readWords("serve", words, ["--port", "--host"]);
  takePositional("serve", positional, []);
  const port = last(values, "--port");
  const host = last(values, "--host") ?? DEFAULT_SERVE_HOST;
  if (isIP(host) === 0) {
    throw new UserError(
      `--host: "${host}" is no IP address; give one of this machine's, or 0.0.0.0 for all of them`,
    );
  }
  return { port: port === undefined ? DEFAULT_SERVE_PORT : parsePort("--port", port), host };
}

function boardOptions(values: Values): BoardOptions {
  const rtc = last(values, "--rtc");
  const heap = last(values, "--heap");
  const gateway = parseGateway(last(values, "--gateway"), last(values, "--token"));
  return {
    accessPoints: (values.get("--ap") ?? []).map(parseAccessPoint),
    ...(rtc === undefined ? {} : { rtc: rtc === "now" ? ("now" as const) : parseIsoMicros(rtc) }),
    ...(heap === undefined ? {} : { heapBytes: parseHeap(heap) }),
    ...(values.has("--tls13") && { tls13: true as const }),
    ...(gateway === undefined ? {} : { gateway }),
    ...watchSettings(values),
  };
}

function watchSettings(values: Values): WatchSettings {
  const pcap = last(values, "--pcap");
  const keyLog = last(values, "--keylog");
  const tlsKeys = values.has("--tls-keys");
  if (tlsKeys && pcap === undefined) {
    throw new UserError("--tls-keys: the keys go into a capture; name its file with --pcap FILE");
  }
  return {
    ...(pcap !== undefined && { pcap }),
    ...(keyLog !== undefined && { keyLog }),
    ...(tlsKeys && { tlsKeys }),
  };
}

function parseGateway(url: string | undefined, token: string | undefined): GatewayOption | undefined {
  if (url === undefined) {
    if (token !== undefined)
      throw new UserError("--token: it is for a gateway; name that with --gateway URL");
    return undefined;
  }
  if (!/^wss?:\/\/[^/\s]+\//.test(url) || !URL.canParse(url)) {
    throw new UserError(`--gateway: "${url}" is no gateway's address; it is like ws://127.0.0.1:8266/wisp/`);
  }
  if (token === undefined) {
    throw new UserError("--gateway: its token is missing; breadbox serve prints it, for --token");
  }
  return { url, token };
}

/** `SSID` or `SSID:KEY`; a name with a colon needs a key after it. */
function parseAccessPoint(text: string): AccessPointOption {
  const colon = text.lastIndexOf(":");
  const ssid = colon === -1 ? text : text.slice(0, colon);
  const bytes = new TextEncoder().encode(ssid).length;
  if (bytes < 1 || bytes > SSID_MAX_BYTES) {
    throw new UserError(`--ap: a network's name has 1 to ${SSID_MAX_BYTES} bytes, "${ssid}" has ${bytes}`);
  }
  if (colon === -1) return { ssid };
  const key = text.slice(colon + 1);
  if (key.length < KEY_MIN || key.length > KEY_MAX) {
    throw new UserError(
      `--ap: a key has ${KEY_MIN} to ${KEY_MAX} characters, that of "${ssid}" has ${key.length}`,
    );
  }
  return { ssid, key };
}

export function parsePort(option: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new UserError(
      `${option}: "${text}" is no port; it is a number from 1 to 65535, or 0 to pick a free one`,
    );
  }
  return port;
}

/** Bytes, with K or M for 1024 and 1048576 of them. */
function parseHeap(text: string): number {
  const [, digits, unit = ""] = /^(\d+)([KkMm]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * ({ k: 1024, m: 1024 * 1024 }[unit.toLowerCase()] ?? 1);
  if (!(bytes >= HEAP_MIN && bytes <= HEAP_MAX)) {
    throw new UserError(`--heap: "${text}" is no size from 32K to 64M; write it like 256K or 4M`);
  }
  return bytes;
}

function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text) || seconds <= 0 || seconds > TIMEOUT_MAX_S) {
    throw new UserError(`--timeout: "${text}" is no number of seconds between 0 and ${TIMEOUT_MAX_S}`);
  }
  return seconds * 1000;
}

export type Values = ReadonlyMap<string, readonly string[]>;

/**
 * Sorts words into options and the rest; `--` ends options. Those `known` take a value (`--x V` or `--x=V`), `flags`
 * take none and get an empty one.
 */
export function readWords(
  verb: string,
  words: readonly string[],
  known: readonly string[],
  flags: readonly string[] = [],
) {
  const values = new Map<string, string[]>();
  const positional: string[] = [];
  let options = true;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!options || !/^-./.test(word)) positional.push(word);
    else if (word === "--") options = false;
    else {
      const equals = word.indexOf("=");
      const name = equals === -1 ? word : word.slice(0, equals);
      const isFlag = flags.includes(name);
      if (!isFlag && !known.includes(name)) {
        throw new UserError(`${verb}: unknown option ${name}; it takes ${[...known, ...flags].join(", ")}`);
      }
      if (isFlag && equals !== -1) throw new UserError(`${verb}: ${name} takes no value`);
      const value = isFlag ? "" : equals === -1 ? words[++at] : word.slice(equals + 1);
      if (value === undefined || (value === "" && !isFlag)) {
        throw new UserError(`${verb}: ${name} needs a value`);
      }
      values.set(name, [...(values.get(name) ?? []), value]);
    }
  }
  return { values: values as Values, positional };
}

export function takePositional(
  verb: string,
  positional: readonly string[],
  names: readonly string[],
): readonly string[] {
  const extra = positional[names.length];
  if (extra !== undefined) {
    const takes = names.length === 0 ? "no arguments" : names.join(" ");
    throw new UserError(`${verb}: "${extra}" is one argument too many; it takes ${takes}`);
  }
  return positional;
}

/** The last of an option given several times. */
export function last(values: Values, name: string): string | undefined {
  return values.get(name)?.at(-1);
}
