/**
 * The board's only clock. Everything on the board that has to do with time reads it: `time`, `machine.RTC`,
 * timers, certificate checks, file times.
 *
 * Its state lives in shared memory, so that the thread that runs the firmware reads and sets it and the host
 * (the lab, the command line, the page) does too. A state is a straight line: at host time `hostMicros` the
 * ticks stood at `ticksMicros` and the RTC at `rtcMicros`, and they run on from there at fixed rates. Setting
 * the RTC, its speed or its drift starts a new line at the present moment.
 *
 * The states are a ring, and only the newest counts. A writer (one at a time, behind a lock) fills the next
 * entry and then publishes it by raising the version; readers never wait, not even for a writer that was
 * ended half-way. What is left in the ring is the history of who changed the clock.
 */
import {
  CLOCK_DRIFT_MAX_PPM,
  CLOCK_HISTORY_ENTRIES,
  CLOCK_LOCK_TAKEOVER_US,
  CLOCK_SPEED_MAX,
  CLOCK_SPEED_MIN,
} from "./limits.ts";

/** 2000-01-01 00:00:00 UTC in microseconds since 1970-01-01: what the RTC shows at power-on. */
export const EPOCH_2000_MICROS = 946_684_800_000_000;

/** Who changed the clock: the chip's power-on, the program on the board, or a person or tool outside it. */
export type ClockSetter = "power-on" | "program" | "host";

/** One change of the clock. */
export interface ClockChange {
  readonly by: ClockSetter;
  /** Host time of the change, microseconds. */
  readonly hostMicros: number;
  /** The RTC right after the change, microseconds since 1970-01-01 UTC. */
  readonly rtcMicros: number;
  /** How far the RTC jumped, microseconds; 0 where only speed, drift or freezing changed. */
  readonly stepMicros: number;
  readonly speed: number;
  readonly driftPpm: number;
  readonly frozen: boolean;
}

export interface BoardClockOptions {
  /** Made by {@link createClockStorage}; every thread that shares the clock passes the same one. */
  readonly storage: SharedArrayBuffer;
  /** Monotonic host time in microseconds, comparable between the threads that share the clock. */
  readonly hostMicros: () => number;
}

const SETTERS: readonly ClockSetter[] = ["power-on", "program", "host"];

/** Int32 words before the ring: the version, and the writers' lock. */
const VERSION_WORD = 0;
const LOCK_WORD = 1;
const HEADER_BYTES = 8;

/** Float64 fields of an entry. All times are in microseconds. */
const HOST = 0;
const TICKS = 1;
const RTC = 2;
const SPEED = 3;
const DRIFT = 4;
const FROZEN = 5;
const SETTER = 6;
const STEP = 7;
/** How often the board was powered on: ticks may go back when it changes, and only then. */
const POWER_ONS = 8;
const FIELDS = 9;

/** Shared memory for one clock that has not been powered on: ticks 0, RTC 2000-01-01, both standing still. */
export function createClockStorage(): SharedArrayBuffer {
  const storage = new SharedArrayBuffer(HEADER_BYTES + CLOCK_HISTORY_ENTRIES * FIELDS * 8);
  new Float64Array(storage, HEADER_BYTES, FIELDS)[RTC] = EPOCH_2000_MICROS;
  return storage;
}

export class BoardClock {
  readonly #hostMicros: () => number;
  readonly #words: Int32Array;
  readonly #ring: Float64Array;
  /** A copy of the newest entry, for this thread's readings. */
  readonly #now = new Float64Array(FIELDS);
  /** Last ticks this thread saw: its host clock may be a few microseconds behind that of a writer's thread. */
  #lastTicks = 0;
  #lastPowerOns = 0;

  constructor(options: BoardClockOptions) {
    this.#hostMicros = options.hostMicros;
    this.#words = new Int32Array(options.storage, 0, 2);
    this.#ring = new Float64Array(options.storage, HEADER_BYTES);
  }

  /**
   * Microseconds since power-on, a whole number. Never goes back; runs at `speed`, also while the RTC is frozen
   * (a program that sleeps must wake up) and without its drift (the ESP32 takes its ticks from the main crystal).
   */
  ticksMicros(): number {
    this.#load();
    return this.#ticksAt(this.#hostMicros());
  }

  /**
   * The RTC: microseconds since 1970-01-01 00:00:00 UTC, a whole number. It is exact until the year 2255, where
   * microseconds leave the 53 bits of a number; after that it is rounded to 2 or 4 microseconds.
   */
  rtcMicros(): number {
    this.#load();
    return this.#rtcAt(this.#hostMicros());
  }

  /** Board seconds that pass in a host second. */
  get speed(): number {
    this.#load();
    return this.#now[SPEED]!;
  }

  /** Error of the RTC's crystal, parts per million; positive runs fast. */
  get driftPpm(): number {
    this.#load();
    return this.#now[DRIFT]!;
  }

  get frozen(): boolean {
    this.#load();
    return this.#now[FROZEN] === 1;
  }

  /**
   * Host microseconds in which `boardMicros` of ticks pass, rounded up, at least 0. A wait that began before a
   * change of speed has to ask again: compare the ticks with its deadline on waking.
   */
  hostDelayFor(boardMicros: number): number {
    if (boardMicros <= 0) return 0;
    return Math.ceil(boardMicros / (this.speed || 1));
  }

