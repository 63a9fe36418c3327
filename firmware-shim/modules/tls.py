# The tls module of the ESP32 (extmod/modtls_mbedtls.c). The engine is the board's; certificates are checked
# against the board's clock.
import _board
import io
import socket as _socket
from micropython import const
from uctypes import addressof

MBEDTLS_VERSION = "Mbed TLS 3.6.5"
PROTOCOL_TLS_CLIENT = 0
PROTOCOL_TLS_SERVER = 1
PROTOCOL_DTLS_CLIENT = 2
PROTOCOL_DTLS_SERVER = 3
CERT_NONE = 0
CERT_OPTIONAL = 1
CERT_REQUIRED = 2

_EINTR = const(4)
_EAGAIN = const(11)
_EINVAL = const(22)
_FAILED = const(-1000)
_BAD_CONFIG = const(-24192)
_UNKNOWN = const(-23936)
_FEATURE_UNAVAILABLE = const(-28800)
_CHUNK = const(4096)  # MBEDTLS_SSL_OUT_CONTENT_LEN, and the most that recv and send move
_POLL = const(3)  # MP_STREAM_POLL
_CLOSE = const(4)  # MP_STREAM_CLOSE


def _raise(description):
    kind, code, text = description.split("\n", 2)
    if kind == "ValueError":
        raise ValueError(text)
    if text:
        raise OSError(int(code), text)
    raise OSError(int(code))


def _raise_code(code):
    _raise(_board.tls_code_error(code))


def _bytes(data):
    if isinstance(data, str):
        return data.encode()
    if isinstance(data, bytes):
        return data
    raise TypeError("object with buffer protocol required")


class SSLContext:
    def __init__(self, protocol):
        self._protocol = protocol
        self._c = _board.tls_context(protocol)
        self._mode = CERT_NONE if protocol & 1 else CERT_REQUIRED

    @property
    def verify_mode(self):
        return self._mode

    @verify_mode.setter
    def verify_mode(self, mode):
        mode = int(mode)
        self._mode = mode
        _board.tls_set_verify_mode(self._c, mode)

    def get_ciphers(self):
        return _board.tls_ciphers().split(" ")

    def set_ciphers(self, ciphers):
        if not isinstance(ciphers, (list, tuple)):
            raise TypeError("object '%s' isn't a tuple or list" % type(ciphers).__name__)
        code = _board.tls_set_ciphers(self._c, " ".join(ciphers))
        if code:
            _raise_code(code)

    def load_verify_locations(self, cadata):
        data = _bytes(cadata)
        code = _board.tls_load_ca(self._c, addressof(data), len(data)) if data else -1
        if code:
            raise ValueError("invalid cert")

    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None, client_id=None):
        return SSLSocket(self, sock, server_side, do_handshake_on_connect, server_hostname)


