import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { createLab, FAULTS, type Fault, type Lab } from "./faults.ts";
import { labPage } from "./lab-page.ts";
import { labProgram } from "./program.ts";

export interface LabServerOptions {
  /** Of the page; the servers have the ports after it, in order. 0 picks free ones. */
  readonly port: number;
  /** Address to listen at. */
  readonly host: string;
  /** Names and addresses by which boards reach it; the first is the one that the programs use. */
  readonly names: readonly string[];
  /** Seconds since 1970 UTC, for the certificates' dates. */
  readonly now: number;
  /** The lab's own by default. */
  readonly faults?: readonly Fault[];
}

export interface FaultServer {
  readonly fault: Fault;
  readonly port: number;
  /** The MicroPython program that meets it. */
  readonly program: string;
}

export interface LabServer {
  /** Of the page. */
  readonly url: string;
  readonly lab: Lab;
  readonly servers: readonly FaultServer[];
  close(): Promise<void>;
}

/**
 * Starts a server for each fault and a page that lists them.
 *
 * @throws an Error of node:net's, when a port is taken
 */
export async function startLabServer(options: LabServerOptions): Promise<LabServer> {
  const { host, names } = options;
  const lab = createLab(options.now, names);
  const open = new Set<Socket>();
  const started: Server[] = [];
  const listen = async (server: Server, index: number): Promise<number> => {
    started.push(server);
    server.on("connection", (socket: Socket) => {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
    });
    return listening(server, options.port === 0 ? 0 : options.port + index, host);
  };
  const close = async () => {
    for (const socket of open) socket.destroy();
    await Promise.all(started.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  try {
    const servers: FaultServer[] = [];
    for (const [index, fault] of (options.faults ?? FAULTS).entries()) {
      const port = await listen(fault.server(lab), index + 1);
      const program = labProgram({ host: names[0] ?? host, port, ca: lab.ca.certificate });
      servers.push({ fault, port, program });
    }
    const port = await listen(createServer(pageListener(lab, servers)), 0);
    const shown = host.includes(":") ? `[${host}]` : host;
    return { url: `http://${shown}:${port}/`, lab, servers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listening(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // What goes wrong with one connection is the lesson, and no matter of the server's.
      server.on("error", () => undefined);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The page, and its parts as files: programs, the CA, the client's certificate and key. */
function pageListener(lab: Lab, servers: readonly FaultServer[]): RequestListener {
  const files = new Map<string, readonly [type: string, text: string]>([
    ["/", ["text/html; charset=utf-8", labPage(servers)]],
    ["/ca.crt", ["application/x-pem-file", lab.ca.certificate]],
    ["/client.crt", ["application/x-pem-file", lab.client.certificate]],
    ["/client.key", ["application/x-pem-file", lab.client.keyPem]],
    ...servers.map(
      ({ fault, program }) => [`/${fault.id}.py`, ["text/x-python; charset=utf-8", program]] as const,
    ),
  ]);
  return (request, response) => {
    const [type, text] = files.get(new URL(request.url ?? "/", "http://lab").pathname) ?? [];
    if (type === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("There is no such file.\n");
      return;
    }
    response.writeHead(200, {
      "Content-Type": type,
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
      "X-Content-Type-Options": "nosniff",
    });
    response.end(text);
  };
}
