import { describe, expect, it } from "vitest";
import type { ConsolePort } from "../../emulator/serial/console-port.ts";
import { INITIAL_STATE, statusOf } from "../../ui/board-state.ts";
import { clockText } from "../../ui/clock-view.ts";
import { BoardInput, showOutput } from "../../ui/console-link.ts";
import { pasteInput } from "../../ui/paste.ts";

describe("pasteInput", () => {
  it("sends one line as if it were typed", () => {
    expect(pasteInput("1+1", true)).toBe("1+1");
    expect(pasteInput("1+1\r\n", true)).toBe("1+1\r");
  });

  it("sends several lines in paste mode where the REPL waits for one", () => {
    expect(pasteInput("if x:\r\n\ty()\n\nz()", true)).toBe("\x05if x:\r\ty()\r\rz()\x04");
    expect(pasteInput("a\nb\n", false)).toBe("a\rb\r");
  });

  it("takes out what the REPL or the terminal would obey", () => {
    expect(pasteInput("a\x03b\x04c\x1b[31m\x05\nd\x7f", true)).toBe("\x05abc[31m\rd\x04");
  });
});

describe("clockText", () => {
  it.each([
    [946_684_800_000_000, "2000-01-01 00:00:00", false],
    [978_307_199_999_999, "2000-12-31 23:59:59", false],
    [978_307_200_000_000, "2001-01-01 00:00:00", true],
    [1_788_266_096_500_000, "2026-09-01 12:34:56", true],
  ])("shows %d", (micros, text, isSet) => {
    expect(clockText(micros)).toEqual({ text, isSet });
  });
});

describe("statusOf", () => {
  const on = { ...INITIAL_STATE, loading: undefined, on: true, ready: true };

  it("says the worst first", () => {
    const lost = { kind: "disconnected", refused: false, reason: "x" } as const;
    expect(statusOf(INITIAL_STATE)).toEqual({ text: "Loading the page…", tone: "busy" });
    expect(statusOf({ ...on, problem: "p", loading: "l" })).toEqual({ text: "p", tone: "bad" });
    expect(statusOf({ ...on, on: false, network: lost })).toEqual({
      text: "The board is off.",
      tone: "plain",
    });
    expect(statusOf({ ...on, network: lost, note: "n" })).toMatchObject({
      text: expect.stringContaining("the gateway does not answer"),
      tone: "warn",
    });
    expect(statusOf({ ...on, note: "n" })).toEqual({ text: "n", tone: "plain" });
    expect(statusOf({ ...on, ready: false }).text).toBe("The board starts…");
    expect(statusOf(on).text).toBe("The board is on.");
  });
});

/** A console that takes so many bytes at a time. */
class FakePort implements ConsolePort {
  taken = "";
  room = 4;
  holds = 0;
  #output: (bytes: Uint8Array) => void = () => {};
  #drain = () => {};

  onOutput(listener: (bytes: Uint8Array) => void) {
    this.#output = listener;
    return () => {};
  }

  holdOutput() {
    this.holds++;
    return () => {
      this.holds--;
    };
  }

  input(bytes: Uint8Array): number {
    const some = bytes.subarray(0, this.room);
    this.taken += new TextDecoder().decode(some);
    this.room -= some.length;
    return some.length;
  }

  onInputDrain(listener: () => void) {
    this.#drain = listener;
    return () => {};
  }

  reset(): void {}

  drain(room: number): void {
    this.room = room;
    this.#drain();
  }

  print(bytes: number): void {
    this.#output(new Uint8Array(bytes));
  }
}

describe("the console link", () => {
  it("keeps input that the board cannot take yet, in order", () => {
    const port = new FakePort();
    const input = new BoardInput(port);
    input.send("abcdef");
    input.send("gh");
    expect(port.taken).toBe("abcd");
    port.drain(3);
    expect(port.taken).toBe("abcdefg");
    port.drain(10);
    expect(port.taken).toBe("abcdefgh");
  });

  it("lets Ctrl-C overtake, and forgets what waited", () => {
    const port = new FakePort();
    const input = new BoardInput(port);
    input.send("abcdef");
    input.send("\x03");
    port.drain(10);
    expect(port.taken).toBe("abcd\x03");
    port.room = 0;
    input.send("x");
    input.clear();
    port.drain(10);
    expect(port.taken).toBe("abcd\x03");
  });

  it("holds the board's output while the terminal is behind", () => {
    const port = new FakePort();
    const done: (() => void)[] = [];
    showOutput(port, { write: (_bytes, callback) => done.push(callback) });
    for (let i = 0; i < 4; i++) port.print(40_000);
    expect(port.holds).toBe(1);
    for (let i = 0; i < 3; i++) done.shift()!();
    expect(port.holds).toBe(1);
    done.shift()!();
    expect(port.holds).toBe(0);
  });
});
