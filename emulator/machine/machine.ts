import { BoardClock, createClockStorage, EPOCH_2000_MICROS } from "../../board/clock.ts";
import { HARD_RESET, PWRON_RESET, type ResetCause } from "../../board/reset.ts";
import { createRtcStorage, Rtc } from "../../board/rtc.ts";
import { MemoryFileSystem } from "../../firmware-shim/files/memory-file-system.ts";
import { SYSTEM_HEAP_BYTES } from "../../firmware-shim/host/limits.ts";
import { encodeUtf8 } from "../../firmware-shim/host/text.ts";
import type { Serving } from "../../firmware-shim/net/socket-table.ts";
import { encodeLink } from "../../firmware-shim/net/wisp/packet.ts";
import type { BridgeAddress, BridgeStatus } from "../bridge/bridge-client.ts";
import type { BridgeStart } from "../bridge/bridge-worker.ts";
import { BRIDGE_STOP } from "../bridge/commands.ts";
import { Doorbell } from "../mailbox/doorbell.ts";
import { FrameRing } from "../mailbox/ring.ts";
import type { ConsolePort } from "../serial/console-port.ts";
import type { PacketReport, TlsFailure, TlsReport } from "../watch/reports.ts";
import { CONSOLE_RING_BYTES, FINISH_TIMEOUT_MS, HEAP_BYTES, NETWORK_RING_BYTES } from "./limits.ts";
import { type BoardInit, type BoardMessage, Control, type ProgramEnd } from "./messages.ts";
import type { MachineOptions, NetworkStatus, Platform, WorkerHandle } from "./options.ts";

/** Crashes in a row, none of which got as far as a prompt, after which the machine stays off. */
const MAX_BOOT_CRASHES = 3;

/** What ports/esp32/modules/inisetup.py writes at the first boot. */
const BOOT_PY = `# This file is executed on every boot (including wake-boot from deepsleep)
#import esp
#esp.osdebug(None)
#import webrepl
#webrepl.start()
`;

type Listener<T> = (value: T) => void;

/** A board as the outside sees it: power, reset line, console, clock, files. Its firmware runs in a worker. */
export class Machine implements ConsolePort {
  readonly clock: BoardClock;
  readonly rtc: Rtc;
  readonly files: MemoryFileSystem;
  readonly #options: MachineOptions;
  readonly #platform: Platform;
  readonly #clockStorage = createClockStorage();
  readonly #rtcStorage = createRtcStorage();
  readonly #doorbell = new Doorbell();
  readonly #output = new Set<Listener<Uint8Array>>();
  readonly #drain = new Set<() => void>();
  readonly #prompt = new Set<() => void>();
  readonly #end = new Set<Listener<ProgramEnd>>();
  readonly #power = new Set<Listener<boolean>>();
  readonly #networkStatus = new Set<Listener<NetworkStatus>>();
  readonly #tls = new Set<Listener<TlsReport>>();
  readonly #tlsFailure = new Set<Listener<TlsFailure>>();
  readonly #packet = new Set<Listener<PacketReport>>();
  readonly #serving = new Set<Listener<Serving>>();
  #worker: WorkerHandle | undefined;
  #bridge: WorkerHandle | undefined;
  #bridgePort: MessagePort | undefined;
  #control = new Int32Array(new SharedArrayBuffer(4));
  #consoleRing = FrameRing.create(CONSOLE_RING_BYTES);
  #networkRing = FrameRing.create(NETWORK_RING_BYTES);
  /** The address that the board had last: it wants that again after a reset. */
  #leasedAddress: string | undefined;
  #holds = 0;
  /** Bytes delivered while output was held back: counted off when the last hold ends. */
  #owed = 0;
  #bootCrashes = 0;

