import { longjmpImports } from "./longjmp.ts";
import { FirmwareMemory } from "./memory.ts";
import type { Posix } from "./posix.ts";
import { type HostCall, HostCalls } from "./proxies.ts";
import { decodeUtf8, encodeUtf8 } from "./text.ts";

/** What the firmware needs of the machine it runs on. */
export interface FirmwareHost {
  /** Called every few microseconds while Python runs: the place for Ctrl-C, timers and the network. */
  poll(): void;
  /** Milliseconds since power-on, and microseconds since 1970-01-01, both on the board's clock. */
  ticksMs(): number;
  timeMs(): number;
  randomU32(): number;
  /** The host calls by name; Python imports them as the module `_board`. */
  readonly calls: Readonly<Record<string, HostCall>>;
  /** Makes the system calls; it is given the firmware's memory, which exists only after instantiation. */
  createPosix(memory: () => FirmwareMemory): Posix;
}

export interface FirmwareOptions {
  /** Bytes of Python's heap. */
  readonly heapBytes: number;
  /** The ROM filesystem with the board's own modules. */
  readonly rom: Uint8Array;
  readonly bannerVersion: string;
  readonly bannerMachine: string;
}

/** How an execution ended: with SystemExit (or a subclass), which asks for a soft reset, or with a traceback. */
export interface ExecResult {
  readonly forcedExit: boolean;
  /** As MicroPython prints it, with CR LF; empty where nothing was raised. */
  readonly traceback: string;
}

/** What a program's execution in the raw REPL writes around the program's own output. */
interface RawReplOutput {
  /** Before the output: "OK". */
  readonly announce: boolean;
  /** After it: 0x04, a traceback, 0x04 and, unless the board is to be reset, ">". */
  readonly onEnd: (bytes: Uint8Array) => void;
}

interface FirmwareExports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  readonly board_banner_version: WebAssembly.Global;
  readonly board_banner_machine: WebAssembly.Global;
  readonly board_interrupt_char: WebAssembly.Global;
  readonly board_repl_mode: WebAssembly.Global;
  readonly board_repl_line: WebAssembly.Global;
  malloc(size: number): number;
  free(address: number): void;
  __wasm_call_ctors(): void;
  emscripten_stack_init(): void;
  emscripten_stack_get_current(): number;
  _emscripten_stack_restore(sp: number): void;
  setThrew(threw: number, value: number): void;
  mp_js_register_romfs(address: number, length: number): void;
  mp_js_init(pystackWords: number, heapBytes: number): void;
  mp_js_register_js_module(name: number, value: number): void;
  mp_js_repl_init(): void;
  mp_js_repl_process_char(c: number): number;
  mp_sched_keyboard_interrupt(): void;
  proxy_c_init(): void;
}

/**
 * Words of the Python stack (py/pystack.c), on which every call's locals live. The board's C stack ends a
 * recursion long before this does; the ESP32 build has no such stack, so it is not to be felt.
 */
const PYSTACK_WORDS = 16 * 1024;

/** The name under which Python reaches the host calls. */
const HOST_MODULE = "_board";

/** `pyexec_mode_kind` in the raw REPL (shared/runtime/pyexec.h). */
const RAW_REPL = 1;

const CTRL_D = 4;
/** pyexec.c's answer to a program in the raw REPL, and its mark for the end of the output and of the traceback. */
const OK_LENGTH = 2;
const END_MARK = 4;
/** `PYEXEC_FORCED_EXIT` (shared/runtime/pyexec.h). */
const FORCED_EXIT = 0x100;
/** Offsets of `vstr_t` (py/misc.h): bytes allocated, length, pointer. */
const VSTR_ALLOC = 0;
const VSTR_LENGTH = 4;
const VSTR_BUFFER = 8;
/** Bytes of a value that crosses between Python and JavaScript (proxy_c.c: PVN words). */
const VALUE_BYTES = 12;

/** The firmware's state at one moment. */
export interface FirmwareImage {
  readonly memory: Uint8Array;
  readonly references: ReadonlySet<number>;
}

