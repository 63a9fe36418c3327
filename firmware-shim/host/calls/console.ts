import type { Board } from "../board.ts";
import type { HostCall } from "../proxies.ts";
import { decodeUtf8, encodeUtf8 } from "../text.ts";

const BACKSPACE = 8;
const DELETE = 127;
const CTRL_D = 4;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;

/** Host calls of `input()`, whose line editor is the one of shared/readline without history. */
export function consoleCalls(board: Board): Record<string, HostCall> {
  let line: number[] = [];
  const print = (text: string): void => board.console.write(encodeUtf8(text), "text");
  const take = (c: number): string | number | undefined => {
    if (c === RETURN || c === NEWLINE) {
      print("\n");
      return decodeUtf8(Uint8Array.from(line));
    }
    if (c === CTRL_D && line.length === 0) {
      print("\n");
      return -1;
    }
    if (c === BACKSPACE || c === DELETE) {
      // A UTF-8 sequence goes as a whole.
      while (line.length > 0 && ((line.at(-1) as number) & 0xc0) === 0x80) line.pop();
      if (line.pop() !== undefined) print("\b\x1b[K");
    } else if (c >= SPACE) {
      line.push(c);
      board.console.write(Uint8Array.of(c), "binary");
    }
    return undefined;
  };
  return {
    /**
     * Reads a line: a prompt starts it, None goes on with it. The line, -1 for the end of input, or None where
     * Python has an exception or a callback to see to first.
     */
    read_line: (prompt: string | null) => {
      if (prompt !== null) {
        line = [];
        print(prompt);
      }
      for (;;) {
        const c = board.console.readByte();
        if (c === undefined) {
          if (board.wait(Number.POSITIVE_INFINITY) === "interrupted") return null;
          continue;
        }
        const result = take(c);
        if (result !== undefined) return result;
      }
    },
  };
}
