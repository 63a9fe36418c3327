# The socket module of the ESP32 (ports/esp32/modsocket.c): lwIP's sockets, IPv4. Errors are newlib's numbers, as
# on the ESP32: ETIMEDOUT is 116 here, not the 110 of a Linux.
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
MSG_PEEK = 1
MSG_DONTWAIT = 8

_EINTR = const(4)
_EBADF = const(9)
_EAGAIN = const(11)
_EINVAL = const(22)
_ENFILE = const(23)
_EOPNOTSUPP = const(95)
_ETIMEDOUT = const(116)
_EINPROGRESS = const(119)
# lwip/netdb.h; modsocket.c raises them negated.
_EAI_SERVICE = const(201)
_EAI_FAMILY = const(204)
_RD = const(1)
_WR = const(4)
_POLL = const(3)  # MP_STREAM_POLL
_CLOSE = const(4)  # MP_STREAM_CLOSE
_ALWAYS_TOLD = const(0x38)  # MP_STREAM_POLL_ERR, _HUP and _NVAL
_POLL_MS = const(100)  # SOCKET_POLL_US

# The methods that C streams share (py/stream.c): read(s, size), readinto(s, buf, size), write(s, buf, ...), and so
# on. They loop over the readinto and write of the stream they are given, and allocate as on the ESP32.
stream_read = io.BytesIO.__dict__["read"]
stream_readinto = io.BytesIO.__dict__["readinto"]
stream_readline = io.BytesIO.__dict__["readline"]
stream_write = io.BytesIO.__dict__["write"]


# A stream that has one read in it: what stream_read needs to return after it (MP_STREAM_RW_ONCE).
class Once(io.IOBase):
    def __init__(self, readinto):
        self._readinto = readinto

    def readinto(self, buf):
        readinto = self._readinto
        if readinto is None:
            return 0
        self._readinto = None
        return readinto(buf)

    # Asked to raise an error of its own kind (MP_STREAM_RAISE_ERROR): it has none.
    def ioctl(self, request, arg):
        return -_EINVAL


# A stream that only looks at what is written: address and bytes of anything with the buffer protocol.
class Span(io.IOBase):
    length = 0

    def __init__(self, data):
        stream_write(self, data)

    def write(self, buf):
        self.address = addressof(buf)
        self.length = len(buf)
        return self.length


def _text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError("can't convert '%s' object to str implicitly" % type(value).__name__)


# mp_obj_get_array_fixed_n
def _pair(address):
    if not isinstance(address, (tuple, list)):
        raise TypeError("object '%s' isn't a tuple or list" % type(address).__name__)
    if len(address) != 2:
        raise ValueError("requested length 2 but object has length %d" % len(address))
    return address


def _int(value):
    if not isinstance(value, int):
        raise TypeError("can't convert %s to int" % type(value).__name__)
    return value


def _is_ipv4(host):
    parts = host.split(".")
    return len(parts) == 4 and all(p.isdigit() and int(p) < 256 for p in parts)


# lwip_getaddrinfo: the service first, by atoi, then the name. Host and port as connect takes them.
def _resolve(host, port):
    host = _text(host) or "0.0.0.0"
    if not isinstance(port, int):
        digits = _text(port)
        port = 0
        for c in digits:
            if not c.isdigit():
                break
            port = port * 10 + int(c)
        if not port and digits[:1] != "0":
            raise OSError(-_EAI_SERVICE)
    if not 0 <= port <= 65535:
        raise OSError(-_EAI_SERVICE)
    if _is_ipv4(host):
        return host, port
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
    return found.split(" ")[0], port


def getaddrinfo(host, port, af=0, type=0, proto=0, flags=0):
    if af not in (0, AF_INET, AF_INET6):
        raise OSError(-_EAI_FAMILY)
    address = _resolve(host, port)
    return [(AF_INET, type or SOCK_STREAM, proto, _text(host) or "0.0.0.0", address)]


