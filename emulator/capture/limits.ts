/** Numbers of the captured network, with their units and reasons. */

/** Bytes of an IPv4 packet on Ethernet. */
export const MTU = 1500;

/** Bytes of a TCP segment that an ESP32 takes: CONFIG_LWIP_TCP_MSS of ESP-IDF. */
export const BOARD_MSS = 1440;

/** The same of a host on Ethernet: the MTU without the two headers. */
export const PEER_MSS = 1460;

/** Bytes of an ESP32's receive window: CONFIG_LWIP_TCP_WND_DEFAULT of ESP-IDF. */
export const BOARD_WINDOW = 5760;

/** The same of a Linux host before it scales. */
export const PEER_WINDOW = 64240;

/** Segments that are acknowledged together (RFC 1122 section 4.2.3.2: at least every second one is). */
export const SEGMENTS_PER_ACK = 2;

/** lwIP's IP_DEFAULT_TTL as ESP-IDF sets it. */
export const BOARD_TTL = 64;

/** What is left of a host's 64 after the access point's one hop. */
export const PEER_TTL = 63;

/** lwIP's first local port (TCP_LOCAL_PORT_RANGE_START), and how many there are. */
export const FIRST_LOCAL_PORT = 49152;
export const LOCAL_PORTS = 16384;

/**
 * Milliseconds that packets are held back for the secrets of a handshake, which may not come: more than a handshake
 * takes, and little for who reads along.
 */
export const SECRETS_WAIT_MS = 1000;
