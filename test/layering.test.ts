/**
 * Keeps the layers: ui → emulator → firmware-shim → board, imports only downwards; no DOM and no Node in the
 * lower two (their tsconfig.json sees to the types, this to the imports); and one clock on the board, so the
 * host's is read only where the list below says why.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Top to bottom: a file may import from its own folder and from those after it. */
const LAYERS = ["ui", "emulator", "firmware-shim", "board"];
const PURE_LAYERS = ["firmware-shim", "board"];

/** Packages that the pure layers may import: they run everywhere. */
const PURE_PACKAGES = [/^@noble\//, /^node-forge$/];

/** Build-time code in a pure layer: it runs in Node, once, and is not part of the board. */
const BUILD_TIME = [/^firmware-shim\/link\//];

/**
 * Where the host's clock may be read, and why. Everything else takes its time from what it is given; on the
 * board that is `board/clock.ts`.
 */
const HOST_CLOCK: readonly (readonly [path: RegExp, reason: string])[] = [
  [/^emulator\/machine\/host-clock-(node|web)\.ts$/, "supplies hostMicros to the board's clock"],
  [/^emulator\/gateway\//, "answers NTP with the host's time where there is no network; time-outs"],
  [/^emulator\/cli\//, "`--rtc now` and `rtc --set` set the present; time-outs, and progress of copies"],
  [/^emulator\/(build|bench|demo)\//, "measures and makes certificates, outside the board"],
  [/^firmware-shim\/link\//, "shows the build's progress"],
  [/^ui\//, "animation, and the `now` button of the clock view"],
];

const HOST_CLOCK_READ =
  /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bperformance\.(now|timeOrigin)\b|\bprocess\.hrtime\b/;

interface Source {
  readonly path: string;
  readonly layer: string;
  readonly text: string;
}

function sources(): Source[] {
  return LAYERS.flatMap((layer) =>
    readdirSync(join(root, layer), { recursive: true, encoding: "utf8" })
      .map((name) => join(layer, name).replaceAll("\\", "/"))
      .filter((path) => /\.(ts|tsx|mts|mjs|js)$/.test(path) && !path.includes("node_modules"))
      .map((path) => ({ path, layer, text: withoutComments(readFileSync(join(root, path), "utf8")) })),
  );
}

/** Good enough for this purpose: a `//` inside a string only hides the rest of its line. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<!:)\/\/.*$/gm, "");
}

function imports(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\(\s*)["']([^"']+)["']/g);
  return [...found].map((match) => match[1]!);
}

const all = sources();

it("has something to look at", () => {
  expect(all.some((source) => source.path === "board/clock.ts")).toBe(true);
  expect(imports('import a from "./a.ts"; export { b } from "../b.ts"; await import("node:c")')).toEqual([
    "./a.ts",
    "../b.ts",
    "node:c",
  ]);
});

it("imports downwards only", () => {
  const upward = all.flatMap(({ path, layer, text }) =>
    imports(text)
      .filter((name) => name.startsWith("."))
      .map((name) => relative(root, resolve(root, dirname(path), name)).replaceAll("\\", "/"))
      .filter((target) => {
        const to = LAYERS.indexOf(target.split("/")[0]!);
        return to !== -1 && to < LAYERS.indexOf(layer);
      })
      .map((target) => `${path} imports ${target}`),
  );
  expect(upward).toEqual([]);
});

it("imports nothing from the host into board/ and firmware-shim/", () => {
  const impure = all
    .filter(({ path, layer }) => PURE_LAYERS.includes(layer) && !BUILD_TIME.some((re) => re.test(path)))
    .flatMap(({ path, text }) =>
      imports(text)
        .filter((name) => !name.startsWith(".") && !PURE_PACKAGES.some((re) => re.test(name)))
        .map((name) => `${path} imports ${name}`),
    );
  expect(impure).toEqual([]);
});

it("reads the host's clock only where the list allows it", () => {
  const reads = all
    .filter(({ path }) => !HOST_CLOCK.some(([allowed]) => allowed.test(path)))
    .filter(({ text }) => HOST_CLOCK_READ.test(text))
    .map(({ path }) => `${path} reads the host's clock; take the time from what the caller passes in`);
  expect(reads).toEqual([]);
});

it.each(["Date.now()", "new Date()", "performance.now()", "process.hrtime.bigint()", "Date()"])(
  "sees %s as a reading of the clock, and dates with arguments not",
  (read) => {
    expect(HOST_CLOCK_READ.test(`const t = ${read};`)).toBe(true);
    expect(HOST_CLOCK_READ.test("new Date(micros / 1000)")).toBe(false);
  },
);
