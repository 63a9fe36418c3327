/** Limits of the serial endpoints, in one place. */

/** The port `breadbox up` listens on; RFC 2217's own number. */
export const DEFAULT_SERIAL_PORT = 2217;

/** Longest Telnet sub-option that is kept, bytes. RFC 2217's longest is a signature; numbers take four. */
export const TELNET_SUBOPTION_BYTES = 256;

/** How long a refused client may take to read why, milliseconds. */
export const REFUSAL_LINGER_MS = 1000;

/**
 * Input kept for a board that takes none, bytes, before reading from the client stops. More than the board's own
 * buffer, so that the reset line and a purge get through to a board that is busy.
 */
export const PENDING_INPUT_BYTES = 64 * 1024;
