/** The board's date and time, always in sight. */
import { timeFromSeconds } from "../board/calendar.ts";
import { element } from "./element.ts";

/** Milliseconds between looks at the clock: a second shows on time, and looking costs nothing. */
const LOOK_INTERVAL = 100;

/** The year that an ESP32's clock starts in at power-on. */
const POWER_ON_YEAR = 2000;

const OFF_TEXT = "off";

export interface ClockText {
  /** `YYYY-MM-DD hh:mm:ss` */
  readonly text: string;
  /** Whether it is plain that nobody has set it. */
  readonly isSet: boolean;
}

/** @param rtcMicros - microseconds since 1970-01-01 */
export function clockText(rtcMicros: number): ClockText {
  const t = timeFromSeconds(Math.floor(rtcMicros / 1e6));
  const two = (n: number) => String(n).padStart(2, "0");
  const date = `${String(t.year).padStart(4, "0")}-${two(t.month)}-${two(t.day)}`;
  return {
    text: `${date} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}`,
    isSet: t.year > POWER_ON_YEAR,
  };
}

/**
 * Shows the clock from now on.
 *
 * @param read - the board's RTC, microseconds since 1970-01-01; undefined while the board is off
 * @returns what shows it anew at once, for when it has not just gone on
 */
export function showClock(read: () => number | undefined): () => void {
  const time = element("clock", HTMLTimeElement);
  const badge = element("clock-badge", HTMLElement);
  const show = (): void => {
    const micros = read();
    const { text, isSet } = micros === undefined ? { text: OFF_TEXT, isSet: true } : clockText(micros);
    if (time.textContent === text) return;
    time.textContent = text;
    badge.hidden = isSet;
  };
  show();
  setInterval(show, LOOK_INTERVAL);
  return show;
}
