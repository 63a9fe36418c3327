/** The bar's buttons and the network's state. */
import type { BoardState } from "./board-state.ts";
import { networkText } from "./board-state.ts";
import { element } from "./element.ts";
import type { Store } from "./store.ts";

export interface BoardActions {
  powerOn(): void;
  powerOff(): void;
  reset(): void;
  /** Ctrl-C. */
  stop(): void;
  setClock(): void;
  /** Back to the terminal. */
  focusTerminal(): void;
}

/** What the network's states mean, for who hovers over them. */
const NETWORK_TITLE = "The bridge to real networks. It starts when a program switches the board's Wi-Fi on.";

export function showBoardBar(store: Store<BoardState>, actions: BoardActions): void {
  const power = element("power", HTMLButtonElement);
  const needPower = ["reset", "stop", "set-clock", "power-cycle"].map((id) => element(id, HTMLButtonElement));
  const network = element("network", HTMLElement);
  const networkLabel = element("network-text", HTMLElement);
  network.title = NETWORK_TITLE;

  const onClick = (id: string, action: () => void): void => {
    element(id, HTMLButtonElement).addEventListener("click", (event) => {
      action();
      // Who clicks with a mouse goes on typing; who came by keyboard (detail 0) stays on the button.
      if (event.detail > 0) actions.focusTerminal();
    });
  };
  onClick("power", () => (store.value.on ? actions.powerOff() : actions.powerOn()));
  onClick("power-cycle", () => actions.powerOn());
  onClick("reset", () => actions.reset());
  onClick("stop", () => actions.stop());
  onClick("set-clock", () => actions.setClock());

  store.subscribe((state) => {
    power.disabled = state.loading !== undefined || state.problem !== undefined;
    power.textContent = state.on || power.disabled ? "Power off" : "Power on";
    for (const button of needPower) button.disabled = !state.on;
    network.dataset.state = state.network.kind;
    networkLabel.textContent = networkText(state.network);
  });
}
