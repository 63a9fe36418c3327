/** A board's socket table on a real bridge worker, as the board's own worker has it. */

import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import type { BridgeStatus } from "../../../emulator/bridge/bridge-client.ts";
import { BRIDGE_STOP } from "../../../emulator/bridge/commands.ts";
import { Doorbell } from "../../../emulator/mailbox/doorbell.ts";
import { FrameRing } from "../../../emulator/mailbox/ring.ts";
import * as errno from "../../../firmware-shim/net/errno.ts";
import { SOCK_STREAM, SocketTable } from "../../../firmware-shim/net/socket-table.ts";
import { Inbox } from "../gateway/peers.ts";

const { outputFiles } = buildSync({
  entryPoints: ["emulator/bridge/bridge-worker-node.ts"],
  bundle: true,
  platform: "node",
  format: "cjs",
  write: false,
});
const BRIDGE_WORKER = outputFiles[0]!.text;

export class TestBoard {
  readonly sockets: SocketTable;
  readonly statuses = new Inbox<BridgeStatus>();
  readonly worker: Worker;
  readonly #port: MessagePort;
  readonly #ring: FrameRing;

  /** `ringBytes`: small, to see that a full ring loses nothing. */
  constructor(url: string, token: string, ringBytes = 1024 * 1024) {
    this.worker = new Worker(BRIDGE_WORKER, { eval: true });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#ring = FrameRing.create(ringBytes);
    this.sockets = new SocketTable({
      now: () => 0,
      ownAddress: () => "10.10.0.2",
      send: (packet) => port1.postMessage(packet, [packet.buffer]),
    });
    this.worker.on("message", (status) => this.statuses.push(status));
    const doorbell = new Doorbell().buffer;
    this.worker.postMessage({ url, token, ring: this.#ring.buffer, doorbell, port: port2 }, [port2]);
  }

  /** Takes packets until `attempt` gives something other than EAGAIN or EINPROGRESS. */
  async until<T>(attempt: () => T): Promise<T> {
    for (;;) {
      for (let packet = this.#ring.read(); packet; packet = this.#ring.read()) this.sockets.receive(packet);
      if (this.#ring.takeStarved()) this.#port.postMessage(null);
      const result = attempt();
      if (result !== -errno.EAGAIN && result !== -errno.EINPROGRESS) return result;
      // The gateway shares this thread, so waiting on the doorbell would stop it.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async linkUp(): Promise<void> {
    await this.until(() => (this.sockets.linkUp ? 0 : -errno.EAGAIN));
  }

  async linkDown(): Promise<void> {
    await this.until(() => (this.sockets.linkUp ? -errno.EAGAIN : 0));
  }

  resolve(name: string): Promise<readonly string[] | number> {
    const request = this.sockets.resolveStart(name);
    return request < 0 ? Promise.resolve(request) : this.until(() => this.sockets.resolveResult(request));
  }

  /** A connected socket's number, or the negative error. */
  async connect(address: string, port: number): Promise<number> {
    const fd = this.sockets.open(SOCK_STREAM);
    this.sockets.connect(fd, address, port);
    const status = await this.until(() => this.sockets.connectStatus(fd));
    return status < 0 ? status : fd;
  }

  async sendAll(fd: number, bytes: Uint8Array): Promise<number> {
    for (let sent = 0; sent < bytes.length; ) {
      const result = await this.until(() => this.sockets.send(fd, bytes.subarray(sent)));
      if (result < 0) return result;
      sent += result;
    }
    return bytes.length;
  }

  recv(fd: number, max: number): Promise<Uint8Array | number> {
    return this.until(() => this.sockets.recv(fd, max));
  }

  async recvExactly(fd: number, length: number): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for (let received = 0; received < length; ) {
      const bytes = await this.recv(fd, length - received);
      if (typeof bytes === "number" || bytes.length === 0) throw new Error(`recv: ${bytes}`);
      chunks.push(bytes);
      received += bytes.length;
    }
    return Buffer.concat(chunks);
  }

  /** Ends the worker in good order. */
  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.worker.once("exit", resolve));
    this.worker.postMessage(BRIDGE_STOP);
    await exited;
    this.#port.close();
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
    this.#port.close();
  }
}
