/** `up [NAME]`: a board that stays up. */
import { UserError } from "../user-error.ts";
import type { UpOptions } from "./options.ts";

/** Returns the exit status, when the board ends. */
export async function upCommand(options: UpOptions): Promise<number> {
  throw new UserError(`up: this build has no board to call "${options.name}"`);
}
