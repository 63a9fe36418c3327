/** Tickets, ids and renegotiation: the engine against itself, and against OpenSSL, GnuTLS and Node. */

import { once } from "node:events";
import { connect as tlsConnect } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { CERT_NONE, CERT_REQUIRED, type TlsContext } from "../../../../firmware-shim/tls/context.ts";
import { ERR } from "../../../../firmware-shim/tls/errors.ts";
import type { TlsEvent } from "../../../../firmware-shim/tls/events.ts";
import type { Session12 } from "../../../../firmware-shim/tls/handshake12/session.ts";
import { SessionCache } from "../../../../firmware-shim/tls/server12/session-cache.ts";
import { SessionTickets } from "../../../../firmware-shim/tls/server12/session-tickets.ts";
import { issueLeaf, issueRoot, NOW } from "./certificates.ts";
import { crypto } from "./harness.ts";
import { createContext, createPair, createPeer, Pair, type PeerOptions } from "./peers.ts";
import { Servers } from "./servers.ts";

const root = issueRoot();
const rsa = issueLeaf(root, "rsa");
const p256 = issueLeaf(root, "p256");
const clientLeaf = issueLeaf(root, "p256", { extensions: ["extendedKeyUsage=clientAuth"] });
const servers = new Servers();
afterEach(() => servers.stop());

const bytes = Buffer.from("data in between");
const CBC = "TLS-ECDHE-ECDSA-WITH-AES-128-CBC-SHA256";

/** Names of the handshake messages that one side sees. */
function recorder(): { names: string[]; onEvent: (event: TlsEvent) => void } {
  const names: string[] = [];
  const onEvent = (event: TlsEvent) => {
    if (event.kind === "message" && event.name !== "ApplicationData") names.push(event.name);
  };
  return { names, onEvent };
}

const ABBREVIATED = [
  "ClientHello",
  "ServerHello",
  "ChangeCipherSpec",
  "Finished",
  "ChangeCipherSpec",
  "Finished",
];

