# The socket module of the ESP32 (ports/esp32/modsocket.c): lwIP's sockets, IPv4.
import _board
import io
from micropython import const
from uctypes import addressof

AF_INET = 2
AF_INET6 = 10
SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_RAW = 3
IPPROTO_TCP = 6
IPPROTO_UDP = 17
IPPROTO_IP = 0
SOL_SOCKET = 4095
SO_REUSEADDR = 4
SO_BROADCAST = 32
SO_BINDTODEVICE = 4107
TCP_NODELAY = 1
IP_ADD_MEMBERSHIP = 3

_EINTR = const(4)
_EAGAIN = const(11)
_EINVAL = const(22)
_ENFILE = const(23)
_EOPNOTSUPP = const(95)
_EINPROGRESS = const(119)
_ETIMEDOUT = const(116)
_ENOTCONN = const(128)
_RD = const(1)
_WR = const(4)
_POLL = const(3)  # MP_STREAM_POLL
_CLOSE = const(4)  # MP_STREAM_CLOSE


def _resolve(host):
    if host == "":
        return "0.0.0.0"
    parts = host.split(".")
    if len(parts) == 4 and all(p.isdigit() and int(p) < 256 for p in parts):
        return host
    request = _board.resolve_start(host)
    if request < 0:
        raise OSError(request)
    try:
        found = _board.resolve_wait(request)
        while found == -_EINTR:
            found = _board.resolve_wait(request)
    except BaseException:
        _board.resolve_cancel(request)
        raise
    if not isinstance(found, str):
        raise OSError(found)
    return found.split(" ")[0]


def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    address = _resolve(host)
    return [(AF_INET, type or SOCK_STREAM, proto, host or "0.0.0.0", (address, int(port)))]


