import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PageServer, startPageServer } from "../../emulator/web/page-server.ts";
import { PAGE_FOLDER, startBrowser, terminalText, untilTerminal } from "./browser.ts";

let browser: Browser;
let server: PageServer;
let context: BrowserContext;
let page: Page;
/** What the page complained of: violations of its policy, exceptions. */
let complaints: string[];

const PROMPT = />>>$/;

beforeAll(async () => {
  server = await startPageServer({ folder: PAGE_FOLDER, port: 0 });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  page = await context.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
});
afterEach(() => context.close());

async function boot(): Promise<void> {
  await page.goto(server.url);
  await untilTerminal(page, PROMPT);
}

/** Types a line as a person does, into whatever has the focus. */
async function type(line: string): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

const clock = async () => (await page.locator("#clock").textContent()) ?? "";

describe("a board in a page", () => {
  it("is on at the first visit, and its REPL answers what is typed", async () => {
    await boot();
    expect(await terminalText(page)).toMatch(
      /^\n?MicroPython v1\.29\.0 on 2026-08-25; Generic ESP32 module with ESP32\nType "help\(\)" for more information\.\n>>>$/,
    );
    await type("1+1");
    expect(await untilTerminal(page, />>> 1\+1\n2\n>>>$/)).toContain(">>> 1+1\n2\n");
    expect(await page.locator("#status").textContent()).toBe("The board is on.");
    expect(await page.locator("#network-text").textContent()).toBe("off");
    expect(complaints).toEqual([]);
  });

  it("keeps what is typed before it is up", async () => {
    await page.route("**/firmware.wasm", async (route) => {
      await page.locator(".xterm-helper-textarea").focus();
      await type("6*7");
      await route.continue();
    });
    await page.goto(server.url);
    await untilTerminal(page, "6*7\n42\n>>>");
  });

  it("stops a loop with Ctrl-C and with the button, and keeps the program's state", async () => {
    await boot();
    await type("n = 5");
    for (const stop of [() => page.keyboard.press("Control+c"), () => page.click("#stop")]) {
      await type("while True: n += 1");
      await page.keyboard.press("Enter");
      await untilTerminal(page, /\.\.\.\s*$/);
      await stop();
      await untilTerminal(page, /KeyboardInterrupt: *\n>>>$/);
    }
    await type("n > 5");
    await untilTerminal(page, ">>> n > 5\nTrue\n>>>");
  });

  it("is reset softly with Ctrl-D and hard with the button", async () => {
    await boot();
    await type("x = 1");
    await page.keyboard.press("Control+d");
    await untilTerminal(page, /MPY: soft reboot\n+MicroPython v1[^>]*>>>$/);
    await type("import machine; machine.reset_cause() == machine.SOFT_RESET, 'x' in globals()");
    await untilTerminal(page, "(True, False)\n>>>");
    await page.click("#reset");
    await untilTerminal(page, /\(True, False\)\n>>>\s+MicroPython v1[^>]*>>>$/);
    await type("import machine; machine.reset_cause() == machine.HARD_RESET");
    await untilTerminal(page, /True\n>>>$/);
  });

  it("shows its clock, which is set by the button and by a program, and lost with the power", async () => {
    await boot();
    expect(await clock()).toMatch(/^2000-01-01 00:00:\d\d$/);
    expect(await page.locator("#clock-badge").textContent()).toBe("not set");
    await page.click("#set-clock");
    await page.locator("#clock-badge").waitFor({ state: "hidden" });
    const now = new Date().toISOString();
    expect((await clock()).slice(0, 15)).toBe(now.slice(0, 15).replace("T", " "));
    await page.click("#reset");
    await untilTerminal(page, />>>\s+MicroPython v1[^>]*>>>$/);
    expect((await clock()).slice(0, 4)).toBe(now.slice(0, 4));

    await type("import machine; machine.RTC().datetime((2031, 2, 3, 0, 4, 5, 6, 0))");
    await page.waitForFunction(() =>
      /^2031-02-03 04:05:/.test(document.getElementById("clock")!.textContent!),
    );
    await page.click("#power-cycle");
    await page.locator("#clock-badge").waitFor();
    expect(await clock()).toMatch(/^2000-01-01 00:00:\d\d$/);
    await untilTerminal(page, />>>\s+MicroPython v1[^>]*>>>$/);
    await type("import time; time.localtime()[0]");
    await untilTerminal(page, /\n2000\n>>>$/);
  });

  it("can be switched off and on", async () => {
    await boot();
    await page.click("#power");
    await page.getByRole("button", { name: "Power on" }).waitFor();
    expect(await clock()).toBe("off");
    expect(await page.locator("#status").textContent()).toBe("The board is off.");
    expect(await page.getByRole("button", { name: "Stop" }).isDisabled()).toBe(true);
    await type("lost");
    await page.click("#power");
    await untilTerminal(page, />>>\s+MicroPython v1[^>]*>>>$/);
    expect(await terminalText(page)).not.toContain("lost");
  });

  it("is the same board at each visit", async () => {
    const ids = [];
    for (let visit = 0; visit < 2; visit++) {
      await boot();
      await type("import machine; machine.unique_id().hex()");
      ids.push(/'(240ac4[0-9a-f]{6})'/.exec(await untilTerminal(page, /'240ac4.*'\n>>>$/))![1]);
    }
    expect(ids[0]).toBe(ids[1]);
  });
});

