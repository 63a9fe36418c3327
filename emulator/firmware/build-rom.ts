import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hiddenSource } from "../../firmware-shim/host/tracebacks.ts";
import { buildRomfs, type RomDirectory } from "../../firmware-shim/modules/romfs.ts";

/** Modules that are Python on an ESP32, too (frozen into its firmware): tracebacks show their lines. */
const SHOWN_IN_TRACEBACKS: ReadonlySet<string> = new Set(["ntptime.py", "ssl.py", "uasyncio.py"]);

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
    const result = await mpyCross.compile(name, source, ["-s", shown]);
    if (result.status !== 0 || !result.mpy) throw new Error(`${name}: ${result.err.join("\n")}`);
    files.set(name.replace(/\.py$/, ".mpy"), result.mpy);
  }
  return files;
}
