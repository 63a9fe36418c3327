/** The terminal: xterm.js with the keys, clipboard and colours of this page. */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { element } from "./element.ts";
import { pasteInput } from "./paste.ts";
import { useStyleNonce } from "./style-nonce.ts";
import { followTheme } from "./terminal-theme.ts";

const FONT = 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const FONT_SIZE = 15;
/** Lines that can be scrolled back to. */
const SCROLLBACK = 5000;
/** Contrast that text has at least, whatever colours a program asks for (WCAG 2.2, AA). */
const CONTRAST = 4.5;

/** Whether the screen reader's view of the terminal is on; it costs time, so it is not by default. */
const SCREEN_READER_SETTING = "screen-reader";

const PROMPT = ">>>";

/** Opens the terminal in the page. `send` is given what is typed and pasted. */
export function openTerminal(send: (text: string) => void): Terminal {
  useStyleNonce();
  const root = element("terminal", HTMLElement);
  const terminal = new Terminal({
    fontFamily: FONT,
    fontSize: FONT_SIZE,
    lineHeight: 1.2,
    scrollback: SCROLLBACK,
    minimumContrastRatio: CONTRAST,
    cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    screenReaderMode: localStorage.getItem(SCREEN_READER_SETTING) === "on",
  });
  followTheme((theme) => {
    terminal.options.theme = theme;
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(root);
  terminal.textarea?.setAttribute("aria-label", "The board's terminal. Shift and Tab leave it.");
  fit.fit();
  new ResizeObserver(() => fit.fit()).observe(root);
  terminal.onData(send);
  terminal.attachCustomKeyEventHandler((event) => isForTerminal(event, terminal));
  catchPaste(root, (text) => send(pasteInput(text, isAtPrompt(terminal))));
  offerScreenReader(terminal);
  return terminal;
}

/** Whether xterm.js is to take a key. What it does not take, the browser does. */
function isForTerminal(event: KeyboardEvent, terminal: Terminal): boolean {
  if (event.type !== "keydown") return true;
  // Tab completes names on the board; backwards it leads out, as a keyboard must be able to.
  if (event.key === "Tab" && event.shiftKey) return false;
  if (!event.ctrlKey || event.altKey || event.metaKey) return true;
  const key = event.key.toLowerCase();
  // The browser's own paste.
  if (key === "v") return false;
  if (key !== "c" || !terminal.hasSelection()) return true;
  void navigator.clipboard.writeText(terminal.getSelection());
  terminal.clearSelection();
  event.preventDefault();
  return false;
}

/** Takes pasted text before xterm.js does: it knows of bracketed paste, and the REPL of its own. */
function catchPaste(root: HTMLElement, paste: (text: string) => void): void {
  root.addEventListener(
    "paste",
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      paste(event.clipboardData?.getData("text/plain") ?? "");
    },
    { capture: true },
  );
}

/** Whether the friendly REPL waits for a line and none has been begun, as far as the screen shows it. */
function isAtPrompt(terminal: Terminal): boolean {
  const { active } = terminal.buffer;
  const line = active.getLine(active.baseY + active.cursorY)?.translateToString(true);
  return line?.trim() === PROMPT;
}

function offerScreenReader(terminal: Terminal): void {
  const button = element("screen-reader", HTMLButtonElement);
  const show = (): void => button.setAttribute("aria-pressed", String(terminal.options.screenReaderMode));
  button.addEventListener("click", () => {
    terminal.options.screenReaderMode = !terminal.options.screenReaderMode;
    localStorage.setItem(SCREEN_READER_SETTING, terminal.options.screenReaderMode ? "on" : "off");
    show();
  });
  show();
}