/** A running MicroPython. All calls are synchronous; those that run Python return when it has ended. */
export class Firmware {
  readonly memory: FirmwareMemory;
  readonly posix: Posix;
  readonly #exports: FirmwareExports;
  readonly #proxies: HostCalls;
  readonly #stackTop: number;

  /**
   * Starts the relinked firmware: its heap is empty, nothing of boot.py has run.
   *
   * @param module - the compiled output of the relinker
   */
  constructor(module: WebAssembly.Module, host: FirmwareHost, options: FirmwareOptions) {
    let exports: FirmwareExports | undefined;
    let memory: FirmwareMemory | undefined;
    const theExports = (): FirmwareExports => exports as FirmwareExports;
    const theMemory = (): FirmwareMemory => memory as FirmwareMemory;
    const proxies = new HostCalls(host.calls, theMemory, (size) => theExports().malloc(size));
    this.#proxies = proxies;
    this.posix = host.createPosix(theMemory);
    const systemCalls = this.posix.imports();
    const instance = new WebAssembly.Instance(module, {
      env: {
        ...longjmpImports(theExports),
        ...proxies.imports(),
        ...systemCalls.env,
        board_poll: () => host.poll(),
        mp_js_ticks_ms: () => host.ticksMs(),
        mp_js_time_ms: () => host.timeMs(),
        mp_js_random_u32: () => host.randomU32(),
        emscripten_resize_heap: (size: number) => (theMemory().growTo(size >>> 0) ? 1 : 0),
        _abort_js: () => {
          throw new Error("the firmware aborted");
        },
        // nlr_jump_fail, in the words of ports/esp32/main.c, which then restarts the chip.
        board_fatal: () => {
          throw new Error("NLR jump failed");
        },
      },
      wasi_snapshot_preview1: systemCalls.wasi,
    });
    this.#exports = exports = instance.exports as unknown as FirmwareExports;
    this.memory = memory = new FirmwareMemory(exports.memory);

    exports.emscripten_stack_init();
    exports.__wasm_call_ctors();
    this.#stackTop = exports.emscripten_stack_get_current();
    exports.board_banner_version.value = this.#allocateString(options.bannerVersion);
    exports.board_banner_machine.value = this.#allocateString(`; ${options.bannerMachine}`);
    const rom = exports.malloc(options.rom.length);
    memory.bytes.set(options.rom, rom);
    exports.mp_js_register_romfs(rom, options.rom.length);
    exports.mp_js_init(PYSTACK_WORDS, options.heapBytes);
    exports.proxy_c_init();
    const name = this.#allocateString(HOST_MODULE);
    const value = exports.malloc(VALUE_BYTES);
    proxies.writeModule(value);
    exports.mp_js_register_js_module(name, value);
    // Makes the line that programs are run from.
    this.silently(() => this.replInit());
  }

