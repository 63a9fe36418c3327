import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseIsoMicros } from "../../../emulator/cli/iso-date.ts";
import { parseRunOptions, parseServeOptions, parseUpOptions } from "../../../emulator/cli/options.ts";

const here = fileURLToPath(import.meta.url);

describe("parseIsoMicros", () => {
  it.each([
    ["2000-01-01", 946_684_800_000_000],
    ["2026-09-01T12:34:56Z", 1_788_266_096_000_000],
    ["2026-09-01 12:34", 1_788_266_040_000_000],
    ["2026-09-01T12:34:56.5", 1_788_266_096_500_000],
    ["2026-09-01T12:34:56.000001+02:00", 1_788_258_896_000_001],
    ["2024-02-29T00:00:00-00:30", 1_709_166_600_000_000],
    ["1969-12-31T23:59:59Z", -1_000_000],
  ])("reads %s", (text, micros) => {
    expect(parseIsoMicros(text)).toBe(micros);
  });

  it.each([
    ["2026-13-01", "there is no month 13"],
    ["2026-02-29", "2026-02 has 28 days"],
    ["2100-02-29", "2100-02 has 28 days"],
    ["2026-04-31T00:00:00", "2026-04 has 30 days"],
    ["2026-04-00", "2026-04 has 30 days"],
    ["2026-01-01T24:00:00", "there is no such time of day"],
    ["2026-06-30T23:59:60Z", "there is no such time of day"],
    ["2026-01-01T00:00:00+15:00", "there is no time zone +15:00"],
    ["tomorrow", "it is not of the form YYYY-MM-DDTHH:MM:SSZ"],
    ["2026-1-1", "it is not of the form YYYY-MM-DDTHH:MM:SSZ"],
    ["2026-01-01T1:00", "it is not of the form YYYY-MM-DDTHH:MM:SSZ"],
    ["2026-01-01Z", "it is not of the form YYYY-MM-DDTHH:MM:SSZ"],
    ["2026-01-01T00:00:00ZZ", "it is not of the form YYYY-MM-DDTHH:MM:SSZ"],
    ["", "it is not of the form YYYY-MM-DDTHH:MM:SSZ"],
  ])("refuses %j", (text, why) => {
    expect(() => parseIsoMicros(text)).toThrow(
      `"${text}" is no date: ${why}; write for example 2026-09-01T12:00:00Z, or now`,
    );
  });
});

