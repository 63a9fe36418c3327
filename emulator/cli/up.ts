/** `up [NAME]`: a board that stays up. */
import { startSerialServer } from "../serial/serial-server.ts";
import { createNodeBoard } from "./node-board.ts";
import type { UpOptions } from "./options.ts";
import { registerBoard } from "./registry.ts";
import { explainNow } from "./watch-board.ts";

/** Returns the exit status, when the board ends: by SIGINT or SIGTERM. */
export async function upCommand(options: UpOptions): Promise<number> {
  const board = await createNodeBoard(options, { cooked: true });
  board.machine.onTlsFailure((failure) => {
    for (const sentence of explainNow(failure)) process.stderr.write(`breadbox: ${sentence}\n`);
  });
  const serial = await startSerialServer({ console: board.machine, port: options.serialPort });
  const unregister = registerBoard({
    name: options.name,
    url: serial.url,
    pid: process.pid,
    startedAt: Date.now(),
  });
  try {
    board.powerOn();
    process.stdout.write(`${options.name} is up on ${serial.url}\n`);
    const stopped = new Promise<void>((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
    await Promise.race([stopped, board.refused]);
  } finally {
    unregister();
    await serial.close();
    await board.close();
  }
  return 0;
}
