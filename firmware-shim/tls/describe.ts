/** Handshake messages for people: their basic fields by the RFCs' names. Nothing is decided by it. */

import { ByteReader } from "./bytes.ts";
import { cipherSuiteFromId } from "./ciphersuites.ts";
import { MbedTlsError } from "./errors.ts";
import { RANDOM_LENGTH } from "./limits.ts";
import { decodeCertificates } from "./messages/certificate.ts";
import { decodeCertificateRequest } from "./messages/certificate-request.ts";
import { EXTENSION_TYPES, NAMED_CURVES } from "./messages/extensions.ts";
import { HANDSHAKE_TYPES, type HandshakeMessage } from "./messages/message.ts";
import { decodeNewSessionTicket } from "./messages/new-session-ticket.ts";
import { decodeExtensions, decodeServerHello } from "./messages/server-hello.ts";
import { VERSION_DTLS12 } from "./record/content-type.ts";
import { decodeText } from "./x509/text.ts";

/** Decoded basics of a message, by the RFC's field names. */
export type EventDetails = Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;

const CURVE_TYPE_NAMED_CURVE = 3;

const DESCRIPTIONS = new Map<number, (body: Uint8Array) => EventDetails>([
  [HANDSHAKE_TYPES.ClientHello, describeClientHello],
  [HANDSHAKE_TYPES.ServerHello, describeServerHello],
  [HANDSHAKE_TYPES.Certificate, describeCertificate],
  [HANDSHAKE_TYPES.ServerKeyExchange, describeServerKeyExchange],
  [HANDSHAKE_TYPES.CertificateRequest, describeCertificateRequest],
  [HANDSHAKE_TYPES.CertificateVerify, (body) => ({ signature_algorithm: new ByteReader(body).uint(2) })],
  [HANDSHAKE_TYPES.NewSessionTicket, describeNewSessionTicket],
]);

/** Basics of a message as far as it decodes; what is wrong with it is the state's business. */
export function describeHandshake(message: HandshakeMessage): EventDetails {
  try {
    return DESCRIPTIONS.get(message.type)?.(message.body) ?? {};
  } catch (error) {
    if (error instanceof MbedTlsError) return {};
    throw error;
  }
}

function describeClientHello(body: Uint8Array): EventDetails {
  const reader = new ByteReader(body);
  const version = reader.uint(2);
  reader.bytes(RANDOM_LENGTH);
  reader.vector(1); // session_id
  if (version >= VERSION_DTLS12) reader.vector(1); // cookie
  const suites = uint16List(reader.vector(2));
  reader.vector(1); // compression_methods
  const extensions = reader.remaining > 0 ? [...decodeExtensions(reader.vector(2))] : [];
  const serverName = extensions.find(({ type }) => type === EXTENSION_TYPES.server_name);
  return {
    client_version: versionName(version),
    cipher_suites: suites.map(suiteName),
    ...(serverName && { server_name: hostNameOf(serverName.data) }),
    extensions: extensions.map(({ type }) => extensionName(type)),
  };
}

function describeServerHello(body: Uint8Array): EventDetails {
  const hello = decodeServerHello(body);
  return {
    server_version: versionName(hello.version),
    cipher_suite: suiteName(hello.cipherSuite),
    extensions: [...decodeExtensions(hello.extensions)].map(({ type }) => extensionName(type)),
  };
}

function describeCertificate(body: Uint8Array): EventDetails {
  // A list that is empty is shorter than the least that decodes.
  const certificates = body.length === 3 ? [] : [...decodeCertificates(body)];
  return { certificate_lengths: certificates.map((der) => der.length) };
}

function describeServerKeyExchange(body: Uint8Array): EventDetails {
  const reader = new ByteReader(body);
  if (reader.uint(1) !== CURVE_TYPE_NAMED_CURVE) return {};
  const curve = reader.uint(2);
  reader.vector(1); // the point
  const named_curve = NAMED_CURVES.get(curve) ?? curve;
  return reader.remaining < 2 ? { named_curve } : { named_curve, signature_algorithm: reader.uint(2) };
}

function describeCertificateRequest(body: Uint8Array): EventDetails {
  const request = decodeCertificateRequest(body);
  return {
    certificate_types: [...request.certificateTypes],
    supported_signature_algorithms: uint16List(request.signatureAlgorithms),
    certificate_authorities_length: request.certificateAuthorities.length,
  };
}

function describeNewSessionTicket(body: Uint8Array): EventDetails {
  const { lifetimeHint, ticket } = decodeNewSessionTicket(body);
  return { ticket_lifetime_hint: lifetimeHint, ticket_length: ticket.length };
}

function uint16List(bytes: Uint8Array): number[] {
  const reader = new ByteReader(bytes);
  const values: number[] = [];
  while (reader.remaining > 0) values.push(reader.uint(2));
  return values;
}

/** The host_name of a ServerNameList: RFC 6066 section 3. */
function hostNameOf(data: Uint8Array): string {
  const list = new ByteReader(new ByteReader(data).vector(2));
  list.uint(1);
  return decodeText(list.vector(2));
}

/** "TLSv1.2", "DTLSv1.2" (RFC 6347 section 4.1 counts down from 0xfeff), or the number. */
function versionName(version: number): string {
  if (version === 0x0300) return "SSLv3";
  if (version > 0x0300 && version <= 0x0304) return `TLSv1.${(version & 0xff) - 1}`;
  if (version === 0xfeff) return "DTLSv1.0";
  if (version === 0xfefd) return "DTLSv1.2";
  return hex(version);
}

function suiteName(id: number): string {
  return cipherSuiteFromId(id)?.name ?? hex(id);
}

function extensionName(type: number): string {
  return Object.entries(EXTENSION_TYPES).find(([, number]) => number === type)?.[0] ?? String(type);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
