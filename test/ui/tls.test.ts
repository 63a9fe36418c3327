/** The main story in a page: a TLS connection fails until the board's clock is set, and then stands. */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PageServer, startPageServer } from "../../emulator/web/page-server.ts";
import { issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";
import { PAGE_FOLDER, startBrowser, untilTerminal } from "./browser.ts";

const HOST = "host.breadbox";

let browser: Browser;
let server: PageServer;
let website: Server;
let program: string;

beforeAll(async () => {
  const root = issueRoot("p256");
  const leaf = issueLeaf(root, "p256", {
    extensions: [`subjectAltName=DNS:${HOST}`, "extendedKeyUsage=serverAuth"],
  });
  website = createServer({ key: leaf.key, cert: leaf.pem }, (_request, response) => {
    response.end("it stands");
  });
  await new Promise<void>((resolve) => website.listen(0, "127.0.0.1", resolve));
  program = tlsProgram(root.pem, (website.address() as AddressInfo).port);
  server = await startPageServer({ folder: PAGE_FOLDER, port: 0 });
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  website?.close();
});

function tlsProgram(ca: string, port: number): string {
  return `import network, socket, ssl, time
w = network.WLAN(network.STA_IF)
w.active(True)
w.connect("Breadbox", "breadbox")
while not w.isconnected():
    time.sleep_ms(10)

def get():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=${JSON.stringify(ca)})
    s = socket.socket()
    s.connect(socket.getaddrinfo("${HOST}", ${port})[0][-1])
    try:
        s = context.wrap_socket(s, server_hostname="${HOST}")
        print("suite", s.cipher()[0])
        s.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
        print("reply", s.read().split(b"\\r\\n\\r\\n")[1])
    finally:
        s.close()

def attempt():
    try:
        get()
    except Exception as e:
        print("failed", repr(e))

print("ready")
`;
}

/** Pastes as a person does: the event with its text. */
async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    document.activeElement!.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, text);
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

it("fails in the year 2000 as an ESP32 does, and works once the clock is set", async () => {
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  await page.goto(server.url);
  await untilTerminal(page, />>>$/);
  await paste(page, program);
  await untilTerminal(page, /\nready\n>>>$/);
  await type(page, "attempt()");
  const failed = await untilTerminal(page, /failed [\s\S]*\n>>>$/);
  // As repr() shows it, so that its line ends are seen.
  const error = String.raw`ValueError('\nThe certificate validity starts in the future\n',)`;
  expect(failed.split("attempt()").at(-1)).toBe(`\nfailed ${error}\n>>>`);
  await type(page, "get()");
  await untilTerminal(
    page,
    /Traceback[\s\S]*\nValueError:\s*\nThe certificate validity starts in the future\n+>>>$/,
  );
  expect(await page.locator("#network-text").textContent()).toBe("connected");

  await page.click("#set-clock");
  await type(page, "get()");
  const stood = await untilTerminal(page, /reply .*\n>>>$/);
  expect(stood).toMatch(/suite TLS-ECDHE-ECDSA-WITH-AES-\d+-GCM-SHA\d+\nreply b'it stands'\n>>>$/);
  await page.close();
});
