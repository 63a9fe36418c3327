# The tls module of the ESP32 (extmod/modtls_mbedtls.c). The engine is the board's; certificates are checked
# against the board's clock. Errors of the socket below come through with their number, newlib's on an ESP32: a
# timeout is OSError(116), where a Linux build of MicroPython has 110.
import _board
import gc
import io
import socket as _socket
import uselect
from micropython import const
from socket import Once, stream_read, stream_readinto, stream_readline, stream_write
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
_ENOMEM = const(12)
_EINVAL = const(22)
_ETIMEDOUT = const(116)
_FAILED = const(-1000)
_WANT_WRITE = const(-1001)
_WANT_ANSWER = const(-1002)
_BAD_KEY = const(-16000)  # MBEDTLS_ERR_PK_BAD_INPUT_DATA
_CHUNK = const(4096)  # MBEDTLS_SSL_OUT_CONTENT_LEN, and the most that recv and send move
_RD = const(1)
_WR = const(4)
_NVAL = const(32)
_POLL = const(3)  # MP_STREAM_POLL
_CLOSE = const(4)  # MP_STREAM_CLOSE
_RAISE_ERROR = const(12)  # MP_STREAM_RAISE_ERROR


def _raise(description):
    kind, code, text = description.split("\n", 2)
    if kind == "ValueError":
        raise ValueError(text)
    if text:
        raise OSError(int(code), text)
    raise OSError(int(code))


def _raise_code(code):
    _raise(_board.tls_code_error(code))


def _data(value):
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    raise TypeError("can't convert '%s' object to str implicitly" % type(value).__name__)


# mp_obj_get_int: 32 bits, signed; a bool is no int in MicroPython.
def _int(value):
    if not isinstance(value, (int, bool)):
        raise TypeError("can't convert %s to int" % type(value).__name__)
    value = int(value)
    if not -0x80000000 <= value <= 0x7FFFFFFF:
        raise OverflowError("overflow converting long int to machine word")
    return value


# Address and length of str or bytes, as two arguments; the caller keeps them alive.
def _span(data):
    return (addressof(data), len(data)) if data else (0, 0)


# The same of anything with the buffer protocol.
class _Span(_socket.Span):
    def span(self):
        return (self.address, self.length) if self.length else (0, 0)


class SSLContext:
    verify_callback = None
    psk_identity = None
    psk_key = None
    server_psk_keys = None

    def __init__(self, protocol):
        protocol = _int(protocol)
        self._protocol = protocol
        self._c = _board.tls_context(protocol)
        self.verify_mode = CERT_NONE if protocol & 1 else CERT_REQUIRED

    # It has the attributes that it has (ssl_context_attr upstream): no check_hostname, for one.
    def __setattr__(self, name, value):
        if name == "verify_mode":
            value = _int(value)
            _board.tls_set_verify_mode(self._c, value)
        elif name == "verify_callback":
            _board.tls_set_verify_callback(self._c, value is not None)
        elif name == "server_psk_keys":
            _board.tls_ask_for_psk(self._c)
        elif name not in ("psk_identity", "psk_key", "_protocol", "_c"):
            raise AttributeError("'SSLContext' object has no attribute '%s'" % name)
        object.__setattr__(self, name, value)
        if name in ("psk_identity", "psk_key"):
            self._set_psk()

    def __delattr__(self, name):
        raise AttributeError("'SSLContext' object has no attribute '%s'" % name)

    # They count once both are there (ssl_context_set_psk upstream).
    def _set_psk(self):
        if self.psk_identity is None or self.psk_key is None:
            return
        identity = _data(self.psk_identity)
        key = _Span(self.psk_key)
        code = _board.tls_set_psk(self._c, *(_span(identity) + key.span()))
        if code:
            _raise_code(code)

    def get_ciphers(self):
        return _board.tls_ciphers().split(" ")

    def set_ciphers(self, ciphers):
        if not isinstance(ciphers, (list, tuple)):
            raise TypeError("object '%s' isn't a tuple or list" % type(ciphers).__name__)
        for name in ciphers:
            if not isinstance(name, str):
                raise TypeError("can't convert '%s' object to str implicitly" % type(name).__name__)
        code = _board.tls_set_ciphers(self._c, "\n".join(ciphers))
        if code:
            _raise_code(code)

    def load_verify_locations(self, cadata):
        data = _data(cadata)
        if _board.tls_load_ca(self._c, *_span(data)):
            raise ValueError("invalid cert")

    # The key is looked at before anything is of the certificates.
    def load_cert_chain(self, cert, key):
        data = _data(cert) if isinstance(cert, (str, bytes)) else b""
        key = _data(key)
        code = _board.tls_load_cert_chain(self._c, *(_span(data) + _span(key)))
        if code and code != _BAD_KEY:
            _data(cert)
        if code:
            _raise_code(code)

    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None, client_id=None):
        # Raises where it is no stream (mp_get_stream_raise).
        uselect.poll().register(sock, 0)
        if server_hostname is None:
            if self.verify_mode == CERT_REQUIRED and not server_side:
                raise ValueError("CERT_REQUIRED requires server_hostname")
        else:
            server_hostname = _data(server_hostname).decode()
        wrapped = SSLSocket(self, sock, server_hostname, client_id)
        if do_handshake_on_connect:
            wrapped._raw.handshake()
        return wrapped