describe("a session is resumed", () => {
  const withTickets = (lifetime = 100, now = () => NOW): TlsContext =>
    createContext(1, {
      own: p256,
      trusted: [root],
      configure: (context) => {
        context.sessionTickets = new SessionTickets({ crypto, now, lifetime });
      },
    });
  const withCache = (now = () => NOW): TlsContext =>
    createContext(1, {
      own: p256,
      trusted: [root],
      configure: (context) => {
        context.sessionCache = new SessionCache(now);
      },
    });

  /** A handshake, and another with its session. */
  function twice(
    context: TlsContext,
    options: PeerOptions = {},
  ): { first: Pair; second: Pair; names: string[] } {
    const first = createPair(options, { context }).handshake();
    expect(first.client.error?.message).toBeUndefined();
    const { names, onEvent } = recorder();
    const resume = first.client.resumableSession;
    const second = createPair({ ...options, resume, onEvent }, { context }).handshake();
    expect(second.client.error?.message).toBeUndefined();
    expect(second.server.error?.message).toBeUndefined();
    expect(second.transfer("client", bytes).equals(bytes)).toBe(true);
    expect(second.transfer("server", bytes).equals(bytes)).toBe(true);
    return { first, second, names };
  }

  test.each([
    ["by ticket", withTickets],
    ["by id", withCache],
  ])("%s", (_, create) => {
    for (const ciphers of [[CBC], undefined]) {
      const { first, second, names } = twice(create(), ciphers ? { ciphers } : {});
      expect(names).toEqual(ABBREVIATED);
      expect(second.client.cipher()).toEqual(first.client.cipher());
      expect(second.client.peerCertificateDer).toEqual(p256.der);
    }
  });

  test.each([
    ["by ticket", withTickets],
    ["by id", withCache],
  ])("%s, with the client's certificate", (_, create) => {
    const context = create();
    context.verifyMode = CERT_REQUIRED;
    const { second, names } = twice(context, { own: clientLeaf });
    expect(names).toEqual(ABBREVIATED);
    expect(second.server.peerCertificateDer).toEqual(clientLeaf.der);
  });

  test("with tickets and a cache, by ticket; a resumed session can be resumed", () => {
    const context = withTickets();
    context.sessionCache = new SessionCache(() => NOW);
    const { second } = twice(context);
    const { names, onEvent } = recorder();
    const resume = second.client.resumableSession;
    createPair({ resume, onEvent }, { context }).handshake();
    expect(names).toEqual(ABBREVIATED);
  });

  test("not with another suite, a ticket that is spoilt or too old, another server, or an old id", () => {
    const full = (names: string[]) => expect(names).toContain("ServerHelloDone");
    const other = twice(withTickets()).first.client.resumableSession!;
    const { names, onEvent } = recorder();
    createPair({ resume: other, onEvent }, { context: withTickets() }).handshake();
    full(names);

    const context = withTickets();
    const resume = createPair({}, { context }).handshake().client.resumableSession!;
    for (const [index, byte] of resume.ticket.entries()) {
      const seen = recorder();
      const spoilt = { ...resume, ticket: resume.ticket.with(index, byte ^ 1) };
      createPair({ resume: spoilt, onEvent: seen.onEvent }, { context }).handshake();
      full(seen.names);
    }
    for (const length of [1, 17, 33]) {
      const cut = { ...resume, ticket: resume.ticket.slice(0, length) };
      expect(createPair({ resume: cut }, { context }).handshake().client.state).toBe("connected");
    }

    for (const create of [(now: () => number) => withTickets(100, now), withCache]) {
      let time = NOW;
      const aging = create(() => time);
      const session = createPair({}, { context: aging }).handshake().client.resumableSession;
      for (const later of [NOW + 100_000, NOW - 100_000]) {
        time = later;
        const seen = recorder();
        createPair({ resume: session, onEvent: seen.onEvent }, { context: aging }).handshake();
        if (create !== withCache || later > NOW) full(seen.names);
      }
    }

    const cached = withCache();
    const byId = createPair({ ciphers: [CBC] }, { context: cached }).handshake().client.resumableSession;
    const seen = recorder();
    createPair({ resume: byId, onEvent: seen.onEvent }, { context: cached }).handshake();
    full(seen.names);
  });

  test("keys of tickets change; those of the time before are still read", () => {
    let time = NOW;
    const tickets = new SessionTickets({ crypto, now: () => time, lifetime: 100 });
    const session = twice(withTickets()).first.client.resumableSession as Session12;
    time = NOW + 99;
    const late = tickets.seal(session).ticket;
    time = NOW + 150;
    expect(tickets.open(late)?.masterSecret).toEqual(session.masterSecret);
    time = NOW + 260;
    expect(tickets.open(late)).toBeUndefined();
  });

  test("the cache keeps fifty sessions", () => {
    const cache = new SessionCache(() => NOW);
    const session = twice(withCache()).first.client.resumableSession as Session12;
    const id = (index: number) => new Uint8Array(32).fill(index);
    for (let index = 0; index < 51; index++) cache.set({ ...session, sessionId: id(index) });
    expect(cache.get(id(0))).toBeUndefined();
    expect(cache.get(id(1))).toBeDefined();
    expect(cache.get(id(50))).toBeDefined();
  });

  test("as MicroPython has it, never: a server gives an id that nobody keeps, and no ticket", () => {
    const context = createContext(1, { own: p256 });
    const { names } = twice(context);
    expect(names).toContain("ServerHelloDone");
    expect(names).not.toContain("NewSessionTicket");
  });

  test.each([
    [
      "openssl s_server, ticket",
      (): Promise<number> => servers.openssl(p256, "-rev", "-tls1_2").then(({ port }) => port),
    ],
    ["gnutls-serv, ticket", (): Promise<number> => servers.gnutls(p256, "NORMAL:-VERS-ALL:+VERS-TLS1.2")],
    [
      "gnutls-serv, id",
      (): Promise<number> => servers.gnutls(p256, "NORMAL:-VERS-ALL:+VERS-TLS1.2", "--noticket"),
    ],
  ])("%s", async (name, start) => {
    const port = await start();
    const first = await servers.open(createPeer(0, { verifyMode: CERT_NONE }), port);
    expect(await first.handshake()).toBe("connected");
    const resume = first.connection.resumableSession!;
    expect(resume.ticket.length > 0).toBe(name.includes("ticket"));
    first.close();
    const { names, onEvent } = recorder();
    const second = await servers.open(createPeer(0, { verifyMode: CERT_NONE, resume, onEvent }), port);
    expect(await second.handshake()).toBe("connected");
    expect(names.filter((message) => message !== "NewSessionTicket")).toEqual(ABBREVIATED);
    await second.write(Buffer.from("breadbox\n"));
    expect((await second.readAll(9)).length).toBe(9);
  });

  test.each([
    ["ticket", withTickets],
    ["id", withCache],
  ])("by Node as the client, %s", async (_, create) => {
    const port = await servers.engine({ context: create() }, async (server) => {
      await server.handshake();
      await server.write(Buffer.from("x"));
    });
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false, maxVersion: "TLSv1.2" } as const;
    const first = tlsConnect(options);
    await once(first, "data");
    const session = first.getSession()!;
    first.destroy();
    const second = tlsConnect({ ...options, session });
    await once(second, "data");
    expect(second.isSessionReused()).toBe(true);
    second.destroy();
  });
});

