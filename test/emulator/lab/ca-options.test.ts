import { describe, expect, it } from "vitest";
import { parseCaCommand, parseLabServerOptions } from "../../../emulator/cli/ca-options.ts";

const DAY = 86_400;
const NOW = 1_788_264_000;

describe("ca", () => {
  it("has defaults", () => {
    expect(parseCaCommand(["init"], NOW)).toEqual({
      verb: "init",
      folder: "lab-ca",
      certificate: {
        ...{ name: "ca", subject: "Breadbox Lab CA", names: [], purposes: ["ca"] },
        ...{ keyKind: "p256", hash: "sha256", pkcs8: false, der: false },
        ...{ notBefore: NOW - DAY, notAfter: NOW + 3649 * DAY },
      },
    });
    expect(parseCaCommand(["issue", "www.lab"], NOW)).toEqual({
      verb: "issue",
      folder: "lab-ca",
      by: "ca",
      certificate: {
        ...{ name: "www.lab", subject: "www.lab", names: ["www.lab"], purposes: ["server"] },
        ...{ keyKind: "p256", hash: "sha256", pkcs8: false, der: false },
        ...{ notBefore: NOW - DAY, notAfter: NOW + 364 * DAY },
      },
    });
    expect(parseCaCommand(["list", "--dir", "x"], NOW)).toEqual({ verb: "list", folder: "x" });
  });

  it("reads what is chosen", () => {
    const words = [
      "issue",
      "b",
      "--use",
      "client",
      "--by=middle",
      "--from",
      "2026-01-01",
      "--days",
      "1",
      "--der",
    ];
    expect(parseCaCommand(words, NOW)).toMatchObject({
      by: "middle",
      certificate: {
        purposes: ["client"],
        names: [],
        notBefore: 1_767_225_600,
        notAfter: 1_767_312_000,
        der: true,
      },
    });
    expect(
      parseCaCommand(["issue", "b", "--self-signed", "--host", "*.lab", "--host", "::1"], NOW),
    ).toMatchObject({
      by: undefined,
      certificate: { names: ["*.lab", "::1"] },
    });
  });

  it.each([
    [[], "ca: what to do is missing; write: breadbox ca init, issue NAME, or list"],
    [["sign"], 'ca: "sign" is none of its commands: init, issue, list'],
    [["issue"], "ca issue: the name is missing; write: breadbox ca issue NAME"],
    [
      ["issue", "../x"],
      'ca issue: "../x" cannot be a file\'s name here; use letters, digits, "-", "_" and ".", and not "ca"',
    ],
    [
      ["issue", "ca"],
      'ca issue: "ca" cannot be a file\'s name here; use letters, digits, "-", "_" and ".", and not "ca"',
    ],
    [
      ["issue", ".."],
      'ca issue: ".." cannot be a file\'s name here; use letters, digits, "-", "_" and ".", and not "ca"',
    ],
    [["issue", "x", "--host", "a b"], '--host: "a b" is neither a host\'s name nor an IP address'],
    [["issue", "x", "--use", "mail"], '--use: "mail" is none of server, client, both, ca'],
    [
      ["issue", "x", "--key", "dsa"],
      '--key: "dsa" is none of p256, p384, p521, rsa2048, rsa3072, rsa4096, rsa1024',
    ],
    [["issue", "x", "--hash", "md5"], '--hash: "md5" is none of sha256, sha384, sha512, sha1'],
    [["issue", "x", "--days", "-1"], '--days: "-1" is no number of days'],
    [["issue", "x", "--days", "9999999"], "--days: it would end after the year 9999"],
    [
      ["issue", "x", "--days", "1", "--until", "2027-01-01"],
      "--days and --until exclude each other: both say when it ends",
    ],
    [
      ["issue", "x", "--from", "2027-01-01", "--until", "2026-01-01"],
      "--until: it ends before it begins (--from)",
    ],
    [
      ["issue", "x", "--by", "y", "--self-signed"],
      "ca issue: --self-signed and --by exclude each other: nobody else signs it",
    ],
    [["init", "--name", "x".repeat(65)], "--name: a common name has at most 64 characters"],
    [["init", "x"], 'ca init: "x" is one argument too many; it takes no arguments'],
  ])("refuses %j in one line", (words, message) => {
    expect(() => parseCaCommand(words, NOW)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });
});

describe("lab-server", () => {
  it("reads its options", () => {
    expect(parseLabServerOptions([])).toEqual({ port: 8440, host: "127.0.0.1" });
    expect(parseLabServerOptions(["--port", "0", "--host", "::1"])).toEqual({ port: 0, host: "::1" });
    expect(() => parseLabServerOptions(["--host", "lab"])).toThrow('--host: "lab" is no IP address');
    expect(() => parseLabServerOptions(["--port", "65530"])).toThrow("--port: 65530 leaves no room");
  });
});
