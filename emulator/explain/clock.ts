/** What can be said of the board's clock beside the host's. */

/** Seconds by which two clocks may differ and still be called the same: a person who sets one by hand. */
const SAME_SECONDS = 120;

export interface Clocks {
  /** Seconds since 1970 UTC on the board's clock. */
  readonly board: number;
  /** The same on the host's. */
  readonly host: number;
  /** Minutes that the host's local time is ahead of UTC. */
  readonly hostOffset: number;
}

/** Whether the board's clock tells the host's time, its local time instead of UTC, or something else. */
export function compareClocks({ board, host, hostOffset }: Clocks): "right" | "local" | "wrong" {
  const ahead = board - host;
  if (Math.abs(ahead) <= SAME_SECONDS) return "right";
  return hostOffset !== 0 && Math.abs(ahead - hostOffset * 60) <= SAME_SECONDS ? "local" : "wrong";
}

/** For example "UTC+02:00". */
export function zoneName(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `UTC${offsetMinutes < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** The date of a time, or, on the same day as `beside`, its hour too. Seconds since 1970 UTC. */
export function dateBeside(seconds: number, beside: number): string {
  const text = timeText(seconds);
  return text.slice(0, 10) === timeText(beside).slice(0, 10) ? `${text} UTC` : text.slice(0, 10);
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}
