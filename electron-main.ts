/**
 * The desktop window: a browser window on the page that the gateway's server serves, and nothing more. The page
 * gets no Node and no bridge to one; it is the same page, under the same policy, as in a browser.
 *
 * Started by Electron with the page's URL as its last argument.
 */
import { app, BrowserWindow, shell } from "electron";

const pageUrl = new URL(process.argv.at(-1) ?? "");

function createWindow(): void {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    title: "Breadbox",
    webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false },
  });
  window.removeMenu();
  void window.loadURL(pageUrl.href);
}

app.on("web-contents-created", (_event, contents) => {
  // The window shows the page and stays there; links elsewhere open in the person's browser.
  contents.on("will-navigate", (event) => {
    if (new URL(event.url).origin !== pageUrl.origin) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (URL.canParse(url) && new URL(url).protocol === "https:") void shell.openExternal(url);
    return { action: "deny" };
  });
  // A terminal needs the clipboard, and nothing else.
  contents.session.setPermissionRequestHandler((_contents, permission, allow) =>
    allow(permission.startsWith("clipboard-")),
  );
});

app.on("window-all-closed", () => app.quit());
void app.whenReady().then(createWindow);
