import { type Browser, chromium } from "playwright-core";

/** Debian's Chromium, or what the environment names. */
export const CHROMIUM = process.env.BREADBOX_CHROMIUM ?? "/usr/bin/chromium";

/** Starts Chromium with a fresh profile, talking to nobody but the pages it is sent to. */
export function startBrowser(extraFlags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...extraFlags,
    ],
  });
}
