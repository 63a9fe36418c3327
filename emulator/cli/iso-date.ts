/** Dates as `--rtc` takes them: ISO 8601, strictly, so that a slip is an error and not another date. */
import { daysFromDate, isLeapYear } from "../../board/calendar.ts";
import { UserError } from "../user-error.ts";

const PATTERN =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})?)?$/;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Microseconds since 1970-01-01 UTC for `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM[:SS[.ffffff]]`, with `Z`, `±HH:MM` or
 * nothing, which is UTC too.
 * @throws UserError for a date that is none (month 13, 30 February, 24:00, a leap second).
 */
export function parseIsoMicros(text: string): number {
  const match = PATTERN.exec(text);
  if (!match) throw invalid(text, "it is not of the form YYYY-MM-DDTHH:MM:SSZ");
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (month < 1 || month > 12) throw invalid(text, `there is no month ${month}`);
  const days = month === 2 && isLeapYear(year) ? 29 : DAYS_IN_MONTH[month - 1]!;
  if (day < 1 || day > days) throw invalid(text, `${match[1]}-${match[2]} has ${days} days`);
  if (hour > 23 || minute > 59 || second > 59) throw invalid(text, "there is no such time of day");
  const micros = Number((match[7] ?? "").padEnd(6, "0"));
  const seconds = daysFromDate(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  return (seconds - offsetSeconds(text, match[8])) * 1e6 + micros;
}

function offsetSeconds(text: string, zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59) throw invalid(text, `there is no time zone ${zone}`);
  return (zone.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function invalid(text: string, why: string): UserError {
  return new UserError(`"${text}" is no date: ${why}; write for example 2026-09-01T12:00:00Z, or now`);
}
