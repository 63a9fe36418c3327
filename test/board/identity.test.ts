import { expect, it } from "vitest";
import { accessPointMac, cpuFrequency, DEFAULT_CPU_FREQUENCY, uniqueId } from "../../board/identity.ts";

it("derives a MAC address from the board's number", () => {
  expect(uniqueId(0x010203)).toEqual(Uint8Array.of(0x24, 0x0a, 0xc4, 1, 2, 3));
  expect(accessPointMac(uniqueId(0x0000ff))).toEqual(Uint8Array.of(0x24, 0x0a, 0xc4, 0, 0, 0));
});

it("takes the frequencies of machine.freq", () => {
  expect(cpuFrequency(240_000_000)).toBe(240_000_000);
  expect(cpuFrequency(160_999_999)).toBe(DEFAULT_CPU_FREQUENCY);
  expect(cpuFrequency(120_000_000)).toBeUndefined();
  expect(cpuFrequency(Number.NaN)).toBeUndefined();
});
