/** The bridge's limits, with their units and reasons. */

/** Milliseconds to the first new attempt after a loss: a gateway that is restarted is found at once. */
export const FIRST_RETRY = 250;

/** Milliseconds between attempts at the longest; each wait is twice the one before. */
export const LONGEST_RETRY = 5_000;

/** Milliseconds from the first byte sent to the end of Wisp's handshake. */
export const HANDSHAKE_TIMEOUT = 10_000;

/** Bytes that a board's stream may send to a plain Wisp server before the server has given credit. */
export const PLAIN_WINDOW = 256 * 1024;

/**
 * Bytes of a stream that a plain Wisp server sent and the board has not read. Such a server cannot be told
 * to wait; above this the stream is closed rather than all memory taken.
 */
export const MAX_PLAIN_QUEUE = 16 * 1024 * 1024;

/** Peers of a board's UDP socket at once, each a stream of a plain Wisp server; the oldest gives way. */
export const MAX_UDP_PEERS = 16;

/** Names that have a made-up address at once; the oldest is forgotten. */
export const MAX_NAMES = 4096;

/** Bytes of a message from a server that is not ours. Ours sends no more than 64 KiB. */
export const MAX_MESSAGE = 16 * 1024 * 1024;
