/** The limits of the board's sockets, with their units and reasons. */

/** Sockets: CONFIG_LWIP_MAX_SOCKETS, which MicroPython leaves at ESP-IDF's default (lwip/Kconfig). */
export const MAX_SOCKETS = 10;

/**
 * The first socket's number: LWIP_SOCKET_OFFSET is FD_SETSIZE (64) less the sockets (ESP-IDF,
 * lwipopts.h), so that numbers below stay free for files.
 */
export const FIRST_FD = 64 - MAX_SOCKETS;

/**
 * Bytes of a stream that the board takes before the program has read any. The real one's TCP window is
 * 5760 bytes; this one hides the gateway's round trip (about a millisecond through two threads), and at
 * 256 KiB it stays below 3 MB for all sockets together.
 */
export const RECEIVE_WINDOW = 256 * 1024;

/**
 * Credit is given back in portions of this many bytes: seldom enough to cost nothing, often enough that
 * the sender never runs dry while the program reads.
 */
export const WINDOW_UPDATE = RECEIVE_WINDOW / 4;

/** Bytes of data in one packet: a pipe's worth, so that one stream's packet never delays another's long. */
export const MAX_DATA = 64 * 1024;

/** Bytes of the longest packet, a full DATA: what a mailbox must have room for. */
export const MAX_PACKET = 5 + MAX_DATA;

/** Datagrams that wait for the program; more are lost (CONFIG_LWIP_UDP_RECVMBOX_SIZE, lwip/Kconfig). */
export const MAX_QUEUED_DATAGRAMS = 6;

/** Bytes of a datagram's payload: 65535 less the headers of IPv4 and UDP. */
export const MAX_DATAGRAM = 65507;

/** Bytes of a name (lwIP, DNS_MAX_NAME_LENGTH, lwip/opt.h); a longer one fails as an unknown one does. */
export const MAX_NAME_LENGTH = 256;

/** Look-ups under way at once: lwIP's DNS table (DNS_TABLE_SIZE, lwip/opt.h). */
export const MAX_LOOKUPS = 4;

/** Ports that are handed out lie from here to the last (lwIP, core/tcp.c: TCP_LOCAL_PORT_RANGE_START). */
export const FIRST_EPHEMERAL_PORT = 0xc000;
export const LAST_PORT = 0xffff;

/** Microseconds that TIME_WAIT lasts: twice CONFIG_LWIP_TCP_MSL, 60 s by default (lwip/Kconfig). */
export const TIME_WAIT_MICROS = 2 * 60_000_000;

/** Connections in TIME_WAIT; a new one ends the oldest (CONFIG_LWIP_MAX_ACTIVE_TCP, lwip/Kconfig). */
export const MAX_TIME_WAIT = 16;

/** Connections that wait to be accepted, at most: CONFIG_LWIP_TCP_ACCEPTMBOX_SIZE (lwip/Kconfig). */
export const MAX_BACKLOG = 6;

/**
 * How long `bind` and `listen` wait for the gateway to know of the port, microseconds of the board's: it takes a
 * millisecond or two; where it takes this long the network is as good as down, and the program goes on.
 */
export const ANNOUNCE_MICROS = 2_000_000;
