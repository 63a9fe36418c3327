import type { FirmwareMemory } from "./memory.ts";
import { encodeUtf8 } from "./text.ts";

/**
 * Something of the host's that Python holds, a socket say. When the garbage collector frees Python's end, or a
 * reset does, `release` is called: what C objects of the ESP32 do in `__del__`, which classes written in
 * MicroPython do not have.
 */
export abstract class HostHandle {
  abstract release(): void;
}

/** What Python may hand to a host call: its None, bool, int (the low 32 bits, signed), float, str or a handle. */
export type HostArgument = null | boolean | number | string | HostHandle;

/** What a host call hands back: None, bool, int (when it fits 32 bits), float, str, or a new handle. */
export type HostResult = null | undefined | boolean | number | string | HostHandle;

/** A host call. It returns a value or a negative errno and never throws (a throw resets the board). */
export type HostCall = (...args: never[]) => HostResult;

/** Kinds of values on their way to JavaScript (ports/webassembly/proxy_c.c, PROXY_KIND_MP_*). */
const FROM_MP_NONE = 1;
const FROM_MP_BOOL = 2;
const FROM_MP_INT = 3;
const FROM_MP_FLOAT = 4;
const FROM_MP_STR = 5;
const FROM_MP_JSPROXY = 9;
/** Kinds of values on their way to Python (PROXY_KIND_JS_*). */
const TO_MP_NONE = 1;
const TO_MP_BOOL = 2;
const TO_MP_INT = 3;
const TO_MP_FLOAT = 4;
const TO_MP_STR = 5;
const TO_MP_OBJECT_EXISTING = 6;
const TO_MP_OBJECT = 7;
/** Bytes of a value in transit: u32 kind and two u32 or a double, which is not aligned to 8. */
const VALUE_BYTES = 12;
/** Reference 0 is the global object of the stock build (what `import js` shows), here empty; 1 is undefined. */
const HOST_MODULE_REF = 2;
const FIRST_CALL_REF = 3;
/** References of handles start above those of all host calls. */
const FIRST_HANDLE_REF = 512;

/**
 * The firmware's side of host calls. The stock build reaches all of JavaScript through JsProxy objects
 * (ports/webassembly/objjsproxy.c); the board gives it one module of named functions instead, under fixed
 * references, so that Python can reach nothing else and a memory image of the firmware stays valid.
 */
export class HostCalls {
  readonly #calls: readonly HostCall[];
  readonly #refs: ReadonlyMap<string, number>;
  readonly #memory: () => FirmwareMemory;
  readonly #malloc: (size: number) => number;
  /** References for which the firmware has a JsProxy; a garbage collection may free it. */
  #live = new Set<number>();
  #handles = new Map<number, HostHandle>();

  constructor(
    calls: Readonly<Record<string, HostCall>>,
    memory: () => FirmwareMemory,
    malloc: (size: number) => number,
  ) {
    this.#calls = Object.values(calls);
    this.#refs = new Map(Object.keys(calls).map((name, i) => [name, FIRST_CALL_REF + i]));
    this.#memory = memory;
    this.#malloc = malloc;
  }

  /** Writes the value that stands for the module of host calls, for `mp_js_register_js_module`. */
  writeModule(address: number): void {
    this.#writeReference(address, HOST_MODULE_REF);
  }

