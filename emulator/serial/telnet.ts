/** Telnet framing (RFC 854, RFC 855): splits a byte stream into data, negotiation and sub-options, and builds them. */
import { TELNET_SUBOPTION_BYTES } from "./limits.ts";

export const SE = 240;
export const SB = 250;
export const WILL = 251;
export const WONT = 252;
export const DO = 253;
export const DONT = 254;
export const IAC = 255;

export type TelnetVerb = typeof WILL | typeof WONT | typeof DO | typeof DONT;

/** Options by their assigned numbers. */
export const OPTION_BINARY = 0;
export const OPTION_ECHO = 1;
export const OPTION_SUPPRESS_GO_AHEAD = 3;
/** RFC 2217. */
export const OPTION_COM_PORT = 44;

export type TelnetToken =
  | { readonly type: "data"; readonly bytes: Uint8Array }
  | { readonly type: "negotiation"; readonly verb: TelnetVerb; readonly option: number }
  | { readonly type: "suboption"; readonly option: number; readonly bytes: Uint8Array };

type ParserState = "data" | "iac" | "verb" | "suboption" | "suboption-iac";

/** Parses a stream that may be cut anywhere. Commands without an option (NOP, BRK and so on) are skipped. */
export class TelnetParser {
  #state: ParserState = "data";
  #verb: TelnetVerb = WILL;
  #suboption: number[] = [];

  /** The tokens that `chunk` completes, in order; data is passed on as it comes. */
  push(chunk: Uint8Array): TelnetToken[] {
    const tokens: TelnetToken[] = [];
    let data: number[] = [];
    const flush = () => {
      if (data.length > 0) tokens.push({ type: "data", bytes: Uint8Array.from(data) });
      data = [];
    };
    for (const byte of chunk) {
      if (this.#state === "data") {
        if (byte === IAC) this.#state = "iac";
        else data.push(byte);
      } else if (this.#state === "iac" && byte === IAC) {
        data.push(IAC);
        this.#state = "data";
      } else {
        const token = this.#command(byte);
        if (token) {
          flush();
          tokens.push(token);
        }
      }
    }
    flush();
    return tokens;
  }

  #command(byte: number): TelnetToken | undefined {
    switch (this.#state) {
      case "iac":
        this.#afterIac(byte);
        return undefined;
      case "verb":
        this.#state = "data";
        return { type: "negotiation", verb: this.#verb, option: byte };
      case "suboption":
        if (byte === IAC) this.#state = "suboption-iac";
        else this.#keep(byte);
        return undefined;
      default:
        return this.#afterSuboptionIac(byte);
    }
  }

  #afterIac(byte: number): void {
    if (byte >= WILL && byte <= DONT) {
      this.#verb = byte as TelnetVerb;
      this.#state = "verb";
    } else if (byte === SB) {
      this.#suboption = [];
      this.#state = "suboption";
    } else {
      this.#state = "data";
    }
  }

  #afterSuboptionIac(byte: number): TelnetToken | undefined {
    if (byte === IAC) {
      this.#keep(IAC);
      this.#state = "suboption";
      return undefined;
    }
    this.#state = "data";
    const [option, ...bytes] = this.#suboption;
    // Anything but IAC SE ends a broken sub-option, which is dropped; so is one that was cut.
    if (byte !== SE || option === undefined || this.#suboption.length > TELNET_SUBOPTION_BYTES)
      return undefined;
    return { type: "suboption", option, bytes: Uint8Array.from(bytes) };
  }

  #keep(byte: number): void {
    if (this.#suboption.length <= TELNET_SUBOPTION_BYTES) this.#suboption.push(byte);
  }
}

/** Data for the wire: every 255 doubled. Returns `bytes` itself where there is none. */
export function escapeIac(bytes: Uint8Array): Uint8Array {
  let count = 0;
  for (const byte of bytes) if (byte === IAC) count++;
  if (count === 0) return bytes;
  const escaped = new Uint8Array(bytes.length + count);
  let at = 0;
  for (const byte of bytes) {
    escaped[at++] = byte;
    if (byte === IAC) escaped[at++] = IAC;
  }
  return escaped;
}

export function negotiation(verb: TelnetVerb, option: number): Uint8Array {
  return Uint8Array.of(IAC, verb, option);
}

export function suboption(option: number, bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(IAC, SB, option, ...escapeIac(bytes), IAC, SE);
}
