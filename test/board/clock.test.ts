import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { BoardClock, createClockStorage, EPOCH_2000_MICROS } from "../../board/clock.ts";
import { CLOCK_HISTORY_ENTRIES } from "../../board/limits.ts";

/** A clock on a host whose time is `host.now`. */
function makeClock(storage = createClockStorage()) {
  const host = { now: 1_000_000 };
  const clock = new BoardClock({ storage, hostMicros: () => host.now });
  return { clock, host, storage };
}

describe("BoardClock", () => {
  it("stands still at 2000-01-01 before power-on", () => {
    const { clock, host } = makeClock();
    host.now += 5_000_000;
    expect(clock.ticksMicros()).toBe(0);
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS);
  });

  it("starts both readings at power-on", () => {
    const { clock, host } = makeClock();
    clock.powerOn();
    expect(clock.ticksMicros()).toBe(0);
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS);
    host.now += 1_234_567;
    expect(clock.ticksMicros()).toBe(1_234_567);
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS + 1_234_567);
  });

  it("sets the RTC without moving the ticks", () => {
    const { clock, host } = makeClock();
    clock.powerOn();
    host.now += 10;
    clock.setRtcMicros(1_780_000_000_000_000, "program");
    expect(clock.rtcMicros()).toBe(1_780_000_000_000_000);
    expect(clock.ticksMicros()).toBe(10);
    host.now += 7;
    expect(clock.rtcMicros()).toBe(1_780_000_000_000_007);
    expect(() => clock.setRtcMicros(Number.NaN, "host")).toThrow(RangeError);
  });

  it("runs both at its speed, without a jump when the speed changes", () => {
    const { clock, host } = makeClock();
    clock.powerOn();
    host.now += 1000;
    clock.setSpeed(3600, "host");
    expect(clock.ticksMicros()).toBe(1000);
    host.now += 1000;
    expect(clock.ticksMicros()).toBe(3_601_000);
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS + 3_601_000);
    clock.setSpeed(0.5, "host");
    host.now += 1000;
    expect(clock.ticksMicros()).toBe(3_601_500);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9]) {
      expect(() => clock.setSpeed(bad, "host")).toThrow(RangeError);
    }
  });

  it("drifts the RTC alone", () => {
    const { clock, host } = makeClock();
    clock.powerOn();
    clock.setDriftPpm(-20, "host");
    host.now += 1_000_000;
    expect(clock.ticksMicros()).toBe(1_000_000);
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS + 999_980);
    expect(() => clock.setDriftPpm(600_000, "host")).toThrow(RangeError);
  });

  it("freezes the RTC alone, and lets it be set meanwhile", () => {
    const { clock, host } = makeClock();
    clock.powerOn();
    host.now += 5;
    clock.freeze("host");
    host.now += 100;
    expect(clock.frozen).toBe(true);
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS + 5);
    expect(clock.ticksMicros()).toBe(105);
    clock.setRtcMicros(EPOCH_2000_MICROS + 50, "program");
    clock.unfreeze("host");
    host.now += 1;
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS + 51);
  });

  it("keeps speed, drift and freezing over a power cycle", () => {
    const { clock, host } = makeClock();
    clock.powerOn();
    clock.setSpeed(2, "host");
    host.now += 100;
    clock.powerOn();
    expect(clock.ticksMicros()).toBe(0);
    expect(clock.rtcMicros()).toBe(EPOCH_2000_MICROS);
    host.now += 100;
    expect(clock.ticksMicros()).toBe(200);
  });

  it("says how long the host waits", () => {
    const { clock } = makeClock();
    clock.powerOn();
    expect(clock.hostDelayFor(1000)).toBe(1000);
    expect(clock.hostDelayFor(-3)).toBe(0);
    clock.setSpeed(3, "host");
    expect(clock.hostDelayFor(1000)).toBe(334);
  });

  it("is one clock for all that share its storage", () => {
    const { clock, host, storage } = makeClock();
    const other = new BoardClock({ storage, hostMicros: () => host.now });
    clock.powerOn();
    other.setRtcMicros(1_780_000_000_000_000, "host");
    host.now += 3;
    expect(clock.rtcMicros()).toBe(1_780_000_000_000_003);
    expect(clock.history().map((c) => [c.by, c.stepMicros])).toEqual([
      ["power-on", 0],
      ["host", 1_780_000_000_000_000 - EPOCH_2000_MICROS],
    ]);
  });

  it("never lets ticks go back where another thread's clock is a little behind", () => {
    const { clock, host, storage } = makeClock();
    const behind = new BoardClock({ storage, hostMicros: () => host.now - 5 });
    clock.powerOn();
    clock.setSpeed(1000, "host");
    host.now += 10;
    expect(clock.ticksMicros()).toBe(10_000);
    behind.setSpeed(1, "host");
    expect(clock.ticksMicros()).toBe(10_000);
  });

  it("keeps a bounded history", () => {
    const { clock } = makeClock();
    clock.powerOn();
    for (let i = 1; i <= 200; i++) clock.setRtcMicros(i, "program");
    const history = clock.history();
    expect(history.length).toBe(CLOCK_HISTORY_ENTRIES - 1);
    expect(history.at(-1)).toMatchObject({ by: "program", rtcMicros: 200, stepMicros: 1 });
    expect(history[0]!.rtcMicros).toBe(200 - CLOCK_HISTORY_ENTRIES + 2);
  });

  it("takes over from a writer that was ended half-way", () => {
    const storage = createClockStorage();
    let now = 0;
    const clock = new BoardClock({ storage, hostMicros: () => (now += 1000) });
    clock.powerOn();
    new Int32Array(storage)[1] = 1;
    clock.setRtcMicros(42, "host");
    expect(clock.history().at(-1)!.rtcMicros).toBe(42);
    clock.freeze("host");
    expect(clock.frozen).toBe(true);
  });

  it("gives whole readings while another thread writes", async () => {
    const writes = 20_000;
    const storage = createClockStorage();
    const clock = new BoardClock({ storage, hostMicros: () => writes });
    clock.powerOn();
    // The writer sets the RTC to its host time plus 7 days, always: every whole reading at host time `writes`
    // is the same, and one with fields of two writes is not.
    const week = 7 * 86_400 * 1e6;
    const source = buildSync({
      stdin: {
        contents: `
          import { parentPort, workerData } from "node:worker_threads";
          import { BoardClock } from "./clock.ts";
          let now = 0;
          const clock = new BoardClock({ storage: workerData.storage, hostMicros: () => now });
          for (; now <= workerData.writes; now++) clock.setRtcMicros(now + workerData.week, "host");
          parentPort.postMessage("done");`,
        resolveDir: fileURLToPath(new URL("../../board", import.meta.url)),
      },
      bundle: true,
      platform: "node",
      format: "cjs",
      write: false,
    }).outputFiles[0]!.text;
    const worker = new Worker(source, { eval: true, workerData: { storage, writes, week } });
    let done = false;
    const ended = new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", resolve);
    }).then(() => {
      done = true;
    });
    const readings = new Set<number>();
    while (!done) {
      for (let i = 0; i < 1000; i++) readings.add(clock.rtcMicros());
      await Promise.race([new Promise((resolve) => setImmediate(resolve)), ended]);
    }
    readings.delete(EPOCH_2000_MICROS);
    readings.add(clock.rtcMicros());
    expect([...readings]).toEqual([writes + week]);
    await worker.terminate();
  });
});
