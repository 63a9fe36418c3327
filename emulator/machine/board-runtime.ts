import { DEFAULT_LEASE, type Ipv4Config } from "../../board/access-point.ts";
import { BoardClock, EPOCH_2000_MICROS } from "../../board/clock.ts";
import { DEFAULT_CPU_FREQUENCY } from "../../board/identity.ts";
import { type ResetCause, SOFT_RESET } from "../../board/reset.ts";
import { Rtc } from "../../board/rtc.ts";
import { WifiRadio } from "../../board/wifi.ts";
import { MemoryFileSystem } from "../../firmware-shim/files/memory-file-system.ts";
import type { Board, LineConsole, Wake } from "../../firmware-shim/host/board.ts";
import { bootCalls } from "../../firmware-shim/host/calls/boot.ts";
import { consoleCalls } from "../../firmware-shim/host/calls/console.ts";
import { cryptoCalls } from "../../firmware-shim/host/calls/crypto.ts";
import { machineCalls } from "../../firmware-shim/host/calls/machine.ts";
import { networkCalls } from "../../firmware-shim/host/calls/network.ts";
import { socketCalls } from "../../firmware-shim/host/calls/socket.ts";
import { timeCalls } from "../../firmware-shim/host/calls/time.ts";
import { tlsCalls } from "../../firmware-shim/host/calls/tls.ts";
import { Firmware, type FirmwareImage } from "../../firmware-shim/host/firmware.ts";
import { Posix } from "../../firmware-shim/host/posix.ts";
import { Pyexec } from "../../firmware-shim/host/pyexec.ts";
import { SystemHeap } from "../../firmware-shim/host/system-heap.ts";
import { encodeUtf8 } from "../../firmware-shim/host/text.ts";
import { SocketTable } from "../../firmware-shim/net/socket-table.ts";
import type { CryptoProvider } from "../../firmware-shim/tls/crypto/provider.ts";
import { Doorbell } from "../mailbox/doorbell.ts";
import { FrameRing } from "../mailbox/ring.ts";
import type { Stamp } from "../watch/reports.ts";
import { TlsWatch } from "../watch/tls-watch.ts";
import { BoardConsole } from "./board-console.ts";
import { POLLS_PER_FLUSH } from "./limits.ts";
import type { BoardInit, BoardMessage } from "./messages.ts";

/** What differs between Node and a page. */
export interface RuntimeHost {
  readonly crypto: CryptoProvider;
  readonly post: (message: BoardMessage) => void;
  /** Microseconds, monotonic, comparable between the threads of this process. */
  readonly hostMicros: () => number;
}

const NO_ADDRESS = "0.0.0.0";
const BANNER_VERSION = "MicroPython v1.29.0 on 2026-08-25";
const BANNER_MACHINE = "Generic ESP32 module with ESP32";

/** How long DHCP, or a first connection, waits for the bridge to have started: the gateway is on this machine or near. */
const LINK_TIMEOUT_MICROS = 3_000_000;

/**
 * A board in its worker: joins hardware, firmware and mailbox. It runs in the worker's one thread, and waits there
 * on the doorbell, so nothing of the worker's event loop is served while a board runs.
 */
export class BoardRuntime implements Board {
  readonly clock: BoardClock;
  readonly rtc: Rtc;
  readonly radio: WifiRadio;
  readonly sockets: SocketTable;
  readonly crypto: CryptoProvider;
  readonly systemHeap: SystemHeap;
  readonly tls13: boolean;
  readonly uniqueId: Uint8Array;
  readonly console: LineConsole;
  cpuFrequency = DEFAULT_CPU_FREQUENCY;

  readonly #init: BoardInit;
  readonly #post: (message: BoardMessage) => void;
  readonly #hostMicros: () => number;
  readonly #doorbell: Doorbell;
  readonly #network: FrameRing;
  readonly #serial: BoardConsole;
  readonly #firmware: Firmware;
  readonly #image: FirmwareImage;
  #resetCause: ResetCause;
  eventCount = 0;
  /** The doorbell's count when the mailbox was last looked through. */
  #seen = -1;
  /** Whether the wait under way has to end for Python. */
  #interrupted = false;
  #polls = 0;
  /** Whether the bridge has told how the link is. */
  #linkKnown = false;
  /** Ticks from which on the link's state is no longer waited for. */
  #linkDeadline = Number.POSITIVE_INFINITY;

