import { type Side, TCP_FLAGS, type TcpSegment, tcpFrame } from "./frames.ts";
import { BOARD_MSS, BOARD_WINDOW, PEER_MSS, PEER_WINDOW, SEGMENTS_PER_ACK } from "./limits.ts";

const { ACK, FIN, PSH, RST, SYN } = TCP_FLAGS;

export type Who = "board" | "peer";

/** A frame and who sends it. */
export interface Sent {
  readonly from: Who;
  readonly frame: Uint8Array;
}

interface End {
  readonly side: Side;
  readonly mss: number;
  readonly window: number;
  /** Sequence number of what it sends next. */
  next: number;
  finished: boolean;
}

/**
 * A TCP connection of the board as it would be on the air (RFC 9293). The bridge carries bytes and ends; sequence
 * numbers, acknowledgements and segments are made up here, each acknowledged at once, none lost.
 */
export class TcpConversation {
  readonly #ends: Readonly<Record<Who, End>>;
  readonly #opener: Who;
  readonly #identification: () => number;
  #open = false;

  /** `initial`: the board's first sequence number; the peer's is unlike it. */
  constructor(board: Side, peer: Side, opener: Who, initial: number, identification: () => number) {
    const end = (side: Side, mss: number, window: number, next: number): End => ({
      ...{ side, mss, window, finished: false },
      next: next >>> 0,
    });
    this.#ends = {
      board: end(board, BOARD_MSS, BOARD_WINDOW, initial),
      peer: end(peer, PEER_MSS, PEER_WINDOW, initial ^ 0x5a5a5a5a),
    };
    this.#opener = opener;
    this.#identification = identification;
  }

  get over(): boolean {
    return this.#ends.board.finished && this.#ends.peer.finished;
  }

  connect(): Sent[] {
    return [this.#send(this.#opener, SYN)];
  }

  connected(): Sent[] {
    if (this.#open) return [];
    this.#open = true;
    const answerer = other(this.#opener);
    return [this.#send(answerer, SYN | ACK), this.#send(this.#opener, ACK)];
  }

  data(from: Who, bytes: Uint8Array): Sent[] {
    if (this.#ends[from].finished) return [];
    const sent: Sent[] = [];
    // Neither sends more than the other takes.
    const size = Math.min(this.#ends.board.mss, this.#ends.peer.mss);
    for (let at = 0, count = 1; at < bytes.length; at += size, count++) {
      const last = at + size >= bytes.length;
      sent.push(this.#send(from, last ? PSH | ACK : ACK, bytes.subarray(at, at + size)));
      if (last || count % SEGMENTS_PER_ACK === 0) sent.push(this.#send(other(from), ACK));
    }
    return sent;
  }

  /** The end of what one side sends. */
  finish(from: Who): Sent[] {
    if (this.#ends[from].finished) return [];
    const sent = [this.#send(from, FIN | ACK), this.#send(other(from), ACK)];
    this.#ends[from].finished = true;
    return sent;
  }

  /** One side aborts the connection, or refuses it. */
  reset(from: Who): Sent[] {
    if (this.over) return [];
    const sent = this.#send(from, RST | ACK);
    for (const end of Object.values(this.#ends)) end.finished = true;
    return [sent];
  }

  #send(from: Who, flags: number, data?: Uint8Array): Sent {
    const end = this.#ends[from];
    const to = this.#ends[other(from)];
    const segment: TcpSegment = {
      // A RST that refuses has no sequence number of its own yet (RFC 9293 section 3.10.7.1).
      sequence: (flags & RST) !== 0 && !this.#open ? 0 : end.next,
      acknowledgment: to.next,
      flags,
      window: (flags & RST) !== 0 ? 0 : end.window,
      ...((flags & SYN) !== 0 && { mss: end.mss }),
      ...(data && { data }),
    };
    end.next = (end.next + (data?.length ?? 0) + ((flags & (SYN | FIN)) !== 0 ? 1 : 0)) >>> 0;
    return { from, frame: tcpFrame(end.side, to.side, segment, this.#identification()) };
  }
}

function other(who: Who): Who {
  return who === "board" ? "peer" : "board";
}
