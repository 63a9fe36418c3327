/**
 * `npm run bench`: the numbers that Breadbox is judged by, each beside its goal and beside what it is compared
 * with, measured in the same run on the same machine. Nothing here fails: a test asserts, a benchmark prints.
 */
import { benchBoards } from "./boards.ts";
import { benchChromium } from "./chromium.ts";
import { benchPeers } from "./peers.ts";
import { benchPython } from "./python.ts";
import { benchStartup } from "./startup.ts";
import { benchSuites } from "./suites.ts";
import { benchTls } from "./tls.ts";

const SECTIONS: Readonly<Record<string, () => Promise<void>>> = {
  startup: benchStartup,
  boards: benchBoards,
  python: benchPython,
  tls: benchTls,
  peers: benchPeers,
  suites: benchSuites,
  chromium: benchChromium,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  process.stderr.write(
    `bench: there is no section "${unknown}"; there are ${Object.keys(SECTIONS).join(", ")}\n`,
  );
  process.exit(2);
}
for (const [name, run] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  await run();
}
process.exit(0);
