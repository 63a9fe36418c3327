/** Where the command line writes, so that tests can read it. */
export interface CliIo {
  out(data: string | Uint8Array): void;
  err(data: string | Uint8Array): void;
  /** Whether errors go to a terminal, where a line can be drawn over. */
  readonly errIsTerminal: boolean;
}

export const processIo: CliIo = {
  out: (data) => {
    process.stdout.write(data);
  },
  err: (data) => {
    process.stderr.write(data);
  },
  get errIsTerminal() {
    return process.stderr.isTTY === true;
  },
};
