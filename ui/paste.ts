/** What is sent to the board for pasted text. */

/** Friendly REPL: begins and ends paste mode, in which nothing is indented or completed (shared/runtime/pyexec.c). */
const BEGIN_PASTE_MODE = "\x05";
const END_PASTE_MODE = "\x04";

/** Would be taken as a command to the REPL or the terminal: all but tab and line ends. */
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/**
 * @param atPrompt - whether the REPL waits with an empty line: only then there is a paste mode
 */
export function pasteInput(text: string, atPrompt: boolean): string {
  const typed = text.replace(CONTROL, "").replace(/\r\n?|\n/g, "\r");
  const severalLines = typed.replace(/\r+$/, "").includes("\r");
  return severalLines && atPrompt ? BEGIN_PASTE_MODE + typed + END_PASTE_MODE : typed;
}