class SSLSocket(io.IOBase):
    def __init__(self, context, sock, server_side, do_handshake, server_hostname):
        if not (hasattr(sock, "readinto") and hasattr(sock, "write")):
            raise OSError("stream operation not supported")
        if server_hostname is None and context._mode == CERT_REQUIRED and not server_side:
            raise ValueError("CERT_REQUIRED requires server_hostname")
        if not context._protocol & 1 and server_hostname is None and server_side and context._mode:
            _raise_code(_UNKNOWN)
        self._context = context
        self._t = _board.tls_open(context._c, server_hostname)
        self._sock = sock
        # A socket of the board's needs no Python in between.
        self._h = sock._h if type(sock) is _socket.socket else None
        if do_handshake:
            try:
                self._handshake()
            except BaseException:
                _board.tls_close(self._t)
                raise

    def _handshake(self):
        # Even over a non-blocking socket wrap_socket waits for the handshake.
        if self._h is not None:
            sock = self._sock
            deadline = None if not sock._timeout else _board.deadline(sock._timeout)
            r = _board.tls_handshake(self._t, self._h, deadline)
            while r == -_EINTR:
                r = _board.tls_handshake(self._t, self._h, deadline)
        else:
            r = self._stream(_board.tls_step_handshake, None, None)
            while r == -_EAGAIN:
                _board.idle()
                r = self._stream(_board.tls_step_handshake, None, None)
        if r == _FAILED:
            _raise(_board.tls_error(self._t))

    # Reads or writes once: what was moved, or -EAGAIN on a non-blocking stream.
    def _transfer(self, on_socket, on_stream, buf, length):
        if self._h is not None:
            timeout = self._sock._timeout
            deadline = _board.deadline(timeout) if timeout else timeout
            r = on_socket(self._t, self._h, buf, length, deadline)
            while r == -_EINTR:
                r = on_socket(self._t, self._h, buf, length, deadline)
        else:
            r = self._stream(on_stream, buf, length)
        if r == _FAILED:
            _raise(_board.tls_error(self._t))
        return r

    def _stream(self, step, buf, length):
        while True:
            r = step(self._t) if buf is None else step(self._t, buf, length)
            chunk = bytearray(512)
            n = _board.tls_take(self._t, addressof(chunk), 512)
            try:
                while n:
                    view = memoryview(chunk)[:n]
                    while len(view):
                        view = view[self._sock.write(view) or 0 :]
                    n = _board.tls_take(self._t, addressof(chunk), 512)
                if r != -_EAGAIN:
                    return r
                n = self._sock.readinto(chunk)
            except OSError as e:
                return _board.tls_fail(self._t, e.errno)
            if n is None:
                return -_EAGAIN
            _board.tls_put(self._t, addressof(chunk), n)

    def _read_some(self, buf, length):
        return self._transfer(_board.tls_read, _board.tls_step_read, buf, length)

    def _write_some(self, buf, length):
        return self._transfer(_board.tls_write, _board.tls_step_write, buf, length)

    # recv and send move what one record holds; on a non-blocking socket they raise nothing and give None.
    def recv(self, length, flags=0):
        buf = bytearray(min(length, _CHUNK))
        n = self._read_some(addressof(buf), len(buf))
        return None if n == -_EAGAIN else bytes(memoryview(buf)[:n])

    def recv_into(self, buf, length=0, flags=0):
        n = self._read_some(addressof(buf), min(length or len(buf), _CHUNK))
        return None if n == -_EAGAIN else n

    def send(self, data):
        n = self._write_some(addressof(data), min(len(data), _CHUNK)) if len(data) else 0
        return None if n == -_EAGAIN else n

    def sendall(self, data):
        self.write(data)

    def readinto(self, buf, length=-1):
        size = len(buf) if length < 0 else min(length, len(buf))
        base = addressof(buf) if size else 0
        got = 0
        while got < size:
            n = self._read_some(base + got, size - got)
            if n == -_EAGAIN:
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
            n = self._read_some(addressof(chunk), len(chunk))
            if n == -_EAGAIN:
                return bytes(data) if data else None
            if n == 0:
                return bytes(data)
            data += memoryview(chunk)[:n]

    def readline(self, length=-1):
        line = bytearray()
        byte = bytearray(1)
        while length < 0 or len(line) < length:
            n = self._read_some(addressof(byte), 1)
            if n == -_EAGAIN:
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
        length = len(view)
        base = addressof(view) if length else 0
        sent = 0
        while sent < length:
            n = self._write_some(base + sent, length - sent)
            if n == -_EAGAIN:
                return sent or None
            sent += n
        return sent

    def setblocking(self, flag):
        self._sock.setblocking(flag)

    def getpeercert(self, binary_form):
        if not binary_form:
            raise NotImplementedError
        length = _board.tls_certificate_length(self._t)
        if length == 0:
            return None
        der = bytearray(length)
        _board.tls_certificate(self._t, addressof(der))
        return bytes(der)

    def cipher(self):
        found = _board.tls_cipher(self._t)
        return None if found is None else tuple(found.split(" "))

    # Like the ESP32's, close sends no close_notify.
    def close(self):
        _board.tls_close(self._t)
        self._sock.close()

    def ioctl(self, request, arg):
        if request == _POLL:
            return _board.tls_poll(self._t, self._sock.ioctl(_POLL, arg), arg)
        if request == _CLOSE:
            self.close()
            return 0
        return -_EINVAL

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def __repr__(self):
        return "<_SSLSocket %x>" % id(self)
