/** Limits and time-outs of the command line's side of a serial line, in one place. Times in milliseconds. */

/** To open a connection to a board. */
export const CONNECT_TIMEOUT_MS = 5000;

/** For the board to reach the raw REPL, boot.py included (mpremote's timeout_overall). */
export const ENTER_TIMEOUT_MS = 10_000;

/** For the next byte of an answer to our own small programs (mpremote's timeout). User code has no limit. */
export const ANSWER_TIMEOUT_MS = 10_000;

/** Raw REPL without raw paste has no flow control: mpremote sends 256 bytes every 10 ms, and so do we. */
export const RAW_CHUNK_BYTES = 256;
export const RAW_CHUNK_PAUSE_MS = 10;

/** Bytes of a file in one program to the board: its base64 has to fit the board's heap several times. */
export const FILE_CHUNK_BYTES = 1024;

/** A copy shows its progress once it has taken this long. */
export const PROGRESS_AFTER_MS = 1000;
