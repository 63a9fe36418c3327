import { decodeUtf8, encodeUtf8 } from "./text.ts";

/**
 * Modules that are C code on an ESP32 leave no lines in its tracebacks. Here they are Python, compiled under a
 * source name that no file can have, and what a traceback says of them is left out as it is printed.
 */

/** The source name of a module whose lines are not to be shown. */
export const hiddenSource = (name: string): string => `/${name}/`;

const isHidden = (name: string): boolean => /^\/[^/]+\/$/.test(name);

/** How mp_obj_print_exception begins a line (py/objexcept.c); the file's name is the next thing it writes. */
const LINE_START = '  File "';

/** Takes lines of hidden modules out of a stream that C code writes piece by piece. */
export class TracebackFilter {
  #state: "text" | "name" | "hidden" = "text";

  /** What of a piece is to be written. */
  filter(piece: Uint8Array): Uint8Array {
    switch (this.#state) {
      case "text":
        if (piece.length !== LINE_START.length || decodeUtf8(piece) !== LINE_START) return piece;
        this.#state = "name";
        return NOTHING;
      case "name": {
        const name = decodeUtf8(piece);
        this.#state = isHidden(name) ? "hidden" : "text";
        return this.#state === "hidden" ? NOTHING : encodeUtf8(LINE_START + name);
      }
      case "hidden":
        if (piece.at(-1) === NEWLINE) this.#state = "text";
        return NOTHING;
    }
  }
}

const NOTHING = new Uint8Array(0);
const NEWLINE = 10;
