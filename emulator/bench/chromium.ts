import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { issueBenchCertificates } from "./certificates.ts";
import type { BenchAmounts, BenchCertificates, SuiteMeasurement } from "./engine.ts";
import { suiteHeading, suiteLine } from "./suites.ts";

const AMOUNTS: BenchAmounts = { handshakes: 25, bytes: 8 * 1024 * 1024 };

/** What servers of today choose, and what is slowest. */
const SUITES = [
  "TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256",
  "TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384",
  "TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256",
  "TLS-ECDHE-RSA-WITH-AES-256-GCM-SHA384",
  "TLS-ECDHE-ECDSA-WITH-AES-128-CCM",
  "TLS-ECDHE-RSA-WITH-AES-128-CBC-SHA256",
  "TLS-ECDHE-ECDSA-WITH-ARIA-128-GCM-SHA256",
  "TLS-PSK-WITH-AES-128-GCM-SHA256",
  "TLS1-3-AES-128-GCM-SHA256",
  "TLS1-3-CHACHA20-POLY1305-SHA256",
];

/** The engine in Chromium. */
export async function benchChromium(): Promise<void> {
  // It stands on a package of the development's: without that the other parts run.
  const { CHROMIUM, startBrowser } = await import("./browser.ts");
  if (!existsSync(CHROMIUM)) {
    process.stdout.write(`  left out: there is no ${CHROMIUM}; name a Chromium with BREADBOX_CHROMIUM\n`);
    return;
  }
  const browser = await startBrowser();
  const page = await browser.newPage();
  await page.addScriptTag({ path: fileURLToPath(new URL("bench-page.js", import.meta.url)) });
  const certificates = issueBenchCertificates();
  process.stdout.write(suiteHeading("goals: 20 MB/s, and 25 handshakes/s (40 ms)"));
  for (const name of SUITES) {
    const measurement = await page.evaluate(
      ([issued, suite, amounts]) => (globalThis as unknown as InPage).measureInPage(issued, suite, amounts),
      [certificates, name, AMOUNTS] as const,
    );
    process.stdout.write(suiteLine(measurement));
  }
  await browser.close();
}

/** What `chromium-page.ts` puts there. */
interface InPage {
  measureInPage(certificates: BenchCertificates, name: string, amounts: BenchAmounts): SuiteMeasurement;
}