  constructor(options: MachineOptions, platform: Platform) {
    this.#options = options;
    this.#platform = platform;
    this.clock = new BoardClock({ storage: this.#clockStorage, hostMicros: () => platform.hostMicros() });
    this.rtc = new Rtc({ clock: this.clock, storage: this.#rtcStorage });
    this.files = new MemoryFileSystem({
      now: () => Math.floor((this.clock.rtcMicros() - EPOCH_2000_MICROS) / 1e6),
    });
    this.files.apply({ kind: "write", path: "/boot.py", bytes: encodeUtf8(BOOT_PY), modified: 0 });
    this.clock.powerOn();
  }

  /** Switches power on: the clock starts at 2000-01-01 00:00:00, RTC memory is empty. Files stay. */
  powerOn(): void {
    this.powerOff();
    this.clock.powerOn();
    this.rtc.powerOn();
    this.#bootCrashes = 0;
    this.#start(PWRON_RESET);
  }

  /** Switches on with the clock as it was set meanwhile, for `run --rtc`. */
  powerOnKeepingClock(): void {
    this.powerOff();
    this.#start(PWRON_RESET);
  }

  /** Switches off once what the board has sent is on its way, for a program that has ended. */
  async finish(): Promise<void> {
    const bridge = this.#bridge;
    if (bridge) {
      bridge.post(BRIDGE_STOP, []);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FINISH_TIMEOUT_MS);
      });
      await Promise.race([bridge.ended, patience]);
      clearTimeout(timer);
    }
    this.powerOff();
  }

  powerOff(): void {
    const wasOn = this.isOn;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#bridge?.terminate();
    this.#bridge = undefined;
    this.#bridgePort?.close();
    this.#bridgePort = undefined;
    if (!wasOn) return;
    tell(this.#networkStatus, { kind: "off" });
    tell(this.#power, false);
  }

  /** A hard reset (the reset line, `machine.reset()`): clock, RTC memory and files stay. */
  reset(): void {
    if (!this.#worker) return;
    this.powerOff();
    this.#start(HARD_RESET);
  }

  get isOn(): boolean {
    return this.#worker !== undefined;
  }

  /** To be called after the clock was changed from outside, so that waits are reckoned anew. */
  clockChanged(): void {
    this.#doorbell.ring();
  }

  onOutput(listener: Listener<Uint8Array>): () => void {
    this.#output.add(listener);
    return () => this.#output.delete(listener);
  }

  /** Calls `listener` whenever the REPL is about to print its first prompt. */
  onPrompt(listener: () => void): () => void {
    this.#prompt.add(listener);
    return () => this.#prompt.delete(listener);
  }

  /** Calls `listener` with whether the board is on, when that changes; a reset is off and on. */
  onPower(listener: Listener<boolean>): () => void {
    this.#power.add(listener);
    return () => this.#power.delete(listener);
  }

  /** Calls `listener` when the bridge's state changes. */
  onNetwork(listener: Listener<NetworkStatus>): () => void {
    this.#networkStatus.add(listener);
    return () => this.#networkStatus.delete(listener);
  }

  /** Calls `listener` when the program given has ended. */
  onEnd(listener: Listener<ProgramEnd>): () => void {
    this.#end.add(listener);
    return () => this.#end.delete(listener);
  }

  /** Calls `listener` with each TLS event, as far as `watch` asks for them. */
  onTls(listener: Listener<TlsReport>): () => void {
    this.#tls.add(listener);
    return () => this.#tls.delete(listener);
  }

  /** Calls `listener` when a TLS connection has failed, and before Python knows. */
  onTlsFailure(listener: Listener<TlsFailure>): () => void {
    this.#tlsFailure.add(listener);
    return () => this.#tlsFailure.delete(listener);
  }

  /** Calls `listener` with each packet of the board's sockets, where `watch` asks for them. */
  onPacket(listener: Listener<PacketReport>): () => void {
    this.#packet.add(listener);
    return () => this.#packet.delete(listener);
  }

  /** Calls `listener` when the gateway has told how it leads to a port that the board serves. */
  onServing(listener: Listener<Serving>): () => void {
    this.#serving.add(listener);
    return () => this.#serving.delete(listener);
  }

  holdOutput(): () => void {
    let held = true;
    this.#holds++;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds > 0) return;
      this.#delivered(this.#owed);
      this.#owed = 0;
    };
  }

  input(bytes: Uint8Array): number {
    let taken = 0;
    while (taken < bytes.length) {
      const frame = bytes.subarray(taken, taken + INPUT_FRAME_BYTES);
      if (!this.#consoleRing.tryWrite(frame)) break;
      taken += frame.length;
    }
    this.#doorbell.ring();
    return taken;
  }

  onInputDrain(listener: () => void): () => void {
    this.#drain.add(listener);
    return () => this.#drain.delete(listener);
  }

  #start(resetCause: ResetCause): void {
    const { firmware, rom, uniqueId, accessPoints, joinMillis, program } = this.#options;
    const { port1, port2 } = this.#platform.createChannel();
    this.#bridgePort = port2;
    this.#consoleRing = FrameRing.create(CONSOLE_RING_BYTES);
    this.#networkRing = FrameRing.create(NETWORK_RING_BYTES);
    const control = new SharedArrayBuffer(Control.CELLS * Int32Array.BYTES_PER_ELEMENT);
    this.#control = new Int32Array(control);
    this.#owed = 0;
    const init: BoardInit = {
      firmware,
      rom,
      heapBytes: this.#options.heapBytes ?? HEAP_BYTES,
      systemHeapBytes: this.#options.systemHeapBytes ?? SYSTEM_HEAP_BYTES,
      tls13: this.#options.tls13 ?? false,
      clock: this.#clockStorage,
      rtc: this.#rtcStorage,
      doorbell: this.#doorbell.buffer,
      consoleRing: this.#consoleRing.buffer,
      control,
      networkRing: this.#networkRing.buffer,
      bridge: port1,
      files: this.files.contents(),
      uniqueId,
      resetCause,
      cooked: this.#options.cooked ?? true,
      watch: this.#options.watch ?? {},
      ...(accessPoints && { accessPoints }),
      ...(joinMillis !== undefined && { joinMillis }),
      ...(program && { program }),
    };
    // A worker that was terminated may still have messages under way: they are no longer the board's.
    const worker: WorkerHandle = this.#platform.createWorker("board", {
      onMessage: (message) => {
        if (this.#worker === worker) this.#receive(message as BoardMessage);
      },
      onError: (error) => {
        if (this.#worker === worker) this.#crashed(error);
      },
    });
    this.#worker = worker;
    worker.post(init, [port1]);
    tell(this.#power, true);
  }

  #receive(message: BoardMessage): void {
    switch (message.kind) {
      case "output":
        this.#emit(message.bytes);
        if (this.#holds > 0) this.#owed += message.bytes.length;
        else this.#delivered(message.bytes.length);
        break;
      case "file":
        this.files.apply(message.change);
        break;
      case "reset":
        this.reset();
        break;
      case "prompt":
        this.#bootCrashes = 0;
        for (const listener of this.#prompt) listener();
        break;
      case "console-drained":
        for (const listener of this.#drain) listener();
        break;
      case "serving":
        tell(this.#serving, message.serving);
        break;
      case "network":
        void this.#startBridge();
        break;
      case "tls":
        tell(this.#tls, message.report);
        break;
      case "tls-failure":
        tell(this.#tlsFailure, message.failure);
        break;
      case "packet":
        tell(this.#packet, message.report);
        break;
      case "end":
        for (const listener of this.#end) listener(message.end);
    }
  }

  async #startBridge(): Promise<void> {
    const port = this.#bridgePort;
    if (this.#bridge || !port) return;
    const bridge = this.#platform.createWorker("bridge", {
      onMessage: (status) => {
        if (this.#bridge === bridge) this.#bridgeSays(bridge, status as BridgeStatus);
      },
      onError: (error) => {
        if (this.#bridge === bridge) this.#bridgeFailed(`the network bridge failed: ${error.message}`);
      },
    });
    this.#bridge = bridge;
    tell(this.#networkStatus, { kind: "connecting" });
    try {
      const { url, token } = await this.#options.gateway();
      if (this.#bridge !== bridge) return;
      const { buffer: doorbell } = this.#doorbell;
      const start: BridgeStart = { url, token, ring: this.#networkRing.buffer, doorbell, port };
      const address = this.#leasedAddress;
      bridge.post(address === undefined ? start : { ...start, address }, [port]);
    } catch (error) {
      if (this.#bridge === bridge) this.#bridgeFailed(`no network: ${(error as Error).message}`);
    }
  }

  /** A gateway that refuses its token is another one than before: it is asked for anew. */
  #bridgeSays(bridge: WorkerHandle, status: BridgeStatus): void {
    if (status.kind === "connected" && status.address !== undefined) this.#leasedAddress = status.address;
    tell(this.#networkStatus, status);
    if (status.kind !== "disconnected" || !status.refused) return;
    this.#options.gateway().then(
      ({ url, token }) => {
        if (this.#bridge === bridge) bridge.post({ url, token } satisfies BridgeAddress, []);
      },
      () => undefined,
    );
  }

  #bridgeFailed(reason: string): void {
    // In the bridge's place, which writes no more: the board waits to hear of it.
    this.#networkRing.tryWrite(encodeLink(false, 0));
    this.#doorbell.ring();
    tell(this.#networkStatus, { kind: "failed", reason });
    this.#notice(reason);
  }

  #crashed(error: Error): void {
    this.powerOff();
    if (++this.#bootCrashes >= MAX_BOOT_CRASHES) {
      this.#notice(`the board crashed ${MAX_BOOT_CRASHES} times in a row and stays off: ${error.message}`);
      const traceback = `the board crashed: ${error.message}`;
      for (const listener of this.#end) listener({ ok: false, traceback });
      return;
    }
    this.#notice(`the board crashed and is reset: ${error.message}`);
    if (this.#options.program) {
      for (const listener of this.#end)
        listener({ ok: false, traceback: `the board crashed: ${error.message}` });
      return;
    }
    this.#start(HARD_RESET);
  }

  #delivered(bytes: number): void {
    if (bytes === 0) return;
    Atomics.sub(this.#control, Control.OUTPUT_PENDING, bytes);
    Atomics.notify(this.#control, Control.OUTPUT_PENDING);
  }

  #notice(text: string): void {
    this.#emit(encodeUtf8(`\r\n[Breadbox] ${text}\r\n`));
  }

  #emit(bytes: Uint8Array): void {
    for (const listener of this.#output) listener(bytes);
  }
}

function tell<T>(listeners: ReadonlySet<Listener<T>>, value: T): void {
  for (const listener of listeners) listener(value);
}

/** Bytes of input written to the ring at a time. */
const INPUT_FRAME_BYTES = 1024;
