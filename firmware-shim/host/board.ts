import type { BoardClock } from "../../board/clock.ts";
import type { ResetCause } from "../../board/reset.ts";
import type { Rtc } from "../../board/rtc.ts";
import type { WifiRadio } from "../../board/wifi.ts";
import type { SocketTable } from "../net/socket-table.ts";
import type { CryptoProvider } from "../tls/crypto/provider.ts";
import type { FirmwareMemory } from "./memory.ts";
import type { OutputKind } from "./posix.ts";
import type { SystemHeap } from "./system-heap.ts";

/**
 * What ended a wait: something came in (look again), the time was up, or Python has to take note of an
 * exception or a callback before it goes on waiting.
 */
export type Wake = "event" | "timeout" | "interrupted";

/** What the host calls work on: the board's hardware and the machine around it. */
export interface Board {
  readonly clock: BoardClock;
  readonly rtc: Rtc;
  readonly radio: WifiRadio;
  readonly sockets: SocketTable;
  readonly crypto: CryptoProvider;
  /** What C code of the ESP32 allocates from, beside Python's heap. */
  readonly systemHeap: SystemHeap;
  /** Whether TLS 1.3 may be used besides 1.2, as it is in no firmware of an ESP32's. */
  readonly tls13: boolean;
  /** Six bytes. */
  readonly uniqueId: Uint8Array;
  readonly console: LineConsole;
  /** Hertz. */
  cpuFrequency: number;
  resetCause(): ResetCause;
  /**
   * How often something has come in. What a program has looked at before a change of this may have changed since,
   * whoever took notice of it: the VM does, between any two of Python's instructions.
   */
  readonly eventCount: number;
  /** Waits without using the processor until `deadline` (clock.ticksMicros; Infinity for ever) or an event. */
  wait(deadline: number): Wake;
  /** The radio was switched on. */
  networkStarts(): void;
  /** Waits, where the network's other end is still starting, until it is known to be there or not. */
  awaitLink(): void;
  /** `machine.reset()`: does not return. */
  reset(): never;
}

/** The console as `input()` uses it. */
export interface LineConsole {
  /** The next byte, or undefined where none is there yet. */
  readByte(): number | undefined;
  write(bytes: Uint8Array, kind: OutputKind): void;
}

/** Host calls that need the firmware's memory get it by this; it exists once the firmware runs. */
export type MemoryOf = () => FirmwareMemory;
