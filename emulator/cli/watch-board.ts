/** What `run` and `up` show and write of a board's traffic: --pcap, --tls-keys, --keylog, TRACE, explanations. */
import { closeSync, openSync, writeSync } from "node:fs";
import { version } from "../../package.json";
import { Capture } from "../capture/capture.ts";
import { keyLogLine } from "../capture/key-log.ts";
import { explain } from "../explain/explain.ts";
import { hostMicros } from "../machine/host-clock-node.ts";
import type { Machine } from "../machine/machine.ts";
import { UserError } from "../user-error.ts";
import type { TlsFailure, WatchOptions } from "../watch/reports.ts";
import { tracePacket, traceTls } from "../watch/trace.ts";

export interface WatchSettings {
  /** Path of a capture. */
  readonly pcap?: string;
  /** Whether the secrets go into it. */
  readonly tlsKeys?: true;
  /** Path of a key log. */
  readonly keyLog?: string;
}

/** What the environment's TRACE asks for: words of which `tls` and `net` are known, separated by commas. */
export interface Trace {
  readonly tls: boolean;
  readonly net: boolean;
}

export function readTrace(text: string | undefined): Trace {
  const words = (text ?? "").split(",").map((word) => word.trim());
  return { tls: words.includes("tls"), net: words.includes("net") };
}

/** What the board has to tell for that. */
export function watchOptions({ pcap, tlsKeys, keyLog }: WatchSettings, trace: Trace): WatchOptions {
  return {
    tls: trace.tls,
    secrets: tlsKeys === true || keyLog !== undefined,
    packets: trace.net || pcap !== undefined,
  };
}

/**
 * Writes and prints what a board tells, as it comes: a process that is killed leaves readable files.
 *
 * @returns closes the files
 * @throws UserError where one cannot be written
 */
export function watchBoard(
  machine: Machine,
  settings: WatchSettings,
  trace: Trace,
  print: (line: string) => void,
): () => void {
  const files: number[] = [];
  let capture: Capture | undefined;
  const open = (option: string, path: string, flags: "w" | "a") => {
    const file = openForWriting(option, path, flags);
    files.push(file);
    return (bytes: Uint8Array) => void writeSync(file, bytes);
  };
  if (trace.tls) {
    machine.onTls((report) => {
      for (const line of traceTls(report)) print(line);
    });
  }
  if (trace.net) {
    machine.onPacket((report) => {
      const line = tracePacket(report);
      if (line !== undefined) print(line);
    });
  }
  if (settings.pcap !== undefined) {
    const epoch = Date.now() * 1000 - hostMicros();
    const write = open("--pcap", settings.pcap, "w");
    const secrets = settings.tlsKeys === true;
    capture = new Capture({ write, application: `Breadbox ${version}`, epoch, secrets });
    writeCapture(machine, capture);
  }
  if (settings.keyLog !== undefined) {
    // Appended to, as NSS and others do: several programs may share one.
    const write = open("--keylog", settings.keyLog, "a");
    machine.onTls(({ event }) => {
      if (event.kind === "secret") write(Buffer.from(keyLogLine(event)));
    });
  }
  return () => {
    capture?.close();
    for (const file of files) closeSync(file);
  };
}

function writeCapture(machine: Machine, capture: Capture): void {
  machine.onPacket((report) => capture.packet(report));
  machine.onTls(({ event }) => {
    if (event.kind === "secret") capture.secret(event);
  });
}

/** For its owner alone: it may hold secrets. */
function openForWriting(option: string, path: string, flags: "w" | "a"): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    throw new UserError(`${option}: cannot write "${path}": ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** {@link explain} with this machine's clock. */
export function explainNow(failure: TlsFailure): string[] {
  const now = new Date();
  return explain({ failure, hostNow: now.getTime() / 1000, hostOffset: -now.getTimezoneOffset() });
}

/** Whether a traceback ends in what a failed connection raised. */
export function raised(failure: TlsFailure, traceback: string): boolean {
  const { type, args } = failure.error.exception;
  const text = String(args.at(-1));
  return traceback.includes(`${type}: `) && traceback.includes(text);
}
