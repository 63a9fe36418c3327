/** `repl`: the terminal and the board's friendly REPL, joined (mpremote's repl.py). */
import { UserError } from "../user-error.ts";
import type { BoardClient } from "./board-client.ts";
import type { CliIo } from "./cli-io.ts";

const CTRL_X = 0x18;
const CTRL_RIGHT_BRACKET = 0x1d;

/**
 * Runs until Ctrl-] or Ctrl-X is typed or the board closes.
 * @throws UserError where standard input is no terminal.
 */
export async function runReplCommand(board: BoardClient, io: CliIo): Promise<void> {
  const { stdin } = process;
  if (!stdin.isTTY) throw new UserError("repl needs a terminal; to run code use exec, eval or run");
  await board.ensureFriendlyRepl();
  let left = false;
  let onKeys: (keys: Buffer) => void = () => {};
  const leave = new Promise<void>((resolve) => {
    onKeys = (keys) => {
      const end = keys.findIndex((key) => key === CTRL_X || key === CTRL_RIGHT_BRACKET);
      const typed = end === -1 ? keys : keys.subarray(0, end);
      // A board that closes meanwhile ends `listen` below.
      if (typed.length > 0) board.stream.write(typed).catch(() => {});
      if (end === -1) return;
      left = true;
      resolve();
    };
  });
  stdin.setRawMode(true);
  stdin.on("data", onKeys);
  stdin.resume();
  // Only now: what is typed ahead belongs to the board.
  io.out(`Connected to MicroPython at ${board.stream.address.url}\n`);
  io.out("Use Ctrl-] or Ctrl-x to exit this shell\n");
  try {
    await board.stream.listen((bytes) => io.out(bytes), leave);
  } finally {
    stdin.off("data", onKeys);
    stdin.setRawMode(false);
    stdin.pause();
  }
  io.out(left ? "\n" : "\ndevice disconnected\n");
}
