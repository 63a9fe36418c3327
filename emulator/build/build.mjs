// Builds dist/: the command line, the workers, the page, the ROM filesystem and the relinked firmware.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { buildPage } from "./page.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const dist = join(root, "dist");
const began = Date.now();
const say = (text) => process.stderr.write(`build: ${text}\n`);

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
};

/** Packages that are loaded at run time rather than bundled. */
const external = ["ws", "node-forge", "binaryen", "@pybricks/mpy-cross-v6", "electron", "playwright-core"];

say("bundling");
mkdirSync(dist, { recursive: true });
await build({
  ...common,
  platform: "node",
  target: "node20",
  outdir: dist,
  splitting: true,
  // Beside the rest, where they find the files of dist/.
  chunkNames: "chunk-[hash]",
  external,
  entryPoints: {
    cli: "emulator/cli/main.ts",
    "board-worker": "emulator/machine/board-worker-node.ts",
    "bridge-worker": "emulator/bridge/bridge-worker-node.ts",
    "build-rom": "emulator/firmware/build-rom.ts",
    "firmware-file": "emulator/firmware/firmware-file.ts",
    machine: "emulator/index.ts",
    demo: "emulator/demo/demo.ts",
    "explain-page": "emulator/explain/make-page.ts",
    bench: "emulator/bench/bench.ts",
    "bench-tls-server": "emulator/bench/tls-server.ts",
    "bench-tls-client": "emulator/bench/tls-client.ts",
  },
});
await build({
  ...common,
  sourcemap: false,
  platform: "node",
  target: "node20",
  outfile: join(dist, "relink.js"),
  external,
  entryPoints: ["emulator/firmware/relink-entry.ts"],
});

await build({
  ...common,
  sourcemap: false,
  format: "iife",
  platform: "browser",
  target: "chrome111",
  outfile: join(dist, "bench-page.js"),
  entryPoints: ["emulator/bench/chromium-page.ts"],
});

say("compiling the board's Python modules");
const load = (name) => import(pathToFileURL(join(dist, name)).href);
const { buildRom } = await load("build-rom.js");
writeFileSync(join(dist, "rom.bin"), await buildRom(join(root, "firmware-shim/modules")));

const { loadFirmware } = await load("firmware-file.js");
let parts;
try {
  parts = await loadFirmware((step) => say(`firmware: ${step}`));
} catch (error) {
  say(error.message);
  process.exit(2);
}
say("bundling the page");
await buildPage(root, common, parts);
say(`done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
