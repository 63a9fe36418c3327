/**
 * The real-time clock as `machine.RTC` sees it: date and time from the board's clock, and the memory that
 * survives resets. Follows ports/esp32/machine_rtc.c.
 */
import { secondsFromTime, timeFromSeconds } from "./calendar.ts";
import type { BoardClock, ClockSetter } from "./clock.ts";
import { RTC_MEMORY_BYTES } from "./limits.ts";

/** (year, month, day, weekday, hour, minute, second, microsecond): the tuple of `RTC.datetime()`. */
export type RtcDateTime = readonly [number, number, number, number, number, number, number, number];

/** Int32 words before the memory: how many bytes the program last stored. */
const LENGTH_WORD = 0;
const HEADER_BYTES = 4;

/** Shared memory for {@link Rtc}'s user memory. Empty, as after power-on. */
export function createRtcStorage(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + RTC_MEMORY_BYTES);
}

export interface RtcOptions {
  readonly clock: BoardClock;
  /** Made by {@link createRtcStorage}. */
  readonly storage: SharedArrayBuffer;
}

export class Rtc {
  readonly #clock: BoardClock;
  readonly #length: Int32Array;
  readonly #memory: Uint8Array;

  constructor(options: RtcOptions) {
    this.#clock = options.clock;
    this.#length = new Int32Array(options.storage, 0, 1);
    this.#memory = new Uint8Array(options.storage, HEADER_BYTES);
  }

  /** `RTC.datetime()`. The last item is microseconds; Monday is 0. */
  datetime(): RtcDateTime {
    const micros = this.#clock.rtcMicros();
    const seconds = Math.floor(micros / 1e6);
    const t = timeFromSeconds(seconds);
    return [t.year, t.month, t.day, t.weekday, t.hour, t.minute, t.second, micros - seconds * 1e6];
  }

  /**
   * `RTC.datetime(tuple)`: the weekday is ignored, and numbers past their range count on (day 32, hour 25), as
   * there. False, and nothing set, where the month is not 1 to 12 (the real one then reads past its table) or
   * an item is not a whole number.
   */
  setDatetime(items: readonly number[], by: ClockSetter): boolean {
    return this.#set(items, 4, by);
  }

  /** `RTC.init(tuple)`: (year, month, day, hour, minute, second, ignored, microsecond), as machine_rtc.c has it. */
  init(items: readonly number[], by: ClockSetter): boolean {
    return this.#set(items, 3, by);
  }

  /** `RTC.memory()`: a copy of what was stored, 0 to 2048 bytes. */
  memory(): Uint8Array {
    // slice() would keep the shared buffer's type; callers get bytes of their own.
    const bytes = new Uint8Array(Atomics.load(this.#length, LENGTH_WORD));
    bytes.set(this.#memory.subarray(0, bytes.length));
    return bytes;
  }

  /** `RTC.memory(buf)`. False, and nothing stored, where there are more than 2048 bytes ("buffer too long"). */
  setMemory(bytes: Uint8Array): boolean {
    if (bytes.length > RTC_MEMORY_BYTES) return false;
    this.#memory.set(bytes);
    Atomics.store(this.#length, LENGTH_WORD, bytes.length);
    return true;
  }

  /** Power-on loses the memory; resets keep it. */
  powerOn(): void {
    this.#memory.fill(0);
    Atomics.store(this.#length, LENGTH_WORD, 0);
  }

  #set(items: readonly number[], hourIndex: 3 | 4, by: ClockSetter): boolean {
    if (items.length !== 8 || !items.every(Number.isSafeInteger)) return false;
    const [year, month, day] = items as RtcDateTime;
    if (month < 1 || month > 12) return false;
    const seconds = secondsFromTime(
      year,
      month,
      day,
      items[hourIndex]!,
      items[hourIndex + 1]!,
      items[hourIndex + 2]!,
    );
    const micros = seconds * 1e6 + items[7]!;
    if (!Number.isFinite(micros)) return false;
    this.#clock.setRtcMicros(micros, by);
    return true;
  }
}
