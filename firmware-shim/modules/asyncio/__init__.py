# The asyncio package of MicroPython, with the names and the behaviour of extmod/asyncio: what is not in core is
# loaded when it is first asked for. Tasks are the firmware's (_asyncio); waiting is the board's, without polling.
from .core import *

__version__ = (3, 0, 0)

_MODULES = {
    "event": ("Event", "ThreadSafeFlag"),
    "funcs": ("gather", "wait_for", "wait_for_ms"),
    "lock": ("Lock",),
    "stream": ("StreamReader", "StreamWriter", "open_connection", "start_server"),
}


def __getattr__(name):
    for module, names in _MODULES.items():
        if name in names:
            value = getattr(__import__(module, globals(), None, True, 1), name)
            globals()[name] = value
            return value
    raise AttributeError(name)
