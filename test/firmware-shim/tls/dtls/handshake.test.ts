import { describe, expect, test } from "vitest";
import { issueLeaf, issueRoot } from "../engine/certificates.ts";
import { Link } from "./link.ts";

const root = issueRoot();
const own = issueLeaf(root, "p256");

describe("a handshake", () => {
  test("with a cookie, and data", () => {
    const link = new Link({ client: { trusted: [root], verifyMode: 2 }, server: { own } }).handshake();
    expect([link.client.error, link.server.error]).toEqual([undefined, undefined]);
    expect(link.client.cipher()).toEqual(["TLS-ECDHE-ECDSA-WITH-AES-256-GCM-SHA384", "DTLSv1.2"]);
    expect(link.server.cipher()).toEqual(link.client.cipher());
    expect(link.transfer("client", "hello")).toBe("hello");
    expect(link.transfer("server", "world")).toBe("world");
    expect(link.ticks).toBeLessThan(20);
  });
});