describe("the terminal", () => {
  it("pastes several lines in paste mode, and copies what is selected", async () => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await boot();
    const program = "for i in range(2):\n    if i:\n        print('i =', i)\n\nprint('end')";
    await page.evaluate((text) => navigator.clipboard.writeText(text), program);
    await page.keyboard.press("Control+v");
    const text = await untilTerminal(page, /i = 1\nend\n>>>$/);
    expect(text).toContain("paste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== for i in range(2):");

    const { x, y } = await page.evaluate(() => {
      const rows = [...document.querySelectorAll(".xterm-rows > div")];
      return rows.find((row) => row.textContent!.trim() === "end")!.getBoundingClientRect();
    });
    await page.mouse.dblclick(x + 5, y + 8);
    await page.keyboard.press("Control+c");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("end");
    await type("'still' + ' here'");
    expect(await untilTerminal(page, "'still here'\n>>>")).not.toContain("KeyboardInterrupt");
  });

  it("shows a flood of output without losing any, and Ctrl-C ends it", async () => {
    await boot();
    await type("for i in range(20000): print(i, 'x' * 60)");
    await page.keyboard.press("Enter");
    await untilTerminal(page, /\n19998 x{60}\n19999 x{60}\n>>>$/, 15_000);
    await type("while True: print('y' * 70)");
    await page.keyboard.press("Enter");
    await untilTerminal(page, /(y{70}\n){5}/);
    await page.keyboard.press("Control+c");
    await untilTerminal(page, /KeyboardInterrupt: *\n>>>$/);
  });

  it("is left with Shift-Tab and entered with Tab; every control has a name", async () => {
    await boot();
    const focused = () =>
      page.evaluate(() => document.activeElement?.id || document.activeElement?.className || "");
    expect(await focused()).toContain("xterm-helper-textarea");
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe("set-clock");
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("set-clock");
    await page.keyboard.press("Tab");
    expect(await focused()).toContain("xterm-helper-textarea");
    const names = await page.getByRole("button").evaluateAll((all) => all.map((b) => b.textContent?.trim()));
    expect(names).toEqual([
      "Screen reader support in the terminal",
      "Power off",
      "Power cycle",
      "Reset",
      "Stop",
      "Set clock (UTC)",
    ]);
    await page.getByRole("textbox", { name: "The board's terminal. Shift and Tab leave it." }).waitFor();
  });

  it("has a view for screen readers, which is remembered", async () => {
    await boot();
    await page.locator("#screen-reader").focus();
    await page.keyboard.press("Enter");
    await page.reload();
    await untilTerminal(page, PROMPT);
    await page.locator(".xterm-accessibility-tree [role=listitem]", { hasText: "MicroPython v1" }).waitFor();
  });
});

