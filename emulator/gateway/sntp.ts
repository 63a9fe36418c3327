/**
 * The access point's time server: SNTP version 4 as a stateless server answers it (RFC 4330 section 6,
 * RFC 5905 sections 7.3 and 14).
 */

/** Bytes of the header, which is all that is needed. */
const HEADER_BYTES = 48;
/** Seconds from 1900 to 1970 (RFC 5905 figure 4). */
const NTP_EPOCH_OFFSET = 2_208_988_800;
const MODE_CLIENT = 3;
const MODE_SERVER = 4;
/** A clock that nobody disciplines; ntpd's customary stratum for a local one. */
const STRATUM_LOCAL = 10;
/** Two to this power of seconds: a millisecond. */
const PRECISION = -10;

/**
 * The answer to an SNTP request, or undefined where it is none.
 *
 * @param nowMs the time to tell, in milliseconds since 1970 UTC
 */
export function answerSntp(request: Uint8Array, nowMs: number): Uint8Array | undefined {
  const mode = (request[0] ?? 0) & 7;
  const version = ((request[0] ?? 0) >> 3) & 7;
  if (request.length < HEADER_BYTES || mode !== MODE_CLIENT || version === 0) return undefined;
  const reply = new Uint8Array(HEADER_BYTES);
  const view = new DataView(reply.buffer);
  reply[0] = (version << 3) | MODE_SERVER; // leap indicator 0: no warning
  reply[1] = STRATUM_LOCAL;
  reply[2] = request[2]!; // poll interval, "copied from the request"
  view.setInt8(3, PRECISION);
  // Root delay and dispersion stay 0. Reference identifier: 127.127.1.0, ntpd's name of a local clock.
  reply.set([127, 127, 1, 0], 12);
  setTimestamp(view, 16, nowMs); // reference: last set
  reply.set(request.subarray(40, 48), 24); // originate: the client's transmit timestamp
  setTimestamp(view, 32, nowMs); // receive
  setTimestamp(view, 40, nowMs); // transmit
  return reply;
}

/** Seconds since 1900 modulo 2^32 and a 32-bit fraction (RFC 5905 section 6). */
function setTimestamp(view: DataView, offset: number, ms: number): void {
  const seconds = Math.floor(ms / 1000);
  view.setUint32(offset, (seconds + NTP_EPOCH_OFFSET) % 2 ** 32);
  view.setUint32(offset + 4, Math.floor(((ms - seconds * 1000) / 1000) * 2 ** 32));
}