describe("run", () => {
  it("reads its options in any place", () => {
    expect(parseRunOptions([here])).toEqual({ file: here, accessPoints: [] });
    expect(
      parseRunOptions(["--rtc", "now", here, "--timeout", "1.5", "--ap", "Lab:12345678", "--ap=Open"]),
    ).toEqual({
      file: here,
      rtc: "now",
      timeoutMs: 1500,
      accessPoints: [{ ssid: "Lab", key: "12345678" }, { ssid: "Open" }],
    });
    expect(parseRunOptions(["--rtc=2000-01-02", "--", here])).toMatchObject({ rtc: 946_771_200_000_000 });
  });

  it("reads how much memory the board has", () => {
    expect(parseRunOptions([here, "--heap", "32K"])).toMatchObject({ heapBytes: 32_768 });
    expect(parseRunOptions([here, "--heap=4m"])).toMatchObject({ heapBytes: 4_194_304 });
    expect(parseUpOptions(["--heap", "131072"])).toMatchObject({ heapBytes: 131_072 });
  });

  it("reads whether TLS 1.3 may be used", () => {
    expect(parseRunOptions([here, "--tls13"])).toEqual({ file: here, accessPoints: [], tls13: true });
    expect(parseUpOptions(["--tls13"])).toMatchObject({ tls13: true });
    expect(parseRunOptions([here])).not.toHaveProperty("tls13");
  });

  it("reads where the traffic is to be written", () => {
    expect(parseRunOptions([here, "--pcap", "a.pcapng", "--tls-keys", "--keylog=k.log"])).toMatchObject({
      file: here,
      pcap: "a.pcapng",
      tlsKeys: true,
      keyLog: "k.log",
    });
    expect(parseUpOptions(["--pcap=a"])).toEqual({
      ...{ name: "board", serialPort: 2217, accessPoints: [] },
      pcap: "a",
    });
  });

  it.each([
    [[here, "--tls-keys"], "--tls-keys: the keys go into a capture; name its file with --pcap FILE"],
    [[here, "--pcap", "a", "--tls-keys=yes"], "run: --tls-keys takes no value"],
    [[here, "--pcap="], "run: --pcap needs a value"],
    [[], "run: the file is missing; write: breadbox run FILE"],
    [["nowhere.py"], 'run: there is no file "nowhere.py"'],
    [["/"], 'run: "/" is not a file'],
    [[here, "x"], 'run: "x" is one argument too many; it takes FILE'],
    [[here, "--token", "x"], "--token: it is for a gateway; name that with --gateway URL"],
    [
      [here, "--gateway", "ws://127.0.0.1:8266/wisp/"],
      "--gateway: its token is missing; breadbox serve prints it, for --token",
    ],
    [
      [here, "--gateway", "http://x/", "--token", "x"],
      '--gateway: "http://x/" is no gateway\'s address; it is like ws://127.0.0.1:8266/wisp/',
    ],
    [
      [here, "--port", "1"],
      "run: unknown option --port; it takes --rtc, --heap, --ap, --gateway, --token, --pcap, --keylog, --timeout, --tls13, --tls-keys",
    ],
    [[here, "--rtc"], "run: --rtc needs a value"],
    ...["31K", "65M", "4G", "-1", "1.5M", "K"].map((size): [string[], string] => [
      [here, "--heap", size],
      `--heap: "${size}" is no size from 32K to 64M; write it like 256K or 4M`,
    ]),
    [[here, "--timeout", "0"], '--timeout: "0" is no number of seconds between 0 and 2000000'],
    [[here, "--timeout", "1e3"], '--timeout: "1e3" is no number of seconds between 0 and 2000000'],
    [[here, "--ap", "Lab:short"], '--ap: a key has 8 to 63 characters, that of "Lab" has 5'],
    [[here, "--ap", ":12345678"], `--ap: a network's name has 1 to 32 bytes, "" has 0`],
  ])("refuses %j in one line", (words, message) => {
    expect(() => parseRunOptions(words)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });
});

describe("up and serve", () => {
  it("have defaults", () => {
    expect(parseUpOptions([])).toEqual({ name: "board", serialPort: 2217, accessPoints: [] });
    expect(parseUpOptions(["lab-1", "--serial", "0"])).toMatchObject({ name: "lab-1", serialPort: 0 });
    expect(parseServeOptions([])).toEqual({ port: 8266, host: "127.0.0.1" });
    expect(parseServeOptions(["--port=80", "--host", "::"])).toEqual({ port: 80, host: "::" });
  });

  it("refuse what is none", () => {
    const port = '"65536" is no port; it is a number from 1 to 65535, or 0 to pick a free one';
    expect(() => parseUpOptions(["--serial", "65536"])).toThrow(`--serial: ${port}`);
    expect(() => parseServeOptions(["--port", "65536"])).toThrow(`--port: ${port}`);
    expect(() => parseServeOptions(["--port", "-1"])).toThrow("is no port");
    expect(() => parseServeOptions(["--host", "lab.example"])).toThrow(
      `--host: "lab.example" is no IP address; give one of this machine's, or 0.0.0.0 for all of them`,
    );
    expect(() => parseServeOptions(["x"])).toThrow(
      'serve: "x" is one argument too many; it takes no arguments',
    );
    expect(() => parseUpOptions(["auto"])).toThrow(`"auto" cannot be a board's name`);
    expect(() => parseUpOptions(["a b"])).toThrow(`"a b" cannot be a board's name`);
  });
});
