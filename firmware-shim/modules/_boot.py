# Runs once when the firmware starts, before boot.py: makes the stock build an ESP32's.
# (ports/esp32/main.c and modules/_boot.py do the like.)
import sys, gc, builtins, errno, uctypes, micropython, vfs, _board
from collections import OrderedDict
from uos import chdir

# ESP32: collect when the heap is full, not every 16 KB (py/gc.c, gc_alloc_threshold).
gc.threshold(-1)

# What the stock build froze in for PyScript is not on an ESP32; its frozen modules are in /rom here.
sys.path[:] = ["", "/rom", "/lib"]

# Mounting the ROM filesystem made it the current one.
chdir("/")

# newlib's error numbers instead of the stock build's own.
_board.use_esp32_errno(id(errno), id(errno.errorcode))

# Objects that replace read-only ones must stay alive.
_strings = (b"esp32", "Generic ESP32 module with ESP32", "ESP32_GENERIC", b"3.4.0; MicroPython v1.29.0 on 2026-08-25")

# sys.platform and sys.version are mp_obj_str_t: type, hash (0: not known), length, data (py/objstr.h).
def _set_str(obj, data):
    _board.poke(id(obj) + 4, 0)
    _board.poke(id(obj) + 8, len(data))
    _board.poke(id(obj) + 12, uctypes.addressof(data))


_set_str(sys.platform, _strings[0])
_set_str(sys.version, _strings[3])
# sys.implementation is a tuple: type, length, name, version, _machine, _mpy, _build (py/modsys.c).
_board.poke(id(sys.implementation) + 16, id(_strings[1]))
_board.poke(id(sys.implementation) + 24, id(_strings[2]))
# The streams are mp_obj_vfs_posix_file_t: type, descriptor (extmod/vfs_posix_file.c). The board knows by its
# descriptor what a stream is for.
_board.poke(id(sys.stdin.buffer) + 4, 100)
_board.poke(id(sys.stdout.buffer) + 4, 101)
_board.poke(id(sys.stdout) + 4, 102)



# A module is type, globals (py/obj.h, mp_obj_module_t).
def _set_globals(module, names):
    _board.poke(id(module) + 4, id(names))
    return names


# The stock build raises MemoryError where there is no memory for an exception; there is no buffer to make larger.
def _alloc_emergency_exception_buf(size):
    pass


_micropython = OrderedDict(micropython.__dict__)  # dir() and help() tell names in their order
_micropython["alloc_emergency_exception_buf"] = _alloc_emergency_exception_buf
_set_globals(micropython, _micropython)

_mount = vfs.mount
_umount = vfs.umount


# The ROM file system is the board's own, not a mount of the program's.
def mount(*args, **kwargs):
    mounts = _mount(*args, **kwargs)
    return mounts and [m for m in mounts if m[1] != "/rom"]


def umount(mount):
    if mount == "/rom":
        raise OSError(errno.EINVAL)
    _umount(mount)


_vfs = OrderedDict(vfs.__dict__)
_vfs["mount"] = mount
_vfs["umount"] = umount
# The files are on the flash, not on a host.
del _vfs["VfsPosix"]
_set_globals(vfs, _vfs)

# The stock build's input() reads a stdin that is always 0 (ports/webassembly/mphalport.h).
def _input(prompt=""):
    line = _board.read_line(str(prompt))
    while line is None:
        line = _board.read_line(None)
    if line == -1:
        raise EOFError
    return line


builtins.input = _input
