/** Readiness bits of a stream: MicroPython's MP_STREAM_POLL_RD and so on (py/stream.h). */
export const POLL_RD = 0x01;
export const POLL_WR = 0x04;
export const POLL_ERR = 0x08;
export const POLL_HUP = 0x10;
export const POLL_NVAL = 0x20;