describe("renegotiation", () => {
  const configure = (context: TlsContext) => {
    context.renegotiation = true;
  };
  const both = (client: PeerOptions = {}, server: PeerOptions = {}) =>
    createPair({ configure, ...client }, { own: p256, configure, ...server }).handshake();

  test.each([
    ["client", "AES-GCM", undefined],
    ["server", "AES-GCM", undefined],
    ["client", "CBC", [CBC]],
    ["server", "CBC", [CBC]],
  ] as const)("asked for by the %s, %s", (side, _, ciphers) => {
    const { names, onEvent } = recorder();
    const pair = both({ onEvent, ...(ciphers && { ciphers }) });
    names.length = 0;
    expect(pair[side].renegotiate()).toBe(0);
    // Data may come between.
    expect(pair.transfer("server", bytes).equals(bytes)).toBe(true);
    for (let turn = 0; turn < 10; turn++) {
      pair.client.read(1);
      pair.carry();
      pair.server.read(1);
      pair.carry();
    }
    expect(pair.client.error?.message).toBeUndefined();
    expect(pair.server.error?.message).toBeUndefined();
    expect(names).toEqual([
      ...(side === "server" ? ["HelloRequest"] : []),
      ...["ClientHello", "ServerHello", "Certificate", "ServerKeyExchange", "ServerHelloDone"],
      ...["ClientKeyExchange", "ChangeCipherSpec", "Finished", "ChangeCipherSpec", "Finished"],
    ]);
    expect(pair.client.cipher()).toBeDefined();
    expect(pair.transfer("client", bytes).equals(bytes)).toBe(true);
    expect(pair.transfer("server", bytes).equals(bytes)).toBe(true);
    expect(pair[side].renegotiate()).toBe(0); // and again
  });

  test("is refused by default, on both sides", () => {
    const { names, onEvent } = recorder();
    const pair = both({ onEvent }, { configure: () => {} });
    names.length = 0;
    expect(pair.server.renegotiate()).toBe(ERR.SSL_FEATURE_UNAVAILABLE);
    expect(pair.client.renegotiate()).toBe(0);
    pair.carry();
    expect(pair.server.read(1)).toBe("want-read");
    pair.carry();
    expect(pair.client.read(1)).toBe("want-read");
    expect(names).toEqual(["ClientHello", "Alert"]);
    // The client goes on waiting, and reading.
    expect(pair.transfer("server", bytes).equals(bytes)).toBe(true);

    const other = both({ configure: () => {} });
    expect(other.client.renegotiate()).toBe(ERR.SSL_FEATURE_UNAVAILABLE);
    expect(other.server.renegotiate()).toBe(0);
    other.carry();
    expect(other.client.read(1)).toBe("want-read");
    expect(other.transfer("client", bytes).equals(bytes)).toBe(true);
  });

  test("before the handshake it cannot be asked for", () => {
    expect(createPeer(0).renegotiate()).toBe(ERR.SSL_BAD_INPUT_DATA);
  });

  test("the server must stay who it was", () => {
    const pair = both();
    const other = issueLeaf(root, "p256");
    const context = createContext(1, { own: p256, configure });
    const server = createPeer(1, { context });
    const turned = new Pair(createPeer(0, { verifyMode: CERT_NONE, configure }), server).handshake();
    Object.assign(context, createContext(1, { own: other, configure }));
    expect(pair.client.state).toBe("connected");
    // A context's chain only grows, so another one is put in its place below.
    const changed = createContext(1, { own: other, configure });
    Object.defineProperty(context, "ownCertificates", { get: () => changed.ownCertificates });
    Object.defineProperty(context, "privateKey", { get: () => changed.privateKey });
    expect(turned.client.renegotiate()).toBe(0);
    for (let turn = 0; turn < 4; turn++) {
      turned.carry();
      turned.server.read(1);
      turned.carry();
      turned.client.read(1);
    }
    expect(turned.client.error?.code).toBe(ERR.SSL_BAD_CERTIFICATE);
    expect(turned.client.error?.alert).toBe("access_denied");
  });

  test("a server that waits for it takes sixteen records before it gives up", () => {
    const pair = both({ configure: () => {} });
    expect(pair.server.renegotiate()).toBe(0);
    for (let record = 0; record < 16; record++) {
      expect(pair.transfer("client", bytes).equals(bytes)).toBe(true);
    }
    pair.client.write(bytes);
    pair.carry();
    expect(pair.server.read(100)).toBe("error");
    expect(pair.server.error?.code).toBe(ERR.SSL_UNEXPECTED_MESSAGE);
  });

  test("with openssl s_server, asked for by it and by the engine", async () => {
    const { port, child } = await servers.openssl(rsa, "-tls1_2", "-client_renegotiation");
    const { names, onEvent } = recorder();
    let finished = () => {};
    const renegotiated = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const watch = (event: TlsEvent) => {
      onEvent(event);
      if (names.filter((name) => name === "Finished").length === 4) finished();
    };
    const options = { verifyMode: CERT_NONE, configure, onEvent: watch };
    const client = await servers.open(createPeer(0, options), port);
    expect(await client.handshake()).toBe("connected");
    child.stdin?.write("R\n"); // a command of s_server's
    const line = client.readAll(6);
    await renegotiated;
    child.stdin?.write("after\n");
    expect((await line).toString()).toBe("after\n");
    expect(names).toContain("HelloRequest");
    expect(client.connection.renegotiate()).toBe(0);
    expect(await client.handshake()).toBe("connected");
    expect(names.filter((name) => name === "Finished")).toHaveLength(6);
  });

  test("with openssl s_client", async () => {
    const { names, onEvent } = recorder();
    const lines: string[] = [];
    const port = await servers.engine({ own: rsa, configure, onEvent }, async (server) => {
      await server.handshake();
      names.length = 0;
      await server.write(Buffer.from("ready\n"));
      lines.push((await server.readAll(9)).toString());
      await server.write(Buffer.from("done\n"));
    });
    const child = servers.program("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, "-tls1_2"]);
    const says = (text: string) =>
      new Promise<void>((resolve) => {
        let output = "";
        const listen = (data: Buffer) => {
          output += data.toString("latin1");
          if (output.includes(text)) resolve();
        };
        child.stdout.on("data", listen);
        child.stderr.on("data", listen);
      });
    await says("ready");
    const renegotiated = says("RENEGOTIATING");
    child.stdin.write("R\n"); // a command of s_client's
    await renegotiated;
    child.stdin.write("breadbox\n");
    await says("done");
    expect(lines).toEqual(["breadbox\n"]);
    expect(names[0]).toBe("ClientHello");
    expect(names.filter((name) => name === "Finished")).toHaveLength(2);
  });
});
