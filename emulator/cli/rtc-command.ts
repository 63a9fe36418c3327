/**
 * `rtc`: shows or sets the board's clock. `--set` sets UTC, which is what certificates and ntptime go by;
 * `--local` sets this machine's local time, as mpremote does.
 */
import type { BoardClient } from "./board-client.ts";
import type { CliIo } from "./cli-io.ts";
import type { Command } from "./commands.ts";

export async function runRtcCommand(
  board: BoardClient,
  command: Extract<Command, { verb: "rtc" }>,
  io: CliIo,
): Promise<void> {
  await board.exec("import machine");
  if (!command.set) {
    io.out(`${(await board.exec("print(repr(machine.RTC().datetime()))")).trim()}\n`);
    return;
  }
  const now = new Date();
  await board.exec(`machine.RTC().datetime(${rtcTuple(now, command.local)})`);
  io.out(`${describe(now, command.local)}\n`);
}

/** The argument of `machine.RTC().datetime`; Monday is 0. */
export function rtcTuple(date: Date, local: boolean): string {
  const d = local ? shifted(date) : date;
  const items = [
    d.getUTCFullYear(),
    d.getUTCMonth() + 1,
    d.getUTCDate(),
    (d.getUTCDay() + 6) % 7,
    d.getUTCHours(),
    d.getUTCMinutes(),
    d.getUTCSeconds(),
    d.getUTCMilliseconds() * 1000,
  ];
  return `(${items.join(", ")})`;
}

/** `RTC set to 2026-11-24 07:20:31 UTC` */
export function describe(date: Date, local: boolean): string {
  const text = (local ? shifted(date) : date).toISOString().slice(0, 19).replace("T", " ");
  if (!local) return `RTC set to ${text} UTC`;
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const pad = (n: number) => String(n).padStart(2, "0");
  const zone = `${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `RTC set to ${text} local time (UTC${zone}); certificates are checked against UTC`;
}

/** A date whose UTC fields are `date`'s local ones. */
function shifted(date: Date): Date {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
}
