# The cryptolib module of the ESP32 (extmod/modcryptolib.c): AES in ECB (1) and CBC (2). Its build has neither CTR nor
# names for the modes (MICROPY_PY_CRYPTOLIB_CTR, MICROPY_PY_CRYPTOLIB_CONSTS).
import _board
from hashlib import _bytes
from micropython import const
from uctypes import addressof

_ECB = const(1)
_CBC = const(2)


class aes:
    def __init__(self, key, mode, IV=None):
        range(mode)  # raises what mp_obj_get_int does
        if mode not in (_ECB, _CBC):
            raise ValueError("mode")
        key = _bytes(key)
        if len(key) not in (16, 32):
            raise ValueError("key")
        if IV is not None:
            IV = _bytes(IV)
            if len(IV) != 16:
                raise ValueError("IV")
        elif mode == _CBC:
            raise ValueError("IV")
        self._h = _board.aes_new(addressof(key), len(key), addressof(IV) if mode == _CBC else 0)
        self._encrypts = None  # the first call decides

    def _process(self, data, out, encrypts):
        data = _bytes(data)
        n = len(data)
        if n % 16:
            raise ValueError("blksize % 16")
        result = out
        if out is None:
            result = bytearray(n)
        elif isinstance(out, (bytes, str)):
            raise TypeError("object with buffer protocol required")
        elif len(_bytes(out)) < n:
            raise ValueError("output too small")
        if self._encrypts is None:
            self._encrypts = encrypts
        elif self._encrypts != encrypts:
            raise ValueError("can't encrypt & decrypt")
        if n:
            _board.aes_crypt(self._h, encrypts, addressof(data), n, addressof(result))
        return bytes(result) if out is None else out

    def encrypt(self, data, out=None):
        return self._process(data, out, True)

    def decrypt(self, data, out=None):
        return self._process(data, out, False)