# The connection as a stream, without loops: a call moves bytes once (socket_read and socket_write upstream).
class _Raw(io.IOBase):
    def __init__(self, context, sock, hostname, client_id):
        self.sock = sock
        # A socket of the board's needs no Python in between.
        self.direct = sock._raw if type(sock) is _socket.socket else None
        self.context = context
        self.datagrams = context._protocol & 2
        # Only a DTLS server looks at it, and complains where it is nothing with bytes in it.
        client = (0, -1)
        if client_id is not None and context._protocol & 3 == PROTOCOL_DTLS_SERVER:
            try:
                span = _Span(client_id)
                client = span.span()
            except TypeError:
                pass
        connection = _board.tls_open(context._c, hostname, True, *client)
        if connection == -_ENOMEM:
            # An old SSLSocket may be what keeps the memory.
            gc.collect()
            connection = _board.tls_open(context._c, hostname, False, *client)
            if connection == -_ENOMEM:
                raise OSError(_ENOMEM)
        if _board.tls_pending(connection) < 0:
            _raise(_board.tls_error(connection))
        self.connection = connection
        self.closed = False
        self.mask = 0  # what the protocol waits for, where that is not what was asked (poll_mask upstream)

    # Even over a non-blocking socket it waits for the end of the handshake.
    def handshake(self):
        try:
            while self._do(_board.tls_handshake, _board.tls_step_handshake, 0, 0, True):
                _board.sleep_us(1000)  # mp_event_wait_ms(1) upstream
        except BaseException:
            _board.tls_close(self.connection)
            raise

    def readinto(self, buf):
        n = self._do(_board.tls_read, _board.tls_step_read, addressof(buf), len(buf), False)
        self.mask = _WR if n == _WANT_WRITE else 0
        return -_EAGAIN if n == _WANT_WRITE else n

    def write(self, buf):
        n = self._do(_board.tls_write, _board.tls_step_write, addressof(buf), len(buf), False)
        self.mask = _RD if n == -_EAGAIN else 0
        return -_EAGAIN if n == _WANT_WRITE else n

    # Does an operation: what it gave, -EAGAIN or _WANT_WRITE.
    def _do(self, on_socket, on_stream, address, length, wait):
        direct = self.direct
        if direct is None:
            n = self._over_stream(on_stream, address, length)
        else:
            deadline = direct.deadline()
            if wait and deadline == 0:
                deadline = None
            n = on_socket(self.connection, direct.handle, address, length, deadline)
            while n == -_EINTR or n == _WANT_ANSWER:
                if n == _WANT_ANSWER:
                    self._answer()
                n = on_socket(self.connection, direct.handle, address, length, deadline)
            if n == -_ETIMEDOUT:
                n = -_EAGAIN if direct.expired == _EAGAIN else _board.tls_fail(self.connection, _ETIMEDOUT)
        if n == _FAILED:
            _raise(_board.tls_error(self.connection))
        return n

    def _over_stream(self, step, address, length):
        while True:
            pushed = self._push()
            if pushed and (pushed == _FAILED or step is not _board.tls_step_read):
                return pushed
            n = step(self.connection, address, length)
            pushed = self._push()
            if n == _WANT_ANSWER:
                self._answer()
                continue
            if n != -_EAGAIN:
                return n
            if pushed:
                return pushed
            n = self._pull()
            if n:
                return n

    # A callback of the context's is called from within a handshake. What it raises comes through, and leaves the
    # handshake where it is (ssl_sock_cert_verify upstream).
    def _answer(self):
        context = self.context
        data = bytearray(_board.tls_question_length(context._c))
        depth = _board.tls_question(context._c, addressof(data))
        data = bytes(data)
        if depth < 0:
            self._answer_psk(data)
            return
        callback = context.verify_callback
        code = 0 if callback is None else _int(callback(memoryview(data), depth))
        _board.tls_answer_verify(self.connection, code)

    # What a look-up raises is lost, and whom it does not find is rejected (ssl_context_psk_server_callback upstream).
    def _answer_psk(self, identity):
        key = (0, 0)
        try:
            found = self.context.server_psk_keys.get(identity)
            if found is not None:
                key = _Span(found).span()
        except BaseException:
            pass
        _board.tls_answer_psk(self.connection, *key)

    # Ciphertext to the stream: 0 when all is out, _WANT_WRITE or _FAILED.
    def _push(self):
        n = _board.tls_output_length(self.connection)
        while n:
            record = bytearray(n)
            _board.tls_output(self.connection, addressof(record), n)
            n = self.sock.write(record)
            if n is None:
                return _WANT_WRITE
            if n < 0:
                return _WANT_WRITE if n == -_EAGAIN else _board.tls_fail(self.connection, -n)
            _board.tls_sent(self.connection, n)
            n = _board.tls_output_length(self.connection)
        return 0

    # Ciphertext from the stream: 0, -EAGAIN or _FAILED.
    def _pull(self):
        record = bytearray(_board.tls_wanted(self.connection))
        n = self.sock.readinto(record)
        if n is None:
            return -_EAGAIN
        if n < 0:
            return n if n == -_EAGAIN else _board.tls_fail(self.connection, -n)
        _board.tls_put(self.connection, addressof(record), n)
        return 0

    # Like the ESP32's, close sends no close_notify. The stream below is told once.
    def close(self):
        sock = self.sock
        if self.closed:
            return
        self.closed = True
        _board.tls_close(self.connection)
        if isinstance(sock, io.IOBase):
            sock.ioctl(_CLOSE, 0)
        else:
            sock.close()

    def ioctl(self, request, arg):
        if request == _CLOSE:
            self.close()
            return 0
        if request != _POLL:
            return -_EINVAL
        pending = _board.tls_pending(self.connection)
        if pending < 0:
            return _NVAL
        # Where the protocol needs a direction, only that one is looked at.
        asked = arg & (_RD | _WR) if self.mask else 0
        if asked:
            arg = arg & ~asked | self.mask
        ready = _RD if pending and arg & _RD else 0
        if ready and arg == _RD:
            return ready
        ready |= self.sock.ioctl(_POLL, arg)
        return ready | asked if ready & self.mask else ready


