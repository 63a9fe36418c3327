/** Which board this is: the same one at each visit. */
import { uniqueId } from "../board/identity.ts";

const SETTING = "board-serial";
const SERIALS = 2 ** 24;

/** `machine.unique_id()`, 6 bytes, drawn at the first visit, so that boards on one network differ. */
export function boardUniqueId(): Uint8Array {
  const kept = Number(localStorage.getItem(SETTING) ?? Number.NaN);
  const isSerial = Number.isInteger(kept) && kept >= 0 && kept < SERIALS;
  const serial = isSerial ? kept : crypto.getRandomValues(new Uint32Array(1))[0]! % SERIALS;
  localStorage.setItem(SETTING, String(serial));
  return uniqueId(serial);
}
