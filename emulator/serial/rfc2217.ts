/**
 * The server's side of RFC 2217, for a port behind which there is no UART but a board: bytes from the client
 * in, events and bytes for the client out. It does no I/O.
 *
 * It speaks when spoken to: the client opens the negotiation, as pyserial and ser2net's clients do. Speed,
 * data bits, parity and stop bits are remembered and confirmed, and have no effect: there is no wire.
 */
import * as com from "./com-port.ts";
import {
  DO,
  DONT,
  escapeIac,
  negotiation,
  OPTION_BINARY,
  OPTION_COM_PORT,
  OPTION_ECHO,
  OPTION_SUPPRESS_GO_AHEAD,
  suboption,
  TelnetParser,
  type TelnetVerb,
  WILL,
  WONT,
} from "./telnet.ts";

export type Rfc2217Event =
  /** For the board. */
  | { readonly type: "data"; readonly bytes: Uint8Array }
  /** For the client, as it is. */
  | { readonly type: "reply"; readonly bytes: Uint8Array }
  /** A modem line has changed. */
  | { readonly type: "lines"; readonly dtr: boolean; readonly rts: boolean }
  /** The client wants buffers emptied: `receive` holds what is on its way to it, `transmit` to the board. */
  | { readonly type: "purge"; readonly receive: boolean; readonly transmit: boolean }
  /** The client wants no data for now (FLOWCONTROL-SUSPEND), or again. */
  | { readonly type: "suspend" | "resume" };

/** Options that we do (WILL), and that we let the client do (DO). The REPL echoes, so we offer ECHO. */
const OURS: readonly number[] = [OPTION_BINARY, OPTION_ECHO, OPTION_SUPPRESS_GO_AHEAD, OPTION_COM_PORT];
const THEIRS: readonly number[] = [OPTION_BINARY, OPTION_SUPPRESS_GO_AHEAD, OPTION_COM_PORT];

const CR = 13;
const NUL = 0;

const SIGNATURE_TEXT = "Breadbox";

export class Rfc2217Server {
  readonly #parser = new TelnetParser();
  /** Options that are on, or that we have asked for. */
  readonly #ours = new Set<number>();
  readonly #theirs = new Set<number>();
  #events: Rfc2217Event[] = [];
  #lastWasCr = false;
  #announced = false;

