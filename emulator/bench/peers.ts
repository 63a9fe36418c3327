/**
 * The engine and Node's own TLS, each as a client of the same server and as the server of the same client, which run
 * Node's TLS in a worker: handshakes of each kind, and data with AES-GCM, over loopback.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import {
  connect as connectNode,
  createServer as createNodeServer,
  type SecureVersion,
  type TlsOptions,
} from "node:tls";
import { Worker } from "node:worker_threads";
import { TlsConnection, type TlsConnectionOptions } from "../../firmware-shim/tls/connection.ts";
import { CERT_REQUIRED, type TlsContext } from "../../firmware-shim/tls/context.ts";
import { SessionTickets } from "../../firmware-shim/tls/server12/session-tickets.ts";
import { createNodeCrypto } from "../node-crypto.ts";
import { issueBenchCertificates } from "./certificates.ts";
import { BENCH_HOST, benchContext } from "./engine.ts";
import { driveEngine, sendThroughEngine } from "./engine-socket.ts";
import { report, timed } from "./report.ts";

const HANDSHAKES = 200;
const DATA_BYTES = 64 * 1024 * 1024;

interface Kind {
  readonly name: string;
  readonly key: "rsa" | "ec";
  readonly mutual?: boolean;
  readonly resumed?: boolean;
  readonly version?: SecureVersion;
}

const KINDS: readonly Kind[] = [
  { name: "ECDSA", key: "ec" },
  { name: "RSA", key: "rsa" },
  { name: "mutual, ECDSA", key: "ec", mutual: true },
  { name: "resumed by ticket", key: "ec", resumed: true },
  { name: "TLS 1.3, ECDSA", key: "ec", version: "TLSv1.3" },
];

/** What the client in the worker is told. */
export interface ClientOrder {
  readonly port: number;
  readonly count: number;
  readonly resume: boolean;
  readonly maxVersion: SecureVersion;
}

const crypto = createNodeCrypto();
const now = () => Math.floor(Date.now() / 1000);
const certificates = issueBenchCertificates();

/** The engine and Node's TLS at the ends of real sockets. */
export async function benchPeers(): Promise<void> {
  for (const kind of KINDS) await benchClient(kind);
  for (const kind of KINDS) await benchServer(kind);
  await benchData();
}

function reportShare(what: string, engine: number, node: number, unit: string, goal = ""): void {
  const share = `Node's tls ${node.toFixed(0)}, share ${(engine / node).toFixed(2)}`;
  report(what, engine, unit, `${share}${goal && `; ${goal}`}`);
}

const perSecond = (count: number, ms: number) => (count / ms) * 1000;

function context(isServer: boolean, { key, mutual, resumed, version }: Kind): TlsContext {
  const own = isServer ? certificates[key] : mutual ? certificates.client : undefined;
  const made = benchContext(isServer, certificates, { own });
  made.tls13 = version === "TLSv1.3";
  if (isServer && mutual) {
    made.verifyMode = CERT_REQUIRED;
    made.loadVerifyLocations(Buffer.from(certificates.ca));
  }
  if (isServer && resumed) made.sessionTickets = new SessionTickets({ crypto, now, lifetime: 3600 });
  return made;
}

function nodeServerOptions({ key, mutual, version = "TLSv1.2" }: Kind): TlsOptions {
  const { certificate: cert, key: privateKey } = certificates[key];
  const asked = mutual ? { requestCert: true, rejectUnauthorized: true, ca: certificates.ca } : {};
  return { cert, key: privateKey, maxVersion: version, ...asked };
}

async function startServerWorker(kind: Kind): Promise<{ port: number; stop: () => Promise<unknown> }> {
  const worker = new Worker(new URL("bench-tls-server.js", import.meta.url), {
    workerData: { ...nodeServerOptions(kind), bytes: DATA_BYTES },
  });
  const [port] = (await once(worker, "message")) as [number];
  return { port, stop: () => worker.terminate() };
}

async function engineRequest(
  client: TlsContext,
  port: number,
  request: string,
  options: Partial<TlsConnectionOptions> = {},
): Promise<TlsConnection> {
  const connection = new TlsConnection(client, { crypto, now, serverHostname: BENCH_HOST, ...options });
  const socket = connect({ port, host: "127.0.0.1" });
  await driveEngine(connection, socket, {
    connected: () => {
      connection.write(Buffer.from(request));
      if (request === "p") void sendThroughEngine(connection, socket, DATA_BYTES - 1);
    },
  });
  return connection;
}

