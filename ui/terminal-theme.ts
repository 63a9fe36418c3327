/** The terminal's colours; app.css has the page's. */
import type { ITheme } from "@xterm/xterm";

const LIGHT: ITheme = {
  background: "#ffffff",
  foreground: "#1b1f24",
  cursor: "#0b5cad",
  cursorAccent: "#ffffff",
  selectionBackground: "#b6d7f7",
  scrollbarSliderBackground: "#8c959f80",
};

const DARK: ITheme = {
  background: "#14171a",
  foreground: "#e6e8ea",
  cursor: "#6cb6ff",
  cursorAccent: "#14171a",
  selectionBackground: "#2f5d8a",
  scrollbarSliderBackground: "#7b858f80",
};

/** Calls `use` with the theme that the person's system asks for, now and when that changes. */
export function followTheme(use: (theme: ITheme) => void): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => use(dark.matches ? DARK : LIGHT);
  dark.addEventListener("change", apply);
  apply();
}
