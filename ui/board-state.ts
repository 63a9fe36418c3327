/** What the page knows of its board, and how it says so. */
import type { NetworkStatus } from "../emulator/machine/options.ts";

export interface BoardState {
  /** What is being done before the board can start; then undefined. */
  readonly loading: string | undefined;
  /** Why this page can have no board, for a person. */
  readonly problem: string | undefined;
  readonly on: boolean;
  /** Whether the REPL has come up since the board was switched on. */
  readonly ready: boolean;
  readonly network: NetworkStatus;
  /** Whether the server that has the gateway did not answer when it was last asked. */
  readonly gatewayMissing: boolean;
  /** What a button has just done. */
  readonly note: string | undefined;
}

export const INITIAL_STATE: BoardState = {
  loading: "Loading the page…",
  problem: undefined,
  on: false,
  ready: false,
  network: { kind: "off" },
  gatewayMissing: false,
  note: undefined,
};

export type Tone = "plain" | "busy" | "warn" | "bad";

const NO_GATEWAY =
  "The board has no network: the gateway does not answer. Is Breadbox still running? This page keeps trying.";

/** The one line that says how things are: the worst first. */
export function statusOf(state: BoardState): { readonly text: string; readonly tone: Tone } {
  const { network } = state;
  if (state.problem !== undefined) return { text: state.problem, tone: "bad" };
  if (state.loading !== undefined) return { text: state.loading, tone: "busy" };
  if (!state.on) return { text: "The board is off.", tone: "plain" };
  if (network.kind === "failed") {
    return { text: `The board has no network until it is reset: ${network.reason}`, tone: "warn" };
  }
  if (network.kind === "disconnected" || state.gatewayMissing) return { text: NO_GATEWAY, tone: "warn" };
  if (state.note !== undefined) return { text: state.note, tone: "plain" };
  if (!state.ready) return { text: "The board starts…", tone: "busy" };
  return { text: "The board is on.", tone: "plain" };
}

/** The network's state in a word or two. */
export function networkText(network: NetworkStatus): string {
  switch (network.kind) {
    case "off":
      return "off";
    case "connecting":
      return "connecting…";
    case "connected":
      return "connected";
    case "disconnected":
      return "lost";
    case "failed":
      return "failed";
  }
}
