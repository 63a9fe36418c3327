/** The failures that the page of explanations shows: the lab's, and some that need no server for a class. */

import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { issue, issueServer } from "../lab/authority.ts";
import { FAULTS, type Fault, served, validAround } from "../lab/faults.ts";
import { labSetUp, type ProgramOptions } from "../lab/program.ts";
import { httpsServer } from "../lab/servers.ts";

/** How a board meets a server. */
export interface PageCase {
  readonly fault: Fault;
  /** What the board's clock is set to; undefined leaves it as it is after power-on. */
  readonly clock: "now" | "local" | undefined;
  /** Whether the program loads the lab's CA. */
  readonly loadsCa: boolean;
  /** What meets it, where that is not the page's program. */
  readonly program?: (options: ProgramOptions) => string;
}

const HOUR_SECONDS = 3600;

const good = FAULTS.find(({ id }) => id === "good")!;

/** Servers that only the page has. */
const UNSET_CLOCK: Fault = {
  ...good,
  id: "unset-clock",
  title: "The clock is not set",
  what: "Nothing is wrong with the server, but the board has just been switched on.",
  error: "The certificate validity starts in the future",
};

const LOCAL_TIME: Fault = {
  id: "local-time",
  title: "The clock tells local time",
  what:
    "The certificate is an hour old. Somebody has set the board's clock to the time on the wall, in New York, as " +
    "`mpremote rtc --set` does.",
  server: ({ now, names, ca }) =>
    httpsServer(
      served(
        issueServer({ names, notBefore: now - HOUR_SECONDS, notAfter: now + 90 * 24 * HOUR_SECONDS }, ca),
      ),
    ),
  error: "The certificate validity starts in the future",
};

const NO_CA: Fault = {
  ...good,
  id: "no-ca",
  title: "No CA",
  what: "The program demands a good certificate, and loads nothing to check it with.",
  error: "OSError: (-30336, 'MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED')",
};

const WRONG_USE: Fault = {
  id: "wrong-use",
  title: "Wrong use",
  what: "The server has a certificate that was issued for a client.",
  server: ({ now, names, ca }) =>
    httpsServer(
      served(
        issue(
          { subject: names[0]!, names, purposes: ["client"], keyKind: "p256", ...validAround(now, 90) },
          ca,
        ),
      ),
    ),
  error: "OSError: (-31232, 'MBEDTLS_ERR_SSL_BAD_CERTIFICATE')",
};

const OLD_HASH: Fault = {
  id: "sha-1",
  title: "SHA-1",
  what: "The certificate is signed with SHA-1, which has been broken.",
  server: ({ now, names, ca }) =>
    httpsServer({
      ...served(issueServer({ names, hash: "sha1", ...validAround(now, 90) }, ca)),
      ciphers: "DEFAULT:@SECLEVEL=0",
    }),
  error: "The certificate is signed with an unacceptable hash.",
};

const NOT_TLS: Fault = {
  id: "not-tls",
  title: "Not TLS",
  what: "The port is a plain HTTP server's.",
  server: () => createServer(),
  error: "OSError: (-29184, 'MBEDTLS_ERR_SSL_INVALID_RECORD')",
};

const RESET: Fault = {
  id: "reset",
  title: "Cut off in the handshake",
  what: "The connection is not closed but reset, as firewalls do.",
  server: () => createTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy())),
  error: "OSError: [Errno 104] ECONNRESET",
};

const NO_MEMORY: Fault = {
  ...good,
  id: "no-memory",
  title: "Too many connections",
  what: "The program opens connection after connection, and closes none; the sixth is one too many.",
  error: "OSError: [Errno 12] ENOMEM",
};

const keepOpen = (options: ProgramOptions): string => `${labSetUp(options)}
address = socket.getaddrinfo("${options.host}", ${options.port})[0][-1]
connections = []
while True:
    s = socket.socket()
    s.connect(address)
    connections.append(context.wrap_socket(s, server_hostname="${options.host}"))
`;

export const PAGE_CASES: readonly PageCase[] = [
  { fault: UNSET_CLOCK, clock: undefined, loadsCa: true },
  { fault: LOCAL_TIME, clock: "local", loadsCa: true },
  { fault: NO_CA, clock: "now", loadsCa: false },
  ...[...FAULTS.filter((fault) => fault !== good), RESET, WRONG_USE, OLD_HASH, NOT_TLS].map((fault) => ({
    fault,
    clock: "now" as const,
    loadsCa: true,
  })),
  { fault: NO_MEMORY, clock: "now", loadsCa: true, program: keepOpen },
];
