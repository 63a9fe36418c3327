import binaryen from "binaryen";
import { findPlaces, UnknownFirmwareError } from "./places.ts";
import { editing } from "./walk.ts";

export { UnknownFirmwareError };

/**
 * Branches the VM takes between two calls of `env.board_poll`. A branch of a plain loop takes 50 to 100 ns, so the
 * board looks outside every few microseconds, which costs nothing that could be measured; but a loop may call a slow
 * function at each of its branches, and Ctrl-C has to get through within 100 ms there too.
 */
export const POLL_INTERVAL_BRANCHES = 32;

/**
 * 64 KiB pages of memory at the start; malloc asks for more. Emscripten's 256 would be 16 MiB of which an ESP32's
 * heap needs a fraction, and which a soft reset would have to look through.
 */
const INITIAL_PAGES = 16;

/** The passes that bring every pointer held across a call onto the C stack, where the collector looks. */
const SPILL_PASSES = [
  "flatten",
  "simplify-locals-notee-nostructure",
  "vacuum",
  "coalesce-locals",
  "reorder-locals",
  "vacuum",
  "spill-pointers",
];

export interface RelinkedFirmware {
  readonly wasm: Uint8Array;
}

/**
 * Makes the board's firmware of the official `micropython.wasm`:
 *
 * - `gc_collect` collects at once, with the C stack as roots, instead of when control returns to JavaScript;
 *   pointers in WebAssembly locals are spilled to the C stack for it (Binaryen's `spill-pointers`);
 * - `gc_get_max_new_split` is 0, so the heap has a fixed size and ends in MemoryError;
 * - the VM's branches count down and call the imported `env.board_poll`, where Ctrl-C comes in;
 * - the banner's texts come from the exported globals `board_banner_version` and `board_banner_machine`
 *   (addresses of C strings), and the addresses of `mp_interrupt_char`, `pyexec_mode_kind` and the pointer `repl_line`
 *   are exported as `board_interrupt_char`, `board_repl_mode` and `board_repl_line`;
 * - the friendly REPL starts a new line when an empty one is finished, not at any key that leaves it empty, so that
 *   the up arrow works on it;
 * - where the stock build stops for ever (an exception that nothing catches, a failed assertion) the imported
 *   `env.board_fatal` is called.
 *
 * @param stock - the package's `micropython.wasm`
 * @param onProgress - told what is being done, a short phrase a step; the whole takes 10 to 20 s
 * @throws UnknownFirmwareError when a place is missing or ambiguous
 */
export function relink(stock: Uint8Array, onProgress: (step: string) => void): RelinkedFirmware {
  onProgress("reading micropython.wasm");
  const unnamed = binaryen.readBinary(stock);
  const { stackPointer } = findPlaces(unnamed);
  unnamed.dispose();

  const module = binaryen.readBinary(nameStackPointer(stock, stackPointer));
  // Only what the stock binary uses: enabling everything makes a binary that browsers refuse.
  onProgress("patching the collector and the VM");
  patch(module);

  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(0);
  for (const pass of SPILL_PASSES) {
    onProgress(`moving pointers to the stack: ${pass}`);
    module.runPasses([pass]);
  }
  onProgress("optimising");
  module.optimize();
  onProgress("writing");
  const wasm = withMemoryPages(module.emitBinary(), INITIAL_PAGES);
  module.dispose();
  return { wasm };
}

