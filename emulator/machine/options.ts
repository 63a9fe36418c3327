import type { AccessPoint } from "../../board/access-point.ts";
import type { BridgeStatus } from "../bridge/bridge-client.ts";
import type { WatchOptions } from "../watch/reports.ts";

/** A worker as Node and pages both have it. */
export interface WorkerHandle {
  post(message: unknown, transfer: readonly MessagePort[]): void;
  terminate(): void;
  /** Resolves when the worker has ended, by itself or not; at once where the platform does not tell. */
  readonly ended: Promise<void>;
}

export interface WorkerListeners {
  readonly onMessage: (message: unknown) => void;
  /** An error that nobody caught: the worker is gone. */
  readonly onError: (error: Error) => void;
}

/** What the machine needs of Node or of a page. */
export interface Platform {
  createWorker(name: "board" | "bridge", listeners: WorkerListeners): WorkerHandle;
  createChannel(): { readonly port1: MessagePort; readonly port2: MessagePort };
  /** Microseconds, monotonic, the same in the workers. */
  hostMicros(): number;
}

/** Where the gateway is; asked for when the board's radio is first switched on, so it may be started then. */
export type GatewayAddress = () => Promise<{ readonly url: string; readonly token: string }>;

/** How the bridge to real networks stands: it starts when the board's radio is first switched on. */
export type NetworkStatus =
  | { readonly kind: "off" }
  | { readonly kind: "connecting" }
  | { readonly kind: "failed"; readonly reason: string }
  | BridgeStatus;

export interface MachineOptions {
  readonly firmware: WebAssembly.Module;
  readonly rom: Uint8Array;
  readonly gateway: GatewayAddress;
  readonly uniqueId: Uint8Array;
  /** Bytes of Python's heap (`HEAP_BYTES`). */
  readonly heapBytes?: number;
  /** Bytes of the heap beside it, from which TLS takes what it needs (`SYSTEM_HEAP_BYTES`). */
  readonly systemHeapBytes?: number;
  /** Whether TLS 1.3 may be used, which an ESP32's firmware does not have; not by default. */
  readonly tls13?: boolean;
  readonly accessPoints?: readonly AccessPoint[];
  /** Milliseconds that joining an access point takes. */
  readonly joinMillis?: number;
  /** Whether console text has CR LF; a serial line's has. */
  readonly cooked?: boolean;
  /** A program to run instead of main.py and the REPL. */
  readonly program?: Uint8Array;
  /** What {@link Machine.onTls} and {@link Machine.onPacket} are to tell; nothing by default. */
  readonly watch?: WatchOptions;
}
