/** The line below the terminal. */
import { type BoardState, statusOf } from "./board-state.ts";
import { element } from "./element.ts";
import type { Store } from "./store.ts";

export function showStatusLine(store: Store<BoardState>): void {
  const line = element("status", HTMLElement);
  const footer = line.parentElement!;
  store.subscribe((state) => {
    const { text, tone } = statusOf(state);
    // A screen reader speaks what is set, so the same is not set again.
    if (line.textContent !== text) line.textContent = text;
    footer.dataset.tone = tone;
  });
}
