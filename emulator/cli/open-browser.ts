/** Opens a page in the person's browser. */
import { spawn } from "node:child_process";

/**
 * Does so where somebody sits at this machine: output goes to a terminal, which is not one over ssh, and there
 * is a desktop. Whether it worked is not known; the URL has been printed anyway.
 */
export function openBrowser(url: string): void {
  const { env, platform } = process;
  if (!process.stdout.isTTY || env.SSH_CONNECTION !== undefined) return;
  const desktop =
    platform === "darwin" ||
    platform === "win32" ||
    env.DISPLAY !== undefined ||
    env.WAYLAND_DISPLAY !== undefined;
  if (!desktop) return;
  const [program, ...words] =
    platform === "darwin"
      ? ["open", url]
      : platform === "win32"
        ? ["cmd", "/c", "start", "", url]
        : ["xdg-open", url];
  const child = spawn(program!, words, { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
}
