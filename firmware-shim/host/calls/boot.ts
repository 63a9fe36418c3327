import type { MemoryOf } from "../board.ts";
import { EPERM } from "../errno.ts";
import type { HostCall } from "../proxies.ts";

/**
 * Error numbers of the stock build (py/mperrno.h's own, as it is built with MICROPY_USE_INTERNAL_ERRNO) that are
 * others on the ESP32, which has newlib's (see net/errno.ts).
 */
const ESP32_ERRNO = new Map([
  [98, 112], // EADDRINUSE
  [103, 113], // ECONNABORTED
  [106, 127], // EISCONN
  [107, 128], // ENOTCONN
  [110, 116], // ETIMEDOUT
  [113, 118], // EHOSTUNREACH
  [114, 120], // EALREADY
  [115, 119], // EINPROGRESS
]);

const smallInt = (value: number): number => value * 2 + 1;

/** Host calls of `_boot.py`, which makes the stock build an ESP32's. They are refused once it is done. */
export function bootCalls(memory: MemoryOf): { calls: Record<string, HostCall>; seal: () => void } {
  let sealed = false;
  const renumber = (table: number, length: number, entryOffset: number): void => {
    for (let i = 0; i < length; i++) {
      const at = table + i * 8 + entryOffset;
      for (const [from, to] of ESP32_ERRNO) {
        if (memory().u32(at) !== smallInt(from)) continue;
        memory().setU32(at, smallInt(to));
        break;
      }
    }
  };
  /** A dict's map: flags and use, slots, table (py/obj.h, mp_map_t); the dict's type comes first. */
  const renumberDict = (dict: number, entryOffset: 0 | 4): void =>
    renumber(memory().u32(dict + 12), memory().u32(dict + 8), entryOffset);
  return {
    calls: {
      /** Writes a 32-bit word at an address that `id()` gave, in objects that Python cannot assign to. */
      poke: (address: number, value: number) => {
        if (sealed) return -EPERM;
        memory().setU32(address, value);
        return 0;
      },
      /** Renumbers the `errno` module (a module: type, globals) and its `errorcode` dict. */
      use_esp32_errno: (module: number, errorcode: number) => {
        if (sealed) return -EPERM;
        renumberDict(memory().u32(module + 4), 4);
        renumberDict(errorcode, 0);
        return 0;
      },
    },
    seal: () => {
      sealed = true;
    },
  };
}