  /** The references in use, to be kept with a memory image of the firmware and put back with it. */
  liveReferences(): ReadonlySet<number> {
    return new Set(this.#live);
  }

  /** Goes back to the references of an image, which holds no handles: those of now are released. */
  restoreReferences(live: ReadonlySet<number>): void {
    this.#live = new Set(live);
    const handles = this.#handles;
    this.#handles = new Map();
    for (const handle of handles.values()) handle.release();
  }

  /** The imports through which the firmware uses JavaScript objects. */
  imports(): Record<string, (...args: number[]) => unknown> {
    const unsupported = (name: string) => () => {
      throw new Error(`the firmware used JavaScript's ${name}, which the board does not have`);
    };
    const at = (args: number, count: number): HostArgument[] =>
      Array.from({ length: count }, (_, i) => this.#read(args + i * VALUE_BYTES));
    return {
      has_attr: (ref, name) =>
        ref === HOST_MODULE_REF && this.#refs.has(this.#memory().string(name!)) ? 1 : 0,
      lookup_attr: (ref, name, out) => {
        const call = ref === HOST_MODULE_REF ? this.#refs.get(this.#memory().string(name!)) : undefined;
        if (call === undefined) return 0;
        this.#writeReference(out!, call);
        return 1;
      },
      call0: (ref, out) => this.#call(ref!, [], out!),
      call1: (ref, _viaCall, a, out) => this.#call(ref!, [this.#read(a!)], out!),
      call2: (ref, _viaCall, a, b, out) => this.#call(ref!, [this.#read(a!), this.#read(b!)], out!),
      calln: (ref, _viaCall, count, args, out) => this.#call(ref!, at(args!, count!), out!),
      proxy_js_free_obj: (ref) => this.#free(ref!),
      js_check_existing: () => -1,
      js_get_proxy_js_ref_info: (out) => this.#memory().bytes.fill(0, out!, out! + 8),
      store_attr: () => undefined,
      call0_kwarg: unsupported("keyword arguments"),
      calln_kwarg: unsupported("keyword arguments"),
      js_reflect_construct: unsupported("constructors"),
      js_get_iter: unsupported("iterators"),
      js_iter_next: unsupported("iterators"),
      js_subscr_load: unsupported("subscripts"),
      js_subscr_store: unsupported("subscripts"),
      js_get_error_info: unsupported("errors"),
      js_then_resolve: unsupported("promises"),
      js_then_reject: unsupported("promises"),
      js_then_continue: unsupported("promises"),
      create_promise: unsupported("promises"),
      proxy_convert_mp_to_js_then_js_to_mp_obj_jsside: unsupported("conversions"),
      proxy_convert_mp_to_js_then_js_to_js_then_js_to_mp_obj_jsside: unsupported("conversions"),
    };
  }

  #free(ref: number): void {
    this.#live.delete(ref);
    const handle = this.#handles.get(ref);
    this.#handles.delete(ref);
    handle?.release();
  }

  #writeHandle(address: number, handle: HostHandle): void {
    let ref = FIRST_HANDLE_REF;
    while (this.#handles.has(ref)) ref++;
    this.#handles.set(ref, handle);
    this.#writeReference(address, ref);
  }

  #writeReference(address: number, ref: number): void {
    this.#memory().setU32(address, this.#live.has(ref) ? TO_MP_OBJECT_EXISTING : TO_MP_OBJECT);
    this.#memory().setU32(address + 4, ref);
    this.#live.add(ref);
  }

  #call(ref: number, args: HostArgument[], out: number): void {
    const call = this.#calls[ref - FIRST_CALL_REF];
    if (!call) throw new Error(`the firmware called JavaScript reference ${ref}, which is no host call`);
    this.#write(out, (call as (...args: HostArgument[]) => HostResult)(...args));
  }

  #read(address: number): HostArgument {
    const { view } = this.#memory();
    const kind = view.getInt32(address, true);
    switch (kind) {
      case FROM_MP_NONE:
        return null;
      case FROM_MP_BOOL:
        return view.getUint32(address + 4, true) !== 0;
      case FROM_MP_INT:
        return view.getInt32(address + 4, true);
      case FROM_MP_FLOAT:
        return view.getFloat64(address + 4, true);
      case FROM_MP_STR:
        return this.#memory().string(view.getUint32(address + 8, true), view.getUint32(address + 4, true));
      case FROM_MP_JSPROXY: {
        const ref = view.getUint32(address + 4, true);
        const handle = this.#handles.get(ref);
        if (handle) return handle;
        throw new Error(`a host call was given JavaScript reference ${ref}, which is no handle`);
      }
      default:
        throw new Error(`a host call was given a Python object of kind ${kind}, which cannot cross`);
    }
  }

  #write(address: number, value: HostResult): void {
    if (typeof value === "string") {
      this.#writeString(address, value);
      return;
    }
    if (value instanceof HostHandle) {
      this.#writeHandle(address, value);
      return;
    }
    const { view } = this.#memory();
    if (value === null || value === undefined) {
      view.setUint32(address, TO_MP_NONE, true);
    } else if (typeof value === "boolean") {
      view.setUint32(address, TO_MP_BOOL, true);
      view.setUint32(address + 4, value ? 1 : 0, true);
    } else if (Number.isInteger(value) && value === (value | 0)) {
      view.setUint32(address, TO_MP_INT, true);
      view.setInt32(address + 4, value, true);
    } else {
      view.setUint32(address, TO_MP_FLOAT, true);
      view.setFloat64(address + 4, value, true);
    }
  }

  #writeString(address: number, text: string): void {
    const bytes = encodeUtf8(text);
    // The firmware frees it (proxy_convert_js_to_mp_obj_cside). Malloc first: it may grow memory.
    const buffer = this.#malloc(bytes.length + 1);
    const memory = this.#memory();
    memory.bytes.set(bytes, buffer);
    memory.setU32(address, TO_MP_STR);
    memory.setU32(address + 4, bytes.length);
    memory.setU32(address + 8, buffer);
  }
}
