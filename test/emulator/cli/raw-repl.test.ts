import { describe, expect, it } from "vitest";
import {
  enterRawRepl,
  exitRawRepl,
  Inbox,
  type Protocol,
  RawRepl,
  TransportError,
} from "../../../emulator/cli/raw-repl.ts";

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

/** What the board says when it has heard a certain thing. */
type Script = readonly (readonly [hears: string, says: string])[];

/**
 * Runs a protocol against a script. The board answers as soon as the host's bytes end with what it waits for;
 * its answers arrive in pieces of `pieceSize`. Time runs out when nothing more can come.
 */
function play<T>(protocol: Protocol<T>, script: Script, pieceSize: number) {
  const inbox = new Inbox();
  const steps = [...script];
  let coming = "";
  let heard = "";
  const sent: string[] = [];
  const arrive = () => {
    const piece = coming.slice(0, pieceSize);
    coming = coming.slice(pieceSize);
    inbox.push(bytes(piece));
    return piece !== "";
  };
  let next = protocol.next();
  while (!next.done) {
    const step = next.value;
    let result: Uint8Array | undefined;
    if (step.type === "write") {
      sent.push(latin1(step.bytes));
      heard += latin1(step.bytes);
      while (steps[0] && heard.endsWith(steps[0][0])) {
        coming += steps.shift()![1];
        heard = "";
      }
    } else if (step.type === "poll") {
      arrive();
      result = inbox.take(1);
    } else if (step.type === "drain") inbox.clear();
    else if (step.type !== "pause") {
      result = inbox.tryStep(step);
      while (!result && arrive()) result = inbox.tryStep(step);
    }
    next = protocol.next(result);
  }
  return { value: next.value, sent: sent.join(""), left: steps.length };
}

/** The same with the board's bytes in pieces of every size, down to single ones. */
function playAll<T>(make: () => Protocol<T>, script: Script) {
  const whole = play(make(), script, 10_000);
  for (const size of [1, 2, 3, 5, 7, 11]) expect(play(make(), script, size)).toEqual(whole);
  return whole;
}

const GREETING = "raw REPL; CTRL-B to exit\r\n>";

describe("entering and leaving", () => {
  it("goes through a soft reset", () => {
    const { sent, left } = playAll(
      () => enterRawRepl(true),
      [
        ["\r\x03", "\r\n>>> \r\nKeyboardInterrupt: \r\n>>> "],
        ["\r\x01", `\r\n${GREETING}`],
        ["\x04", `OK\r\nMPY: soft reboot\r\nboot.py says > hello\r\n${GREETING}`],
      ],
    );
    expect([sent, left]).toEqual(["\r\x03\r\x01\x04", 0]);
  });

  it("goes without one", () => {
    const { sent } = playAll(() => enterRawRepl(false), [["\r\x01", `\r\n>>> ${GREETING}`]]);
    expect(sent).toBe("\r\x03\r\x01");
    expect(play(exitRawRepl(), [], 1).sent).toBe("\r\x02");
  });

  it("gives up on a board that does not answer", () => {
    expect(() => play(enterRawRepl(true), [], 1)).toThrow(new TransportError("could not enter raw repl"));
    expect(() => play(enterRawRepl(true), [["\r\x01", GREETING]], 1)).toThrow("could not enter raw repl");
  });
});

describe("RawRepl", () => {
  /** Submits and follows; the prompt has come already. */
  function execute(program: string, repl = new RawRepl()) {
    return function* (): Protocol<{ output: string; error: string }> {
      yield { type: "write", bytes: bytes("!") };
      yield* repl.submit(bytes(program));
      const { output, error } = yield* repl.follow(1000);
      return { output: latin1(output), error: latin1(error) };
    };
  }

  it("pastes raw within the window", () => {
    // A window of 4, and one more is granted for each 4 taken.
    const script: Script = [
      ["!", ">"],
      ["\x05A\x01", "R\x01\x04\x00\x01"],
      ["print(6*", "\x01\x01"],
      ["\x04", "\x0442\r\n\x04\x04>"],
    ];
    const { value, sent, left } = playAll(() => execute("print(6*7)")(), script);
    expect(value).toEqual({ output: "42\r\n", error: "" });
    expect(sent).toBe("!\x05A\x01print(6*7)\x04");
    expect(left).toBe(0);
  });

  it("gives a traceback", () => {
    const traceback =
      'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nZeroDivisionError: divide by zero\r\n';
    const script: Script = [
      ["!", ">"],
      ["\x05A\x01", "R\x01\x80\x00\x01"],
      ["\x04", `\x04\x04${traceback}\x04>`],
    ];
    const { value } = playAll(() => execute("1/0")(), script);
    expect(value).toEqual({ output: "", error: traceback });
  });

  it("stops where the board ends the paste", () => {
    const script: Script = [
      ["!", ">"],
      ["\x05A\x01", "R\x01\x02\x00"],
      ["ab", "\x04"],
      ["\x04", "\x04MemoryError: \r\n\x04>"],
    ];
    const { value, sent } = playAll(() => execute("abcdef")(), script);
    expect(sent).toBe("!\x05A\x01ab\x04");
    expect(value).toEqual({ output: "", error: "MemoryError: \r\n" });
  });

  it("sends plainly where the board declines raw paste, and does not ask again", () => {
    const repl = new RawRepl();
    const script: Script = [
      ["!", ">"],
      ["\x05A\x01", "R\x00"],
      ["x=1\x04", "OK\x04\x04>"],
    ];
    expect(play(execute("x=1", repl)(), script, 1).value).toEqual({ output: "", error: "" });
    const again: Script = [
      ["!", ">"],
      ["x=2\x04", "OK\x04\x04>"],
    ];
    expect(play(execute("x=2", repl)(), again, 1).sent).toBe("!x=2\x04");
  });

  it("sends plainly, 256 bytes at a time, to a board that does not know raw paste", () => {
    const program = "#".repeat(600);
    const script: Script = [
      ["!", ">"],
      ["\x05A\x01", `ra${GREETING.slice(2)}`],
      ["\x04", "OKdone\r\n\x04\x04>"],
    ];
    const { value, sent } = playAll(() => execute(program)(), script);
    expect(sent).toBe(`!\x05A\x01${program}\x04`);
    expect(value.output).toBe("done\r\n");
  });

  it("says what went wrong", () => {
    const no: Script = [
      ["!", ">"],
      ["\x05A\x01", "R\x00"],
      ["\x04", "NO"],
    ];
    expect(() => play(execute("x")(), no, 1)).toThrow('could not exec command (response: "NO")');
    const stray: Script = [
      ["!", ">"],
      ["\x05A\x01", "R\x01\x01\x00z"],
    ];
    expect(() => play(execute("xyz")(), stray, 1)).toThrow("unexpected byte 122 during raw paste");
    const silent: Script = [
      ["!", ">"],
      ["\x05A\x01", "R\x01\x80\x00\x01"],
      ["\x04", "\x04half"],
    ];
    expect(() => play(execute("x")(), silent, 1)).toThrow("timeout waiting for the program's end");
  });
});
