/**
 * An error that is for the person at the keyboard: its message is one line that says what is wrong and how to
 * mend it. The command line prints it on stderr, without a stack, and exits with `exitCode`.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** 2 for bad input (the default), 1 where the board refused something. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
