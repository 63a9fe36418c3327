/**
 * C's setjmp and longjmp, on which MicroPython's exceptions rest (py/nlr.c), as Emscripten compiles them with
 * SUPPORT_LONGJMP=emscripten: calls that may be jumped out of go through `invoke_*`, longjmp throws, and the
 * invoker hands the jump on to the code that asks `setThrew`'s flag.
 */

/** What `_emscripten_throw_longjmp` throws. One object: it carries nothing, so none need be made. */
const LONGJMP = Symbol("longjmp");

interface LongjmpExports {
  readonly __indirect_function_table: WebAssembly.Table;
  setThrew(threw: number, value: number): void;
  emscripten_stack_get_current(): number;
  _emscripten_stack_restore(sp: number): void;
}

type Indirect = (...args: number[]) => number;

/** The imports `invoke_*` and `_emscripten_throw_longjmp`; `exports` is asked for at the first call. */
export function longjmpImports(
  exports: () => LongjmpExports,
): Record<string, (...args: number[]) => unknown> {
  const functions: Indirect[] = [];
  const lookUp = (index: number): Indirect => {
    const known = functions[index];
    if (known) return known;
    const found = exports().__indirect_function_table.get(index);
    if (!found) throw new Error(`the firmware called entry ${index} of its function table, which is empty`);
    functions[index] = found;
    return found;
  };
  const caught = (thrown: unknown, sp: number): number => {
    const e = exports();
    e._emscripten_stack_restore(sp);
    if (thrown !== LONGJMP) throw thrown;
    e.setThrew(1, 0);
    return 0;
  };
  const sp = (): number => exports().emscripten_stack_get_current();
  // One function a number of arguments: rest parameters would cost an array a call, on the hottest path.
  const call0 = (f: number): number => {
    const stack = sp();
    try {
      return lookUp(f)();
    } catch (thrown) {
      return caught(thrown, stack);
    }
  };
  const call1 = (f: number, a: number): number => {
    const stack = sp();
    try {
      return lookUp(f)(a);
    } catch (thrown) {
      return caught(thrown, stack);
    }
  };
  const call2 = (f: number, a: number, b: number): number => {
    const stack = sp();
    try {
      return lookUp(f)(a, b);
    } catch (thrown) {
      return caught(thrown, stack);
    }
  };
  const call3 = (f: number, a: number, b: number, c: number): number => {
    const stack = sp();
    try {
      return lookUp(f)(a, b, c);
    } catch (thrown) {
      return caught(thrown, stack);
    }
  };
  const call4 = (f: number, a: number, b: number, c: number, d: number): number => {
    const stack = sp();
    try {
      return lookUp(f)(a, b, c, d);
    } catch (thrown) {
      return caught(thrown, stack);
    }
  };
  const call5 = (f: number, a: number, b: number, c: number, d: number, e: number): number => {
    const stack = sp();
    try {
      return lookUp(f)(a, b, c, d, e);
    } catch (thrown) {
      return caught(thrown, stack);
    }
  };
  return {
    _emscripten_throw_longjmp: () => {
      throw LONGJMP;
    },
    invoke_i: call0,
    invoke_v: call0,
    invoke_ii: call1,
    invoke_vi: call1,
    invoke_iii: call2,
    invoke_vii: call2,
    invoke_iiii: call3,
    invoke_viii: call3,
    invoke_iiiii: call4,
    invoke_viiii: call4,
    invoke_iiiiii: call5,
  };
}