# lwIP's socket as a stream, without loops: a call moves bytes once, and gives their number or a negative errno.
# A callback or an exception ends a wait with EINTR, and the branch back lets the VM run it (py/vm.c,
# pending_exception_check).
class Raw(io.IOBase):
    def __init__(self, handle):
        self.handle = handle
        self.timeout = None  # milliseconds; None is for ever, 0 not to wait
        self.expired = _ETIMEDOUT  # the error when it has passed

    def deadline(self):
        return _board.deadline(self.timeout) if self.timeout else self.timeout

    # Readiness, 0 when the time is up, or a negative errno.
    def wait(self, events, deadline):
        ready = _board.socket_wait(self.handle, events, deadline)
        while ready == -_EINTR:
            ready = _board.socket_wait(self.handle, events, deadline)
        return ready

    # Calls f(handle, address, length) until it moves something.
    def move(self, f, address, length, events):
        n = f(self.handle, address, length)
        if n == -_EAGAIN or n == -_EINPROGRESS:
            if self.timeout == 0:
                return -_EAGAIN
            deadline = self.deadline()
            while n == -_EAGAIN or n == -_EINPROGRESS:
                ready = self.wait(events, deadline)
                if ready <= 0:
                    return ready or -self.expired
                n = f(self.handle, address, length)
        return n

    def readinto(self, buf):
        return self.move(_board.socket_recv, addressof(buf), len(buf), _RD)

    # For recv, to which an empty socket is an error (modsocket.c, _socket_recvfrom).
    def receive(self, buf):
        n = self.readinto(buf)
        if n == -_EAGAIN:
            raise OSError(_EAGAIN)
        return n

    def write(self, buf):
        return self.move(_board.socket_send, addressof(buf), len(buf), _WR)

    def ioctl(self, request, arg):
        if request == _POLL:
            return _board.socket_poll(self.handle) & (arg | _ALWAYS_TOLD)
        if request == _CLOSE:
            _board.socket_close(self.handle)
            return 0
        return -_EINVAL


def _accept(handle, address, length):
    return _board.socket_accept(handle)


# What accept makes a socket of: with it, the last argument is the handle.
_ACCEPTED = object()


