import { longjmpImports } from "./longjmp.ts";
import { FirmwareMemory } from "./memory.ts";
import type { Posix } from "./posix.ts";
import { type HostCall, HostCalls } from "./proxies.ts";
import { encodeUtf8 } from "./text.ts";

/** What the firmware needs of the machine it runs on. */
export interface FirmwareHost {
  /** Called about every 0.1 ms while Python runs: the place for Ctrl-C, timers and the network. */
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

/** How an execution ended. */
export type ExecResult =
  | { readonly kind: "ok" }
  /** `text` is the traceback as MicroPython prints it, with LF line ends. */
  | { readonly kind: "exception"; readonly type: string; readonly text: string };

interface FirmwareExports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  readonly board_banner_version: WebAssembly.Global;
  readonly board_banner_machine: WebAssembly.Global;
  readonly board_interrupt_char: WebAssembly.Global;
  readonly board_repl_mode: WebAssembly.Global;
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
  mp_js_do_exec(source: number, length: number, out: number): void;
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

/** The kind of value that stands for an exception (proxy_c.c). */
const EXCEPTION = -1;
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
  }

  /**
   * Runs a program in `__main__`. Its source lies outside Python's heap.
   *
   * @param source - Python source, UTF-8
   */
  exec(source: string | Uint8Array): ExecResult {
    const bytes = typeof source === "string" ? encodeUtf8(source) : source;
    const address = this.#exports.malloc(bytes.length + 1);
    if (address === 0) return { kind: "exception", type: "MemoryError", text: "MemoryError: \n" };
    this.memory.bytes.set(bytes, address);
    this.memory.bytes[address + bytes.length] = 0;
    const out = this.#exports.malloc(VALUE_BYTES);
    this.#exports.mp_js_do_exec(address, bytes.length, out);
    this.#exports.free(address);
    const result = this.#takeResult(out);
    this.#exports.free(out);
    return result;
  }

  #takeResult(out: number): ExecResult {
    if (this.memory.view.getInt32(out, true) !== EXCEPTION) return { kind: "ok" };
    const text = this.memory.u32(out + 8);
    const message = this.memory.string(text, this.memory.u32(out + 4));
    this.#exports.free(text);
    // proxy_convert_mp_to_js_exc_cside joins the type's name and the traceback with a 0x04.
    const split = message.indexOf("\x04");
    return { kind: "exception", type: message.slice(0, split), text: message.slice(split + 1) };
  }

  /** Starts the friendly REPL: prints the banner and a prompt. */
  replInit(): void {
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
