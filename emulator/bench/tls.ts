import { connect } from "node:tls";
import { Worker } from "node:worker_threads";
import { issueLabCertificates, type LabCertificates } from "../demo/lab-certificates.ts";
import { runOnBoard } from "./bench-board.ts";
import { report, timed } from "./report.ts";

const HANDSHAKES = 100;
const DOWNLOAD_BYTES = 64 * 1024 * 1024;
const DAY_MS = 86_400_000;

/** TLS 1.2 with ECDHE-RSA from Python, through bridge and gateway, against Node's own client on the same server. */
export async function benchTls(): Promise<void> {
  const lab = issueLabCertificates("host.breadbox", new Date(Date.now() - DAY_MS), 30);
  const worker = new Worker(new URL("bench-tls-server.js", import.meta.url), {
    workerData: { key: lab.key, cert: lab.certificate, bytes: DOWNLOAD_BYTES },
  });
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));

  await nodeHandshakes(lab, port, 20);
  const node = (HANDSHAKES / (await timed(() => nodeHandshakes(lab, port, HANDSHAKES)))) * 1000;
  const nodeDownload = DOWNLOAD_BYTES / 1e3 / (await timed(() => download(lab, port)));
  const numbers = (await runOnBoard(program(lab, port))).trim().split(" ").map(Number);
  const [handshakeMs = Number.NaN, downloadMs = Number.NaN] = numbers;
  const board = (HANDSHAKES / handshakeMs) * 1000;
  report("handshakes, from Python", board, "/s", `Node's tls ${node.toFixed(0)}/s`);
  report("handshakes, share of Node's", board / node, "", "goal: a half (0.5)");
  report(
    "download, from Python",
    DOWNLOAD_BYTES / 1e3 / downloadMs,
    "MB/s",
    `goal: 50; Node's tls ${nodeDownload.toFixed(0)}`,
  );
  await worker.terminate();
}

async function nodeHandshakes(lab: LabCertificates, port: number, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", ca: lab.ca, servername: "host.breadbox" }, () =>
        socket.end("x"),
      );
      socket.resume();
      socket.on("error", reject);
      socket.on("close", () => resolve());
    });
  }
}

function download(lab: LabCertificates, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ca: lab.ca, servername: "host.breadbox" }, () =>
      socket.write("g"),
    );
    socket.resume();
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
}

const program = (lab: LabCertificates, port: number): string => `
import network, ntptime, socket, ssl, time
w = network.WLAN()
w.active(True)
w.connect("Wokwi-GUEST")
while not w.isconnected():
    time.sleep_ms(1)
ntptime.settime()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations(cadata=${JSON.stringify(lab.ca)})
address = socket.getaddrinfo("host.breadbox", ${port})[0][-1]

def connect():
    s = socket.socket()
    s.connect(address)
    return context.wrap_socket(s, server_hostname="host.breadbox")

def handshakes(n):
    for i in range(n):
        s = connect()
        s.write(b"x")
        s.read(2)
        s.close()

handshakes(20)
t = time.ticks_ms()
handshakes(${HANDSHAKES})
first = time.ticks_diff(time.ticks_ms(), t)
s = connect()
s.write(b"g")
buffer = bytearray(16384)
t = time.ticks_ms()
total = 0
while True:
    n = s.readinto(buffer)
    if not n:
        break
    total += n
if total != ${DOWNLOAD_BYTES}:
    raise RuntimeError(total)
print(first, time.ticks_diff(time.ticks_ms(), t))
`;
