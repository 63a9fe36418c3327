import { EPOCH_2000_MICROS } from "../../../board/clock.ts";
import type { Board } from "../board.ts";
import type { HostCall } from "../proxies.ts";

/** `MICROPY_PY_TIME_TICKS_PERIOD` of the ESP32 (py/mpconfig.h): ticks are small ints. */
const TICKS_MASK = 2 ** 30 - 1;

/** Ticks modulo their period; bit operations would cut off at 2^32 first. */
const ticks = (value: number): number => Math.floor(value) % (TICKS_MASK + 1);

/** Host calls of the `time` module. */
export function timeCalls(board: Board): Record<string, HostCall> {
  const { clock } = board;
  return {
    ticks_ms: () => ticks(clock.ticksMicros() / 1000),
    ticks_us: () => ticks(clock.ticksMicros()),
    /** The cycle counter (esp_cpu_get_cycle_count), at the processor's frequency. */
    ticks_cpu: () => ticks((clock.ticksMicros() * board.cpuFrequency) / 1e6),
    rtc_seconds: () => Math.floor((clock.rtcMicros() - EPOCH_2000_MICROS) / 1e6),
    rtc_micros: () => Math.floor(clock.rtcMicros() - EPOCH_2000_MICROS),
    /** Ticks in microseconds at which a wait of so many milliseconds ends. */
    deadline: (ms: number) => clock.ticksMicros() + ms * 1000,
    /** Microseconds still to wait: 0 when done, more where Python has something to see to first. */
    sleep_us: (us: number) => {
      const end = clock.ticksMicros() + us;
      for (;;) {
        const wake = board.wait(end);
        if (wake === "timeout") return 0;
        if (wake === "interrupted") return Math.max(1, Math.ceil(end - clock.ticksMicros()));
      }
    },
    /** What `wait_event` is to be given: to be asked for before the look at what may have changed. */
    event_count: () => ticks(board.eventCount),
    /**
     * Waits for anything to happen since that count, until a deadline or for ever (None); where there are things to
     * be asked, for a millisecond. False when the time is up.
     */
    wait_event: (since: number, deadline: number | null, askAgain: boolean) => {
      const end = deadline ?? Number.POSITIVE_INFINITY;
      const now = clock.ticksMicros();
      if (now >= end) return false;
      if (ticks(board.eventCount) !== since) return true;
      board.wait(askAgain ? Math.min(end, now + 1000) : end);
      return true;
    },
    /** Waits so many milliseconds, or until anything happens. Neither argument nor result takes heap. */
    wait_ms: (ms: number) => {
      if (ms > 0) board.wait(clock.ticksMicros() + ms * 1000);
    },
    idle: () => {
      board.wait(clock.ticksMicros());
    },
  };
}