# A number of lwIP's stands for an error as its negative; a callback or an exception ends a wait with EINTR,
# and the branch back lets the VM run it (py/vm.c, pending_exception_check).
class socket(io.IOBase):
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=0):
        if af != AF_INET:
            raise OSError(_EINVAL)
        handle = _board.socket_open(type)
        if handle == -_ENFILE:
            import gc

            gc.collect()
            handle = _board.socket_open(type)
        if isinstance(handle, int):
            raise OSError(-handle)
        self._h = handle
        self._type = type
        self._timeout = None  # milliseconds; None is for ever

    def _wait(self, events, deadline):
        ready = _board.socket_wait(self._h, events, deadline)
        while ready == -_EINTR:
            ready = _board.socket_wait(self._h, events, deadline)
        if ready == 0:
            raise OSError(_ETIMEDOUT)

    def _deadline(self):
        return None if self._timeout is None else _board.deadline(self._timeout)

    def connect(self, address):
        host, port = address
        r = _board.socket_connect(self._h, _resolve(host), int(port))
        if r == -_EINPROGRESS and self._timeout != 0:
            self._wait(_WR, self._deadline())
            r = _board.socket_connect_status(self._h)
        if r < 0:
            raise OSError(-r)

    # Calls f(handle, address, length) until it moves something.
    def _transfer(self, f, buf, length, events):
        r = f(self._h, buf, length)
        if r == -_EAGAIN or r == -_EINPROGRESS:
            if self._timeout == 0:
                raise OSError(_EAGAIN)
            deadline = self._deadline()
            while r == -_EAGAIN or r == -_EINPROGRESS:
                self._wait(events, deadline)
                r = f(self._h, buf, length)
        if r < 0:
            raise OSError(-r)
        return r

    def send(self, data):
        length = len(data)
        if length == 0:
            return 0
        base = addressof(data)
        sent = self._transfer(_board.socket_send, base, length, _WR)
        # A blocking socket sends all (modsocket.c, _socket_send).
        while sent < length and self._timeout != 0:
            sent += self._transfer(_board.socket_send, base + sent, length - sent, _WR)
        return sent

    def sendall(self, data):
        if self.send(data) < len(data):
            raise OSError(_ETIMEDOUT)

    def sendto(self, data, address):
        host, port = address
        host = _resolve(host)
        r = _board.socket_sendto(self._h, addressof(data), len(data), host, int(port))
        while r == -_EAGAIN and self._timeout != 0:
            self._wait(_WR, self._deadline())
            r = _board.socket_sendto(self._h, addressof(data), len(data), host, int(port))
        if r < 0:
            raise OSError(-r)
        return r

    def recv(self, length, flags=0):
        buf = bytearray(length)
        n = self._transfer(_board.socket_recv, addressof(buf), length, _RD)
        return bytes(memoryview(buf)[:n])

    def recv_into(self, buf, length=0, flags=0):
        return self._transfer(_board.socket_recv, addressof(buf), length or len(buf), _RD)

    def recvfrom(self, length, flags=0):
        buf = bytearray(length)
        n = self._transfer(_board.socket_recvfrom, addressof(buf), length, _RD)
        host, _, port = _board.socket_sender().partition(":")
        return bytes(memoryview(buf)[:n]), (host, int(port))

    def settimeout(self, seconds):
        self._timeout = None if seconds is None else int(seconds * 1000)

    def setblocking(self, flag):
        self._timeout = None if flag else 0

    def setsockopt(self, level, option, value):
        if option not in (SO_REUSEADDR, SO_BROADCAST, SO_BINDTODEVICE, TCP_NODELAY, IP_ADD_MEMBERSHIP):
            print("Warning: lwip.setsockopt() option not implemented")

    def bind(self, address):
        raise OSError(_EOPNOTSUPP)

    listen = bind
    accept = bind

    def makefile(self, mode="rwb", buffering=0):
        return self

    def fileno(self):
        return _board.socket_fileno(self._h)

    def close(self):
        _board.socket_close(self._h)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def __repr__(self):
        return "<socket>"

    # The stream protocol below makes print(file=), json.load and select.poll work. A method that returns None
    # has nothing to give now (py/objtype.c, extmod/modio.c).
    def readinto(self, buf, length=-1):
        size = len(buf) if length < 0 else min(length, len(buf))
        got = 0
        view = memoryview(buf)
        while got < size:
            try:
                n = self._transfer(_board.socket_recv, addressof(view[got:]), size - got, _RD)
            except OSError as e:
                if e.errno != _EAGAIN:
                    raise
                return got or None
            if n == 0:
                break
            got += n
        return got

    def read(self, length=-1):
        if length >= 0:
            buf = bytearray(length)
            n = self.readinto(buf)
            return None if n is None else bytes(memoryview(buf)[:n])
        data = bytearray()
        chunk = bytearray(256)
        while True:
            n = self._read_some(chunk)
            if n is None:
                return bytes(data) if data else None
            if n == 0:
                return bytes(data)
            data += memoryview(chunk)[:n]

    def _read_some(self, buf):
        try:
            return self._transfer(_board.socket_recv, addressof(buf), len(buf), _RD)
        except OSError as e:
            if e.errno != _EAGAIN:
                raise
            return None

    def readline(self, length=-1):
        line = bytearray()
        byte = bytearray(1)
        while length < 0 or len(line) < length:
            n = self._read_some(byte)
            if n is None:
                return bytes(line) if line else None
            if n == 0:
                break
            line += byte
            if byte[0] == 10:
                break
        return bytes(line)

    def write(self, data, *args):
        view = memoryview(data)
        if len(args) == 1:
            view = view[: args[0]]
        elif args:
            view = view[args[0] : args[0] + args[1]]
        sent = 0
        while sent < len(view):
            try:
                sent += self._transfer(_board.socket_send, addressof(view[sent:]), len(view) - sent, _WR)
            except OSError as e:
                if e.errno != _EAGAIN:
                    raise
                return sent or None
        return sent

    def ioctl(self, request, arg):
        if request == _POLL:
            return _board.socket_poll(self._h) & (arg | 0x38)
        if request == _CLOSE:
            self.close()
            return 0
        return -_EINVAL
