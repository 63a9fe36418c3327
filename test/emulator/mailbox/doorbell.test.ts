import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Doorbell } from "../../../emulator/mailbox/doorbell.ts";

describe("Doorbell", () => {
  it("does not sleep where it was rung after the snapshot", () => {
    const bell = new Doorbell();
    const seen = bell.snapshot();
    new Doorbell(bell.buffer).ring();
    expect(bell.wait(seen, Number.POSITIVE_INFINITY)).toBe(true);
  });

  it("says where the time ran out", () => {
    const bell = new Doorbell();
    expect(bell.wait(bell.snapshot(), 1)).toBe(false);
    expect(bell.wait(bell.snapshot(), -5)).toBe(false);
  });

  it("keeps one cell of a larger memory", () => {
    const memory = new SharedArrayBuffer(16);
    new Doorbell(memory).ring();
    expect([...new Int32Array(memory)]).toEqual([1, 0, 0, 0]);
  });

  it("wakes a sleeping thread", async () => {
    const bell = new Doorbell();
    const worker = new Worker(
      `const { workerData, parentPort } = require("node:worker_threads");
       const cell = new Int32Array(workerData);
       parentPort.postMessage("asleep");
       parentPort.postMessage(Atomics.wait(cell, 0, 0, 10000));`,
      { eval: true, workerData: bell.buffer },
    );
    await once(worker, "message");
    const woken = once(worker, "message");
    bell.ring();
    // "not-equal" where the ring came before the thread had fallen asleep: woken all the same.
    expect(["ok", "not-equal"]).toContain((await woken)[0]);
    await once(worker, "exit");
  });
});
