/**
 * Date arithmetic in the proleptic Gregorian calendar, as shared/timeutils/timeutils.c of MicroPython does it:
 * the weekday counts from Monday = 0, the day of the year from 1. Days are counted from 1970-01-01.
 */

export const SECONDS_PER_DAY = 86_400;

/** 2000-01-01, MicroPython's epoch on the ESP32, in seconds since 1970-01-01. */
export const EPOCH_2000_SECONDS = 946_684_800;

const DAYS_PER_400_YEARS = 146_097;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

export interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

export interface CalendarTime extends CalendarDate {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Monday = 0. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearday: number;
}

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** 1 to 366. `month` is 1 to 12. */
export function yearDay(year: number, month: number, day: number): number {
  const leapDay = month >= 3 && isLeapYear(year) ? 1 : 0;
  return DAYS_BEFORE_MONTH[month - 1]! + leapDay + day;
}

/** Monday = 0; 1970-01-01 was a Thursday. */
export function weekdayOfDays(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

/**
 * Days from 1970-01-01 to a date. `month` is 1 to 12; `day` may lie outside its month and then counts on, as in
 * timeutils_seconds_since_1970.
 */
export function daysFromDate(year: number, month: number, day: number): number {
  const y = year - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  // 719162 days lie between 0001-01-01 and 1970-01-01.
  return y * 365 + leapDays + yearDay(year, month, day) - 1 - 719_162;
}

/** The date `days` after 1970-01-01 (before it, where negative). */
export function dateFromDays(days: number): CalendarDate {
  // Counted from 0000-03-01, so that the leap day is the last one of its year (719468 days before 1970-01-01).
  const z = days + 719_468;
  const era = Math.floor(z / DAYS_PER_400_YEARS);
  const dayOfEra = z - era * DAYS_PER_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  };
}

/** The date and time `seconds` after 1970-01-01 00:00:00. */
export function timeFromSeconds(seconds: number): CalendarTime {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const inDay = seconds - days * SECONDS_PER_DAY;
  const date = dateFromDays(days);
  return {
    ...date,
    hour: Math.floor(inDay / 3600),
    minute: Math.floor(inDay / 60) % 60,
    second: inDay % 60,
    weekday: weekdayOfDays(days),
    yearday: yearDay(date.year, date.month, date.day),
  };
}

/** Seconds since 1970-01-01 00:00:00. As in timeutils.c only the month has to be in its range. */
export function secondsFromTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  return daysFromDate(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
}
