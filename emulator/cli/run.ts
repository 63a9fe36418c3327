/** `run FILE`: a fresh board runs the file. */
import { UserError } from "../user-error.ts";
import type { RunOptions } from "./options.ts";

/** Returns the exit status. */
export async function runCommand(options: RunOptions): Promise<number> {
  throw new UserError(`run: this build has no board to run "${options.file}" on`);
}
