/**
 * The client's side of RFC 2217, as far as a terminal needs it: opens the line at 115200 8N1 with DTR and RTS
 * on, moves data, drops both lines at the end. Bytes in, bytes and events out; no I/O.
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

export type Rfc2217ClientEvent =
  /** From the board. */
  | { readonly type: "data"; readonly bytes: Uint8Array }
  /** For the server, as it is. */
  | { readonly type: "send"; readonly bytes: Uint8Array }
  /** The line is open: the server has confirmed the lines. */
  | { readonly type: "open" }
  /** The server does not do RFC 2217. */
  | { readonly type: "refused" };

const OURS: readonly number[] = [OPTION_BINARY, OPTION_SUPPRESS_GO_AHEAD, OPTION_COM_PORT];
const THEIRS: readonly number[] = [OPTION_BINARY, OPTION_ECHO, OPTION_SUPPRESS_GO_AHEAD, OPTION_COM_PORT];

const BAUDRATE_115200 = Uint8Array.of(0, 1, 0xc2, 0);

export class Rfc2217Client {
  readonly #parser = new TelnetParser();
  readonly #ours = new Set<number>();
  readonly #theirs = new Set<number>();
  #open = false;
  #rtsConfirmed = false;

  /** What opens the negotiation. */
  start(): Uint8Array {
    for (const option of [OPTION_BINARY, OPTION_COM_PORT]) this.#ours.add(option);
    for (const option of [OPTION_BINARY, OPTION_SUPPRESS_GO_AHEAD]) this.#theirs.add(option);
    return concat([
      negotiation(WILL, OPTION_COM_PORT),
      negotiation(WILL, OPTION_BINARY),
      negotiation(DO, OPTION_BINARY),
      negotiation(DO, OPTION_SUPPRESS_GO_AHEAD),
    ]);
  }

  /** Takes bytes from the server, cut anywhere; returns what follows from them, in order. */
  receive(chunk: Uint8Array): Rfc2217ClientEvent[] {
    const events: Rfc2217ClientEvent[] = [];
    for (const token of this.#parser.push(chunk)) {
      if (token.type === "data") events.push({ type: "data", bytes: token.bytes });
      else if (token.type === "negotiation") this.#negotiate(token.verb, token.option, events);
      else if (token.option === OPTION_COM_PORT) this.#comPort(token.bytes, events);
    }
    return events;
  }

  /** Input for the board, for the server. */
  encode(bytes: Uint8Array): Uint8Array {
    return escapeIac(bytes);
  }

  /** RTS off, then DTR off: in this order the board is not reset. */
  finish(): Uint8Array {
    return concat([control(com.CONTROL_RTS_OFF), control(com.CONTROL_DTR_OFF)]);
  }

  #negotiate(verb: TelnetVerb, option: number, events: Rfc2217ClientEvent[]): void {
    const theirs = verb === WILL || verb === WONT;
    const on = theirs ? this.#theirs : this.#ours;
    const yes = verb === WILL || verb === DO;
    const send = (answer: TelnetVerb) => events.push({ type: "send", bytes: negotiation(answer, option) });
    if (!yes) {
      if (option === OPTION_COM_PORT && !theirs) events.push({ type: "refused" });
      else if (on.delete(option)) send(theirs ? DONT : WONT);
      return;
    }
    if (!(theirs ? THEIRS : OURS).includes(option)) send(theirs ? DONT : WONT);
    else if (!on.has(option)) {
      on.add(option);
      send(theirs ? DO : WILL);
    }
    if (option === OPTION_COM_PORT && !theirs && !this.#open) {
      this.#open = true;
      events.push({ type: "send", bytes: this.#settings() });
    }
  }

  /** The line's settings; DTR before RTS, so that the board is not reset. */
  #settings(): Uint8Array {
    return concat([
      suboption(OPTION_COM_PORT, Uint8Array.of(com.SET_BAUDRATE, ...BAUDRATE_115200)),
      suboption(OPTION_COM_PORT, Uint8Array.of(com.SET_DATASIZE, 8)),
      suboption(OPTION_COM_PORT, Uint8Array.of(com.SET_PARITY, 1)),
      suboption(OPTION_COM_PORT, Uint8Array.of(com.SET_STOPSIZE, 1)),
      control(com.CONTROL_NO_FLOW),
      control(com.CONTROL_DTR_ON),
      control(com.CONTROL_RTS_ON),
    ]);
  }

  #comPort(bytes: Uint8Array, events: Rfc2217ClientEvent[]): void {
    const isRtsOn = bytes[0] === com.SET_CONTROL + com.SERVER_ANSWER && bytes[1] === com.CONTROL_RTS_ON;
    if (!isRtsOn || this.#rtsConfirmed) return;
    this.#rtsConfirmed = true;
    events.push({ type: "open" });
  }
}

function control(value: number): Uint8Array {
  return suboption(OPTION_COM_PORT, Uint8Array.of(com.SET_CONTROL, value));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
