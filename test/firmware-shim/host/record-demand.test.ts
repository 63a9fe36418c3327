import { expect, it } from "vitest";
import { RecordDemand } from "../../../firmware-shim/host/calls/record-demand.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

it("asks for a header, then for its body, record after record", () => {
  const demand = new RecordDemand();
  expect(demand.bytes).toBe(5);
  demand.took(hex("16 0303 0102"));
  expect(demand.bytes).toBe(0x102);
  demand.took(new Uint8Array(0x102));
  expect(demand.bytes).toBe(5);
  demand.took(hex("15 0303 0002"));
  expect(demand.bytes).toBe(2);
});

it("goes on asking for the rest, wherever a record is split", () => {
  const record = hex("17 0303 0003 aabbcc");
  for (let at = 1; at < record.length; at++) {
    const demand = new RecordDemand();
    const asked: number[] = [];
    for (let offset = 0; offset < record.length; ) {
      // No more than it asks for, and not beyond the split.
      const end = Math.min(offset + demand.bytes, offset < at ? at : record.length);
      asked.push(demand.bytes);
      demand.took(record.subarray(offset, end));
      offset = end;
    }
    expect(asked).toEqual(at < 5 ? [5, 5 - at, 3] : at === 5 ? [5, 3] : [5, 3, 8 - at]);
    expect(demand.bytes).toBe(5);
  }
});

it("asks for the next header after an empty record", () => {
  const demand = new RecordDemand();
  demand.took(hex("17 0303 0000"));
  expect(demand.bytes).toBe(5);
});

it("keeps asking when nothing came", () => {
  const demand = new RecordDemand();
  demand.took(hex("17"));
  demand.took(new Uint8Array(0));
  expect(demand.bytes).toBe(4);
});
