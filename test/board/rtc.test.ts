import { describe, expect, it } from "vitest";
import { dateFromDays, daysFromDate, isLeapYear, timeFromSeconds, yearDay } from "../../board/calendar.ts";
import { BoardClock, createClockStorage } from "../../board/clock.ts";
import { createRtcStorage, Rtc } from "../../board/rtc.ts";

describe("calendar", () => {
  it("knows the known dates", () => {
    expect(dateFromDays(0)).toEqual({ year: 1970, month: 1, day: 1 });
    expect(dateFromDays(-1)).toEqual({ year: 1969, month: 12, day: 31 });
    expect(dateFromDays(11_016)).toEqual({ year: 2000, month: 2, day: 29 });
    expect(daysFromDate(2000, 1, 1)).toBe(10_957);
    expect(daysFromDate(1601, 1, 1)).toBe(-134_774);
    expect(daysFromDate(2024, 2, 30)).toBe(daysFromDate(2024, 3, 1));
    expect(isLeapYear(1900)).toBe(false);
    expect(isLeapYear(2000)).toBe(true);
    expect(yearDay(2024, 12, 31)).toBe(366);
    expect(yearDay(2100, 3, 1)).toBe(60);
  });

  it("agrees with the host's calendar from 1600 to 2500, and back", () => {
    for (let days = daysFromDate(1600, 1, 1); days < daysFromDate(2500, 1, 1); days += 97) {
      const date = dateFromDays(days);
      const host = new Date(days * 86_400_000);
      expect([date.year, date.month, date.day]).toEqual([
        host.getUTCFullYear(),
        host.getUTCMonth() + 1,
        host.getUTCDate(),
      ]);
      expect(daysFromDate(date.year, date.month, date.day)).toBe(days);
      expect(timeFromSeconds(days * 86_400).weekday).toBe((host.getUTCDay() + 6) % 7);
    }
  });

  it("splits a second count", () => {
    expect(timeFromSeconds(1_709_210_096)).toEqual({
      year: 2024,
      month: 2,
      day: 29,
      hour: 12,
      minute: 34,
      second: 56,
      weekday: 3,
      yearday: 60,
    });
    expect(timeFromSeconds(-1)).toMatchObject({ year: 1969, hour: 23, minute: 59, second: 59 });
  });
});

function makeRtc() {
  const host = { now: 0 };
  const clock = new BoardClock({ storage: createClockStorage(), hostMicros: () => host.now });
  clock.powerOn();
  return { rtc: new Rtc({ clock, storage: createRtcStorage() }), clock, host };
}

describe("Rtc", () => {
  it("starts on Saturday, 2000-01-01", () => {
    const { rtc, host } = makeRtc();
    host.now += 1_500_000;
    expect(rtc.datetime()).toEqual([2000, 1, 1, 5, 0, 0, 1, 500_000]);
  });

  it("ignores the weekday, as machine_rtc.c does", () => {
    const { rtc } = makeRtc();
    expect(rtc.setDatetime([2026, 9, 1, 99, 10, 20, 30, 123], "program")).toBe(true);
    expect(rtc.datetime()).toEqual([2026, 9, 1, 1, 10, 20, 30, 123]);
  });

  it("counts on where numbers are past their range, and refuses a month that is none", () => {
    const { rtc } = makeRtc();
    expect(rtc.setDatetime([2026, 2, 29, 0, 25, 0, 0, 0], "program")).toBe(true);
    expect(rtc.datetime()).toEqual([2026, 3, 2, 0, 1, 0, 0, 0]);
    expect(rtc.setDatetime([2026, 13, 1, 0, 0, 0, 0, 0], "program")).toBe(false);
    expect(rtc.setDatetime([2026, 1, 1, 0, 0, 0, 0], "program")).toBe(false);
    expect(rtc.setDatetime([2026, 1, 1, 0, 0, 0, 0.5, 0], "program")).toBe(false);
    expect(rtc.datetime()).toEqual([2026, 3, 2, 0, 1, 0, 0, 0]);
  });

  it("shows dates before 1970", () => {
    const { rtc } = makeRtc();
    rtc.setDatetime([1969, 12, 31, 0, 23, 59, 59, 999_999], "program");
    expect(rtc.datetime()).toEqual([1969, 12, 31, 2, 23, 59, 59, 999_999]);
  });

  it("takes the hour from the fourth item in init", () => {
    const { rtc } = makeRtc();
    expect(rtc.init([2026, 9, 1, 10, 20, 30, 0, 7], "program")).toBe(true);
    expect(rtc.datetime()).toEqual([2026, 9, 1, 1, 10, 20, 30, 7]);
  });

  it("keeps up to 2048 bytes until power-on", () => {
    const { rtc } = makeRtc();
    expect(rtc.memory()).toEqual(new Uint8Array(0));
    expect(rtc.setMemory(Uint8Array.of(1, 2, 3))).toBe(true);
    expect(rtc.setMemory(new Uint8Array(2049))).toBe(false);
    expect(rtc.memory()).toEqual(Uint8Array.of(1, 2, 3));
    expect(rtc.setMemory(new Uint8Array(2048).fill(9))).toBe(true);
    expect(rtc.memory().length).toBe(2048);
    rtc.powerOn();
    expect(rtc.memory()).toEqual(new Uint8Array(0));
  });
});
