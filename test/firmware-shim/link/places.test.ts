/**
 * The relinker finds its places in the release's own micropython.wasm, and stops on one in which a place is missing
 * or there twice. The mutated firmwares are made here with Binaryen from the real one.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import binaryen from "binaryen";
import { afterAll, afterEach, expect, it } from "vitest";
import { findPlaces, type Places, UnknownFirmwareError } from "../../../firmware-shim/link/places.ts";
import { type Expression, editing, expressionsOf } from "../../../firmware-shim/link/walk.ts";

const folder = dirname(
  createRequire(import.meta.url).resolve("@micropython/micropython-webassembly-pyscript/package.json"),
);
const stock = new Uint8Array(readFileSync(join(folder, "micropython.wasm")));

// Looking through the whole firmware takes a second, so the tests share one, and undo what they do to it.
const module = binaryen.readBinary(stock);
const places: Places = findPlaces(module);
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});
afterAll(() => module.dispose());

const bodyOf = (name: string): Expression => binaryen.getFunctionInfo(module.getFunction(name)).body;
function setBody(name: string, body: Expression): void {
  const before = bodyOf(name);
  editing.Function.setBody(module.getFunction(name), body);
  undo.push(() => editing.Function.setBody(module.getFunction(name), before));
}
const exported = (name: string): string => binaryen.getExportInfo(module.getExport(name)).value;

/** Adds a function of no parameters. */
function add(body: Expression, result: binaryen.Type = binaryen.none): void {
  module.addFunction("added", binaryen.none, result, [binaryen.i32], body);
  undo.push(() => module.removeFunction("added"));
}

function unknown(detail: string): void {
  let error: unknown;
  try {
    findPlaces(module);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(UnknownFirmwareError);
  expect((error as Error).message).toBe(
    `this micropython.wasm is not the one Breadbox knows: ${detail} (expected ` +
      "@micropython/micropython-webassembly-pyscript 1.29.0-6; run npm ci to install it)",
  );
}

/** Targets of the VM's jump table, its default left out. */
const VM_TARGETS = 90;

it("finds every place of the release", () => {
  expect(places.interruptCharAddress).toBeGreaterThan(0);
  expect(places.replModeAddress).toBeGreaterThan(0);
  expect(places.replLineAddress).toBeGreaterThan(0);
  const functions = [
    places.gcCollect,
    places.gcCollectStart,
    places.gcCollectRoot,
    places.gcCollectEnd,
    places.gcGetMaxNewSplit,
    places.stackBase,
  ];
  expect(new Set(functions).size).toBe(functions.length);
});

it.each([
  "mp_js_repl_init",
  "mp_js_repl_process_char",
  "mp_sched_keyboard_interrupt",
  "mp_hal_get_interrupt_char",
  "emscripten_stack_get_base",
  "emscripten_stack_get_current",
])("stops without the export %s", (name) => {
  const value = exported(name);
  module.removeExport(name);
  undo.push(() => module.addFunctionExport(value, name));
  unknown(`it does not export ${name}`);
});

it("stops on two functions that ask for a collection", () => {
  add(module.copyExpression(bodyOf(places.gcCollect)));
  unknown("gc_collect was found 2 times, not once");
});

it("stops where nothing asks for a collection", () => {
  setBody(places.gcCollect, module.nop());
  unknown("gc_collect was found 0 times, not once");
});

function depthDec(): string {
  const body = expressionsOf(bodyOf(exported("mp_js_repl_process_char")));
  return body.filter((n) => n.id === binaryen.CallId).at(-1)?.fields.target as string;
}

it("stops where external_call_depth_dec collects in another way", () => {
  const body = bodyOf(depthDec());
  setBody(depthDec(), module.block(null, [body, module.call(places.gcCollectEnd, [], binaryen.none)]));
  unknown("gc_collect_start, gc_collect_root and gc_collect_end were not found");
});

it("stops where external_call_depth_dec does not collect", () => {
  setBody(depthDec(), module.nop());
  unknown("gc_collect_pending was found 0 times, not once");
});

it("stops on two functions that tell the size of the heap's steps", () => {
  add(module.copyExpression(bodyOf(places.gcGetMaxNewSplit)), binaryen.i32);
  unknown("gc_get_max_new_split was found 2 times, not once");
});

it("stops on another size of the heap's steps", () => {
  setBody(places.gcGetMaxNewSplit, module.i32.const(1 << 20));
  unknown("gc_get_max_new_split was found 0 times, not once");
});

it("stops where two functions could be the VM", () => {
  const targets = expressionsOf(bodyOf(functionOf(places.pendingCheck)))
    .filter((n) => n.id === binaryen.SwitchId)
    .map((n) => (n.fields.names as string[]).length);
  const widest = Math.max(...targets);
  expect(widest).toBe(VM_TARGETS);
  const names = Array.from({ length: widest }, () => "out");
  add(module.block("out", [module.switch(names, "out", module.i32.const(0))]));
  unknown("the VM was found 2 times, not once");
});

it("stops where a wider jump table has no pending_exception_check", () => {
  const names = Array.from({ length: 200 }, () => "out");
  add(module.block("out", [module.switch(names, "out", module.i32.const(0))]));
  unknown("pending_exception_check was found 0 times, not once");
});

it("stops where the pending exception is looked for twice", () => {
  const load = module.copyExpression(places.pendingCheck);
  const vm = functionOf(places.pendingCheck);
  setBody(vm, module.block(null, [module.drop(load), bodyOf(vm)], binaryen.i32));
  unknown("pending_exception_check was found 2 times, not once");
});

it("stops where the REPL's line and its test cannot be told", () => {
  const branch = module.copyExpression(places.emptyLineBranch);
  const repl = functionOf(places.emptyLineBranch);
  const label = (binaryen.getExpressionInfo(branch) as unknown as { name: string }).name;
  setBody(repl, module.block(null, [module.block(label, [branch]), bodyOf(repl)], binaryen.i32));
  unknown("the REPL's test for an empty line was found 2 times, not once");
});

it("stops on one endless loop more", () => {
  add(module.loop("for_ever", module.br("for_ever")));
  unknown("endless loops were found 3 times, not 2");
});

it("stops on one endless loop fewer", () => {
  const loop = places.endlessLoops[0] as Expression;
  const { body } = binaryen.getExpressionInfo(loop) as unknown as { body: Expression };
  editing.Loop.setBody(loop, module.nop());
  undo.push(() => editing.Loop.setBody(loop, body));
  unknown("endless loops were found 1 times, not 2");
});

it("stops where the banner is printed twice", () => {
  add(module.drop(module.copyExpression(places.bannerMachine.expression)));
  unknown("the banner's machine was found 2 times, not once");
});

it("stops where the banner is another", () => {
  const { expression, fields } = places.bannerVersion;
  const [before] = fields.operands as Expression[];
  editing.Call.setOperandAt(expression, 0, module.i32.const(0));
  undo.push(() => editing.Call.setOperandAt(expression, 0, before as Expression));
  unknown("the banner's version was found 0 times, not once");
});

it("stops on expressions that it does not know rather than pass over them", () => {
  add(module.drop(module.ref.is_null(module.ref.null(binaryen.funcref))));
  expect(() => findPlaces(module)).toThrow(/an expression of unknown kind/);
});

function functionOf(expression: Expression): string {
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (!info.base && expressionsOf(info.body).some((n) => n.expression === expression)) return info.name;
  }
  throw new Error("no function holds it");
}
