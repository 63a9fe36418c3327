import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http";
import { request as tlsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type PageServer, startPageServer } from "../../../emulator/web/page-server.ts";
import { selfSigned } from "../../../emulator/web/self-signed.ts";

let top: string;
let server: PageServer;
let port: number;

beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), "page-"));
  const folder = join(top, "page");
  mkdirSync(folder);
  writeFileSync(join(top, "secret.txt"), "secret");
  writeFileSync(join(folder, "index.html"), '<link nonce="{{nonce}}">');
  writeFileSync(join(folder, "app.js"), "1;\n");
  writeFileSync(join(folder, "firmware.wasm"), "\0asm");
  writeFileSync(join(folder, "notes.secret"), "of a kind that is not served");
  server = await startPageServer({ folder, port: 0, names: ["teacher.local"] });
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server.close();
  rmSync(top, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose path is sent as it is written. */
function ask(path: string, options: RequestOptions = {}, send = request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = send({ host: "127.0.0.1", port, path, ...options }, (response) => {
      let body = "";
      response.setEncoding("latin1");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("the page's files", () => {
  it("come with their types and the headers of an isolated page", async () => {
    const types = await Promise.all(
      ["/", "/index.html", "/app.js?x=1", "/firmware.wasm"].map(async (path) => {
        const { status, headers } = await ask(path);
        expect(headers).toMatchObject({
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
          "cross-origin-resource-policy": "same-origin",
          "x-content-type-options": "nosniff",
        });
        return [status, headers["content-type"]];
      }),
    );
    expect(types).toEqual([
      [200, "text/html; charset=utf-8"],
      [200, "text/html; charset=utf-8"],
      [200, "text/javascript; charset=utf-8"],
      [200, "application/wasm"],
    ]);
  });

  it("have a policy that lets in nothing inline and nothing foreign", async () => {
    const { headers, body } = await ask("/", { headers: { host: `localhost:${port}` } });
    const policy = String(headers["content-security-policy"]);
    const nonce = /nonce="([A-Za-z0-9+/=]{24})"/.exec(body)![1];
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self' blob:",
      `connect-src 'self' ws://localhost:${port} wss://localhost:${port}`,
      `style-src 'self' 'nonce-${nonce}'`,
      `style-src-elem 'self' 'nonce-${nonce}'`,
      "style-src-attr 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect((await ask("/")).body).not.toContain(nonce);
  });

  it("are sent again only when they have changed", async () => {
    const first = await ask("/app.js");
    expect(first.body).toBe("1;\n");
    const second = await ask("/app.js", { headers: { "if-none-match": first.headers.etag } });
    expect([second.status, second.body]).toEqual([304, ""]);
  });

  it("answer HEAD, and no other method than GET", async () => {
    expect(await ask("/app.js", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
    expect((await ask("/app.js", { method: "POST" })).status).toBe(405);
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/app.js/../../secret.txt",
    "//secret.txt",
    "/..\\secret.txt",
    "/./app.js",
    "/notes.secret",
    "/app.js%00.txt",
    "/nothing",
  ])("are all there is: %s", async (path) => {
    const { status, body } = await ask(path);
    expect([status, body]).toEqual([404, "There is no such file.\n"]);
  });
});

describe("the token", () => {
  const sameOrigin = { "sec-fetch-site": "same-origin" };

  it("is for the page itself, and opens the gateway", async () => {
    const { status, headers, body } = await ask("/gateway.json", { headers: sameOrigin });
    expect([status, headers["content-type"], headers["cache-control"]]).toEqual([
      200,
      "application/json",
      "no-store",
    ]);
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    const { path, token } = JSON.parse(body);
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}${token}/`, {
      origin: `http://127.0.0.1:${port}`,
    });
    await new Promise((resolve, reject) => webSocket.once("open", resolve).once("error", reject));
    webSocket.terminate();
    const foreign = new WebSocket(`ws://127.0.0.1:${port}${path}${token}/`, { origin: "http://evil.test" });
    const error = await new Promise<Error>((resolve) => foreign.once("error", resolve));
    expect(error.message).toBe("Unexpected server response: 403");
  });

  it.each([undefined, "none", "same-site", "cross-site"])("is not for Sec-Fetch-Site: %s", async (site) => {
    const headers = site === undefined ? {} : { "sec-fetch-site": site };
    const { status, body } = await ask("/gateway.json", { headers });
    expect([status, body]).toEqual([403, "Only the page itself is told the gateway's token.\n"]);
  });

  it("is in no file", async () => {
    const { token } = JSON.parse((await ask("/gateway.json", { headers: sameOrigin })).body);
    expect((await ask("/")).body).not.toContain(token);
  });
});

describe("the Host header", () => {
  it.each(["evil.test", "evil.test:8266", "127.0.0.1.evil.test", "localhost.evil.test", "a b"])(
    "%j is refused, whatever is asked for",
    async (host) => {
      for (const path of ["/", "/gateway.json"]) {
        const { status } = await ask(path, { headers: { host, "sec-fetch-site": "same-origin" } });
        expect([400, 421]).toContain(status);
      }
    },
  );

  it.each(["localhost", "127.0.0.1:80", "[::1]:8266", "192.0.2.1", "teacher.local"])(
    "%s is one of ours",
    async (host) => {
      expect((await ask("/", { headers: { host } })).status).toBe(200);
    },
  );

  it("puts nothing but an authority into the policy", async () => {
    const { headers } = await ask("/", { headers: { host: "127.0.0.1/;script-src *" } });
    expect(headers["content-security-policy"]).toContain(
      "connect-src 'self' ws://127.0.0.1 wss://127.0.0.1;",
    );
  });
});

describe("over https", () => {
  it("serves with a certificate of its own", async () => {
    const tls = selfSigned(["localhost", "127.0.0.1", "::1"], Date.now());
    const secure = await startPageServer({ folder: join(top, "page"), port: 0, tls });
    try {
      expect(secure.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
      // Node checks the chain and the address.
      const options = { port: new URL(secure.url).port, ca: tls.cert };
      expect((await ask("/app.js", options, tlsRequest)).body).toBe("1;\n");
    } finally {
      await secure.close();
    }
  });
});

it("tells that a port is in use by Node's error", async () => {
  const folder = join(top, "page");
  await expect(startPageServer({ folder, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
