/** A real browser on the built page, for tests. */
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

export { startBrowser } from "../../emulator/bench/browser.ts";

/** The built page. */
export const PAGE_FOLDER = fileURLToPath(new URL("../../dist/page", import.meta.url));

/** What the terminal shows, a line a row, without the blanks at their ends. */
export function terminalText(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".xterm-rows > div")]
      .map((row) => row.textContent!.replaceAll("\u00a0", " ").trimEnd())
      .join("\n")
      .trimEnd(),
  );
}

/** Waits until the terminal's text has what is asked for; fails with the text that it has. */
export async function untilTerminal(
  page: Page,
  wanted: string | RegExp,
  timeoutMs = 10_000,
): Promise<string> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const text = await terminalText(page);
    if (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text)) return text;
    if (performance.now() > deadline) throw new Error(`the terminal does not show ${wanted}:\n${text}`);
    await page.waitForTimeout(20);
  }
}
