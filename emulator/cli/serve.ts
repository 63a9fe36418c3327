/** `serve`, and bare `breadbox`: the page and its gateway. */
import { existsSync } from "node:fs";
import { BlockList, isIPv4, isIPv6 } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../user-error.ts";
import { type PageServer, type PageServerOptions, startPageServer } from "../web/page-server.ts";
import { openBrowser } from "./open-browser.ts";
import { DEFAULT_SERVE_HOST, DEFAULT_SERVE_PORT, type ServeOptions } from "./options.ts";

/** The built page, beside the built program. */
const PAGE = join(dirname(fileURLToPath(import.meta.url)), "page");

/** `serve`: prints the URL on stdout. Returns the exit status, when the server ends by SIGINT or SIGTERM. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  const server = await start(options);
  process.stdout.write(`${server.url}\n`);
  const { url, token } = server.gateway;
  process.stderr.write(
    `A board of the command line uses its gateway with: --gateway ${url} --token ${token}\n`,
  );
  if (!isLoopback(options.host)) process.stderr.write(hintForOthers(options, server.url));
  return untilStopped(server);
}

/** The app: the page in the person's browser. */
export async function appCommand(): Promise<number> {
  const server = await start({ port: DEFAULT_SERVE_PORT, host: DEFAULT_SERVE_HOST });
  process.stdout.write(
    `Breadbox is at ${server.url} (there is no desktop window in this version; Ctrl-C ends it)\n`,
  );
  openBrowser(server.url);
  return untilStopped(server);
}

async function start({ port, host }: ServeOptions): Promise<PageServer> {
  if (!existsSync(join(PAGE, "index.html"))) {
    throw new UserError("the page has not been built; build it with: npm run prepare");
  }
  const options: PageServerOptions = { folder: PAGE, port, host };
  try {
    if (isLoopback(host)) return await startPageServer(options);
    const { selfSigned } = await import("../web/self-signed.ts");
    const names = ownNames();
    const tls = selfSigned(["localhost", ...names, ...ownAddresses()], Date.now());
    return await startPageServer({ ...options, names, tls });
  } catch (error) {
    throw explained(error as NodeJS.ErrnoException, port, host);
  }
}

function explained(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new UserError(
        `port ${port} is in use, perhaps by another Breadbox; end that, or write: breadbox serve --port 0`,
      );
    case "EACCES":
      return new UserError(`port ${port} needs an administrator's rights; take one above 1023 with --port`);
    case "EADDRNOTAVAIL":
      return new UserError(
        `--host: ${host} is no address of this machine; it has ${ownAddresses().join(", ") || DEFAULT_SERVE_HOST}`,
      );
    default:
      if (error.syscall !== "listen" && error.syscall !== "bind") return error;
      return new UserError(
        `--host: cannot listen on ${host} (${error.code}); without --host it is ${DEFAULT_SERVE_HOST}`,
      );
  }
}

async function untilStopped(server: PageServer): Promise<number> {
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await server.close();
  return 0;
}

/** What a teacher has to know. */
function hintForOthers({ host }: ServeOptions, url: string): string {
  const everywhere = host === "0.0.0.0" || host === "::";
  const addresses = everywhere ? ownAddresses().filter((address) => !isLoopback(address)) : [host];
  const urls = addresses.map((address) => {
    const other = new URL(url);
    other.hostname = isIPv6(address) ? `[${address}]` : address;
    return other.href;
  });
  return [
    `For others on this network: ${urls.join("  ")}`,
    "Their browsers warn once about the certificate, which this program has made itself; let them go on.",
    "Everybody who opens the page uses the network of this machine, as programs on it do.",
    "",
  ].join("\n");
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function isLoopback(address: string): boolean {
  return loopback.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/**
 * This machine's addresses; those that are good on one link only (fe80::) are left out. None where a sandbox
 * does not let a program ask for them.
 */
function ownAddresses(): string[] {
  let interfaces: ReturnType<typeof networkInterfaces>;
  try {
    interfaces = networkInterfaces();
  } catch {
    return [];
  }
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ scopeid }) => !scopeid)
    .map(({ address }) => address);
}

/** This machine's name, and that by which multicast DNS has it. */
function ownNames(): string[] {
  const [name] = hostname().toLowerCase().split(".");
  return name === undefined || !/^[a-z0-9-]+$/.test(name) ? [] : [name, `${name}.local`];
}
