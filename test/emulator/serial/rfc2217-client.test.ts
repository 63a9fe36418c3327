import { describe, expect, it } from "vitest";
import { ResetLine } from "../../../emulator/serial/reset-line.ts";
import { Rfc2217Server } from "../../../emulator/serial/rfc2217.ts";
import { Rfc2217Client } from "../../../emulator/serial/rfc2217-client.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

const START = "fffb2cfffb00fffd00fffd03";
const SETTINGS =
  "fffa2c010001c200fff0fffa2c0208fff0fffa2c0301fff0fffa2c0401fff0fffa2c0501fff0fffa2c0508fff0fffa2c050bfff0";

describe("Rfc2217Client", () => {
  it("opens the line with DTR before RTS", () => {
    const client = new Rfc2217Client();
    expect(hex(client.start())).toBe(START);
    expect(client.receive(bytes("fffd2c")).map((e) => ("bytes" in e ? hex(e.bytes) : e.type))).toEqual([
      SETTINGS,
    ]);
    expect(client.receive(bytes("fffa2c690bfff0"))).toEqual([{ type: "open" }]);
    expect(hex(client.finish())).toBe("fffa2c050cfff0fffa2c0509fff0");
  });

  it("says when the server does not do RFC 2217", () => {
    const client = new Rfc2217Client();
    client.start();
    expect(client.receive(bytes("fffe2c"))).toEqual([{ type: "refused" }]);
  });

  it("refuses what it does not know", () => {
    const client = new Rfc2217Client();
    client.start();
    const events = client.receive(bytes("fffd1ffffb18"));
    expect(events.map((e) => ("bytes" in e ? hex(e.bytes) : e.type))).toEqual(["fffc1f", "fffe18"]);
  });

  it("opens against our server in a byte at a time, without a reset, and passes all byte values", () => {
    const client = new Rfc2217Client();
    const server = new Rfc2217Server();
    const resetLine = new ResetLine();
    let toServer = [...client.start()];
    let toClient: number[] = [];
    const atServer: number[] = [];
    const atClient: number[] = [];
    let open = 0;
    let resets = 0;
    const settle = () => {
      while (toServer.length + toClient.length > 0) {
        for (const byte of toServer.splice(0)) {
          for (const event of server.receive(Uint8Array.of(byte))) {
            if (event.type === "reply") toClient.push(...event.bytes);
            if (event.type === "data") atServer.push(...event.bytes);
            if (event.type === "lines" && resetLine.lines(event.dtr, event.rts)) resets++;
          }
        }
        for (const byte of toClient.splice(0)) {
          for (const event of client.receive(Uint8Array.of(byte))) {
            if (event.type === "send") toServer.push(...event.bytes);
            if (event.type === "data") atClient.push(...event.bytes);
            if (event.type === "open") open++;
          }
        }
      }
    };
    settle();
    expect(open).toBe(1);
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    toServer = [...client.encode(all)];
    toClient = [...server.encode(all)];
    settle();
    expect([atServer, atClient]).toEqual([[...all], [...all]]);
    toServer = [...client.finish()];
    settle();
    expect(resets).toBe(0);
  });
});