  readonly #settings = new Map<number, Uint8Array>([
    [com.SET_BAUDRATE, Uint8Array.of(0, 1, 0xc2, 0)],
    [com.SET_DATASIZE, Uint8Array.of(8)],
    [com.SET_PARITY, Uint8Array.of(1)],
    [com.SET_STOPSIZE, Uint8Array.of(1)],
  ]);
  #dtr = false;
  #rts = false;
  #break = false;

  /** Takes bytes from the client, cut anywhere; returns what follows from them, in order. */
  receive(chunk: Uint8Array): Rfc2217Event[] {
    this.#events = [];
    for (const token of this.#parser.push(chunk)) {
      if (token.type === "data") this.#data(token.bytes);
      else if (token.type === "negotiation") this.#negotiate(token.verb, token.option);
      else if (token.option === OPTION_COM_PORT) this.#comPort(token.bytes);
    }
    return this.#events;
  }

  /** Output of the board, for the client. */
  encode(bytes: Uint8Array): Uint8Array {
    return escapeIac(bytes);
  }

  #reply(bytes: Uint8Array): void {
    this.#events.push({ type: "reply", bytes });
  }

  /** Where the client is not in binary mode, its Enter key is CR NUL (RFC 854, "carriage return"). */
  #data(bytes: Uint8Array): void {
    let data = bytes;
    if (!this.#theirs.has(OPTION_BINARY)) {
      data = bytes.filter((byte) => {
        const drop = byte === NUL && this.#lastWasCr;
        this.#lastWasCr = byte === CR;
        return !drop;
      });
    }
    if (data.length > 0) this.#events.push({ type: "data", bytes: data });
  }

  /** Agrees to what we know and to nothing else; what is on already is not confirmed again (RFC 854). */
  #negotiate(verb: TelnetVerb, option: number): void {
    const theirs = verb === WILL || verb === WONT;
    const on = theirs ? this.#theirs : this.#ours;
    if (verb === WONT || verb === DONT) {
      if (on.delete(option)) this.#reply(negotiation(theirs ? DONT : WONT, option));
      return;
    }
    if (!(theirs ? THEIRS : OURS).includes(option)) {
      this.#reply(negotiation(theirs ? DONT : WONT, option));
      return;
    }
    if (!on.has(option)) {
      on.add(option);
      this.#reply(negotiation(theirs ? DO : WILL, option));
    }
    if (option === OPTION_COM_PORT) this.#announce();
  }

  /** Once the client speaks RFC 2217: ask for eight clean bits both ways, and tell it that the line is ready. */
  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    if (!this.#ours.has(OPTION_BINARY)) this.#reply(negotiation(WILL, OPTION_BINARY));
    if (!this.#theirs.has(OPTION_BINARY)) this.#reply(negotiation(DO, OPTION_BINARY));
    this.#ours.add(OPTION_BINARY);
    this.#theirs.add(OPTION_BINARY);
    this.#answer(com.NOTIFY_MODEMSTATE, Uint8Array.of(com.MODEMSTATE_READY));
  }

  #answer(command: number, value: Uint8Array): void {
    this.#reply(suboption(OPTION_COM_PORT, Uint8Array.of(command + com.SERVER_ANSWER, ...value)));
  }

  #comPort(bytes: Uint8Array): void {
    const command = bytes[0];
    const value = bytes.subarray(1);
    switch (command) {
      case com.SIGNATURE:
        if (value.length === 0) this.#answer(command, new TextEncoder().encode(SIGNATURE_TEXT));
        break;
      case com.SET_BAUDRATE:
      case com.SET_DATASIZE:
      case com.SET_PARITY:
      case com.SET_STOPSIZE:
        this.#setting(command, value);
        break;
      case com.SET_CONTROL:
        if (value.length === 1) this.#control(value[0]!);
        break;
      case com.NOTIFY_MODEMSTATE:
        this.#answer(command, Uint8Array.of(com.MODEMSTATE_READY));
        break;
      case com.FLOWCONTROL_SUSPEND:
        this.#events.push({ type: "suspend" });
        break;
      case com.FLOWCONTROL_RESUME:
        this.#events.push({ type: "resume" });
        break;
      case com.SET_LINESTATE_MASK:
      case com.SET_MODEMSTATE_MASK:
        this.#answer(command, value);
        break;
      case com.PURGE_DATA:
        if (value.length === 1) this.#purge(value[0]!);
        break;
    }
  }

  /** Zero asks for the present value; anything else is taken. */
  #setting(command: number, value: Uint8Array): void {
    const present = this.#settings.get(command)!;
    if (value.length !== present.length) return;
    const isQuery = value.every((byte) => byte === 0);
    if (!isQuery) this.#settings.set(command, value);
    this.#answer(command, isQuery ? present : value);
  }

  #control(value: number): void {
    switch (value) {
      case com.CONTROL_BREAK_ON:
      case com.CONTROL_BREAK_OFF:
        this.#break = value === com.CONTROL_BREAK_ON;
        break;
      case com.CONTROL_DTR_ON:
      case com.CONTROL_DTR_OFF:
        this.#setLines(value === com.CONTROL_DTR_ON, this.#rts);
        break;
      case com.CONTROL_RTS_ON:
      case com.CONTROL_RTS_OFF:
        this.#setLines(this.#dtr, value === com.CONTROL_RTS_ON);
        break;
    }
    this.#answer(com.SET_CONTROL, Uint8Array.of(this.#controlState(value)));
  }

  /** What answers a SET-CONTROL: the state asked for, and to a setting the same value. */
  #controlState(value: number): number {
    switch (value) {
      case com.CONTROL_REQUEST_FLOW:
        return com.CONTROL_NO_FLOW;
      case com.CONTROL_REQUEST_FLOW_IN:
        return com.CONTROL_NO_FLOW_IN;
      case com.CONTROL_REQUEST_BREAK:
        return this.#break ? com.CONTROL_BREAK_ON : com.CONTROL_BREAK_OFF;
      case com.CONTROL_REQUEST_DTR:
        return this.#dtr ? com.CONTROL_DTR_ON : com.CONTROL_DTR_OFF;
      case com.CONTROL_REQUEST_RTS:
        return this.#rts ? com.CONTROL_RTS_ON : com.CONTROL_RTS_OFF;
      default:
        return value;
    }
  }

  #setLines(dtr: boolean, rts: boolean): void {
    if (dtr === this.#dtr && rts === this.#rts) return;
    this.#dtr = dtr;
    this.#rts = rts;
    this.#events.push({ type: "lines", dtr, rts });
  }

  #purge(value: number): void {
    const receive = value === com.PURGE_RECEIVE || value === com.PURGE_BOTH;
    const transmit = value === com.PURGE_TRANSMIT || value === com.PURGE_BOTH;
    if (receive || transmit) this.#events.push({ type: "purge", receive, transmit });
    this.#answer(com.PURGE_DATA, Uint8Array.of(value));
  }
}
