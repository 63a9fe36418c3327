# Streams over sockets, TLS and whatever else select can poll (extmod/asyncio/stream.py).
from . import core


# For reading and for writing; what is "to be awaited" is a generator, which is all that awaiting needs.
class Stream:
    def __init__(self, s, e={}):
        self.s = s
        self.e = e
        self.out_buf = b""

    def get_extra_info(self, v):
        return self.e[v]

    def close(self):
        pass

    async def wait_closed(self):
        self.s.close()

    # To be awaited.
    def read(self, n=-1):
        received = b""
        while True:
            yield core._io_queue.queue_read(self.s)
            data = self.s.read(n)
            if data is None:
                continue
            if n >= 0:
                return data
            if not data:
                return received
            received += data

    # To be awaited.
    def readinto(self, buf):
        yield core._io_queue.queue_read(self.s)
        return self.s.readinto(buf)

    # To be awaited.
    def readexactly(self, n):
        received = b""
        while n:
            yield core._io_queue.queue_read(self.s)
            data = self.s.read(n)
            if data is None:
                continue
            if not data:
                raise EOFError
            received += data
            n -= len(data)
        return received

    # To be awaited.
    def readline(self):
        line = b""
        while True:
            yield core._io_queue.queue_read(self.s)
            data = self.s.readline()
            if data is None:
                continue
            line += data
            # 10 is "\n"; of a stream of text, a str, it is never met.
            if not data or line[-1] == 10:
                return line

    # At once where it goes at once; the rest is drain's.
    def write(self, buf):
        if not self.out_buf:
            written = self.s.write(buf)
            if written == len(buf):
                return
            if written is not None:
                buf = buf[written:]
        self.out_buf += buf

    # To be awaited. It always lets others have a turn.
    def drain(self):
        if not self.out_buf:
            return (yield from core.sleep_ms(0))
        rest = memoryview(self.out_buf)
        while len(rest):
            yield core._io_queue.queue_write(self.s)
            written = self.s.write(rest)
            if written is not None:
                rest = rest[written:]
        self.out_buf = b""

    # Names of old, of uasyncio.

    async def awrite(self, buf, off=0, sz=-1):
        if off != 0 or sz != -1:
            buf = memoryview(buf)
            buf = buf[off : off + (len(buf) if sz == -1 else sz)]
        self.write(buf)
        await self.drain()

    awritestr = awrite
    aclose = wait_closed


StreamReader = Stream
StreamWriter = Stream


# To be awaited. The look-up of the name does not let others have a turn.
def open_connection(host, port, ssl=None, server_hostname=None):
    import socket
    from errno import EINPROGRESS

    family, kind, protocol, _, address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]
    s = socket.socket(family, kind, protocol)
    s.setblocking(False)
    try:
        s.connect(address)
    except OSError as er:
        if er.errno != EINPROGRESS:
            raise er
    if ssl:
        if ssl is True:
            import ssl as module

            ssl = module.SSLContext(module.PROTOCOL_TLS_CLIENT)
        s = ssl.wrap_socket(s, server_hostname=server_hostname or host, do_handshake_on_connect=False)
        s.setblocking(False)
    stream = Stream(s)
    yield core._io_queue.queue_write(s)
    return stream, stream


class Server:
    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type, exc, tb):
        self.close()
        await self.wait_closed()

    def close(self):
        # start_server has let the task begin, so that this stays.
        self.state = True
        self.task.cancel()

    async def wait_closed(self):
        await self.task

    async def _serve(self, s, cb, ssl):
        self.state = False  # whether close was called
        while True:
            try:
                yield core._io_queue.queue_read(s)
            except core.CancelledError as er:
                s.close()
                if self.state:
                    return
                raise er
            try:
                connection, peer = s.accept()
            except:
                continue
            if ssl:
                try:
                    connection = ssl.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                except OSError as er:
                    core.sys.print_exception(er)
                    connection.close()
                    continue
            connection.setblocking(False)
            stream = Stream(connection, {"peername": peer})
            core.create_task(cb(stream, stream))


# cb(reader, writer) is made a task for each connection.
async def start_server(cb, host, port, backlog=5, ssl=None):
    import socket

    found = socket.getaddrinfo(host, port)[0]
    s = socket.socket(found[0])
    s.setblocking(False)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(found[-1])
    s.listen(backlog)
    server = Server()
    server.task = core.create_task(server._serve(s, cb, ssl))
    try:
        # Until it waits for connections, and can be cancelled.
        await core.sleep_ms(0)
    except core.CancelledError as er:
        server.task.cancel()
        raise er
    return server
