import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../user-error.ts";

const PACKAGE = "@micropython/micropython-webassembly-pyscript";
const VERSION = "1.29.0-6";

/** What the board runs: the relinked firmware and the ROM filesystem with its own modules. */
export interface FirmwareFiles {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly rom: Uint8Array;
}

/** The folder of the built program, where the cache lies beside it. */
const DIST = dirname(fileURLToPath(import.meta.url));

/** Tells what is being done; a phrase. */
export type Progress = (step: string) => void;

/**
 * The firmware, relinked where the cache has none for this package and this relinker (10 s or so).
 *
 * @throws UserError when the package is missing or of another version
 */
export async function loadFirmware(progress: Progress): Promise<FirmwareFiles> {
  const stock = readStock();
  const rom = readFileSync(join(DIST, "rom.bin"));
  const relinker = readFileSync(join(DIST, "relink.js"));
  const key = createHash("sha256").update(stock).update(relinker).digest("hex").slice(0, 16);
  const cached = join(DIST, `firmware-${key}.wasm`);
  try {
    return { wasm: new Uint8Array(readFileSync(cached)), rom };
  } catch {
    // Not there yet.
  }
  const { relink } = await import(new URL("relink.js", import.meta.url).href);
  let wasm: Uint8Array<ArrayBuffer>;
  try {
    ({ wasm } = relink(stock, progress));
  } catch (error) {
    if ((error as Error).name === "UnknownFirmwareError") throw new UserError((error as Error).message);
    throw error;
  }
  // A file that appears under its name is whole, also when two programs make it at once.
  mkdirSync(DIST, { recursive: true });
  const partial = `${cached}.${process.pid}`;
  writeFileSync(partial, wasm);
  renameSync(partial, cached);
  return { wasm, rom };
}

function readStock(): Uint8Array {
  const mend = `install it with: npm install ${PACKAGE}@${VERSION}`;
  let packageJson: string;
  try {
    const main = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    packageJson = main;
  } catch {
    throw new UserError(`the firmware package ${PACKAGE} is not installed; ${mend}`);
  }
  const { version } = JSON.parse(readFileSync(packageJson, "utf8")) as { version: string };
  if (version !== VERSION) {
    throw new UserError(
      `the firmware package ${PACKAGE} is ${version}, but Breadbox needs ${VERSION}; ${mend}`,
    );
  }
  return readFileSync(join(dirname(packageJson), "micropython.wasm"));
}
