import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hiddenSource } from "../../firmware-shim/host/tracebacks.ts";
import { buildRomfs, type RomDirectory } from "../../firmware-shim/modules/romfs.ts";

/** Modules that are Python on an ESP32, too (frozen into its firmware): tracebacks show their lines. */
const SHOWN_IN_TRACEBACKS: ReadonlySet<string> = new Set(["ntptime.py", "ssl.py", "uasyncio.py"]);

/** What Emscripten's loader listens to, to throw it again. */
const CATCH_ALLS = ["uncaughtException", "unhandledRejection"] as const;

interface MpyCross {
  compile(
    name: string,
    source: string,
    options?: readonly string[],
  ): Promise<{ status: number; mpy?: Uint8Array; err: readonly string[] }>;
}

/**
 * Compiles the board's Python modules (mpy-cross, format 6) and packs them into a ROM filesystem.
 *
 * @param folder - where the .py files are, and the folders of packages, which are Python on an ESP32 too
 * @throws Error with the compiler's message
 */
export async function buildRom(folder: string): Promise<Uint8Array> {
  const { fetch } = globalThis;
  // The compiler's Emscripten loader takes a global fetch for a browser's, and then cannot read its own file.
  Reflect.deleteProperty(globalThis, "fetch");
  try {
    const loaded = (await import("@pybricks/mpy-cross-v6")) as unknown as MpyCross & { default?: MpyCross };
    return buildRomfs(await compileAll(folder, "", loaded.default ?? loaded));
  } finally {
    globalThis.fetch = fetch;
  }
}

/** @param prefix - of a package: its name and "/" */
async function compileAll(folder: string, prefix: string, mpyCross: MpyCross): Promise<RomDirectory> {
  const files = new Map<string, Uint8Array | RomDirectory>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.includes(".")) files.set(name, await compileAll(join(folder, name), `${name}/`, mpyCross));
    if (!name.endsWith(".py")) continue;
    const source = readFileSync(join(folder, name), "utf8");
    const shown = prefix !== "" || SHOWN_IN_TRACEBACKS.has(name) ? prefix + name : hiddenSource(name);
    const result = await compile(mpyCross, name, source, shown);
    if (result.status !== 0 || !result.mpy) throw new Error(`${name}: ${result.err.join("\n")}`);
    files.set(name.replace(/\.py$/, ".mpy"), result.mpy);
  }
  return files;
}

/** One run of the compiler, without the listeners that each of its instances leaves on the process. */
async function compile(mpyCross: MpyCross, name: string, source: string, shown: string) {
  // Node's types have an overload for each event.
  const listeners = (event: string) => process.rawListeners(event) as (() => void)[];
  const before = CATCH_ALLS.map((event) => new Set(listeners(event)));
  try {
    return await mpyCross.compile(name, source, ["-s", shown]);
  } finally {
    CATCH_ALLS.forEach((event, i) => {
      for (const listener of listeners(event)) if (!before[i]!.has(listener)) process.off(event, listener);
    });
  }
}
