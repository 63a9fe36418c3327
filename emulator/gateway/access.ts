/**
 * Who may use the gateway. Behind it is the network of the machine it runs on, so a page of any other
 * site must not get in, whatever it makes a browser do.
 */

import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

export interface AccessOptions {
  readonly token: string;
  /** Where the gateway is, beginning and ending with "/". */
  readonly path: string;
  /** Origins besides the gateway's own, such as "http://localhost:5173". */
  readonly allowedOrigins: readonly string[];
}

/** Refused, with an HTTP status; or let in, where `authorized` says whether the token was in the path. */
export type Access =
  | { readonly allowed: false; readonly status: number; readonly reason: string }
  | { readonly allowed: true; readonly version: 1 | 2; readonly authorized: boolean };

/** Judges a request to upgrade to a WebSocket. */
export function judge(request: IncomingMessage, options: AccessOptions): Access {
  const { host, origin } = request.headers;
  if (!hostIsOurs(host, options.allowedOrigins)) return refused(421, "unknown Host");
  if (origin !== undefined && !originIsOurs(origin, host!, options.allowedOrigins)) {
    return refused(403, "foreign Origin");
  }
  const pathname = (request.url ?? "/").split("?")[0]!;
  if (!pathname.startsWith(options.path)) return refused(404, "no gateway here");
  const given = pathname.slice(options.path.length).replace(/\/$/, "");
  if (given !== "" && !tokenMatches(given, options.token)) return refused(401, "wrong token");
  // protocol.md (version 2): "must only use Wisp v2 if the Sec-WebSocket-Protocol header is present".
  const version = request.headers["sec-websocket-protocol"] === undefined ? 1 : 2;
  if (version === 1 && given === "") return refused(401, "no token");
  return { allowed: true, version, authorized: given !== "" };
}

function refused(status: number, reason: string): Access {
  return { allowed: false, status, reason };
}

/** Compares in a time that does not depend on where the two differ, nor on their lengths. */
export function tokenMatches(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/**
 * Against DNS rebinding: a foreign name that was made to resolve to this machine still shows in Host. An
 * address cannot be rebound, so all of those will do.
 */
export function hostIsOurs(host: string | undefined, allowedOrigins: readonly string[]): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  if (name === "localhost" || isIP(name.replace(/^\[|\]$/g, "")) !== 0) return true;
  return allowedOrigins.some((origin) => URL.canParse(origin) && new URL(origin).hostname === name);
}

/** A page from the server that the gateway is part of, or from one that was named. */
function originIsOurs(origin: string, host: string, allowedOrigins: readonly string[]): boolean {
  if (!URL.canParse(origin)) return false; // "null", of files and sandboxed frames
  const { protocol, host: from } = new URL(origin);
  if (protocol !== "http:" && protocol !== "https:") return allowedOrigins.includes(origin);
  return from === host.toLowerCase() || allowedOrigins.includes(origin);
}

function hostName(host: string | undefined): string | undefined {
  const url = `http://${host}/`;
  return host !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}
