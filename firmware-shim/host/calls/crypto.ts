import { md5 } from "@noble/hashes/legacy.js";
import type { CbcKey, RunningHash } from "../../tls/crypto/provider.ts";
import type { Board, MemoryOf } from "../board.ts";
import { EBADF } from "../errno.ts";
import { type HostCall, HostHandle } from "../proxies.ts";

/** AES's, bytes (FIPS 197). */
const BLOCK = 16;

class HashHandle extends HostHandle {
  readonly hash: RunningHash;

  constructor(hash: RunningHash) {
    super();
    this.hash = hash;
  }

  override release(): void {}
}

class AesHandle extends HostHandle {
  readonly key: CbcKey;
  /** The last block of ciphertext; undefined for ECB. */
  iv: Uint8Array | undefined;

  constructor(key: CbcKey, iv: Uint8Array | undefined) {
    super();
    this.key = key;
    this.iv = iv;
  }

  override release(): void {}
}

/** Host calls of the `hashlib` and `cryptolib` modules (extmod/modhashlib.c, extmod/modcryptolib.c). */
export function cryptoCalls(board: Board, memory: MemoryOf): Record<string, HostCall> {
  const view = (address: number, length: number) => memory().bytes.subarray(address, address + length);
  return {
    hash_new: (name: string) => {
      if (name === "sha1") return new HashHandle(board.crypto.createHash("sha1"));
      const state = md5.create();
      return new HashHandle({ update: (data) => state.update(data), digest: () => state.digest() });
    },
    hash_update: (handle: HostHandle, address: number, length: number) => {
      if (handle instanceof HashHandle) handle.hash.update(view(address, length));
    },
    /** Bytes of the digest, which is written there. */
    hash_digest: (handle: HostHandle, address: number) => {
      if (!(handle instanceof HashHandle)) return -EBADF;
      const digest = handle.hash.digest();
      memory().bytes.set(digest, address);
      return digest.length;
    },
    /** With the initial vector's address for CBC, 0 for ECB. */
    aes_new: (keyAddress: number, keyLength: number, ivAddress: number) =>
      new AesHandle(
        board.crypto.aesCbc(view(keyAddress, keyLength).slice()),
        ivAddress === 0 ? undefined : view(ivAddress, BLOCK).slice(),
      ),
    aes_crypt: (handle: HostHandle, encrypts: boolean, from: number, length: number, to: number) => {
      if (!(handle instanceof AesHandle)) return -EBADF;
      const { key, iv } = handle;
      const data = view(from, length).slice();
      const result =
        iv === undefined
          ? ecb(key, encrypts, data)
          : encrypts
            ? key.encrypt(iv, data)
            : key.decrypt(iv, data);
      if (iv !== undefined) handle.iv = (encrypts ? result : data).slice(-BLOCK);
      memory().bytes.set(result, to);
      return 0;
    },
  };
}

/** ECB is CBC of single blocks with an initial vector of zeros. */
function ecb(key: CbcKey, encrypts: boolean, data: Uint8Array): Uint8Array {
  const zeros = new Uint8Array(BLOCK);
  const result = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += BLOCK) {
    const block = data.subarray(at, at + BLOCK);
    result.set(encrypts ? key.encrypt(zeros, block) : key.decrypt(zeros, block), at);
  }
  return result;
}
