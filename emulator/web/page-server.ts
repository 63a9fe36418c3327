/**
 * The web server of the page, with the gateway on it: one port, one origin.
 *
 * **The token.** Whoever has the gateway's token uses this machine's network, so a page of another site must
 * not get it. It is not in any file; the page asks for `gateway.json` when the board first needs a network.
 * That is answered only with `Sec-Fetch-Site: same-origin`, a header that scripts cannot set and that every
 * browser with SharedArrayBuffer sends; there are no CORS headers, so another site's script could not read an
 * answer anyway, and CORP keeps it from being embedded unread. A foreign name that is made to resolve to this
 * machine (DNS rebinding), which would be the same origin to a browser, fails the Host check. What the token
 * does not keep out is a program on this machine: that can open sockets without us.
 */

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { extname, join } from "node:path";
import { hostIsOurs } from "../gateway/access.ts";
import { type Gateway, startGateway } from "../gateway/gateway.ts";
import { mimeType, securityHeaders } from "./headers.ts";

export interface PageServerOptions {
  /** The built page, a flat folder with index.html. Only files that are there at the start are served. */
  readonly folder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The address to listen at; loopback by default. */
  readonly host?: string;
  /** PEM, to serve over https: browsers run the board from another machine only so. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Names of this machine by which it may be asked for, besides localhost and its addresses. */
  readonly names?: readonly string[];
}

export interface PageServer {
  /** With the address that it listens at, or loopback where that is every address; ends with "/". */
  readonly url: string;
  /** For boards outside the page. */
  readonly gateway: { readonly url: string; readonly token: string };
  close(): Promise<void>;
}

/** What index.html has in place of the nonce. */
const NONCE_PLACE = "{{nonce}}";
const NONCE_BYTES = 16;

/**
 * Starts the server and its gateway.
 *
 * @throws Node's error (code EADDRINUSE, EACCES, EADDRNOTAVAIL, ENOTFOUND) where the port cannot be had
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { folder, port, host = "127.0.0.1", tls, names = [] } = options;
  const files = new Set(readdirSync(folder).filter((name) => mimeType(extname(name)) !== undefined));
  const allowedOrigins = names.map((name) => `${tls ? "https" : "http"}://${name}`);
  let gateway: Gateway | undefined;
  const answer: RequestListener = (request, response) => {
    const site = { folder, files, allowedOrigins, gateway };
    handle(request, response, site).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
  const server: Server = tls ? createTlsServer({ ...tls }, answer) : createServer(answer);
  gateway = await startGateway({ server, allowedOrigins });
  try {
    await listen(server, port, host);
  } catch (error) {
    await gateway.close();
    throw error;
  }
  const { url, token } = gateway;
  return {
    gateway: { url, token },
    url: url.replace(/^ws/, tls ? "https" : "http").slice(0, -gateway.path.length + 1),
    async close() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Site {
  readonly folder: string;
  readonly files: ReadonlySet<string>;
  readonly allowedOrigins: readonly string[];
  readonly gateway: Gateway | undefined;
}

async function handle(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const { host } = request.headers;
  if (host === undefined || !hostIsOurs(host, site.allowedOrigins)) {
    say(response, 421, "This server does not go by that name.");
    return;
  }
  const nonce = randomBytes(NONCE_BYTES).toString("base64");
  // Only the authority of what came as Host goes into a header.
  const headers = securityHeaders(new URL(`http://${host}/`).host, nonce);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    say(response, 405, "Only GET and HEAD are served.");
    return;
  }
  const path = (request.url ?? "/").split("?")[0]!.slice(1) || "index.html";
  if (path === "gateway.json") sendToken(request, response, site.gateway);
  // A name is looked up, never joined to a folder as it came: there is no path to traverse.
  else if (!site.files.has(path)) say(response, 404, "There is no such file.");
  else if (path === "index.html") await sendIndex(response, site.folder, nonce);
  else await sendFile(request, response, join(site.folder, path));
}

function sendToken(request: IncomingMessage, response: ServerResponse, gateway: Gateway | undefined): void {
  if (gateway === undefined || request.headers["sec-fetch-site"] !== "same-origin") {
    say(response, 403, "Only the page itself is told the gateway's token.");
    return;
  }
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ path: gateway.path, token: gateway.token }));
}

async function sendIndex(response: ServerResponse, folder: string, nonce: string): Promise<void> {
  const html = await readFile(join(folder, "index.html"), "utf8");
  // Each has a nonce of its own, so it is not to be used again.
  response.setHeader("cache-control", "no-store");
  response.setHeader("content-type", mimeType(".html")!);
  response.end(html.replaceAll(NONCE_PLACE, nonce));
}

async function sendFile(request: IncomingMessage, response: ServerResponse, file: string): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  const tag = `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`;
  response.setHeader("etag", tag);
  if (request.headers["if-none-match"] === tag) {
    response.writeHead(304).end();
    return;
  }
  const bytes = await readFile(file);
  response.setHeader("content-type", mimeType(extname(file))!);
  response.setHeader("content-length", bytes.length);
  response.end(bytes);
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
