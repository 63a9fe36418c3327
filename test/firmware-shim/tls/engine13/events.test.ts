/** What connections of TLS 1.3 tell an observer. */

import { expect, test } from "vitest";
import type { MessageEvent } from "../../../../firmware-shim/tls/events.ts";
import { issueLeaf } from "../engine/certificates.ts";
import { createContext, type PeerOptions } from "../engine/peers.ts";
import { AES_128, createPair13, leaf, root, verifying, with13, withTickets } from "./peers13.ts";

/** The messages of a peer, and their details by name; of several with one name the last ones. */
function observer() {
  const details = new Map<string, MessageEvent["details"]>();
  const labels: string[] = [];
  const onEvent: PeerOptions["onEvent"] = (event) => {
    if (event.kind === "message") {
      details.set(`${event.direction === "sent" ? ">" : "<"}${event.name}`, event.details);
    } else if (event.kind === "secret") labels.push(event.label);
  };
  return { details, labels, onEvent };
}

const LABELS = [
  ...["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET"],
  ...["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET"],
];

test("messages are described as TLS 1.3 has them, on both sides", () => {
  const own = issueLeaf(root, "rsa", { extensions: ["extendedKeyUsage=clientAuth"] });
  const [client, server] = [observer(), observer()];
  const context = createContext(1, with13({ own: leaf, ...verifying, configure: withTickets(3600) }));
  const pair = createPair13(
    { own, ciphers: [AES_128], onEvent: client.onEvent },
    { context, onEvent: server.onEvent },
  ).handshake();
  expect(pair.transfer("server", Uint8Array.of(1))).toHaveLength(1);
  expect(client.labels).toEqual(LABELS);
  expect(server.labels).toEqual(LABELS);

  const about = (name: string) => {
    const [sent, received] = [client.details, server.details].map(
      (details) => details.get(`>${name}`) ?? details.get(`<${name}`),
    );
    expect(sent).toEqual(received);
    return sent;
  };
  expect(about("ClientHello")).toMatchObject({
    client_version: "TLSv1.2",
    supported_versions: ["TLSv1.3"],
    cipher_suites: [AES_128, "0x00ff"],
  });
  expect(about("ServerHello")).toEqual({
    server_version: "TLSv1.3",
    cipher_suite: AES_128,
    key_share: "x25519",
    extensions: ["supported_versions", "key_share"],
  });
  expect(about("EncryptedExtensions")).toEqual({ extensions: [] });
  const schemes = [0x403, 0x503, 0x603, 0x806, 0x805, 0x804, 0x601, 0x501, 0x401];
  expect(about("CertificateRequest")).toEqual({ supported_signature_algorithms: schemes });
  expect(client.details.get("<Certificate")).toEqual({ certificate_lengths: [leaf.der.length] });
  expect(client.details.get(">Certificate")).toEqual({ certificate_lengths: [own.der.length] });
  expect(server.details.get("<Certificate")).toEqual({ certificate_lengths: [own.der.length] });
  expect(client.details.get(">CertificateVerify")).toEqual({ signature_algorithm: 0x0806 });
  const ticket = about("NewSessionTicket");
  expect(ticket).toEqual({ ticket_lifetime: 3600, ticket_length: expect.any(Number) });

  pair.client.updateKeys(true);
  pair.carry();
  pair.server.read(1);
  expect(server.details.get("<KeyUpdate")).toEqual({ request_update: 1 });
  expect(server.details.get(">KeyUpdate")).toEqual({ request_update: 0 });
});

test("an empty Certificate is told from none", () => {
  const { details, onEvent } = observer();
  createPair13({ onEvent }, verifying).handshake();
  expect(details.get(">Certificate")).toEqual({ certificate_lengths: [] });
});

test("messages of TLS 1.2 stay as they are where it is what the server takes", () => {
  const { details, labels, onEvent } = observer();
  createPair13({ onEvent }, { ciphers: ["TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"] }).handshake();
  expect(labels).toEqual(["CLIENT_RANDOM"]);
  expect(details.get(">ClientHello")?.supported_versions).toEqual(["TLSv1.3", "TLSv1.2"]);
  expect(details.get("<ServerHello")?.server_version).toBe("TLSv1.2");
  expect(details.get("<Certificate")).toEqual({ certificate_lengths: [leaf.der.length] });
});
