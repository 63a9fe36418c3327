import type { AccessPoint } from "../../board/access-point.ts";
import type { ResetCause } from "../../board/reset.ts";
import type { FileChange } from "../../firmware-shim/files/memory-file-system.ts";
import type { Serving } from "../../firmware-shim/net/socket-table.ts";
import type { PacketReport, TlsFailure, TlsReport, WatchOptions } from "../watch/reports.ts";

/** What a board's worker is started with. The shared memory outlives it: a reset is a new worker on the same. */
export interface BoardInit {
  /** The compiled firmware. */
  readonly firmware: WebAssembly.Module;
  /** The ROM file system image. */
  readonly rom: Uint8Array;
  readonly heapBytes: number;
  readonly systemHeapBytes: number;
  readonly tls13: boolean;
  readonly clock: SharedArrayBuffer;
  readonly rtc: SharedArrayBuffer;
  readonly doorbell: SharedArrayBuffer;
  /** Frames of console input. */
  readonly consoleRing: SharedArrayBuffer;
  /** Cells of {@link Control}. */
  readonly control: SharedArrayBuffer;
  /** Packets from the bridge, and the port for those to it. */
  readonly networkRing: SharedArrayBuffer;
  readonly bridge: MessagePort;
  readonly files: readonly FileChange[];
  readonly uniqueId: Uint8Array;
  readonly accessPoints?: readonly AccessPoint[];
  readonly joinMillis?: number;
  readonly resetCause: ResetCause;
  /** Whether console text has LF made CR LF, as a serial line has. */
  readonly cooked: boolean;
  /** A program to run instead of main.py and the REPL. */
  readonly program?: Uint8Array;
  readonly watch: WatchOptions;
}

/** 32-bit cells that the board's worker and its host share. */
export const Control = {
  /** Bytes of console output that the host has not delivered yet. */
  OUTPUT_PENDING: 0,
  CELLS: 1,
} as const;

/** How a program given to `run` ended; `traceback` is empty where it ended well. */
export interface ProgramEnd {
  readonly ok: boolean;
  readonly traceback: string;
}

/** What the worker tells its host. */
export type BoardMessage =
  | { readonly kind: "output"; readonly bytes: Uint8Array }
  | { readonly kind: "file"; readonly change: FileChange }
  /** Asks for the worker's end and a new one (`machine.reset()`). */
  | { readonly kind: "reset" }
  /** The REPL prints its first prompt. */
  | { readonly kind: "prompt" }
  | { readonly kind: "console-drained" }
  /** Others may come to a port of the board's. */
  | { readonly kind: "serving"; readonly serving: Serving }
  /** The radio is switched on: there is use for a bridge. */
  | { readonly kind: "network" }
  /** What `BoardInit.watch` asks for. */
  | { readonly kind: "tls"; readonly report: TlsReport }
  | { readonly kind: "packet"; readonly report: PacketReport }
  /** A TLS connection has failed: told always. */
  | { readonly kind: "tls-failure"; readonly failure: TlsFailure }
  | { readonly kind: "end"; readonly end: ProgramEnd };
