# The hashlib module of the ESP32 (extmod/modhashlib.c): md5 and sha1 beside the stock build's sha256.
import _board
from uctypes import addressof
from uhashlib import sha256


# What has a buffer, as bytes; TypeError where it has none.
def _bytes(data):
    addressof(data)
    if isinstance(data, (bytes, bytearray)):
        return data
    return data.encode() if isinstance(data, str) else bytes(data)


class _Hash:
    def __init__(self, name, data):
        self._h = _board.hash_new(name)
        self.update(data)

    def _state(self):
        if self._h is None:
            raise ValueError("hash is final")
        return self._h

    def update(self, data):
        state = self._state()
        data = _bytes(data)
        _board.hash_update(state, addressof(data), len(data))

    def digest(self):
        state = self._state()
        self._h = None
        result = bytearray(20)
        n = _board.hash_digest(state, addressof(result))
        return bytes(result[:n])


class sha1(_Hash):
    def __init__(self, data=b""):
        super().__init__("sha1", data)


class md5(_Hash):
    def __init__(self, data=b""):
        super().__init__("md5", data)
