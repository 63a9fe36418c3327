/** hashlib and cryptolib, against extmod/modhashlib.c and extmod/modcryptolib.c. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestBoard } from "./board.ts";

let board: TestBoard;
beforeAll(async () => {
  board = await TestBoard.atPrompt();
  await board.run(`
import hashlib, cryptolib
from array import array
h = bytes.fromhex
def error(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(repr(e))
`);
});
afterAll(() => board.close());

const lines = async (source: string): Promise<string[]> => (await board.run(source)).trimEnd().split("\n");

it("hashes (RFC 1321, RFC 3174, FIPS 180)", async () => {
  const source = `
for f in (hashlib.md5, hashlib.sha1, hashlib.sha256):
    a = f()
    a.update(b"a")
    a.update(bytearray(b"b"))
    a.update("c")
    print(f(b"").digest().hex(), a.digest() == f(b"abc").digest())
    error(a.digest)
    error(a.update, b"x")
print(hashlib.md5("abc").digest().hex(), hashlib.sha1(b"abc").digest().hex())
print(hashlib.sha1(array("H", [0x6261])).digest() == hashlib.sha1(b"ab").digest())
error(hashlib.md5, 5)
error(hashlib.sha1, None)
`;
  const final = Array(2).fill("ValueError('hash is final',)");
  const noBuffer = "TypeError('object with buffer protocol required',)";
  expect(await lines(source)).toEqual([
    "d41d8cd98f00b204e9800998ecf8427e True",
    ...final,
    "da39a3ee5e6b4b0d3255bfef95601890afd80709 True",
    ...final,
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 True",
    ...final,
    "900150983cd24fb0d6963f7d28e17f72 a9993e364706816aba3e25717850c26c9cd0d89d",
    "True",
    noBuffer,
    noBuffer,
  ]);
});

it("ciphers (NIST SP 800-38A, F.1.1, F.1.6, F.2.1 and F.2.6)", async () => {
  const source = `
text = h("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
key = h("2b7e151628aed2a6abf7158809cf4f3c")
long = h("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
iv = bytes(range(16))
print(cryptolib.aes(key, 1).encrypt(text).hex())
print(cryptolib.aes(long, 1).decrypt(h("f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870")) == text)
c = cryptolib.aes(key, 2, iv)
print(c.encrypt(text[:16]).hex() + c.encrypt(text[16:]).hex())
print(cryptolib.aes(long, 2, iv).decrypt(h("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d")) == text)
b = bytearray(text)
print(cryptolib.aes(key, 1).encrypt(b, b) is b, b == cryptolib.aes(key, 1).encrypt(text))
`;
  expect(await lines(source)).toEqual([
    "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf",
    "True",
    "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
    "True",
    "True True",
  ]);
});

it("says what is wrong as the C code does", async () => {
  const source = `
key = bytes(16)
a = cryptolib.aes(key, 1)
error(cryptolib.aes, key, 6)
error(cryptolib.aes, bytes(24), 1)
error(cryptolib.aes, key, 2)
error(cryptolib.aes, key, 2, bytes(15))
error(a.encrypt, bytes(17))
error(a.encrypt, key, bytearray(15))
error(a.encrypt, key, key)
print(a.encrypt(b""))
error(a.decrypt, key)
`;
  expect(await lines(source)).toEqual([
    "ValueError('mode',)",
    "ValueError('key',)",
    "ValueError('IV',)",
    "ValueError('IV',)",
    "ValueError('blksize % 16',)",
    "ValueError('output too small',)",
    "TypeError('object with buffer protocol required',)",
    "b''",
    'ValueError("can\'t encrypt & decrypt",)',
  ]);
});
