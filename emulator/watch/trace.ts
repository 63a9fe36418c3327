/** One readable line an event, for `TRACE=tls` and `TRACE=net`. */

import { PacketType } from "../../firmware-shim/net/wisp/constants.ts";
import type { Endpoint, Packet } from "../../firmware-shim/net/wisp/packet.ts";
import type { MessageEvent } from "../../firmware-shim/tls/events.ts";
import { describeFlags } from "../../firmware-shim/tls/x509/flags.ts";
import type { CertificateSummary } from "./certificate-summary.ts";
import { decodeOrNothing } from "./decode-packet.ts";
import { printable } from "./printable.ts";
import type { PacketReport, ReportedError, ReportedVerification, TlsReport } from "./reports.ts";

/** Lines of an event of a connection; a secret has none. */
export function traceTls({ connection, stamp, event }: TlsReport): string[] {
  const name = connection.hostname === undefined ? "" : ` ${connection.hostname}`;
  const head = `${boardTime(stamp.rtc)} tls ${connection.id}${name}`;
  return linesOf(event).map((line) => `${head} ${line}`);
}

function linesOf(event: TlsReport["event"]): string[] {
  switch (event.kind) {
    case "message":
      return [messageLine(event)];
    case "verification":
      return verificationLines(event);
    case "error":
      return [errorLine(event)];
    case "heap-shortage":
      return [
        `no memory: ${event.needed - event.held} bytes more needed, ${event.free} of ${event.size} free`,
      ];
    case "secret":
      return [];
  }
}

/** A line on a packet; none for credit, of which there is too much to read. */
export function tracePacket({ direction, packet, stamp }: PacketReport): string | undefined {
  const decoded = decodeOrNothing(packet);
  const text = decoded && packetText(decoded);
  if (text === undefined) return undefined;
  return `${boardTime(stamp.rtc)} net ${direction === "sent" ? "->" : "<-"} ${text}`;
}

/** Microseconds since 1970 UTC as `2000-01-01 00:00:03.123456`. */
function boardTime(micros: number): string {
  const seconds = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19).replace("T", " ");
  return `${seconds}.${String(micros - Math.floor(micros / 1e6) * 1e6).padStart(6, "0")}`;
}

function messageLine({ direction, name, length, details }: MessageEvent): string {
  const fields = Object.entries(details).map(([field, value]) => fieldText(field, value));
  const line = `${direction === "sent" ? "->" : "<-"} ${name}, ${length} bytes`;
  return fields.length === 0 ? line : `${line}: ${fields.join(", ")}`;
}

/** Lists of names are short, but for the suites; numbers of algorithms are written in hexadecimal in RFCs. */
function fieldText(field: string, value: MessageEvent["details"][string]): string {
  if (field === "cipher_suites" && Array.isArray(value)) return `${value.length} cipher_suites`;
  const isAlgorithm = field.includes("signature_algorithm");
  const one = (item: string | number) =>
    isAlgorithm && typeof item === "number"
      ? `0x${item.toString(16).padStart(4, "0")}`
      : printable(String(item));
  if (typeof value === "string" || typeof value === "number") return `${field} ${one(value)}`;
  return `${field} ${value.length === 0 ? "none" : value.map(one).join(" ")}`;
}

function verificationLines({ flags, accepted, chain, now }: ReportedVerification): string[] {
  const result = accepted ? (flags === 0 ? "good" : "accepted all the same") : "rejected";
  const reasons = describeFlags(flags)
    .split("\n")
    .filter((text) => text !== "");
  return [
    ...chain.map((certificate, depth) => `certificate ${depth}: ${certificateText(certificate, now)}`),
    `verification: ${[result, ...reasons].join("; ")}`,
  ];
}

function certificateText(certificate: CertificateSummary, now: number): string {
  const { subject, issuer, key, hash, notBefore, notAfter } = certificate;
  const verdict = now < notBefore ? "not valid yet" : now > notAfter ? "expired" : "valid now";
  const date = (seconds: number) => boardTime(seconds * 1e6).slice(0, 19);
  const dates = `${date(notBefore)} to ${date(notAfter)}, for the board ${verdict}`;
  return `"${subject}" by "${issuer}", ${key}, ${hash}, ${dates}`;
}

function errorLine({ exception, reason, alert }: ReportedError): string {
  const args = exception.args.map((arg) => (typeof arg === "string" ? JSON.stringify(arg) : arg));
  const line = `failed: ${exception.type}(${args.join(", ")})`;
  const words = exception.args.includes(reason) ? [] : [reason];
  if (alert !== undefined) words.push(`alert ${alert} sent`);
  return words.length === 0 ? line : `${line}: ${words.join("; ")}`;
}

/** A plain Wisp server gives the board no address. */
const lease = (address: string): string => (address === "0.0.0.0" ? "" : `, the board is ${address}`);

const at = ({ address, port }: Endpoint): string => `${address}:${port}`;

function packetText(packet: Packet): string | undefined {
  const { stream } = packet;
  switch (packet.type) {
    case PacketType.CONNECT:
      return `stream ${stream} CONNECT ${packet.host}:${packet.port}`;
    case PacketType.OPENED:
      return `stream ${stream} OPENED ${at(packet.local)} to ${at(packet.peer)}`;
    case PacketType.DATA:
      return `stream ${stream} DATA, ${packet.data.length} bytes`;
    case PacketType.DATAGRAM:
      return `stream ${stream} DATAGRAM ${at(packet.peer)}, ${packet.data.length} bytes`;
    case PacketType.CLOSE:
      return `stream ${stream} CLOSE, reason 0x${packet.reason.toString(16).padStart(2, "0")}`;
    case PacketType.RESOLVE:
      return `look-up ${stream} RESOLVE ${packet.host}`;
    case PacketType.RESOLVED:
      return `look-up ${stream} RESOLVED ${packet.addresses.join(" ") || `failed, status ${packet.status}`}`;
    case PacketType.BIND:
      return `stream ${stream} BIND ${at(packet.local)}`;
    case PacketType.LISTEN:
      return `stream ${stream} LISTEN, backlog ${packet.backlog}`;
    case PacketType.ACCEPTED:
      return `stream ${stream} ACCEPTED ${at(packet.peer)} as stream ${packet.accepted}`;
    case PacketType.LINK:
      return packet.up ? `gateway connected${lease(packet.address)}` : "gateway lost";
    case PacketType.WINDOW:
      return undefined;
    default:
      return `stream ${stream} ${nameOf(packet.type)}`;
  }
}

function nameOf(type: number): string {
  return Object.entries(PacketType).find(([, number]) => number === type)?.[0] ?? `type ${type}`;
}
