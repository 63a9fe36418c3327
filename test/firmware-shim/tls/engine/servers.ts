/** Other people's TLS servers, started for a test and stopped after it. */

import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { TlsConnection } from "../../../../firmware-shim/tls/connection.ts";
import type { Issued } from "./certificates.ts";
import { createClient, SocketClient } from "./harness.ts";
import { createContext, createPeer, type PeerOptions } from "./peers.ts";

export class Servers {
  readonly #children: ChildProcess[] = [];
  readonly #closers: (() => void)[] = [];

  /** Stops all that was started. */
  async stop(): Promise<void> {
    for (const close of this.#closers.splice(0)) close();
    for (const child of this.#children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
  }

  /** `openssl s_server`; its child takes commands on stdin unless there is `-rev` or `-www`. */
  async openssl(leaf: Issued, ...options: string[]): Promise<{ port: number; child: ChildProcess }> {
    const port = await freePort();
    const files = ["-cert", leaf.certificateFile, "-key", leaf.keyFile];
    const args = ["s_server", "-accept", `127.0.0.1:${port}`, ...files, ...options];
    return { port, child: await this.#start("openssl", args, /ACCEPT/) };
  }

  /**
   * Has `openssl s_server` send a text, once a client has shaken hands. It would do so without that as well, but
   * if text and client come at once it forgets, after the handshake that its write makes, that it has read the
   * client's message, and waits for another.
   */
  async say(child: ChildProcess, text: string): Promise<void> {
    let shown = "";
    while (!shown.includes("CIPHER is")) shown += String((await once(child.stdout!, "data"))[0]);
    child.stdin!.write(text);
  }

  /** `gnutls-serv --echo`. */
  async gnutls(leaf: Issued, priority: string, ...options: string[]): Promise<number> {
    const port = await freePort();
    const files = ["--x509certfile", leaf.certificateFile, "--x509keyfile", leaf.keyFile];
    const args = ["--echo", "--port", String(port), "--priority", priority, ...files, ...options];
    await this.#start("gnutls-serv", args, /listening on IPv4[^\n]*done/);
    return port;
  }

  /** `mosquitto`, an MQTT broker. */
  async mosquitto(leaf: Issued): Promise<number> {
    const port = await freePort();
    const configuration = `${leaf.keyFile}.mosquitto`;
    const lines = [
      `listener ${port} 127.0.0.1`,
      `certfile ${leaf.certificateFile}`,
      `keyfile ${leaf.keyFile}`,
    ];
    // It would give up being root, and could not read the key then.
    writeFileSync(configuration, [...lines, "allow_anonymous true", "user root", ""].join("\n"));
    await this.#start("mosquitto", ["-v", "-c", configuration], /version \S+ running/);
    return port;
  }

  /** Node's own server. */
  async node(leaf: Issued, onConnection: (socket: TLSSocket) => void, options: TlsOptions = {}) {
    const server = createTlsServer(
      { key: leaf.key, cert: leaf.pem, maxVersion: "TLSv1.2", ...options },
      (socket) => {
        this.#closers.push(() => socket.destroy());
        onConnection(socket);
      },
    );
    this.#closers.push(() => server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { server, port: (server.address() as AddressInfo).port };
  }

  /** A server of the engine's; each connection that comes is served. Returns the port. */
  async engine(options: PeerOptions, serve: (server: SocketClient) => Promise<void>): Promise<number> {
    const context = createContext(1, options);
    const events = options.onEvent ? { onEvent: options.onEvent } : {};
    const listener = createServer((socket) => {
      this.#closers.push(() => socket.destroy());
      socket.setNoDelay(true);
      void serve(new SocketClient(createPeer(1, { ...events, context }), socket));
    });
    this.#closers.push(() => listener.close());
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return (listener.address() as AddressInfo).port;
  }

  /** Starts a program, to be stopped with the others. */
  program(command: string, args: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#children.push(child);
    return child;
  }

  /** Runs a client program; sends it a line and returns all it says, once that has come back or it has ended. */
  async client(command: string, args: readonly string[], line: string): Promise<string> {
    const child = this.program(command, args);
    let output = "";
    const done = new Promise<void>((resolve) => {
      const listen = (bytes: Buffer) => {
        output += bytes.toString("latin1");
        if (output.includes(`${line}\n`)) resolve();
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.once("close", () => resolve());
    });
    child.stdin.on("error", () => {}); // it may have ended already
    child.stdin.write(`${line}\n`);
    await done;
    child.kill("SIGKILL");
    return output;
  }

  /** A client of the engine's, on a socket. */
  async connect(port: number, options: Parameters<typeof createClient>[0]): Promise<SocketClient> {
    return this.open(createClient(options), port);
  }

  /** Puts a connection on a socket. */
  async open(connection: TlsConnection, port: number): Promise<SocketClient> {
    const client = await SocketClient.open(connection, port);
    this.#closers.push(() => client.close());
    return client;
  }

  /** Starts a server program and waits until its output says that it is ready. */
  async #start(command: string, args: readonly string[], ready: RegExp): Promise<ChildProcess> {
    // Debian keeps mosquitto where only administrators look.
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env });
    this.#children.push(child);
    let output = "";
    await new Promise<void>((resolve, reject) => {
      const listen = (bytes: Buffer) => {
        output += bytes.toString("latin1");
        if (ready.test(output)) resolve();
      };
      child.stdout?.on("data", listen);
      child.stderr?.on("data", listen);
      child.once("exit", () => reject(new Error(`${command} ended: ${output}`)));
      child.once("error", reject);
    });
    return child;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
