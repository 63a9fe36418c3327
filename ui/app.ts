/** The page's entry: one board and its REPL. */
import { Machine } from "../emulator/machine/machine.ts";
import { webPlatform } from "../emulator/machine/web-platform.ts";
import { showBoardBar } from "./board-bar.ts";
import { loadBoardParts } from "./board-files.ts";
import { boardUniqueId } from "./board-serial.ts";
import { type BoardState, INITIAL_STATE } from "./board-state.ts";
import { clockText, showClock } from "./clock-view.ts";
import { BoardInput, showOutput } from "./console-link.ts";
import { findGateway } from "./gateway.ts";
import { showStatusLine } from "./status-line.ts";
import { Store } from "./store.ts";
import { missingSupport } from "./support.ts";
import { openTerminal } from "./terminal.ts";

const CTRL_C = "\x03";
/** DECSTR: undoes what a program that is no longer there did to the terminal (cursor, colours). */
const SOFT_TERMINAL_RESET = "\x1b[!p";

const store = new Store<BoardState>(INITIAL_STATE);

async function start(): Promise<void> {
  showStatusLine(store);
  const problem = missingSupport();
  if (problem !== undefined) {
    store.set({ problem });
    return;
  }
  // Under way while the terminal is opened.
  const loading = loadBoardParts((step) => store.set({ loading: step }));
  // A first visitor may type while the firmware compiles: it waits for the board.
  let typedEarly = "";
  let send = (text: string): void => {
    typedEarly += text;
  };
  const terminal = openTerminal((text) => send(text));
  terminal.focus();

  const { workers, ...parts } = await loading;
  const gateway = () => findGateway((gatewayMissing) => store.set({ gatewayMissing }));
  const machine = new Machine({ ...parts, gateway, uniqueId: boardUniqueId() }, webPlatform(workers));
  const input = new BoardInput(machine);
  showOutput(machine, terminal);
  const lookAtClock = showClock(() => (machine.isOn ? machine.clock.rtcMicros() : undefined));
  machine.onPower((on) => {
    lookAtClock();
    store.set({ on, ready: false, note: undefined, gatewayMissing: false });
    input.clear();
    if (on) {
      // The banner begins a line, wherever the board was when it went off.
      terminal.write(SOFT_TERMINAL_RESET, () => {
        if (terminal.buffer.active.cursorX > 0) terminal.write("\r\n");
      });
    }
    terminal.element!.parentElement!.dataset.power = on ? "on" : "off";
  });
  machine.onNetwork((network) => store.set({ network, note: undefined }));
  machine.onPrompt(() => {
    performance.mark("prompt");
    store.set({ ready: true });
  });

  showBoardBar(store, {
    powerOn: () => machine.powerOn(),
    powerOff: () => machine.powerOff(),
    reset: () => machine.reset(),
    stop: () => input.send(CTRL_C),
    setClock: () => setClock(machine),
    focusTerminal: () => terminal.focus(),
  });
  store.set({ loading: undefined });
  machine.powerOn();
  send = (text) => {
    if (machine.isOn) input.send(text);
  };
  send(typedEarly);
}

function setClock(machine: Machine): void {
  const micros = Date.now() * 1000;
  machine.clock.setRtcMicros(micros, "host");
  machine.clockChanged();
  store.set({ note: `The board's clock was set to ${clockText(micros).text} UTC.` });
}

start().catch((error: Error) => store.set({ loading: undefined, problem: error.message }));
