import { describe, expect, it } from "vitest";
import { ResetLine } from "../../../emulator/serial/reset-line.ts";
import { type Rfc2217Event, Rfc2217Server } from "../../../emulator/serial/rfc2217.ts";
import { escapeIac, TelnetParser } from "../../../emulator/serial/telnet.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s+/g, ""), "hex"));

/** Everything the server says and does, with neighbouring data and replies joined. */
function run(chunks: readonly Uint8Array[]) {
  const server = new Rfc2217Server();
  const events: Rfc2217Event[] = chunks.flatMap((chunk) => server.receive(chunk));
  return {
    reply: events.map((event) => (event.type === "reply" ? hex(event.bytes) : "")).join(""),
    data: events.map((event) => (event.type === "data" ? hex(event.bytes) : "")).join(""),
    rest: events.filter((event) => event.type !== "reply" && event.type !== "data"),
  };
}

/** The same input whole, and cut at every byte, must do the same. */
function receive(text: string) {
  const input = bytes(text);
  const whole = run([input]);
  for (let cut = 1; cut < input.length; cut++) {
    expect(run([input.subarray(0, cut), input.subarray(cut)])).toEqual(whole);
  }
  expect(run([...input].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  return whole;
}

describe("Rfc2217Server", () => {
  it("answers pyserial's opening", () => {
    // DO ECHO, WILL SGA, DO SGA, DO COM-PORT, WILL COM-PORT: rfc2217.py's requested options, in its order.
    const { reply } = receive("fffd01 fffb03 fffd03 fffd2c fffb2c");
    expect(reply).toBe(
      [
        "fffb01", // WILL ECHO
        "fffd03", // DO SGA
        "fffb03", // WILL SGA
        "fffb2c", // WILL COM-PORT
        "fffb00fffd00", // WILL BINARY, DO BINARY
        "fffa2c6bb0fff0", // NOTIFY-MODEMSTATE: CD, DSR, CTS
        "fffd2c", // DO COM-PORT
      ].join(""),
    );
    // What pyserial answers to BINARY is not confirmed again.
    expect(receive("fffb2c fffd00 fffb00").reply).toBe("fffd2cfffb00fffd00fffa2c6bb0fff0");
  });

  it("refuses options it does not know, and takes back what is refused", () => {
    expect(receive("fffd1f fffb18").reply).toBe("fffc1ffffe18");
    expect(receive("fffe01 fffc03").reply).toBe("");
    expect(receive("fffd01 fffe01").reply).toBe("fffb01fffc01");
  });

  it("echoes port settings, and tells the present ones when asked with zero", () => {
    expect(receive("fffa2c0100012c00fff0").reply).toBe("fffa2c6500012c00fff0");
    expect(receive("fffa2c0208fff0 fffa2c0301fff0 fffa2c0401fff0").reply).toBe(
      "fffa2c6608fff0fffa2c6701fff0fffa2c6801fff0",
    );
    expect(receive("fffa2c0100000000fff0").reply).toBe("fffa2c650001c200fff0");
    expect(receive("fffa2c0100002580fff0 fffa2c0100000000fff0").reply).toBe(
      "fffa2c6500002580fff0fffa2c6500002580fff0",
    );
    expect(receive("fffa2c0100fff0").reply).toBe("");
  });

  it("doubles a 255 inside a setting", () => {
    // 0x0000ff25 baud.
    expect(receive("fffa2c010000ffff25fff0").reply).toBe("fffa2c650000ffff25fff0");
  });

  it("sets and tells the modem lines", () => {
    const opened = receive("fffa2c0508fff0 fffa2c050bfff0 fffa2c0507fff0 fffa2c050afff0");
    expect(opened.reply).toBe("fffa2c6908fff0fffa2c690bfff0fffa2c6908fff0fffa2c690bfff0");
    expect(opened.rest).toEqual([
      { type: "lines", dtr: true, rts: false },
      { type: "lines", dtr: true, rts: true },
    ]);
    expect(receive("fffa2c0500fff0 fffa2c0501fff0 fffa2c050dfff0 fffa2c0504fff0").reply).toBe(
      "fffa2c6901fff0fffa2c6901fff0fffa2c690efff0fffa2c6906fff0",
    );
  });

  it("purges, suspends, tells state, mask and signature", () => {
    const { reply, rest } = receive("fffa2c0c01fff0 fffa2c0c02fff0 fffa2c0c03fff0 fffa2c08fff0 fffa2c09fff0");
    expect(reply).toBe("fffa2c7001fff0fffa2c7002fff0fffa2c7003fff0");
    expect(rest).toEqual([
      { type: "purge", receive: true, transmit: false },
      { type: "purge", receive: false, transmit: true },
      { type: "purge", receive: true, transmit: true },
      { type: "suspend" },
      { type: "resume" },
    ]);
    expect(receive("fffa2c07fff0 fffa2c0bfffffff0").reply).toBe("fffa2c6bb0fff0fffa2c6ffffffff0");
    expect(receive("fffa2c00fff0").reply).toBe(`fffa2c64${hex(Buffer.from("Breadbox"))}fff0`);
  });

  it("passes data: 255 undoubled, CR NUL only cut before binary mode", () => {
    expect(receive("0d03 ffff 41").data).toBe("0d03ff41");
    expect(receive("0d00 0d0a 00").data).toBe("0d0d0a00");
    expect(receive("fffb2c 0d00").data).toBe("0d00");
    expect(receive("41 fff1 42 fff3 43").data).toBe("414243");
  });

  it("drops a sub-option that is broken, too long, or another option's", () => {
    expect(receive(`fffa2c${"01".repeat(300)}fff0 41`)).toMatchObject({ reply: "", data: "41" });
    expect(receive("fffa2c01ffee 41")).toMatchObject({ reply: "", data: "41" });
    expect(receive("fffa1f00500018fff0 fffafff0 41")).toMatchObject({ reply: "", data: "41" });
  });

  it("doubles 255 on the way out", () => {
    expect(hex(new Rfc2217Server().encode(bytes("41ff42ffff")))).toBe("41ffff42ffffffff");
    const plain = bytes("4142");
    expect(escapeIac(plain)).toBe(plain);
  });
});

describe("TelnetParser", () => {
  it("joins data and keeps the order", () => {
    expect(new TelnetParser().push(bytes("4142fffb2c43"))).toEqual([
      { type: "data", bytes: bytes("4142") },
      { type: "negotiation", verb: 251, option: 44 },
      { type: "data", bytes: bytes("43") },
    ]);
  });
});

describe("ResetLine", () => {
  it.each([
    [
      "pyserial's opening and mpremote's closing",
      [
        [true, false],
        [true, true],
        [true, false],
        [false, false],
      ],
      0,
    ],
    [
      "esptool's hard reset",
      [
        [false, true],
        [false, false],
      ],
      1,
    ],
    [
      "esptool's reset from an open port",
      [
        [true, true],
        [false, true],
        [false, false],
      ],
      1,
    ],
    [
      "two resets",
      [
        [false, true],
        [true, true],
        [false, true],
      ],
      2,
    ],
  ])("counts resets in %s", (_name, steps, resets) => {
    const line = new ResetLine();
    expect((steps as [boolean, boolean][]).filter(([dtr, rts]) => line.lines(dtr, rts)).length).toBe(resets);
  });
});
