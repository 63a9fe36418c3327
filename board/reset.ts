/** Why the board started: `machine.reset_cause()`, with the numbers of ports/esp32/modmachine.c. */
export const PWRON_RESET = 1;
/** `machine.reset()`, the reset line, a crash. */
export const HARD_RESET = 2;
export const WDT_RESET = 3;
export const DEEPSLEEP_RESET = 4;
/** Ctrl-D, `machine.soft_reset()`, SystemExit. */
export const SOFT_RESET = 5;

export type ResetCause =
  | typeof PWRON_RESET
  | typeof HARD_RESET
  | typeof WDT_RESET
  | typeof DEEPSLEEP_RESET
  | typeof SOFT_RESET;
