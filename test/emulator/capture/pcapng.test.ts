import { expect, it } from "vitest";
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from "../../../emulator/capture/pcapng.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (...parts: string[]): string => parts.join("").replaceAll(" ", "");

it("begins a section", () => {
  expect(hex(sectionHeader("Box 1"))).toBe(
    bytesOf(
      "0a0d0d0a 2c000000 4d3c2b1a 0100 0000 ffffffffffffffff",
      "0400 0500 426f782031 000000", // shb_userappl, padded
      "0000 0000 2c000000",
    ),
  );
});

it("describes an Ethernet interface whose stamps are microseconds", () => {
  expect(hex(interfaceDescription("wlan0"))).toBe(
    bytesOf(
      "01000000 2c000000 0100 0000 00000000",
      "0200 0500 776c616e30 000000", // if_name
      "0900 0100 06 000000", // if_tsresol
      "0000 0000 2c000000",
    ),
  );
});

it("holds a packet with its time and direction", () => {
  // 2026-09-01T12:34:56.000001Z in microseconds is 0x0006_5a58_4d8b_0001 and so needs both halves.
  const micros = 0x65a58 * 2 ** 32 + 0x4d8b0001;
  expect(hex(enhancedPacket(Uint8Array.of(1, 2, 3, 4, 5), micros, "inbound"))).toBe(
    bytesOf(
      "06000000 34000000 00000000 585a0600 01008b4d 05000000 05000000",
      "0102030405 000000",
      "0200 0400 01000000", // epb_flags: inbound
      "0000 0000 34000000",
    ),
  );
  expect(hex(enhancedPacket(Uint8Array.of(1, 2, 3, 4), 1, "outbound"))).toBe(
    bytesOf(
      "06000000 30000000 00000000 00000000 01000000 04000000 04000000",
      "01020304",
      "0200 0400 02000000",
      "0000 0000 30000000",
    ),
  );
});

it("holds secrets", () => {
  expect(hex(decryptionSecrets("A 1 2\n"))).toBe(
    bytesOf("0a000000 1c000000 4b534c54 06000000", "41203120320a 0000", "1c000000"),
  );
});
