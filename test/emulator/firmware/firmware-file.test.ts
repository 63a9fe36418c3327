/** The cached firmware, and what is said where the package is missing or another. A copy of dist/ is run. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const PACKAGE = "@micropython/micropython-webassembly-pyscript";
const stock = readFileSync(join(root, "node_modules", PACKAGE, "micropython.wasm"));
/** The smallest module: its magic number and version. */
const EMPTY_WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "breadbox-firmware-"));
  cpSync(join(root, "dist"), join(folder, "dist"), {
    recursive: true,
    filter: (path) => !/\.(map|wasm)$/.test(path),
  });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "node_modules/binaryen"), join(folder, "node_modules/binaryen"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "hello.py"), "print('hello')");
});
afterEach(() => rmSync(folder, { recursive: true }));

function install(version: string, wasm: Uint8Array): void {
  const to = join(folder, "node_modules", PACKAGE);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "package.json"), JSON.stringify({ name: PACKAGE, version }));
  writeFileSync(join(to, "micropython.wasm"), wasm);
}

function runHello() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", "run", "hello.py"], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

it("names the version that is needed where the package has another", () => {
  install("1.28.0-3", stock);
  expect(runHello()).toEqual({
    status: 2,
    stdout: "",
    stderr:
      `breadbox: the firmware package ${PACKAGE} is 1.28.0-3, but Breadbox needs 1.29.0-6; ` +
      `install it with: npm install ${PACKAGE}@1.29.0-6\n`,
  });
});

it("says how to install the package where there is none", () => {
  expect(runHello()).toEqual({
    status: 2,
    stdout: "",
    stderr:
      `breadbox: the firmware package ${PACKAGE} is not installed; ` +
      `install it with: npm install ${PACKAGE}@1.29.0-6\n`,
  });
});

it("stops on a firmware that it does not know, and keeps nothing of it", () => {
  install("1.29.0-6", EMPTY_WASM);
  const { status, stdout, stderr } = runHello();
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
    /^breadbox: this micropython\.wasm is not the one Breadbox knows: it does not export \w+ \(expected /,
  );
  expect(readdirSync(join(folder, "dist")).filter((name) => name.includes(".wasm"))).toEqual([]);
});

it("takes the cached firmware of the same package and the same relinker, without a word", () => {
  install("1.29.0-6", stock);
  const relinker = readFileSync(join(root, "dist/relink.js"));
  const key = createHash("sha256").update(stock).update(relinker).digest("hex").slice(0, 16);
  cpSync(join(root, `dist/firmware-${key}.wasm`), join(folder, `dist/firmware-${key}.wasm`));
  expect(runHello()).toEqual({ status: 0, stdout: "hello\n", stderr: "" });
});

it("does not take a cached firmware of another package", () => {
  install("1.29.0-6", EMPTY_WASM);
  const cached = readdirSync(join(root, "dist")).find((name) => /^firmware-.*\.wasm$/.test(name)) as string;
  cpSync(join(root, "dist", cached), join(folder, "dist", cached));
  expect(runHello().status).toBe(2);
});

it("is a module that any engine loads, with the imports that the board gives", async () => {
  const relinker = readFileSync(join(root, "dist/relink.js"));
  const key = createHash("sha256").update(stock).update(relinker).digest("hex").slice(0, 16);
  const firmware = await WebAssembly.compile(readFileSync(join(root, `dist/firmware-${key}.wasm`)));
  const added = (list: { name: string }[], before: { name: string }[]) =>
    list
      .map((x) => x.name)
      .filter((name) => !before.some((x) => x.name === name))
      .sort();
  const original = await WebAssembly.compile(stock);
  expect(added(WebAssembly.Module.imports(firmware), WebAssembly.Module.imports(original))).toEqual([
    "board_fatal",
    "board_poll",
  ]);
  expect(added(WebAssembly.Module.exports(firmware), WebAssembly.Module.exports(original))).toEqual([
    "board_banner_machine",
    "board_banner_version",
    "board_interrupt_char",
    "board_repl_line",
    "board_repl_mode",
  ]);
});
