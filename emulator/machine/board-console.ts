import type { LineConsole, Wake } from "../../firmware-shim/host/board.ts";
import { type ConsoleStreams, INTERRUPTED, type OutputKind } from "../../firmware-shim/host/posix.ts";
import type { Console } from "../../firmware-shim/host/pyexec.ts";
import { FrameRing } from "../mailbox/ring.ts";
import { CONSOLE_INPUT_BYTES, OUTPUT_CHUNK_BYTES, OUTPUT_PENDING_BYTES } from "./limits.ts";
import { type BoardInit, type BoardMessage, Control } from "./messages.ts";

const NEWLINE = 10;
const RETURN = 13;

/** What the console needs of the machine around it. */
export interface ConsoleMachine {
  wait(deadline: number): Wake;
  /** Has {@link BoardConsole.takeInput} called. */
  takeInput(): void;
}

/** The board's end of its serial line (UART 0). Input comes by a ring, output goes by messages. */
export class BoardConsole implements ConsoleStreams, LineConsole, Console {
  readonly #ring: FrameRing;
  readonly #control: Int32Array;
  readonly #cooked: boolean;
  readonly #post: (message: BoardMessage) => void;
  readonly #machine: ConsoleMachine;
  readonly #input = new Uint8Array(CONSOLE_INPUT_BYTES);
  #inputStart = 0;
  #inputLength = 0;
  #output = new Uint8Array(OUTPUT_CHUNK_BYTES);
  #outputLength = 0;

  constructor(init: BoardInit, post: (message: BoardMessage) => void, machine: ConsoleMachine) {
    this.#ring = new FrameRing(init.consoleRing);
    this.#control = new Int32Array(init.control);
    this.#cooked = init.cooked;
    this.#post = post;
    this.#machine = machine;
  }

  /** Takes input from the ring. True when the interrupt character was among it (ports/esp32/uart.c). */
  takeInput(interruptChar: number): boolean {
    let interrupted = false;
    let took = false;
    // Input that there is no room for waits in the ring, unless the interrupt character is among it: that must get
    // through, and what else is there then is lost, as all that overflows is on the ESP32.
    let overflow = false;
    for (;;) {
      const hasRoom = this.#inputLength + this.#ring.maxFrame <= this.#input.length;
      overflow ||= !hasRoom && interruptChar >= 0 && this.#ring.includes(interruptChar);
      if (!hasRoom && !overflow) break;
      const frame = this.#ring.read();
      if (!frame) break;
      took = true;
      for (const c of frame) {
        if (c === interruptChar) interrupted = true;
        else this.#keep(c);
      }
    }
    if (took && this.#ring.takeStarved()) this.#post({ kind: "console-drained" });
    return interrupted;
  }

  #keep(c: number): void {
    if (this.#inputLength === this.#input.length) return;
    this.#input[(this.#inputStart + this.#inputLength) % this.#input.length] = c;
    this.#inputLength++;
  }

  readByte(): number | undefined {
    if (!this.readable()) return undefined;
    const c = this.#input[this.#inputStart] as number;
    this.#inputStart = (this.#inputStart + 1) % this.#input.length;
    this.#inputLength--;
    return c;
  }

  readByteBlocking(): number {
    for (;;) {
      const c = this.readByte();
      if (c !== undefined) return c;
      this.#machine.wait(Number.POSITIVE_INFINITY);
    }
  }

  readable(): boolean {
    // What found no room is taken when what came before it has been read.
    if (this.#inputLength === 0 && !this.#ring.empty) this.#machine.takeInput();
    return this.#inputLength > 0;
  }

  read(into: Uint8Array, text: boolean): number {
    while (!this.readable()) {
      if (this.#machine.wait(Number.POSITIVE_INFINITY) === "interrupted") return INTERRUPTED;
    }
    let n = 0;
    while (n < into.length) {
      const c = this.readByte();
      if (c === undefined) break;
      into[n++] = text && c === RETURN ? NEWLINE : c;
    }
    return n;
  }

  write(bytes: Uint8Array, kind: OutputKind): void {
    // C code writes a line's end by itself (shared/runtime/stdout_helpers.c).
    const isLineEnd = bytes.length === 2 && bytes[0] === RETURN && bytes[1] === NEWLINE;
    if (kind === "cooked" && !this.#cooked && isLineEnd) {
      this.#put(NEWLINE);
      return;
    }
    const cook = kind === "text" && this.#cooked;
    for (const c of bytes) {
      if (cook && c === NEWLINE) this.#put(RETURN);
      this.#put(c);
    }
  }

  #put(c: number): void {
    if (this.#outputLength === this.#output.length) this.flush();
    this.#output[this.#outputLength++] = c;
  }

  /** Sends what has been written. Waits while too much is undelivered: a UART would make a program wait too. */
  flush(): void {
    if (this.#outputLength === 0) return;
    const bytes = this.#output.slice(0, this.#outputLength);
    this.#outputLength = 0;
    for (;;) {
      const pending = Atomics.load(this.#control, Control.OUTPUT_PENDING);
      if (pending <= OUTPUT_PENDING_BYTES) break;
      Atomics.wait(this.#control, Control.OUTPUT_PENDING, pending);
    }
    Atomics.add(this.#control, Control.OUTPUT_PENDING, bytes.length);
    this.#post({ kind: "output", bytes });
  }
}
