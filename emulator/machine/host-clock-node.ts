/** The host's monotonic clock, microseconds: the same in all threads of this process. */
export const hostMicros = (): number => Number(process.hrtime.bigint() / 1000n);
