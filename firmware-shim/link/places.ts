import binaryen from "binaryen";
import { constantOf, type Expression, expressionsOf, type Node } from "./walk.ts";

/** A firmware in which a place was not found, or not found exactly once. */
export class UnknownFirmwareError extends Error {
  override readonly name = "UnknownFirmwareError";
  constructor(detail: string) {
    super(
      `this micropython.wasm is not the one Breadbox knows: ${detail} (expected ` +
        "@micropython/micropython-webassembly-pyscript 1.29.0-6; run npm ci to install it)",
    );
  }
}

/** The places of the stock firmware that the relinker changes. Function values are Binaryen's names. */
export interface Places {
  readonly gcCollect: string;
  readonly gcCollectStart: string;
  readonly gcCollectRoot: string;
  readonly gcCollectEnd: string;
  readonly gcGetMaxNewSplit: string;
  readonly stackBase: string;
  readonly stackPointer: string;
  /** In the VM, the load of the scheduler's state at `pending_exception_check` (py/vm.c). */
  readonly pendingCheck: Expression;
  /** Address of `mp_interrupt_char` (shared/runtime/interrupt_char.c). */
  readonly interruptCharAddress: number;
  /** Address of `pyexec_mode_kind`, 1 in the raw REPL (shared/runtime/pyexec.c). */
  readonly replModeAddress: number;
  /** Address of the pointer `MP_STATE_VM(repl_line)`, the REPL's line (shared/runtime/pyexec.c). */
  readonly replLineAddress: number;
  /** In pyexec_friendly_repl_process_char, the branch taken when the line is empty. */
  readonly emptyLineBranch: Expression;
  /** There, the local that holds what readline_process_char returned: below 0 while the line is not finished. */
  readonly readlineResult: number;
  /** `for (;;) {}` of nlr_jump_fail and __fatal_error, from which there is no way out. */
  readonly endlessLoops: readonly Expression[];
  /** Calls that print a C string of the banner, and where that string stands (shared/runtime/pyexec.c). */
  readonly bannerVersion: Node;
  readonly bannerMachine: Node;
}

function exactlyOne<T>(found: readonly T[], what: string): T {
  if (found.length !== 1) throw new UnknownFirmwareError(`${what} was found ${found.length} times, not once`);
  return found[0] as T;
}

interface FunctionBody {
  readonly name: string;
  readonly nodes: Node[];
  readonly params: number;
  readonly results: number;
}

/**
 * Finds the places by what the C sources make of them, since the release carries no function names:
 * ports/webassembly/main.c (gc_collect and its parts), py/vm.c, py/scheduler.c, shared/runtime/pyexec.c.
 *
 * @throws UnknownFirmwareError when one is missing or ambiguous.
 */
export function findPlaces(module: binaryen.Module): Places {
  const exports = new Map<string, string>();
  for (let i = 0; i < module.getNumExports(); i++) {
    const { name, value } = binaryen.getExportInfo(module.getExportByIndex(i));
    exports.set(name, value);
  }
  const functions: FunctionBody[] = [];
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (info.base) continue;
    functions.push({
      name: info.name,
      nodes: expressionsOf(info.body),
      params: info.params,
      results: info.results,
    });
  }
  const byName = new Map(functions.map((f) => [f.name, f]));
  const exported = (name: string): FunctionBody => {
    const found = byName.get(exports.get(name) ?? "");
    if (!found) throw new UnknownFirmwareError(`it does not export ${name}`);
    return found;
  };

  const stackPointer = exactlyOne(
    exported("emscripten_stack_get_current").nodes.filter((n) => n.id === binaryen.GlobalGetId),
    "the stack pointer",
  ).fields.name as string;

  const repl = findRepl(byName, exported("mp_js_repl_init"));
  return {
    ...findCollector(functions, byName, exported),
    gcGetMaxNewSplit: findMaxNewSplit(functions),
    stackBase: exported("emscripten_stack_get_base").name,
    stackPointer,
    pendingCheck: findPendingCheck(functions, exported("mp_sched_keyboard_interrupt")),
    interruptCharAddress: findInterruptChar(exported("mp_hal_get_interrupt_char")),
    ...repl,
    ...findEmptyLineBranch(functions, repl.replLineAddress),
    endlessLoops: findEndlessLoops(functions),
    ...findBanner(module, functions),
  };
}

const offsetOf = (node: Node): number =>
  (node.fields.offset as number) + (constantOf(node.fields.ptr) ?? Number.NaN);

