import { expect, it } from "vitest";
import { buildRomfs } from "../../../firmware-shim/modules/romfs.ts";

const toHex = (bytes: Uint8Array) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

it("writes files and directories as extmod/vfs_rom.c reads them", () => {
  const a = Uint8Array.of(1, 2, 3);
  const image = buildRomfs(
    new Map<string, Uint8Array | Map<string, Uint8Array>>([
      ["a.py", a],
      ["d", new Map([["b", Uint8Array.of()]])],
    ]),
  );
  const file = "05" + "0a" + "04612e7079" + "02" + "03" + "010203";
  const inner = "05" + "04" + "0162" + "02" + "00";
  const directory = `04080164${inner}`;
  // Its length is made even.
  expect(toHex(image)).toBe(`d2cd3116${file}${directory}`);
});

it("writes long lengths in groups of seven bits, and pads an odd image", () => {
  const image = buildRomfs(new Map([["f", new Uint8Array(200)]]));
  expect(toHex(image).slice(0, 28)).toBe("d2cd3180815005814d0166028148");
  expect(image.length % 2).toBe(0);
});