  /**
   * Power-on: the ticks start at 0, the RTC at 2000-01-01 00:00:00. Nothing else resets the clock; soft and hard
   * resets leave it alone. Speed, drift and freezing are the lab's settings and stay as they were.
   */
  powerOn(): void {
    this.#change("power-on", (next) => {
      next[TICKS] = 0;
      next[RTC] = EPOCH_2000_MICROS;
      next[SPEED] ||= 1;
      next[POWER_ONS]! += 1;
    });
  }

  /** Sets the RTC, microseconds since 1970-01-01 UTC. Throws RangeError unless it is a finite number. */
  setRtcMicros(micros: number, by: ClockSetter): void {
    if (!Number.isFinite(micros)) throw new RangeError(`RTC time ${micros} is not a number of microseconds`);
    this.#change(by, (next) => {
      next[RTC] = Math.floor(micros);
    });
  }

  /** Makes ticks and RTC run `speed` times as fast as the host. Throws RangeError outside the limits. */
  setSpeed(speed: number, by: ClockSetter): void {
    if (!(speed >= CLOCK_SPEED_MIN && speed <= CLOCK_SPEED_MAX)) {
      throw new RangeError(`speed ${speed} is not between ${CLOCK_SPEED_MIN} and ${CLOCK_SPEED_MAX}`);
    }
    this.#change(by, (next) => {
      next[SPEED] = speed;
    });
  }

  /** Makes the RTC run fast (positive) or slow, in parts per million. Throws RangeError outside the limits. */
  setDriftPpm(ppm: number, by: ClockSetter): void {
    if (!(Math.abs(ppm) <= CLOCK_DRIFT_MAX_PPM)) {
      throw new RangeError(
        `drift ${ppm} is not between -${CLOCK_DRIFT_MAX_PPM} and ${CLOCK_DRIFT_MAX_PPM} ppm`,
      );
    }
    this.#change(by, (next) => {
      next[DRIFT] = ppm;
    });
  }

  /** Stops the RTC where it stands; it can still be set. The ticks go on, so that no sleeping program hangs. */
  freeze(by: ClockSetter): void {
    this.#change(by, (next) => {
      next[FROZEN] = 1;
    });
  }

  /** Lets the RTC run again from where it stands. */
  unfreeze(by: ClockSetter): void {
    this.#change(by, (next) => {
      next[FROZEN] = 0;
    });
  }

  /** The last changes, oldest first, at most one fewer than the ring holds. */
  history(): ClockChange[] {
    const changes: ClockChange[] = [];
    const version = Atomics.load(this.#words, VERSION_WORD);
    const oldest = Math.max(1, version - CLOCK_HISTORY_ENTRIES + 2);
    for (let v = oldest; v <= version; v++) {
      const e = this.#ring.slice(entryStart(v), entryStart(v) + FIELDS);
      changes.push({
        by: SETTERS[e[SETTER]!] ?? "host",
        hostMicros: e[HOST]!,
        rtcMicros: e[RTC]!,
        stepMicros: e[STEP]!,
        speed: e[SPEED]!,
        driftPpm: e[DRIFT]!,
        frozen: e[FROZEN] === 1,
      });
    }
    return changes;
  }

  /** Copies the newest entry, again if so many changes came meanwhile that the entry was reused. */
  #load(): void {
    for (;;) {
      const version = Atomics.load(this.#words, VERSION_WORD);
      const start = entryStart(version);
      for (let i = 0; i < FIELDS; i++) this.#now[i] = this.#ring[start + i]!;
      if (Atomics.load(this.#words, VERSION_WORD) - version < CLOCK_HISTORY_ENTRIES - 1) return;
    }
  }

  #ticksAt(host: number): number {
    const line = this.#now;
    const elapsed = Math.max(0, host - line[HOST]!);
    let ticks = Math.floor(line[TICKS]! + elapsed * line[SPEED]!);
    if (this.#lastPowerOns === line[POWER_ONS]) ticks = Math.max(ticks, this.#lastTicks);
    this.#lastPowerOns = line[POWER_ONS]!;
    this.#lastTicks = ticks;
    return ticks;
  }

  #rtcAt(host: number): number {
    const line = this.#now;
    if (line[FROZEN] === 1) return line[RTC]!;
    const elapsed = Math.max(0, host - line[HOST]!);
    return Math.floor(line[RTC]! + elapsed * line[SPEED]! * (1 + line[DRIFT]! / 1e6));
  }

  #change(by: ClockSetter, edit: (next: Float64Array) => void): void {
    this.#lock();
    try {
      this.#load();
      const host = this.#hostMicros();
      const rtc = this.#rtcAt(host);
      const ticks = this.#ticksAt(host);
      const next = this.#now;
      next[HOST] = host;
      next[TICKS] = ticks;
      next[RTC] = rtc;
      next[SETTER] = SETTERS.indexOf(by);
      edit(next);
      next[STEP] = next[RTC]! - rtc;
      const version = Atomics.load(this.#words, VERSION_WORD) + 1;
      this.#ring.set(next, entryStart(version));
      Atomics.store(this.#words, VERSION_WORD, version);
    } finally {
      Atomics.store(this.#words, LOCK_WORD, 0);
    }
  }

  /** A spin lock: a page's main thread may not wait, and a change is over in a microsecond. */
  #lock(): void {
    const start = this.#hostMicros();
    while (Atomics.compareExchange(this.#words, LOCK_WORD, 0, 1) !== 0) {
      if (this.#hostMicros() - start > CLOCK_LOCK_TAKEOVER_US) return;
    }
  }
}

/** Where an entry begins in the ring. The version is a 32-bit count; a change a millisecond lasts 24 days. */
function entryStart(version: number): number {
  return (version % CLOCK_HISTORY_ENTRIES) * FIELDS;
}