function nodeRequest(
  kind: Kind,
  port: number,
  request: string,
  session?: Buffer,
): Promise<Buffer | undefined> {
  const { certificate: cert, key } = certificates.client;
  const own = kind.mutual ? { cert, key } : {};
  const { version: maxVersion = "TLSv1.2" } = kind;
  const options = {
    port,
    host: "127.0.0.1",
    ca: certificates.ca,
    servername: BENCH_HOST,
    maxVersion,
    ...own,
  };
  return new Promise((resolve, reject) => {
    let ticket: Buffer | undefined;
    const socket = connectNode({ ...options, ...(session && { session }) }, () => {
      socket.write(request);
      if (request === "p") socket.write(Buffer.alloc(DATA_BYTES - 1, 0x61));
    });
    socket.on("session", (got) => {
      ticket = got;
    });
    socket.resume();
    socket.on("error", reject);
    socket.on("close", () => resolve(ticket));
  });
}

async function benchClient(kind: Kind): Promise<void> {
  const { port, stop } = await startServerWorker(kind);
  const client = context(false, kind);
  const { resumableSession } = await engineRequest(client, port, "x");
  const session = await nodeRequest(kind, port, "x");
  const ofEngine = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await engineRequest(client, port, "x", kind.resumed ? { resume: resumableSession } : {});
    }
  };
  const ofNode = async (count: number) => {
    for (let i = 0; i < count; i++) await nodeRequest(kind, port, "x", kind.resumed ? session : undefined);
  };
  await ofNode(20);
  await ofEngine(20);
  const node = perSecond(HANDSHAKES, await timed(() => ofNode(HANDSHAKES)));
  const engine = perSecond(HANDSHAKES, await timed(() => ofEngine(HANDSHAKES)));
  reportShare(`client, ${kind.name}`, engine, node, "/s", "goal: a half");
  await stop();
}

async function benchServer(kind: Kind): Promise<void> {
  const { certificate: cert, key } = certificates.client;
  const worker = new Worker(new URL("bench-tls-client.js", import.meta.url), {
    workerData: { ca: certificates.ca, servername: BENCH_HOST, ...(kind.mutual && { cert, key }) },
  });
  const measure = async (server: Server): Promise<number> => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const { resumed = false, version = "TLSv1.2" } = kind;
    worker.postMessage({
      port,
      count: HANDSHAKES,
      resume: resumed,
      maxVersion: version,
    } satisfies ClientOrder);
    const [{ ms, reused }] = (await once(worker, "message")) as [{ ms: number; reused: number }];
    if (resumed && reused < HANDSHAKES) throw new Error(`${reused} of ${HANDSHAKES} handshakes were resumed`);
    server.close();
    return perSecond(HANDSHAKES, ms);
  };
  const node = await measure(
    createNodeServer(nodeServerOptions(kind), (socket) => socket.once("data", () => socket.end("ok"))),
  );
  const serverContext = context(true, kind);
  const engine = await measure(
    createServer((socket) => {
      const connection = new TlsConnection(serverContext, { crypto, now });
      void driveEngine(connection, socket, {
        data: () => {
          connection.write(Buffer.from("ok"));
          const output = connection.takeOutput();
          if (output) socket.end(output);
        },
      });
    }),
  );
  reportShare(`server, ${kind.name}`, engine, node, "/s", "goal: a half");
  await worker.terminate();
}

async function benchData(): Promise<void> {
  for (const kind of [KINDS[0]!, { ...KINDS[4]!, name: "TLS 1.3" }]) {
    const { port, stop } = await startServerWorker(kind);
    const client = context(false, kind);
    for (const [request, what] of [
      ["g", "download"],
      ["p", "upload"],
    ] as const) {
      const rate = async (work: () => Promise<unknown>) => DATA_BYTES / 1000 / (await timed(work));
      const node = await rate(() => nodeRequest(kind, port, request));
      const engine = await rate(() => engineRequest(client, port, request));
      reportShare(`${what}, ${kind.version ?? "TLSv1.2"}, AES-GCM`, engine, node, "MB/s");
    }
    await stop();
  }
}
