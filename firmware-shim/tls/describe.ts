/** Handshake messages for people: their basic fields by the RFCs' names. Nothing is decided by it. */

import { ByteReader } from "./bytes.ts";
import { cipherSuiteFromId } from "./ciphersuites.ts";
import { cipherSuite13FromId } from "./ciphersuites13.ts";
import { MbedTlsError } from "./errors.ts";
import { RANDOM_LENGTH } from "./limits.ts";
import { decodeCertificates } from "./messages/certificate.ts";
import { decodeCertificateRequest } from "./messages/certificate-request.ts";
import { decodeCertificateRequest13 } from "./messages/certificate-request13.ts";
import { decodeCertificates13 } from "./messages/certificate13.ts";
import { EXTENSION_TYPES, NAMED_CURVES, NAMED_GROUPS } from "./messages/extensions.ts";
import { HANDSHAKE_TYPES, type HandshakeMessage, handshakeName } from "./messages/message.ts";
import { decodeNewSessionTicket } from "./messages/new-session-ticket.ts";
import { decodeNewSessionTicket13 } from "./messages/new-session-ticket13.ts";
import { decodeExtensions, decodeServerHello } from "./messages/server-hello.ts";
import { HELLO_RETRY_REQUEST_RANDOM, serverRandom } from "./messages/server-hello13.ts";
import { VERSION_DTLS12, VERSION_TLS13 } from "./record/content-type.ts";
import { bytesEqual } from "./x509/name.ts";
import { decodeText } from "./x509/text.ts";

/** Decoded basics of a message, by the RFC's field names. */
export type EventDetails = Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;

const CURVE_TYPE_NAMED_CURVE = 3;

type Descriptions = ReadonlyMap<number, (body: Uint8Array) => EventDetails>;

const DESCRIPTIONS: Descriptions = new Map([
  [HANDSHAKE_TYPES.ClientHello, describeClientHello],
  [HANDSHAKE_TYPES.ServerHello, describeServerHello],
  [HANDSHAKE_TYPES.Certificate, describeCertificate],
  [HANDSHAKE_TYPES.ServerKeyExchange, describeServerKeyExchange],
  [HANDSHAKE_TYPES.CertificateRequest, describeCertificateRequest],
  [HANDSHAKE_TYPES.CertificateVerify, (body) => ({ signature_algorithm: new ByteReader(body).uint(2) })],
  [HANDSHAKE_TYPES.NewSessionTicket, describeNewSessionTicket],
]);

/** Messages that look different in TLS 1.3, and those that it has alone. */
const DESCRIPTIONS_13: Descriptions = new Map([
  ...DESCRIPTIONS,
  [
    HANDSHAKE_TYPES.EncryptedExtensions,
    (body) => ({ extensions: extensionNames(new ByteReader(body).vector(2)) }),
  ],
  [HANDSHAKE_TYPES.Certificate, describeCertificate13],
  [HANDSHAKE_TYPES.CertificateRequest, describeCertificateRequest13],
  [HANDSHAKE_TYPES.NewSessionTicket, describeNewSessionTicket13],
  [HANDSHAKE_TYPES.KeyUpdate, (body) => ({ request_update: new ByteReader(body).uint(1) })],
]);

/** Describes the messages of one connection, in both directions: they depend on the version that a ServerHello picks. */
export class HandshakeDescriber {
  #descriptions: Descriptions = DESCRIPTIONS;

  /** A message's RFC name, and basics of it as far as it decodes; what is wrong with it is the state's business. */
  describe(message: HandshakeMessage): { readonly name: string; readonly details: EventDetails } {
    const name = handshakeName(message.type) ?? `handshake type ${message.type}`;
    try {
      const isServerHello = message.type === HANDSHAKE_TYPES.ServerHello;
      const details = this.#descriptions.get(message.type)?.(message.body) ?? {};
      if (isServerHello && details.server_version === TLS13) this.#descriptions = DESCRIPTIONS_13;
      const retries = isServerHello && bytesEqual(serverRandom(message.body), HELLO_RETRY_REQUEST_RANDOM);
      return { name: retries ? "HelloRetryRequest" : name, details };
    } catch (error) {
      if (error instanceof MbedTlsError) return { name, details: {} };
      throw error;
    }
  }
}

const TLS13 = versionName(VERSION_TLS13);

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
  const versions = extensions.find(({ type }) => type === EXTENSION_TYPES.supported_versions);
  return {
    client_version: versionName(version),
    ...(versions && {
      supported_versions: uint16List(new ByteReader(versions.data).vector(1)).map(versionName),
    }),
    cipher_suites: suites.map(suiteName),
    ...(serverName && { server_name: hostNameOf(serverName.data) }),
    extensions: extensions.map(({ type }) => extensionName(type)),
  };
}

function describeServerHello(body: Uint8Array): EventDetails {
  const hello = decodeServerHello(body);
  const extensions = [...decodeExtensions(hello.extensions)];
  const find = (wanted: number) => extensions.find(({ type }) => type === wanted);
  const selected = find(EXTENSION_TYPES.supported_versions);
  const share = find(EXTENSION_TYPES.key_share);
  return {
    // TLS 1.3 has its version in an extension, and the one before it in its place.
    server_version: versionName(selected ? new ByteReader(selected.data).uint(2) : hello.version),
    cipher_suite: suiteName(hello.cipherSuite),
    ...(share && { key_share: groupName(new ByteReader(share.data).uint(2)) }),
    extensions: extensions.map(({ type }) => extensionName(type)),
  };
}

function describeCertificate(body: Uint8Array): EventDetails {
  // A list that is empty is shorter than the least that decodes.
  const certificates = body.length === 3 ? [] : [...decodeCertificates(body)];
  return { certificate_lengths: certificates.map((der) => der.length) };
}

function describeCertificate13(body: Uint8Array): EventDetails {
  return { certificate_lengths: [...decodeCertificates13(body)].map((der) => der.length) };
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

function describeCertificateRequest13(body: Uint8Array): EventDetails {
  return { supported_signature_algorithms: decodeCertificateRequest13(body).signatureSchemes };
}

function describeNewSessionTicket13(body: Uint8Array): EventDetails {
  const { lifetime, ticket } = decodeNewSessionTicket13(body);
  return { ticket_lifetime: lifetime, ticket_length: ticket.length };
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
  return (cipherSuiteFromId(id) ?? cipherSuite13FromId(id))?.name ?? hex(id);
}

function groupName(group: number): string | number {
  return NAMED_GROUPS.get(group) ?? group;
}

function extensionNames(bytes: Uint8Array): string[] {
  return [...decodeExtensions(bytes)].map(({ type }) => extensionName(type));
}

function extensionName(type: number): string {
  return Object.entries(EXTENSION_TYPES).find(([, number]) => number === type)?.[0] ?? String(type);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
