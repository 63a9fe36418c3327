# The time module of the ESP32 (extmod/modtime.c, ports/esp32/modtime.c): epoch 2000, whole seconds.
import utime
import _board
from math import ldexp
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


# The C code's time is unsigned (timeutils_timestamp_t where there are 32 bits a pointer).
def gmtime(secs=None):
    if secs is None:
        secs = time()
    elif not isinstance(secs, int):
        range(secs)  # raises what mp_obj_get_int does
    return utime.gmtime((secs + _EPOCH) & 0xFFFFFFFF)[:8]


localtime = gmtime


def mktime(t):
    return int(utime.mktime(t)) - _EPOCH


# A wait ends early, with the microseconds still to go, when an exception or a callback is due: taking the
# branch back is what lets the VM run it (py/vm.c, pending_exception_check).
def sleep_us(us):
    us = range(us).stop  # mp_obj_get_int
    while us > 0:
        us = _board.sleep_us(us)


def sleep_ms(ms):
    us = range(ms).stop * 1000
    while us > 0:
        us = int(_board.sleep_us(float(us)))


def sleep(seconds):
    us = int(ldexp(seconds, 0) * 1000) * 1000  # mp_obj_get_float
    while us > 0:
        us = int(_board.sleep_us(float(us)))