class socket(io.IOBase):
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=0):
        handle = proto
        if af is not _ACCEPTED:
            if _int(af) != AF_INET:
                raise OSError(_EINVAL)
            _int(proto)
            handle = _board.socket_open(_int(type))
            if handle == -_ENFILE:
                import gc

                gc.collect()
                handle = _board.socket_open(type)
            if isinstance(handle, int):
                raise OSError(-handle)
        self._raw = Raw(handle)
        self._h = handle  # select asks whether the board has events for it

    def connect(self, address):
        host, port = _pair(address)
        host, port = _resolve(host, port)
        raw = self._raw
        n = _board.socket_connect(raw.handle, host, port)
        if n == -_EINPROGRESS and raw.timeout != 0:
            ready = raw.wait(_WR, raw.deadline())
            n = _board.socket_connect_status(raw.handle) if ready else -_ETIMEDOUT
        if n < 0:
            raise OSError(-n)

    # A blocking socket sends all, or what its time allows; nothing at all is an error, also of an empty buffer
    # (modsocket.c, _socket_send).
    def _send(self, data):
        raw = self._raw
        span = Span(data)
        length = span.length
        sent = 0
        while sent < length:
            n = raw.move(_board.socket_send, span.address + sent, length - sent, _WR)
            if n < 0:
                if n != -raw.expired and n != -_EAGAIN:
                    raise OSError(-n)
                break
            sent += n
            if raw.timeout == 0:
                break
        if sent == 0:
            raise OSError(_EAGAIN if raw.timeout == 0 else raw.expired)
        return sent, length

    def send(self, data):
        return self._send(data)[0]

    def sendall(self, data):
        sent, length = self._send(data)
        if sent < length:
            raise OSError(_ETIMEDOUT)

    # It takes addresses, not names (netutils_parse_inet_addr).
    def sendto(self, data, address):
        raw = self._raw
        span = Span(data)
        host, port = _pair(address)
        host = _text(host) or "0.0.0.0"
        if not _is_ipv4(host):
            raise ValueError("invalid arguments")
        n = raw.move(
            lambda handle, at, length: _board.socket_sendto(handle, at, length, host, _int(port)),
            span.address if span.length else 0,
            span.length,
            _WR,
        )
        if n < 0:
            raise OSError(_ETIMEDOUT if n == -_EAGAIN else -n)
        return n

    def recv(self, length, flags=0):
        if flags:
            return self._recv_flagged(length, flags)
        return stream_read(Once(self._raw.receive), length)

    def _recv_flagged(self, length, flags):
        raw = self._raw

        def receive(buf):
            f = _board.socket_peek if flags & MSG_PEEK else _board.socket_recv
            if flags & MSG_DONTWAIT:
                n = f(raw.handle, addressof(buf), len(buf))
            else:
                n = raw.move(f, addressof(buf), len(buf), _RD)
            if n < 0:
                raise OSError(-n)
            return n

        return stream_read(Once(receive), length)

    def recv_into(self, buf, length=0, flags=0):
        return stream_readinto(Once(self._raw.receive), buf, length or -1)

    def recvfrom(self, length, flags=0):
        raw = self._raw
        sender = None

        def receive(buf):
            nonlocal sender
            f = _board.socket_peekfrom if flags & MSG_PEEK else _board.socket_recvfrom
            if flags & MSG_DONTWAIT:
                n = f(raw.handle, addressof(buf), len(buf))
            else:
                n = raw.move(f, addressof(buf), len(buf), _RD)
            if n < 0:
                raise OSError(-n)
            sender = _board.socket_sender()
            return n

        data = stream_read(Once(receive), length)
        host, _, port = sender.partition(":")
        return data, (host, int(port))

    # The time is waited in steps of 100 ms, and one more; less than a step is a wait that ends with EAGAIN
    # (modsocket.c, _socket_settimeout).
    def settimeout(self, seconds):
        raw = self._raw
        raw.timeout = None
        raw.expired = _ETIMEDOUT
        if seconds is not None:
            if not isinstance(seconds, (int, float)):
                raise TypeError("can't convert %s to float" % type(seconds).__name__)
            steps = int(seconds * 1000) // _POLL_MS
            raw.timeout = (steps + 1) * _POLL_MS if int(seconds * 1000) > 0 else 0
            if steps <= 0:
                raw.expired = _EAGAIN

    def setblocking(self, flag):
        self.settimeout(None if flag else 0)

    def setsockopt(self, level, option, value):
        option = _int(option)
        if option == IP_ADD_MEMBERSHIP:
            if Span(value).length != 8:
                raise ValueError
            raise OSError(_EOPNOTSUPP)  # the gateway joins no groups
        if option in (SO_REUSEADDR, SO_BROADCAST, TCP_NODELAY):
            _int(value)
            if option == SO_REUSEADDR:
                _board.socket_reuse_address(self._raw.handle, bool(value))
        elif option == SO_BINDTODEVICE:
            _text(value)
        else:
            print("Warning: lwip.setsockopt() option not implemented")
            return
        if self.fileno() < 0:
            raise OSError(_EBADF)

    def bind(self, address):
        host, port = _pair(address)
        host, port = _resolve(host, port)
        n = _board.socket_bind(self._raw.handle, host, port)
        if n < 0:
            raise OSError(-n)

    def listen(self, backlog=2):
        n = _board.socket_listen(self._raw.handle, _int(backlog))
        if n < 0:
            raise OSError(-n)

    def accept(self):
        raw = self._raw
        handle = raw.move(_accept, 0, 0, _RD)
        if isinstance(handle, int):
            raise OSError(-handle)
        host, _, port = _board.socket_sender().partition(":")
        return socket(_ACCEPTED, 0, handle), (host, int(port))

    def makefile(self, mode="rwb", buffering=0):
        return self

    def fileno(self):
        return _board.socket_fileno(self._raw.handle)

    def close(self):
        _board.socket_close(self._raw.handle)

    def read(self, size=-1):
        return stream_read(self._raw, size)

    def readline(self, size=-1):
        return stream_readline(self._raw, size)

    # These three also make print(file=), json.load and select.poll work (py/modio.c, IOBase).
    def readinto(self, *args):
        return stream_readinto(self._raw, *args)

    def write(self, *args):
        return stream_write(self._raw, *args)

    def ioctl(self, request, arg):
        return self._raw.ioctl(request, arg)

    def __repr__(self):
        return "<socket>"
