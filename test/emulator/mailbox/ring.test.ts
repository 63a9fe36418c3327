import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { FrameRing } from "../../../emulator/mailbox/ring.ts";

const bytes = (length: number, seed = 0) => Uint8Array.from({ length }, (_, i) => (seed + i * 7) & 0xff);

describe("FrameRing", () => {
  it("hands frames over in order, the empty one included", () => {
    const ring = FrameRing.create(64);
    expect(ring.read()).toBeUndefined();
    expect(ring.empty).toBe(true);
    expect(ring.tryWrite(Uint8Array.of(1, 2, 3))).toBe(true);
    expect(ring.tryWrite(new Uint8Array(0))).toBe(true);
    expect(ring.tryWrite(Uint8Array.of(4, 5, 6, 7))).toBe(true);
    expect(ring.empty).toBe(false);
    expect(ring.read()).toEqual(Uint8Array.of(1, 2, 3));
    expect(ring.read()).toEqual(new Uint8Array(0));
    expect(ring.read()).toEqual(Uint8Array.of(4, 5, 6, 7));
    expect(ring.read()).toBeUndefined();
  });

  it("tells whether a byte is among what has not been read", () => {
    const ring = FrameRing.create(16);
    for (let i = 0; i < 20; i++) {
      ring.tryWrite(Uint8Array.of(1, 2, 3));
      expect([ring.includes(3), ring.includes(4)]).toEqual([true, false]);
      ring.tryWrite(Uint8Array.of(4));
      expect(ring.includes(4)).toBe(true);
      ring.read();
      // The length of a frame is none of its bytes.
      expect([ring.includes(3), ring.includes(4), ring.includes(1)]).toEqual([false, true, false]);
      ring.read();
      expect(ring.includes(4)).toBe(false);
    }
  });

  it("is the same ring when its memory is wrapped again", () => {
    const producer = FrameRing.create(64);
    producer.tryWrite(Uint8Array.of(9));
    expect(new FrameRing(producer.buffer).read()).toEqual(Uint8Array.of(9));
  });

  it("rounds its capacity up to a power of two", () => {
    expect(FrameRing.create(1).capacity).toBe(16);
    expect(FrameRing.create(65).capacity).toBe(128);
    expect(() => FrameRing.create(Number.NaN)).toThrow(RangeError);
    expect(() => new FrameRing(new SharedArrayBuffer(100))).toThrow(RangeError);
  });

  it("takes exactly what fits and says what never will", () => {
    const ring = FrameRing.create(32);
    expect(ring.maxFrame).toBe(28);
    expect(ring.tryWrite(bytes(28))).toBe(true);
    expect(ring.tryWrite(new Uint8Array(0))).toBe(false);
    expect(ring.read()).toEqual(bytes(28));
    expect(() => ring.tryWrite(bytes(29))).toThrow(RangeError);
  });

  it("wraps a frame around the end at every offset and length", () => {
    for (let length = 0; length <= 28; length++) {
      const ring = FrameRing.create(32);
      for (let round = 0; round < 20; round++) {
        expect(ring.tryWrite(bytes(length, round))).toBe(true);
        expect(ring.read()).toEqual(bytes(length, round));
      }
    }
  });

  it("stays right when its counters pass 2^31 and 2^32", () => {
    for (const start of [0x7fff_fff0, -16]) {
      const ring = FrameRing.create(64);
      new Int32Array(ring.buffer).set([start, start]);
      for (let round = 0; round < 16; round++) {
        expect(ring.tryWrite(bytes(5, round))).toBe(true);
        expect(ring.tryWrite(bytes(9, round))).toBe(true);
        expect(ring.read()).toEqual(bytes(5, round));
        expect(ring.read()).toEqual(bytes(9, round));
      }
      for (let i = 0; i < 4; i++) expect(ring.tryWrite(bytes(12))).toBe(true);
      expect(ring.tryWrite(bytes(0))).toBe(false);
    }
  });

  it("tells the consumer once that a write found no room", () => {
    const ring = FrameRing.create(16);
    expect(ring.tryWrite(bytes(12))).toBe(true);
    expect(ring.takeStarved()).toBe(false);
    expect(ring.tryWrite(bytes(1))).toBe(false);
    ring.read();
    expect(ring.takeStarved()).toBe(true);
    expect(ring.takeStarved()).toBe(false);
  });

  it("gives a copy that later writes do not touch", () => {
    const ring = FrameRing.create(16);
    ring.tryWrite(bytes(8, 1));
    const frame = ring.read();
    ring.tryWrite(bytes(8, 2));
    ring.tryWrite(bytes(8, 3));
    expect(frame).toEqual(bytes(8, 1));
  });

  it("loses and mixes nothing between two threads", async () => {
    const frames = 20_000;
    const ring = FrameRing.create(4096);
    const { outputFiles } = buildSync({
      stdin: {
        contents: `
          import { workerData } from "node:worker_threads";
          import { FrameRing } from "./emulator/mailbox/ring.ts";
          const ring = new FrameRing(workerData.ring);
          for (let i = 0; i < ${frames}; ) {
            const frame = new Uint8Array(4 + (i * 31) % 900).fill(i);
            new DataView(frame.buffer).setUint32(0, i);
            if (ring.tryWrite(frame)) i++;
          }`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: "node",
      write: false,
    });
    const worker = new Worker(outputFiles[0]!.text, { eval: true, workerData: { ring: ring.buffer } });
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    for (let i = 0; i < frames; ) {
      const frame = ring.read();
      if (frame === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const expected = 4 + ((i * 31) % 900);
      if (
        frame.length !== expected ||
        new DataView(frame.buffer).getUint32(0) !== i ||
        frame.subarray(4).some((byte) => byte !== (i & 0xff))
      ) {
        throw new Error(`frame ${i} came out wrong`);
      }
      i++;
    }
    expect(await exited).toBe(0);
    expect(ring.empty).toBe(true);
  });
});
