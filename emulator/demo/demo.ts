/**
 * `npm run demo`: why TLS fails on a board that has just been switched on, and what mends it. Everything in it is
 * real: a certificate authority, an HTTPS server, a board, and mpremote's way of talking to it.
 */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { parseAddress } from "../cli/address.ts";
import { BoardClient, BoardException } from "../cli/board-client.ts";
import { BoardStream } from "../cli/board-stream.ts";
import { createNodeBoard } from "../cli/node-board.ts";
import { describe, rtcTuple } from "../cli/rtc-command.ts";
import { startSerialServer } from "../serial/serial-server.ts";
import { issueLabCertificates, type LabCertificates } from "./lab-certificates.ts";

const HOST = "host.breadbox";
const REPLY = "Hello from a server whose certificate was checked.\n";
/** The exception's text, whose last line MicroPython ends with a line feed of its own. */
const FUTURE = "ValueError: \nThe certificate validity starts in the future\n\n";
const DAY_MS = 86_400_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const quote = (text: string): void => say(text.trimEnd().replace(/^/gm, "    "));
const date = (d: Date): string => d.toISOString().slice(0, 10);

const JOIN = `
import network, time
wlan = network.WLAN(network.STA_IF)
wlan.active(True)
wlan.connect("Breadbox", "breadbox")
while not wlan.isconnected():
    time.sleep_ms(10)
print("joined", wlan.config("ssid"), "with", wlan.ifconfig()[0])
`;

const fetchProgram = (ca: string, port: number): string => `
import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_verify_locations(cadata=${JSON.stringify(ca)})
s = socket.socket()
s.connect(socket.getaddrinfo("${HOST}", ${port})[0][-1])
try:
    s = context.wrap_socket(s, server_hostname="${HOST}")
    print("handshake", *s.cipher())
    s.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
    print(s.read().decode().split("\\r\\n\\r\\n")[1])
finally:
    s.close()
`;

async function main(): Promise<boolean> {
  say("Issuing a lab CA and a server certificate ...");
  const lab = issueLabCertificates(HOST, new Date(Date.now() - DAY_MS), 90);
  const server = await listen(lab);
  const { port } = server.address() as AddressInfo;
  const board = await createNodeBoard({ accessPoints: [] }, { cooked: true });
  const serial = await startSerialServer({ console: board.machine, port: 0 });
  try {
    board.powerOn();
    const stream = await BoardStream.open(parseAddress(serial.url));
    const client = new BoardClient(stream);
    const told = await tell(client, lab, port);
    await client.close();
    return told;
  } finally {
    await serial.close();
    await board.close();
    server.close();
  }
}

/** Tells the story. True when the connection failed for the clock and then stood. */
async function tell(board: BoardClient, lab: LabCertificates, port: number): Promise<boolean> {
  say("\nA board is switched on. It joins the Wi-Fi network:");
  quote(await board.exec(JOIN));
  say("\nWhat it believes the date is, having no battery for its clock:");
  quote(await board.exec("print(time.localtime())"));
  say(`\nThe server's certificate is valid from ${date(lab.notBefore)} to ${date(lab.notAfter)}.`);
  say(`An HTTPS request to https://${HOST}:${port}/ with ssl.CERT_REQUIRED:`);
  const failure = await attempt(board, fetchProgram(lab.ca, port));
  quote(failure);
  const failed = failure.endsWith(FUTURE);

  say("\nThe mend: rtc --set");
  const now = new Date();
  await board.exec(`import machine; machine.RTC().datetime(${rtcTuple(now, false)})`);
  quote(describe(now, false));

  say("\nThe same request again:");
  const reply = await attempt(board, fetchProgram(lab.ca, port));
  quote(reply);
  const stood = reply.startsWith("handshake TLS-ECDHE-RSA-WITH-AES-") && reply.includes(REPLY.trim());
  say(
    failed && stood
      ? "\nBoth halves happened as on a real board."
      : "\nThis is not what should have happened.",
  );
  return failed && stood;
}

async function attempt(board: BoardClient, program: string): Promise<string> {
  try {
    return (await board.exec(program)).replaceAll("\r\n", "\n");
  } catch (error) {
    if (error instanceof BoardException) return error.traceback.replaceAll("\r\n", "\n");
    throw error;
  }
}

function listen(lab: LabCertificates): Promise<Server> {
  const server = createServer({ key: lab.key, cert: lab.certificate }, (_request, response) => {
    response.end(REPLY);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

process.exitCode = (await main()) ? 0 : 1;