function patch(module: binaryen.Module): void {
  const places = findPlaces(module);
  const setBody = (name: string, body: number): void =>
    editing.Function.setBody(module.getFunction(name), body);

  const sp = () => module.global.get(places.stackPointer, binaryen.i32);
  const stackWords = module.i32.shr_u(
    module.i32.sub(module.call(places.stackBase, [], binaryen.i32), sp()),
    module.i32.const(2),
  );
  setBody(
    places.gcCollect,
    module.block(null, [
      module.call(places.gcCollectStart, [], binaryen.none),
      module.call(places.gcCollectRoot, [sp(), stackWords], binaryen.none),
      module.call(places.gcCollectEnd, [], binaryen.none),
    ]),
  );
  setBody(places.gcGetMaxNewSplit, module.i32.const(0));

  module.addFunctionImport("board_poll", "env", "board_poll", binaryen.none, binaryen.none);
  module.addGlobal("board_fuel", binaryen.i32, true, module.i32.const(POLL_INTERVAL_BRANCHES));
  const fuel = () => module.global.get("board_fuel", binaryen.i32);
  const pendingPtr = editing.Load.getPtr(places.pendingCheck);
  editing.Load.setPtr(
    places.pendingCheck,
    module.block(
      null,
      [
        module.global.set("board_fuel", module.i32.sub(fuel(), module.i32.const(1))),
        module.if(
          module.i32.eqz(fuel()),
          module.block(null, [
            module.global.set("board_fuel", module.i32.const(POLL_INTERVAL_BRANCHES)),
            module.call("board_poll", [], binaryen.none),
          ]),
        ),
        pendingPtr,
      ],
      binaryen.i32,
    ),
  );

  const isFinished = module.i32.ge_s(
    module.local.get(places.readlineResult, binaryen.i32),
    module.i32.const(0),
  );
  const isEmpty = editing.Break.getCondition(places.emptyLineBranch);
  editing.Break.setCondition(places.emptyLineBranch, module.i32.and(isEmpty, isFinished));

  module.addFunctionImport("board_fatal", "env", "board_fatal", binaryen.none, binaryen.none);
  for (const loop of places.endlessLoops) {
    const fatal = module.call("board_fatal", [], binaryen.none);
    editing.Loop.setBody(loop, module.block(null, [fatal, module.unreachable()]));
  }

  for (const [name, address] of [
    ["board_interrupt_char", places.interruptCharAddress],
    ["board_repl_mode", places.replModeAddress],
    ["board_repl_line", places.replLineAddress],
  ] as const) {
    module.addGlobal(name, binaryen.i32, false, module.i32.const(address));
    module.addGlobalExport(name, name);
  }
  for (const [name, call] of [
    ["board_banner_version", places.bannerVersion],
    ["board_banner_machine", places.bannerMachine],
  ] as const) {
    const address = (call.fields.operands as number[])[0] as number;
    module.addGlobal(name, binaryen.i32, true, address);
    module.addGlobalExport(name, name);
    editing.Call.setOperandAt(call.expression, 0, module.global.get(name, binaryen.i32));
  }
}

/**
 * Appends a name section that calls the global `__stack_pointer`: Binaryen's pass finds it by that name.
 * (WebAssembly core specification, appendix "Name Section"; subsection 7 holds the names of globals.)
 */
function nameStackPointer(stock: Uint8Array, binaryenName: string): Uint8Array {
  const index = /^global\$(\d+)$/.exec(binaryenName)?.[1];
  if (index === undefined || Number(index) > 127) {
    throw new UnknownFirmwareError(`the stack pointer is a global of unknown index (${binaryenName})`);
  }
  const text = (s: string): number[] => [s.length, ...Array.from(s, (c) => c.charCodeAt(0))];
  const map = [1, Number(index), ...text("__stack_pointer")];
  const content = [...text("name"), 7, map.length, ...map];
  const section = [0, content.length, ...content];
  const named = new Uint8Array(stock.length + section.length);
  named.set(stock);
  named.set(section, stock.length);
  return named;
}

/** Section ids and the layout of a memory's limits: WebAssembly core specification, sections 5.3.7 and 5.5. */
const MEMORY_SECTION = 5;

/** The same binary with another initial size of its one memory; a maximum stays. */
function withMemoryPages(wasm: Uint8Array, pages: number): Uint8Array {
  let at = 8;
  const leb = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] as number;
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value >>> 0;
    }
  };
  while (at < wasm.length) {
    const id = wasm[at++];
    const length = leb();
    if (id !== MEMORY_SECTION) {
      at += length;
      continue;
    }
    const count = leb();
    at++; // flags: whether there is a maximum
    const minimumAt = at;
    const minimum = leb();
    if (count !== 1 || pages > 127 || minimum < pages)
      throw new UnknownFirmwareError("its memory is another");
    // A LEB128 number may be padded, so that no length changes: 0x80 0x00 ends what 0x90 begins.
    for (let i = minimumAt; i < at; i++) wasm[i] = i === minimumAt ? pages | 0x80 : i === at - 1 ? 0 : 0x80;
    if (at - minimumAt === 1) wasm[minimumAt] = pages;
    return wasm;
  }
  throw new UnknownFirmwareError("it has no memory");
}
