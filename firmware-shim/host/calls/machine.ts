import { cpuFrequency } from "../../../board/identity.ts";
import type { Board, MemoryOf } from "../board.ts";
import { EINVAL } from "../errno.ts";
import type { HostCall } from "../proxies.ts";

/** Items of the tuple of `RTC.datetime()`. */
const DATETIME_ITEMS = 8;

/** Host calls of the `machine` and `os` modules. Addresses are of buffers that Python keeps alive. */
export function machineCalls(board: Board, memory: MemoryOf): Record<string, HostCall> {
  let irqEnabled = 1;
  return {
    reset: () => board.reset(),
    reset_cause: () => board.resetCause(),
    unique_id: (address: number) => {
      memory().bytes.set(board.uniqueId, address);
    },
    frequency: () => board.cpuFrequency,
    set_frequency: (hertz: number) => {
      const possible = cpuFrequency(hertz);
      if (possible === undefined) return -EINVAL;
      board.cpuFrequency = possible;
      return 0;
    },
    /** Sets the interrupt state, and tells what it was (machine.disable_irq and enable_irq). */
    irq: (state: number) => {
      const before = irqEnabled;
      irqEnabled = state;
      return before;
    },
    /** Fills an array of eight 32-bit integers. */
    rtc_get: (address: number) => {
      for (const [i, item] of board.rtc.datetime().entries())
        memory().setU32(address + i * 4, Math.floor(item));
    },
    rtc_set: (address: number, init: boolean) => {
      const { view } = memory();
      const items = Array.from({ length: DATETIME_ITEMS }, (_, i) => view.getInt32(address + i * 4, true));
      const set = init ? board.rtc.init(items, "program") : board.rtc.setDatetime(items, "program");
      return set ? 0 : -EINVAL;
    },
    /** Copies the user memory to a buffer of its full size; returns its length. */
    rtc_memory: (address: number) => {
      const stored = board.rtc.memory();
      memory().bytes.set(stored, address);
      return stored.length;
    },
    set_rtc_memory: (address: number, length: number) =>
      board.rtc.setMemory(memory().bytes.slice(address, address + length)) ? 0 : -EINVAL,
    random: (address: number, length: number) => {
      memory().bytes.set(board.crypto.randomBytes(length), address);
    },
  };
}