  constructor(init: BoardInit, host: RuntimeHost) {
    this.#init = init;
    this.#post = host.post;
    this.#hostMicros = host.hostMicros;
    this.#resetCause = init.resetCause;
    this.crypto = host.crypto;
    this.systemHeap = new SystemHeap(init.systemHeapBytes);
    this.tls13 = init.tls13;
    this.uniqueId = init.uniqueId;
    this.clock = new BoardClock({ storage: init.clock, hostMicros: host.hostMicros });
    this.rtc = new Rtc({ clock: this.clock, storage: init.rtc });
    this.radio = new WifiRadio({
      now: () => this.clock.ticksMicros(),
      mac: init.uniqueId,
      lease: () => this.#lease(),
      ...(init.accessPoints && { accessPoints: init.accessPoints }),
      ...(init.joinMillis !== undefined && { joinMillis: init.joinMillis }),
    });
    this.sockets = new SocketTable({
      send: (packet) => {
        this.#watchPacket("sent", packet);
        init.bridge.postMessage(packet, [packet.buffer]);
      },
      now: () => this.clock.ticksMicros(),
      ownAddress: () => this.radio.ifconfig().address,
      onServing: (serving) => this.#post({ kind: "serving", serving }),
    });
    this.#doorbell = new Doorbell(init.doorbell);
    this.#network = new FrameRing(init.networkRing);
    this.#serial = new BoardConsole(init, host.post, {
      wait: (deadline) => this.wait(deadline),
      takeInput: () => this.#takeInput(),
    });
    this.console = this.#serial;
    this.#firmware = this.#start();
    this.#image = this.#firmware.snapshot();
  }

  #start(): Firmware {
    const files = new MemoryFileSystem({
      now: () => Math.floor((this.clock.rtcMicros() - EPOCH_2000_MICROS) / 1e6),
      onChange: (change) => this.#post({ kind: "file", change }),
    });
    for (const change of this.#init.files) files.apply(change);
    const memory = () => this.#firmware.memory;
    const boot = bootCalls(() => firmware.memory);
    const watch = new TlsWatch({
      watch: this.#init.watch,
      stamp: () => this.#stamp(),
      report: (report) => this.#post({ kind: "tls", report }),
      fail: (failure) => this.#post({ kind: "tls-failure", failure }),
    });
    const firmware: Firmware = new Firmware(
      this.#init.firmware,
      {
        poll: () => this.#poll(),
        ticksMs: () => this.clock.ticksMicros() / 1000,
        timeMs: () => this.clock.rtcMicros() / 1000,
        randomU32: () => new DataView(this.crypto.randomBytes(4).buffer).getUint32(0),
        createPosix: (of) => new Posix(files, this.#serial, of),
        calls: {
          ...boot.calls,
          ...timeCalls(this),
          ...machineCalls(this, memory),
          ...networkCalls(this, memory),
          ...socketCalls(this, memory),
          ...cryptoCalls(this, memory),
          ...tlsCalls(this, memory, (event, connection) => watch.observe(event, connection)),
          ...consoleCalls(this),
        },
      },
      {
        heapBytes: this.#init.heapBytes,
        rom: this.#init.rom,
        bannerVersion: BANNER_VERSION,
        bannerMachine: BANNER_MACHINE,
      },
    );
    const result = firmware.exec("import sys;sys.path.append('/rom');import _boot");
    if (result.traceback !== "") throw new Error(`the board's own modules failed:\n${result.traceback}`);
    boot.seal();
    return firmware;
  }

  /** Runs the board: boot.py, main.py, REPL, and again after each soft reset. Ends only for a program given. */
  run(): void {
    const pyexec = new Pyexec(this.#firmware, this.#serial);
    let raw = false;
    for (;;) {
      const boot = pyexec.runFile("boot.py");
      if (this.#init.program && !boot.forcedExit) {
        this.#runProgram(this.#init.program);
        return;
      }
      let exit = boot.forcedExit;
      if (!exit && !raw && boot.traceback === "") exit = pyexec.runFile("main.py").forcedExit;
      if (!exit) {
        this.#post({ kind: "prompt" });
        raw = pyexec.repl(raw);
      }
      this.#softReset();
    }
  }

  #runProgram(program: Uint8Array): void {
    const traceback = this.#firmware.exec(program).traceback.replaceAll("\r\n", "\n");
    this.#serial.flush();
    this.#post({ kind: "end", end: { ok: traceback === "", traceback } });
  }

  #softReset(): void {
    this.#serial.write(encodeUtf8("MPY: soft reboot\r\n"), "cooked");
    this.#resetCause = SOFT_RESET;
    this.sockets.closeAll();
    this.#firmware.restore(this.#image);
  }

  resetCause(): ResetCause {
    return this.#resetCause;
  }

  networkStarts(): void {
    if (this.#linkDeadline === Number.POSITIVE_INFINITY) {
      this.#linkDeadline = this.clock.ticksMicros() + LINK_TIMEOUT_MICROS;
    }
    this.#post({ kind: "network" });
  }

  awaitLink(): void {
    while (!this.#linkKnown && this.wait(this.#linkDeadline) === "event");
  }

  /** The gateway tells which address is the board's; where there is none, any will do. */
  #lease(): Ipv4Config | undefined {
    if (!this.#linkKnown && this.clock.ticksMicros() < this.#linkDeadline) return undefined;
    const address = this.sockets.leasedAddress;
    return address === NO_ADDRESS ? DEFAULT_LEASE : { ...DEFAULT_LEASE, address };
  }

  reset(): never {
    this.#serial.flush();
    this.#post({ kind: "reset" });
    // The host ends this worker.
    for (;;) this.#doorbell.wait(this.#doorbell.snapshot(), Number.POSITIVE_INFINITY);
  }

  /** The VM's poll: one load of shared memory when nothing has come. */
  #poll(): void {
    if (++this.#polls % POLLS_PER_FLUSH === 0) this.#serial.flush();
    if (this.#doorbell.snapshot() !== this.#seen) this.#lookThrough();
  }

  wait(deadline: number): Wake {
    this.#serial.flush();
    this.#interrupted = false;
    if (this.#doorbell.snapshot() !== this.#seen) {
      this.#lookThrough();
      return this.#interrupted ? "interrupted" : "event";
    }
    const left = deadline - this.clock.ticksMicros();
    if (left <= 0) return "timeout";
    const millis = left === Number.POSITIVE_INFINITY ? left : this.clock.hostDelayFor(left) / 1000;
    this.#doorbell.wait(this.#seen, millis);
    if (this.#doorbell.snapshot() === this.#seen) {
      return this.clock.ticksMicros() >= deadline ? "timeout" : "event";
    }
    this.#lookThrough();
    return this.#interrupted ? "interrupted" : "event";
  }

  #stamp(): Stamp {
    return { rtc: this.clock.rtcMicros(), host: this.#hostMicros() };
  }

  #watchPacket(direction: "sent" | "received", packet: Uint8Array): void {
    if (!this.#init.watch.packets) return;
    const { address, dns } = this.radio.ifconfig();
    const station = { mac: this.radio.mac, address, dns };
    this.#post({
      kind: "packet",
      report: { direction, packet: packet.slice(), stamp: this.#stamp(), station },
    });
  }

  /** Takes what has come into the mailbox. */
  #lookThrough(): void {
    this.#seen = this.#doorbell.snapshot();
    this.eventCount++;
    for (let packet = this.#network.read(); packet; packet = this.#network.read()) {
      this.#linkKnown = true;
      this.#watchPacket("received", packet);
      this.sockets.receive(packet);
    }
    if (this.#network.takeStarved()) this.#init.bridge.postMessage(null);
    this.#takeInput();
  }

  #takeInput(): void {
    if (!this.#serial.takeInput(this.#firmware.interruptChar)) return;
    this.#firmware.scheduleKeyboardInterrupt();
    this.#interrupted = true;
  }
}
