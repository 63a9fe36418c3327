# Sets the RTC to UTC by SNTP (RFC 4330), with the attributes of micropython-lib's ntptime.
import socket
import struct

host = "pool.ntp.org"
timeout = 1  # seconds

# Seconds from 1900, NTP's epoch, to 2000, the ESP32's.
_NTP_TO_2000 = 3155673600
# A date before this is of NTP's next era, which begins in 2036.
_EARLIEST = 3913056000


def time():
    query = bytearray(48)
    query[0] = 0x23  # version 4, client
    address = socket.getaddrinfo(host, 123)[0][-1]
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.settimeout(timeout)
        s.sendto(query, address)
        reply = s.recv(48)
    finally:
        s.close()
    seconds = struct.unpack("!I", memoryview(reply)[40:44])[0]
    if seconds < _EARLIEST:
        seconds += 1 << 32
    return seconds - _NTP_TO_2000


def settime():
    from machine import RTC
    from time import gmtime

    t = gmtime(time())
    RTC().datetime((t[0], t[1], t[2], t[6] + 1, t[3], t[4], t[5], 0))
