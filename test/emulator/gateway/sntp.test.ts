import { expect, it } from "vitest";
import { answerSntp } from "../../../emulator/gateway/sntp.ts";

const toHex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

it("answers ntptime's request with the time", () => {
  const request = new Uint8Array(48);
  request[0] = 0x23; // version 4, client
  // 2026-01-02T03:04:05.500Z; 3976311845 seconds since 1900 are 0xed01b425.
  expect(toHex(answerSntp(request, Date.UTC(2026, 0, 2, 3, 4, 5, 500)))).toBe(
    "240a00f6" +
      "0000000000000000" +
      "7f7f0100" +
      "ed01b42580000000" +
      "0000000000000000" +
      "ed01b42580000000" +
      "ed01b42580000000",
  );
});

it("echoes the client's transmit timestamp, version and poll interval", () => {
  const request = new Uint8Array(68);
  request.set([0x1b, 0, 6]);
  request.set([1, 2, 3, 4, 5, 6, 7, 8], 40);
  const reply = answerSntp(request, 0)!;
  expect(reply.length).toBe(48);
  expect(toHex(reply.subarray(0, 4))).toBe("1c0a06f6");
  expect(toHex(reply.subarray(24, 48))).toBe(`010203040506070883aa7e800000000083aa7e8000000000`);
});

it("goes on after 2036, when the seconds start again", () => {
  const request = new Uint8Array(48);
  request[0] = 0x23;
  expect(toHex(answerSntp(request, Date.UTC(2036, 1, 7, 6, 28, 17))!.subarray(40))).toBe("0000000100000000");
});

it("answers nothing that is no client's request", () => {
  for (const first of [0x24, 0x25, 0x03, 0x00]) {
    expect(answerSntp(Uint8Array.of(first, ...new Uint8Array(47)), 0)).toBeUndefined();
  }
  expect(answerSntp(new Uint8Array(47).fill(0x23), 0)).toBeUndefined();
  expect(answerSntp(new Uint8Array(0), 0)).toBeUndefined();
});