describe("the page", () => {
  it.each(["light", "dark"] as const)("has room for everything at 1366x768, %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await boot();
    const { sizes, overflow, rows } = await page.evaluate(() => {
      const texts = [...document.querySelectorAll<HTMLElement>("body *")].filter((e) => e.checkVisibility());
      return {
        sizes: texts.map((e) => Number.parseFloat(getComputedStyle(e).fontSize)),
        overflow: document.documentElement.scrollWidth > innerWidth,
        rows: document.querySelectorAll(".xterm-rows > div").length,
      };
    });
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
    expect(overflow).toBe(false);
    expect(rows).toBeGreaterThan(25);
    expect(await page.locator(".bar").evaluate((bar) => bar.clientHeight)).toBeLessThan(60);
  });

  it("says what is wrong where a server does not isolate it", async () => {
    await page.route(server.url, async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      delete headers["cross-origin-opener-policy"];
      await route.fulfill({ response, headers });
    });
    await page.goto(server.url);
    await page.getByText("The board needs memory that is shared with its worker").waitFor();
  });

  it("says what is wrong where a file is missing or the worker's program is broken", async () => {
    await page.route("**/firmware.wasm", (route) => route.fulfill({ status: 404 }));
    await page.goto(server.url);
    await page.getByText("The board cannot be loaded (firmware.wasm): the server answers 404.").waitFor();
    await page.unroute("**/firmware.wasm");
    await page.route("**/board-worker.js", (route) =>
      route.fulfill({ contentType: "text/javascript", body: "throw new Error('broken')" }),
    );
    await page.goto(server.url);
    await untilTerminal(page, "3 times in a row and stays off: Uncaught Error: broken");
    await page.getByText("The board is off.").waitFor();
  });

  it("keeps its board when the server goes, says that the network is lost, and finds it again", async () => {
    const connected = () => page.locator("#network-text", { hasText: "connected" }).waitFor();
    const lost = () => page.getByText("the gateway does not answer").waitFor();
    let own = await startPageServer({ folder: PAGE_FOLDER, port: 0 });
    const port = Number(new URL(own.url).port);
    try {
      await page.goto(own.url);
      await untilTerminal(page, PROMPT);
      await type("import network; network.WLAN().active(True)");
      await connected();
      await own.close();
      await lost();
      // Another gateway, with another token.
      own = await startPageServer({ folder: PAGE_FOLDER, port });
      await connected();
      await page.getByText("The board is on.").waitFor();

      await own.close();
      await lost();
      await page.click("#reset");
      await untilTerminal(page, />>>\s+MicroPython v1[^>]*>>>$/);
      await type("import network; network.WLAN().active(True)");
      await lost();
      own = await startPageServer({ folder: PAGE_FOLDER, port });
      await connected();
    } finally {
      await own.close();
    }
  });

  it("does not give its token to a page of another origin", async () => {
    const foreign = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<p>elsewhere</p>");
    });
    await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", resolve));
    try {
      await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
      const got = await page.evaluate(async (url) => {
        const attempt = (mode: RequestMode) =>
          fetch(url, { mode, credentials: "include" }).then(
            (response) => response.text(),
            () => "refused",
          );
        const load = (tag: "script" | "iframe") =>
          new Promise<string>((resolve) => {
            const made = document.createElement(tag);
            made.src = url;
            made.onerror = () => resolve("refused");
            made.onload = () => {
              // A frame's load event comes for an error page too.
              const inside = tag === "iframe" && (made as HTMLIFrameElement).contentDocument;
              resolve(inside ? String(inside.body.textContent) : "refused");
            };
            document.body.append(made);
          });
        return [await attempt("cors"), await attempt("no-cors"), await load("script"), await load("iframe")];
      }, `${server.url}gateway.json`);
      expect(got).toEqual(["refused", "refused", "refused", "refused"]);
    } finally {
      foreign.close();
    }
  });
});
