import { expect, it } from "vitest";
import { hiddenSource, TracebackFilter } from "../../../firmware-shim/host/tracebacks.ts";

/** As mp_obj_print_exception writes them. */
const line = (file: string): string[] => ['  File "', file, '", line ', "12", ", in f", "\r\n"];

function filtered(pieces: readonly string[]): string {
  const filter = new TracebackFilter();
  return pieces
    .map((piece) => new TextDecoder().decode(filter.filter(new TextEncoder().encode(piece))))
    .join("");
}

it("leaves out the lines of hidden modules", () => {
  const pieces = [
    "Traceback (most recent call last):\r\n",
    ...line("<stdin>"),
    ...line(hiddenSource("time.py")),
    ...line(hiddenSource("socket.py")),
    ...line("main.py"),
    "ValueError: x\r\n",
  ];
  expect(filtered(pieces)).toBe(
    'Traceback (most recent call last):\r\n  File "<stdin>", line 12, in f\r\n' +
      '  File "main.py", line 12, in f\r\nValueError: x\r\n',
  );
});

it("leaves a program's files and texts alone, whatever they look like", () => {
  for (const pieces of [
    line("time.py"),
    line("/lib/time.py"),
    line("//"),
    ['  File "', "\r\n", "next"],
    ['  File "/time.py/", line 1', "\r\n"],
    ["", "a", ""],
  ]) {
    expect(filtered(pieces)).toBe(pieces.join(""));
  }
});
