# The machine module of the ESP32 (extmod/modmachine.c, ports/esp32/modmachine.c, machine_rtc.c).
import _board
from array import array
from micropython import const
from uctypes import addressof

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_EINVAL = const(22)
_MEMORY = const(2048)  # MICROPY_HW_RTC_USER_MEM_MAX


def reset():
    _board.reset()


def soft_reset():
    raise SystemExit


reset_cause = _board.reset_cause


def unique_id():
    mac = bytearray(6)
    _board.unique_id(addressof(mac))
    return bytes(mac)


def freq(hz=None):
    if hz is None:
        return _board.frequency()
    if _board.set_frequency(range(hz).stop) < 0:  # mp_obj_get_int
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")


def idle():
    _board.idle()


def disable_irq():
    return _board.irq(0)


def enable_irq(state):
    _board.irq(state)


class RTC:
    # There is one RTC: RTC() gives the same object each time.
    def __new__(cls):
        return _rtc

    def __repr__(self):
        return "<RTC>"

    def datetime(self, t=None):
        if t is None:
            fields = array("i", bytes(32))
            _board.rtc_get(addressof(fields))
            return tuple(fields)
        self._set(t, False)

    def init(self, t):
        self._set(t, True)

    def _set(self, t, init):
        if not isinstance(t, (tuple, list)):
            raise TypeError("object '%s' isn't a tuple or list" % type(t).__name__)
        if len(t) != 8:
            raise ValueError("requested length 8 but object has length %d" % len(t))
        fields = array("i", [range(x).stop for x in t])  # mp_obj_get_int
        if _board.rtc_set(addressof(fields), init) < 0:
            raise OSError(_EINVAL)

    def memory(self, data=None):
        if data is None:
            buffer = bytearray(_MEMORY)
            return bytes(memoryview(buffer)[: _board.rtc_memory(addressof(buffer))])
        if _board.set_rtc_memory(addressof(data), len(data)) < 0:
            raise ValueError("buffer too long")


_rtc = object.__new__(RTC)
