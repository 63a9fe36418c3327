/**
 * The numbers of the Wisp protocol: protocol.md of MercuryWorkshop/wisp-protocol, version 1.2 and the
 * draft of version 2.0; from 0xf0 on our own, described bit for bit in README.md beside this file.
 */

export const PacketType = {
  CONNECT: 0x01,
  DATA: 0x02,
  CONTINUE: 0x03,
  CLOSE: 0x04,
  /** Version 2 only. */
  INFO: 0x05,
  RESOLVE: 0xf0,
  RESOLVED: 0xf1,
  OPENED: 0xf2,
  WINDOW: 0xf3,
  FIN: 0xf4,
  BIND: 0xf5,
  DATAGRAM: 0xf6,
  LISTEN: 0xf7,
  ACCEPTED: 0xf8,
  LEASE: 0xf9,
  /** Never on a WebSocket: the bridge client tells the board whether there is a gateway. */
  LINK: 0xff,
} as const;

/** Stream types of CONNECT and BIND. */
export const TRANSPORT_TCP = 0x01;
export const TRANSPORT_UDP = 0x02;

export const CloseReason = {
  UNKNOWN: 0x01,
  VOLUNTARY: 0x02,
  NETWORK_ERROR: 0x03,
  /** Version 2, in the handshake only. */
  INCOMPATIBLE: 0x04,
  INVALID: 0x41,
  UNREACHABLE: 0x42,
  TIMED_OUT: 0x43,
  REFUSED: 0x44,
  TRANSFER_TIMED_OUT: 0x47,
  BLOCKED: 0x48,
  THROTTLED: 0x49,
  CLIENT_ERROR: 0x81,
  BAD_PASSWORD: 0xc0,
  BAD_SIGNATURE: 0xc1,
  NO_CREDENTIALS: 0xc2,
} as const;

export const ExtensionId = {
  UDP: 0x01,
  PASSWORD: 0x02,
  PUBLIC_KEY: 0x03,
  MOTD: 0x04,
  STREAM_OPEN_CONFIRMATION: 0x05,
  BREADBOX: 0xf0,
} as const;

/** How a look-up went: the first byte of RESOLVED. */
export const ResolveStatus = {
  OK: 0,
  /** There is no such name, or it has no address of the family asked for. */
  NO_SUCH_NAME: 1,
  /** Nobody could be asked, or nobody answered. */
  FAILED: 2,
} as const;

/** The streams that the server numbers (ACCEPTED) start here; a client's lie below. */
export const FIRST_SERVER_STREAM = 0x80000000;

/** Address families of the private packets: one byte before the address. IPv6 (6) is set aside. */
export const FAMILY_IPV4 = 4;

/** Of every packet: u8 type, u32 stream. */
export const HEADER_BYTES = 5;
/** The protocol version that an INFO of ours states. */
export const WISP_MAJOR = 2;
export const WISP_MINOR = 0;
/** The version of our own extension, and of the packets from 0xf0 on. */
export const BREADBOX_VERSION = 1;