function findCollector(
  functions: readonly FunctionBody[],
  byName: ReadonlyMap<string, FunctionBody>,
  exported: (name: string) => FunctionBody,
): Pick<Places, "gcCollect" | "gcCollectStart" | "gcCollectRoot" | "gcCollectEnd"> {
  // mp_js_repl_process_char ends in external_call_depth_dec(MP_OBJ_NULL), into which gc_collect_top_level
  // is inlined: it tests the byte flag gc_collect_pending and calls start, root and end.
  const calls = exported("mp_js_repl_process_char").nodes.filter((n) => n.id === binaryen.CallId);
  const depthDec = byName.get(calls.at(-1)?.fields.target as string);
  if (!depthDec) throw new UnknownFirmwareError("external_call_depth_dec was not found");
  const flagLoad = exactlyOne(
    depthDec.nodes.filter((n) => n.id === binaryen.LoadId && n.fields.bytes === 1),
    "gc_collect_pending",
  );
  const parts = depthDec.nodes.filter((n) => n.id === binaryen.CallId).map((n) => n.fields.target as string);
  const [gcCollectStart, gcCollectRoot, gcCollectEnd, ...rest] = parts;
  if (!gcCollectStart || !gcCollectRoot || !gcCollectEnd || rest.length > 0) {
    throw new UnknownFirmwareError("gc_collect_start, gc_collect_root and gc_collect_end were not found");
  }
  const flag = offsetOf(flagLoad);
  const setsFlag = (f: FunctionBody): boolean =>
    f.nodes.some(
      (n) =>
        n.id === binaryen.StoreId &&
        n.fields.bytes === 1 &&
        offsetOf(n) === flag &&
        constantOf(n.fields.value) === 1,
    );
  const gcCollect = exactlyOne(functions.filter(setsFlag), "gc_collect").name;
  return { gcCollect, gcCollectStart, gcCollectRoot, gcCollectEnd };
}

/** `gc_get_max_new_split` returns this many bytes in ports/webassembly/main.c. */
const MAX_NEW_SPLIT = 128 * 1024 * 1024;

function findMaxNewSplit(functions: readonly FunctionBody[]): string {
  const found = functions.filter(
    (f) => f.params === binaryen.none && f.nodes.length === 1 && f.nodes[0]?.fields.value === MAX_NEW_SPLIT,
  );
  return exactlyOne(found, "gc_get_max_new_split").name;
}

function findPendingCheck(functions: readonly FunctionBody[], interrupt: FunctionBody): Expression {
  // The VM is the function with the widest br_table: one target an opcode (py/vm.c).
  const width = (f: FunctionBody): number =>
    Math.max(
      0,
      ...f.nodes.filter((n) => n.id === binaryen.SwitchId).map((n) => (n.fields.names as string[]).length),
    );
  const widest = Math.max(...functions.map(width));
  const vm = exactlyOne(
    functions.filter((f) => width(f) === widest),
    "the VM",
  );
  // mp_sched_keyboard_interrupt moves sched_state, a 16-bit field, from IDLE to PENDING.
  const state = exactlyOne(
    interrupt.nodes.filter((n) => n.id === binaryen.StoreId && n.fields.bytes === 2),
    "sched_state",
  );
  return exactlyOne(
    vm.nodes.filter(
      (n) => n.id === binaryen.LoadId && n.fields.bytes === 2 && offsetOf(n) === offsetOf(state),
    ),
    "pending_exception_check",
  ).expression;
}

function findInterruptChar(getter: FunctionBody): number {
  return offsetOf(
    exactlyOne(
      getter.nodes.filter((n) => n.id === binaryen.LoadId),
      "mp_interrupt_char",
    ),
  );
}

function findRepl(
  byName: ReadonlyMap<string, FunctionBody>,
  replInit: FunctionBody,
): Pick<Places, "replModeAddress" | "replLineAddress"> {
  // mp_js_repl_init only calls pyexec_event_repl_init. Its one load looks at the mode, and its one store of a
  // call's result keeps the line that vstr_new made.
  const call = exactlyOne(
    replInit.nodes.filter((n) => n.id === binaryen.CallId),
    "pyexec_event_repl_init",
  );
  const nodes = byName.get(call.fields.target as string)?.nodes ?? [];
  const mode = exactlyOne(
    nodes.filter((n) => n.id === binaryen.LoadId),
    "pyexec_mode_kind",
  );
  const line = exactlyOne(
    nodes.filter((n) => n.id === binaryen.StoreId && holdsCall(n.fields.value as Expression)),
    "repl_line",
  );
  return { replModeAddress: offsetOf(mode), replLineAddress: offsetOf(line) };
}