class SSLSocket(io.IOBase):
    def __init__(self, context, sock, hostname, client_id):
        self._raw = _Raw(context, sock, hostname, client_id)
        self._h = self._raw.direct  # select asks whether the board has events for it

    # What one record holds, and None where there is nothing yet.
    def recv(self, length, flags=0):
        return stream_read(Once(self._raw.readinto), min(length, _CHUNK) if length > 0 else length)

    def send(self, data):
        span = _socket.Span(data)
        if not span.length:
            return 0
        raw = self._raw
        # A datagram is not cut: one that is too long is an error.
        length = span.length if raw.datagrams else min(span.length, _CHUNK)
        n = raw._do(_board.tls_write, _board.tls_step_write, span.address, length, False)
        raw.mask = _RD if n == -_EAGAIN else 0
        return n if n >= 0 else None

    def read(self, size=-1):
        return stream_read(self._raw, size)

    def readline(self, size=-1):
        return stream_readline(self._raw, size)

    def readinto(self, *args):
        return stream_readinto(self._raw, *args)

    recv_into = readinto

    def write(self, *args):
        return stream_write(self._raw, *args)

    sendall = write

    def setblocking(self, flag):
        return self._raw.sock.setblocking(flag)

    def getpeercert(self, binary_form):
        if not binary_form:
            raise NotImplementedError
        connection = self._raw.connection
        length = _board.tls_certificate_length(connection)
        if length == 0:
            return None
        der = bytearray(length)
        _board.tls_certificate(connection, addressof(der))
        return bytes(der)

    def cipher(self):
        found = _board.tls_cipher(self._raw.connection)
        return None if found is None else tuple(found.split(" "))

    def close(self):
        self._raw.close()

    def ioctl(self, request, arg):
        result = self._raw.ioctl(request, arg)
        if result == -_EINVAL and request != _RAISE_ERROR:
            raise OSError(_EINVAL)
        return result

    def __repr__(self):
        return "<SSLSocket>"
