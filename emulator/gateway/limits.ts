/** The gateway's limits, with their units and reasons. */

/** Streams of one connection: a board has 10 sockets; other Wisp clients are browsers with dozens. */
export const MAX_STREAMS = 128;

/** The last number that an address of the access point's network may end in: 255 is for broadcasts. */
export const LAST_STATION = 254;

/** Connections that wait for a listener whose backlog is full; more are refused. */
export const MAX_PENDING = 64;

/** Look-ups of one connection under way at once: a board has at most 4. */
export const MAX_LOOKUPS = 16;

/** Bytes of a WebSocket message: ours are at most 64 KiB of data, other clients' may be larger. */
export const MAX_MESSAGE = 1024 * 1024;

/**
 * Bytes of each stream that the gateway takes from the client before the kernel has taken them. As the
 * board's own window: enough for 40 MB/s over several milliseconds of round trip, and bounded.
 */
export const RECEIVE_WINDOW = 256 * 1024;

/** Credit goes back in portions of this many bytes, so that a WINDOW is rare and a sender never dry. */
export const WINDOW_UPDATE = RECEIVE_WINDOW / 4;

/** Packets of a stream that a plain Wisp client may send ahead (its credit is in packets). */
export const PLAIN_BUFFER_PACKETS = 128;

/** Bytes of a stream from a plain client that wait for the kernel; above it the stream is closed. */
export const MAX_BUFFERED = 8 * 1024 * 1024;

/**
 * Bytes that wait in the WebSocket before sockets are no longer read: as much as all of a board's
 * windows together, so that only a slow WebSocket gets there, never one stream that nobody reads.
 */
export const HIGH_WATER = 4 * 1024 * 1024;

/** Milliseconds until a connect is given up. lwIP's last SYN comes later, but nobody waits for it. */
export const CONNECT_TIMEOUT = 20_000;

/** Milliseconds until a look-up is given up: lwIP's DNS client tries for about as long. */
export const LOOKUP_TIMEOUT = 14_000;

/** Milliseconds that a closed stream's last bytes may take to go out. */
export const LINGER_TIMEOUT = 10_000;

/** Milliseconds from the WebSocket's opening to the client's INFO. */
export const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds between pings; a client that has not answered one by the next is gone. */
export const PING_INTERVAL = 30_000;

/** Milliseconds for pool.ntp.org to resolve before the access point's time server steps in. */
export const NTP_LOOKUP_TIMEOUT = 2_000;

/** Milliseconds for a time server to answer before the access point does: ntptime waits 1 s. */
export const NTP_TIMEOUT = 700;
