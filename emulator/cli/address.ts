/** Where a board is: what `connect` takes. */
import { UserError } from "../user-error.ts";

export interface BoardAddress {
  readonly scheme: "rfc2217" | "socket";
  readonly host: string;
  readonly port: number;
  /** As it is shown. */
  readonly url: string;
}

/**
 * Reads `rfc2217://HOST:PORT` or `socket://HOST:PORT`, with mpremote's optional `port:` before it.
 * @throws UserError for anything else.
 */
export function parseAddress(text: string): BoardAddress {
  const url = text.replace(/^port:/, "");
  const match = /^(rfc2217|socket):\/\/(\[[0-9a-fA-F:.]+\]|[^\s:/?#[\]]+):(\d{1,5})\/?$/.exec(url);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65535) {
    throw new UserError(
      `"${text}" is no address of a board: use auto, list, the name of a board that is up, rfc2217://HOST:PORT or socket://HOST:PORT`,
    );
  }
  return {
    scheme: match[1] as "rfc2217" | "socket",
    host: match[2]!.replace(/^\[|\]$/g, ""),
    port,
    url,
  };
}
