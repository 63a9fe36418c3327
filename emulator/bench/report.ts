/** The middle one of several measurements, which a busy machine disturbs least. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints a measurement: what, how much, what it is compared with or meant to be. */
export function report(what: string, value: number, unit: string, remark = ""): void {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  process.stdout.write(
    `  ${what.padEnd(46)} ${value.toFixed(digits).padStart(9)} ${unit.padEnd(6)} ${remark}\n`,
  );
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
