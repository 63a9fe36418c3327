/** `lab-server`: servers with the faults that a class should meet. */
import { type LabServer, startLabServer } from "../lab/lab-server.ts";
import { UserError } from "../user-error.ts";
import type { LabServerCommand } from "./ca-options.ts";

/** This machine, to boards that reach it by their gateway. */
const HOST_NAME = "host.breadbox";

/** Prints the list and serves until SIGINT or SIGTERM; returns the exit status. */
export async function labServerCommand({ port, host }: LabServerCommand): Promise<number> {
  const lab = await start(port, host);
  process.stdout.write(`${listing(lab).join("\n")}\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await lab.close();
  return 0;
}

async function start(port: number, host: string): Promise<LabServer> {
  const isLoopback = host === "127.0.0.1" || host === "::1";
  const names = isLoopback ? [HOST_NAME, host] : [host, HOST_NAME];
  try {
    return await startLabServer({ port, host, names, now: Math.floor(Date.now() / 1000) });
  } catch (error) {
    const { code, port: taken } = error as NodeJS.ErrnoException & { readonly port?: number };
    if (code === "EADDRINUSE") {
      throw new UserError(
        `port ${taken} is in use; the lab takes eleven in a row, give the first with --port, or 0 for free ones`,
      );
    }
    if (code === "EADDRNOTAVAIL") throw new UserError(`--host: ${host} is no address of this machine`);
    if (code === "EACCES")
      throw new UserError(`port ${taken} needs an administrator's rights; take others with --port`);
    throw error;
  }
}

function listing({ url, servers }: LabServer): string[] {
  return [
    `The list, with a program for each: ${url}`,
    ...servers.map(({ fault, port }) => `  ${String(port).padStart(5)}  ${fault.title}`),
  ];
}