  /**
   * Runs a program in `__main__`, its output going to the console.
   *
   * @param source - Python source, UTF-8
   */
  exec(source: string | Uint8Array): ExecResult {
    const end: number[] = [];
    const forcedExit = this.#execute(source, {
      announce: false,
      onEnd: (bytes) => {
        for (const byte of bytes) end.push(byte);
      },
    });
    const traceback = Uint8Array.from(end.slice(1, forcedExit ? -1 : -2));
    return { forcedExit, traceback: decodeUtf8(traceback) };
  }

  /**
   * Runs a program as the raw REPL does: output, 0x04, traceback, 0x04 and ">".
   *
   * @param announce - whether "OK" comes first
   * @returns whether it asks for a soft reset
   */
  execRaw(source: Uint8Array, announce: boolean): boolean {
    return this.#execute(source, { announce, onEnd: (bytes) => this.posix.writeConsole(bytes) });
  }

  /**
   * pyexec.c's raw REPL does it. Its line is made to point to the source, which so lies outside Python's heap, as
   * it does in the ESP32's raw-paste mode; and it needs no memory for the traceback when the heap is full.
   */
  #execute(source: string | Uint8Array, output: RawReplOutput): boolean {
    const bytes = typeof source === "string" ? encodeUtf8(source) : source;
    const address = this.#exports.malloc(bytes.length + 1);
    if (address === 0) throw new Error(`no memory for a program of ${bytes.length} bytes`);
    const { memory } = this;
    memory.bytes.set(bytes, address);
    memory.bytes[address + bytes.length] = 0;
    const line = memory.u32(this.#exports.board_repl_line.value as number);
    const mode = this.#exports.board_repl_mode.value as number;
    const [modeBefore, alloc, buffer] = [mode, line + VSTR_ALLOC, line + VSTR_BUFFER].map((a) =>
      memory.u32(a),
    ) as [number, number, number];
    memory.setU32(mode, RAW_REPL);
    memory.setU32(line + VSTR_ALLOC, bytes.length + 1);
    memory.setU32(line + VSTR_LENGTH, bytes.length);
    memory.setU32(line + VSTR_BUFFER, address);
    this.posix.intercept = this.#rawReplInterceptor(output);
    const result = this.#exports.mp_js_repl_process_char(CTRL_D);
    this.posix.intercept = undefined;
    memory.setU32(mode, modeBefore);
    memory.setU32(line + VSTR_ALLOC, alloc);
    memory.setU32(line + VSTR_LENGTH, 0);
    memory.setU32(line + VSTR_BUFFER, buffer);
    this.#exports.free(address);
    return (result & FORCED_EXIT) !== 0;
  }

  /** Tells the raw REPL's own output from the program's. */
  #rawReplInterceptor({ announce, onEnd }: RawReplOutput): (bytes: Uint8Array) => boolean {
    let stage: "start" | "program" | "end" = "start";
    return (bytes) => {
      if (stage === "start") {
        if (bytes.length !== OK_LENGTH) throw new Error("the raw REPL did not answer OK");
        stage = "program";
        return !announce;
      }
      // The program has ended when nothing interrupts any more (parse_compile_execute).
      if (stage === "program" && bytes.length === 1 && bytes[0] === END_MARK && this.interruptChar === -1) {
        stage = "end";
      }
      if (stage === "end") onEnd(bytes);
      return stage === "end";
    };
  }

  /** Starts the friendly REPL: prints the banner and a prompt. */
  replInit(): void {
    // The stock build's begins as after Ctrl-B, with a line's end that pyexec_friendly_repl has not.
    this.posix.intercept = () => {
      this.posix.intercept = undefined;
      return true;
    };
    this.#exports.mp_js_repl_init();
  }

  /** Hands the REPL one byte. True when it asks for a soft reset (Ctrl-D, SystemExit). */
  replProcessChar(c: number): boolean {
    return this.#exports.mp_js_repl_process_char(c) !== 0;
  }

  /** Runs `action` with all that the firmware writes to the console thrown away. */
  silently(action: () => void): void {
    this.posix.muted = true;
    try {
      action();
    } finally {
      this.posix.muted = false;
    }
  }

  /** Whether the REPL is in raw mode. */
  get replIsRaw(): boolean {
    return this.memory.u32(this.#exports.board_repl_mode.value as number) === RAW_REPL;
  }

  /** The byte that interrupts, -1 for none (`micropython.kbd_intr`). */
  get interruptChar(): number {
    return this.memory.view.getInt32(this.#exports.board_interrupt_char.value as number, true);
  }

  set interruptChar(c: number) {
    this.memory.view.setInt32(this.#exports.board_interrupt_char.value as number, c, true);
  }

  /** Makes KeyboardInterrupt pending; the VM raises it at its next branch. */
  scheduleKeyboardInterrupt(): void {
    this.#exports.mp_sched_keyboard_interrupt();
  }

  /** All of the firmware's state, to be taken and put back only while no Python runs. */
  snapshot(): FirmwareImage {
    return { memory: this.memory.snapshot(), references: this.#proxies.liveReferences() };
  }

  /** A soft reset: memory as it was, no open files. */
  restore(image: FirmwareImage): void {
    this.#exports._emscripten_stack_restore(this.#stackTop);
    this.memory.restore(image.memory);
    this.#proxies.restoreReferences(image.references);
    this.posix.reset();
  }

  #allocateString(text: string): number {
    const address = this.#exports.malloc(encodeUtf8(text).length + 1);
    this.memory.setString(address, text);
    return address;
  }
}
