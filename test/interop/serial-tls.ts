/** A board that is up, a TLS server that it can reach, and the program that connects the two. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { issueLeaf, issueRoot } from "../firmware-shim/tls/engine/certificates.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export class SerialTls {
  /** rfc2217://… */
  readonly url: string;
  /** A file for the board to run: prints the suite's kind and the server's answer, or the exception. */
  readonly program: string;
  readonly #directory: string;
  readonly #board: ChildProcess;
  readonly #server: Server;

  private constructor(url: string, directory: string, board: ChildProcess, server: Server) {
    this.url = url;
    this.program = join(directory, "program.py");
    this.#directory = directory;
    this.#board = board;
    this.#server = server;
  }

  static async start(): Promise<SerialTls> {
    const directory = mkdtempSync(join(tmpdir(), "breadbox-serial-"));
    const ca = issueRoot();
    const leaf = issueLeaf(ca, "p256", { extensions: ["subjectAltName=DNS:host.breadbox"] });
    const server = createServer({ key: leaf.key, cert: leaf.pem }, (_request, response) =>
      response.end("well met"),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    // A registry of its own: the boards of the person who runs the tests are none of ours.
    const env = { ...process.env, XDG_RUNTIME_DIR: directory };
    const board = spawn(process.execPath, [CLI, "up", "--serial", "0"], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(board.stdout!, "data")) as [Buffer];
    const url = /rfc2217:\S+/.exec(line.toString())?.[0];
    if (url === undefined) throw new Error(`breadbox up said: ${line}`);
    const started = new SerialTls(url, directory, board, server);
    writeFileSync(started.program, programFor(ca.pem, (server.address() as AddressInfo).port));
    return started;
  }

  async stop(): Promise<void> {
    const ended = once(this.#board, "exit");
    this.#board.kill("SIGTERM");
    await ended;
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const programFor = (ca: string, port: number): string => `
import network, socket, ssl, time
w = network.WLAN(network.STA_IF)
w.active(True)
if not w.isconnected():
    w.connect("Wokwi-GUEST")
while not w.isconnected():
    time.sleep_ms(10)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations(cadata=${JSON.stringify(ca)})
s = socket.socket()
s.connect(socket.getaddrinfo("host.breadbox", ${port})[0][-1])
try:
    s = context.wrap_socket(s, server_hostname="host.breadbox")
    s.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print(s.cipher()[1], s.read()[-8:])
finally:
    s.close()
`;
