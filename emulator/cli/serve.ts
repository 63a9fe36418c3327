/** `serve`, and bare `breadbox`: the page and its gateway. */
import { UserError } from "../user-error.ts";
import { DEFAULT_SERVE_PORT, type ServeOptions } from "./options.ts";

/** Returns the exit status, when the server ends. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  throw new UserError(`serve: this build has no page to serve on port ${options.port}`);
}

/** The app: its window where there is one, else the page. */
export async function appCommand(): Promise<number> {
  return serveCommand({ port: DEFAULT_SERVE_PORT });
}
