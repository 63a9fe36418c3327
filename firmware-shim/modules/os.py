# The os module of the ESP32 (extmod/modos.c, ports/esp32/mpconfigport.h).
import uos
import vfs
import _board
from collections import namedtuple
from uctypes import addressof

sep = "/"
chdir = uos.chdir
getcwd = uos.getcwd
mkdir = uos.mkdir
remove = uos.remove
rename = uos.rename
rmdir = uos.rmdir
stat = uos.stat
statvfs = uos.statvfs
unlink = uos.unlink
mount = vfs.mount
umount = vfs.umount

# Without a name it prints as an attrtuple of the C code's (py/objattrtuple.c).
_uname = namedtuple("", ("sysname", "nodename", "release", "version", "machine"))


def uname():
    import sys

    version = "v1.29.0 on 2026-08-25 (Breadbox)"
    return _uname(sys.platform, sys.platform, "1.29.0", version, sys.implementation._machine)


def urandom(n):
    n = int(n)
    if n < 0:
        raise ValueError
    data = bytearray(n)
    _board.random(addressof(data), n)
    return bytes(data)


def sync():
    pass


# The ROM file system is the board's own, not a mount of the program's.
def _is_rom(name, path):
    return name == "rom" and (path == "/" or (path in ("", ".") and getcwd() == "/"))


# Entries are (name, type, inode, size), as a littlefs gives (extmod/vfs_lfsx.c). VfsPosix leaves the size out, and
# has an inode; what a mount point or the program's own file system gives stays as it is.
def ilistdir(path=""):
    prefix = path if path == "" or path.endswith("/") else path + "/"
    entries = uos.ilistdir(path)

    def generate():
        for entry in entries:
            name, kind = entry[0], entry[1]
            if _is_rom(name, path):
                continue
            if len(entry) == 3 and entry[2]:
                entry = (name, kind, 0, stat(prefix + name)[6] if kind == 0x8000 else 0)
            yield entry

    return generate()


def listdir(path=""):
    return [name for name in uos.listdir(path) if not _is_rom(name, path)]
