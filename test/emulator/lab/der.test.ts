import { describe, expect, it } from "vitest";
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  namedBits,
  objectIdentifier,
  octetString,
  pem,
  sequence,
  set,
  smallInteger,
  TRUE,
  time,
  unsignedInteger,
  utf8String,
} from "../../../emulator/lab/der.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const at = (iso: string): number => Date.parse(iso) / 1000;

describe("an element", () => {
  it.each([
    [0, "0400"],
    [127, "047f"],
    [128, "048180"],
    [255, "0481ff"],
    [256, "04820100"],
    [65_536, "0483010000"],
  ])("of %d bytes has its length in front", (length, header) => {
    const bytes = octetString(new Uint8Array(length));
    expect(hex(bytes.subarray(0, header.length / 2))).toBe(header);
    expect(bytes.length).toBe(header.length / 2 + length);
  });

  it("is what X.690 has it", () => {
    expect(hex(sequence(TRUE, set(utf8String("é"))))).toBe("3009" + "0101ff" + "3104" + "0c02c3a9");
    expect(hex(bitString(Uint8Array.of(1, 2)))).toBe("0303000102");
    expect(hex(contextConstructed(3, smallInteger(1)))).toBe("a303020101");
    expect(hex(contextPrimitive(2, Buffer.from("a")))).toBe("820161");
  });
});

it.each([
  [[], "020100"],
  [[0], "020100"],
  [[0, 0, 5], "020105"],
  [[0x7f], "02017f"],
  [[0x80], "02020080"],
  [[0, 0x80, 0], "0203008000"],
])("integers %j are positive and short", (bytes, encoded) => {
  expect(hex(unsignedInteger(Uint8Array.from(bytes)))).toBe(encoded);
});

it.each([
  ["2.5.4.3", "0603550403"],
  ["1.2.840.113549.1.1.11", "06092a864886f70d01010b"],
  ["1.2.840.10045.4.3.2", "06082a8648ce3d040302"],
  ["1.3.6.1.5.5.7.3.1", "06082b06010505070301"],
])("object identifier %s", (dotted, encoded) => {
  expect(hex(objectIdentifier(dotted))).toBe(encoded);
});

it.each([
  [[0], "03020780"],
  [[0, 2], "030205a0"],
  [[5, 6], "03020106"],
  [[8], "0303070080"],
])("named bits %j end with the last that is set", (bits, encoded) => {
  expect(hex(namedBits(bits))).toBe(encoded);
});

it.each([
  ["2026-09-01T12:34:56Z", 0x17, "260901123456Z"],
  ["1950-01-01T00:00:00Z", 0x17, "500101000000Z"],
  ["2049-12-31T23:59:59Z", 0x17, "491231235959Z"],
  ["1949-12-31T23:59:59Z", 0x18, "19491231235959Z"],
  ["2050-01-01T00:00:00Z", 0x18, "20500101000000Z"],
  ["9999-12-31T23:59:59Z", 0x18, "99991231235959Z"],
])("the time %s", (iso, tag, text) => {
  const bytes = time(at(iso));
  expect([bytes[0], Buffer.from(bytes.subarray(2)).toString()]).toEqual([tag, text]);
});

it("writes PEM in lines of 64 characters", () => {
  expect(pem("X", new Uint8Array(49))).toBe(`-----BEGIN X-----\n${"A".repeat(64)}\nAA==\n-----END X-----\n`);
});
