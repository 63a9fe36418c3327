/** The host's monotonic clock, microseconds: the same in a page and its workers. */
export const hostMicros = (): number => (performance.timeOrigin + performance.now()) * 1000;
