# The time module of the ESP32 (extmod/modtime.c, ports/esp32/modtime.c): epoch 2000, whole seconds.
import utime
import _board
from micropython import const

_PERIOD = const(1 << 30)  # MICROPY_PY_TIME_TICKS_PERIOD: ticks are small ints
_EPOCH = const(946684800)  # seconds from 1970, the stock build's epoch, to 2000

ticks_ms = _board.ticks_ms
ticks_us = _board.ticks_us
ticks_cpu = _board.ticks_cpu
ticks_add = utime.ticks_add
ticks_diff = utime.ticks_diff


def time():
    return int(_board.rtc_seconds())


def time_ns():
    return int(_board.rtc_micros()) * 1000


def gmtime(secs=None):
    return utime.gmtime((time() if secs is None else int(secs)) + _EPOCH)[:8]


localtime = gmtime


def mktime(t):
    if not 8 <= len(t) <= 9:
        raise TypeError("mktime needs a tuple of length 8 or 9")
    return int(utime.mktime(t)) - _EPOCH


# A wait ends early, with the microseconds still to go, when an exception or a callback is due: taking the
# branch back is what lets the VM run it (py/vm.c, pending_exception_check).
def sleep_us(us):
    us = int(us)
    while us > 0:
        us = _board.sleep_us(us)


def sleep_ms(ms):
    us = int(ms) * 1000
    while us > 0:
        us = int(_board.sleep_us(float(us)))


def sleep(seconds):
    us = int(seconds * 1000) * 1000
    while us > 0:
        us = int(_board.sleep_us(float(us)))
