// Builds dist/page/: everything that the page's server serves, one flat folder.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * @param root - the repository
 * @param common - esbuild options of all bundles
 * @param parts - the firmware and its ROM: `{ wasm, rom }`
 */
export async function buildPage(root, common, { wasm, rom }) {
  const page = join(root, "dist/page");
  mkdirSync(page, { recursive: true });
  const { metafile } = await build({
    ...common,
    platform: "browser",
    target: ["chrome111", "firefox114", "safari16.4"],
    minify: true,
    sourcesContent: true,
    metafile: true,
    legalComments: "none",
    outdir: page,
    entryPoints: [
      { in: "ui/app.ts", out: "app" },
      { in: "ui/app.css", out: "app" },
      { in: "emulator/machine/board-worker-web.ts", out: "board-worker" },
      { in: "emulator/bridge/bridge-worker-web.ts", out: "bridge-worker" },
    ],
  });
  for (const name of ["index.html", "icon.svg"]) copyFileSync(join(root, "ui", name), join(page, name));
  writeFileSync(join(page, "firmware.wasm"), wasm);
  writeFileSync(join(page, "rom.bin"), rom);
  writeFileSync(join(page, "licenses.txt"), licenses(root, Object.keys(metafile.inputs)));
}

/** The licence of each package that is in the page, the firmware's among them, whose package has no file of it. */
function licenses(root, inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (name) packages.add(name);
  }
  const texts = [...packages].sort().map((name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  const own = readFileSync(join(root, "LICENSE"), "utf8").trim();
  const firmware = readFileSync(join(root, "emulator/build/micropython-license.txt"), "utf8").trim();
  return [`Breadbox\n\n${own}\n`, `MicroPython\n\n${firmware}\n`, ...texts].join(`\n${"-".repeat(78)}\n\n`);
}