const holdsCall = (expression: Expression): boolean =>
  expressionsOf(expression).some((n) => n.id === binaryen.CallId);

function findEmptyLineBranch(
  functions: readonly FunctionBody[],
  replLineAddress: number,
): Pick<Places, "emptyLineBranch" | "readlineResult"> {
  // if (vstr_len(MP_STATE_VM(repl_line)) == 0) goto input_restart;
  const testsLength = (n: Node): boolean => {
    if (n.id !== binaryen.BreakId) return false;
    const [eqz, length, ...rest] = n.fields.condition ? expressionsOf(n.fields.condition as Expression) : [];
    return (
      eqz?.id === binaryen.UnaryId &&
      eqz.fields.op === binaryen.EqZInt32 &&
      length?.id === binaryen.LoadId &&
      length.fields.offset === VSTR_LENGTH_OFFSET &&
      rest.some((m) => m.id === binaryen.LoadId && offsetOf(m) === replLineAddress)
    );
  };
  const found = functions.flatMap((f) => f.nodes.filter(testsLength).map((branch) => ({ f, branch })));
  const { f, branch } = exactlyOne(found, "the REPL's test for an empty line");
  // if (ret < 0) return 0;
  const locals = f.nodes.flatMap((n) => {
    if (n.id !== binaryen.BreakId || !n.fields.condition) return [];
    const [less, left, right] = expressionsOf(n.fields.condition as Expression);
    if (less?.fields.op !== binaryen.LtSInt32 || left?.id !== binaryen.LocalGetId) return [];
    return constantOf(right?.expression) === 0 ? [left.fields.index as number] : [];
  });
  return {
    emptyLineBranch: branch.expression,
    readlineResult: exactlyOne([...new Set(locals)], "readline_process_char's result"),
  };
}

/** Offset of `len` in `vstr_t` (py/misc.h). */
const VSTR_LENGTH_OFFSET = 4;

/** One in nlr_jump_fail, one in the failure of an assertion. */
const ENDLESS_LOOPS = 2;

function findEndlessLoops(functions: readonly FunctionBody[]): Expression[] {
  const isEndless = (n: Node): boolean => {
    if (n.id !== binaryen.LoopId) return false;
    const [body, ...rest] = expressionsOf(n.fields.body as Expression);
    return (
      rest.length === 0 &&
      body?.id === binaryen.BreakId &&
      body.fields.name === n.fields.name &&
      body.fields.condition === 0
    );
  };
  const found = functions.flatMap((f) => f.nodes.filter(isEndless)).map((n) => n.expression);
  if (found.length !== ENDLESS_LOOPS) {
    throw new UnknownFirmwareError(`endless loops were found ${found.length} times, not ${ENDLESS_LOOPS}`);
  }
  return found;
}

function findBanner(
  module: binaryen.Module,
  functions: readonly FunctionBody[],
): Pick<Places, "bannerVersion" | "bannerMachine"> {
  const calls = functions.flatMap((f) => f.nodes.filter((n) => n.id === binaryen.CallId));
  const printing = (text: RegExp, what: string): Node => {
    const addresses = findStrings(module, text);
    const found = calls.filter((n) =>
      addresses.includes(constantOf((n.fields.operands as number[])[0]) ?? -1),
    );
    return exactlyOne(found, what);
  };
  return {
    bannerVersion: printing(/MicroPython v[^\0]* on [^\0]*$/, "the banner's version"),
    bannerMachine: printing(/; JS with Emscripten$/, "the banner's machine"),
  };
}

/** What binaryen 132 offers for data segments; its own type declarations still name the older calls. */
interface DataSegments {
  getNumDataSegments(): number;
  getDataSegmentByIndex(index: number): number;
  getDataSegmentInfo(segment: number): { offset: number; data: ArrayBuffer };
}

/** Addresses of the NUL-terminated strings that match; the linker shares tails, so a match may start inside. */
function findStrings(module: binaryen.Module, text: RegExp): number[] {
  const addresses: number[] = [];
  const segments = module as unknown as DataSegments;
  for (let i = 0; i < segments.getNumDataSegments(); i++) {
    const segment = segments.getDataSegmentInfo(segments.getDataSegmentByIndex(i));
    const bytes = new Uint8Array(segment.data);
    let from = 0;
    for (let at = 0; at <= bytes.length; at++) {
      if (at < bytes.length && bytes[at] !== 0) continue;
      const match = at - from < 200 && text.exec(String.fromCharCode(...bytes.subarray(from, at)));
      if (match) addresses.push(segment.offset + from + match.index);
      from = at + 1;
    }
  }
  return addresses;
}
