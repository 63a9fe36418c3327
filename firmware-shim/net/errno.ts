/**
 * The error numbers of MicroPython on the ESP32. The port is built with MICROPY_USE_INTERNAL_ERRNO 0
 * (ports/esp32/mpconfigport.h), so these are newlib's of the xtensa toolchain (newlib,
 * libc/include/sys/errno.h), not Linux's: ETIMEDOUT is 116 there, and ESHUTDOWN is 110.
 *
 * lwIP's errors become them by err_to_errno_table (lwIP 2.x, src/api/err.c), which is why some never
 * happen: lwIP has no ECONNREFUSED, a refused connect is ERR_RST and so ECONNRESET.
 */

export const EBADF = 9;
/** EWOULDBLOCK too. */
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EINVAL = 22;
/** What lwip_socket sets when all sockets are taken (lwIP, sockets.c: alloc_socket). */
export const ENFILE = 23;
export const EOPNOTSUPP = 95;
/** ERR_RST: the peer sent a reset, also in answer to a SYN. */
export const ECONNRESET = 104;
export const ENOBUFS = 105;
export const ECONNREFUSED = 111;
export const EADDRINUSE = 112;
/** ERR_ABRT: lwIP gave the connection up: no answer to its SYNs, or the interface lost its address. */
export const ECONNABORTED = 113;
/** What modsocket.c raises when a socket's timeout has passed. */
export const ETIMEDOUT = 116;
/** ERR_RTE: no interface leads there. */
export const EHOSTUNREACH = 118;
export const EINPROGRESS = 119;
export const EALREADY = 120;
export const EDESTADDRREQ = 121;
export const EMSGSIZE = 122;
export const EISCONN = 127;
export const ENOTCONN = 128;

/**
 * What `getaddrinfo` fails with, as OSError(-202): lwip_getaddrinfo answers EAI_FAIL (202) whenever
 * netconn_gethostbyname fails, no such name included (lwIP, src/api/netdb.c and lwip/netdb.h), and
 * _getaddrinfo_inner in modsocket.c negates it.
 */
export const EAI_FAIL = 202;
