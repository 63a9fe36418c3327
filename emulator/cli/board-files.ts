/**
 * The board's files, through small programs in the raw REPL. What they print is JSON or base64, so that nothing
 * here has to read Python's literals. Needs `os`, `json` and `binascii` on the board, which every ESP32 has.
 */
import { type BoardClient, BoardException } from "./board-client.ts";
import { FILE_CHUNK_BYTES } from "./limits.ts";

export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Bytes. */
  readonly size: number;
}

export interface MountedFilesystem {
  readonly name: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly available: number;
}

/** Called with bytes done and bytes in all. */
export type Progress = (done: number, total: number) => void;

/** os.stat()[0]: the bit that tells a directory. */
const S_IFDIR = 0x4000;

/** A JSON string is a Python string too. */
const quote = (text: string) => JSON.stringify(text);

export class BoardFiles {
  readonly #board: BoardClient;

  constructor(board: BoardClient) {
    this.#board = board;
  }

  /** All methods throw BoardException where the board raises; its `errno` says why. */
  async list(path: string): Promise<DirectoryEntry[]> {
    const output = await this.#board.exec(
      `import os,json\nfor f in os.ilistdir(${path === "" ? "" : quote(path)}):\n` +
        " print(json.dumps([f[0],f[1],f[3] if len(f)>3 else 0]))",
    );
    return lines(output).map((line) => {
      const [name, mode, size] = JSON.parse(line) as [string, number, number];
      return { name, isDirectory: (mode & S_IFDIR) !== 0, size };
    });
  }

  /** What a path is; undefined where there is nothing. */
  async stat(path: string): Promise<{ isDirectory: boolean; size: number } | undefined> {
    try {
      const output = await this.#board.exec(
        `import os,json\ns=os.stat(${quote(path)})\nprint(json.dumps([s[0],s[6]]))`,
      );
      const [mode, size] = JSON.parse(output) as [number, number];
      return { isDirectory: (mode & S_IFDIR) !== 0, size };
    } catch (error) {
      if (error instanceof BoardException && error.errno !== undefined) return undefined;
      throw error;
    }
  }

  async read(path: string, progress?: Progress): Promise<Uint8Array> {
    const total = progress ? ((await this.stat(path))?.size ?? 0) : 0;
    let text = "";
    const decoder = new TextDecoder();
    await this.#board.exec(
      `from binascii import b2a_base64 as e\nwith open(${quote(path)},'rb') as f:\n while 1:\n` +
        `  b=f.read(${BASE64_READ_BYTES})\n  if not b:break\n  print(e(b).decode(),end='')`,
      (bytes) => {
        text += decoder.decode(bytes, { stream: true });
        progress?.(Math.min(total, Math.floor((text.length * 3) / 4)), total);
      },
    );
    return Uint8Array.from(Buffer.from(text, "base64"));
  }

  /** Prints a file's text on the board's output, which goes to `sink` as it comes. */
  async print(path: string, sink: (bytes: Uint8Array) => void): Promise<void> {
    await this.#board.exec(
      `with open(${quote(path)}) as f:\n while 1:\n  b=f.read(256)\n  if not b:break\n  print(b,end='')`,
      sink,
    );
  }

  async write(path: string, data: Uint8Array, progress?: Progress): Promise<void> {
    await this.#board.exec(`from binascii import a2b_base64 as d\nf=open(${quote(path)},'wb')\nw=f.write`);
    for (let at = 0; at < data.length; at += FILE_CHUNK_BYTES) {
      const chunk = data.subarray(at, at + FILE_CHUNK_BYTES);
      await this.#board.exec(`w(d('${Buffer.from(chunk).toString("base64")}'))`);
      progress?.(at + chunk.length, data.length);
    }
    await this.#board.exec("f.close()");
  }

  /** The SHA-256 of a file, in hexadecimal. */
  async sha256(path: string): Promise<string> {
    const output = await this.#board.exec(
      "import hashlib,binascii\nh=hashlib.sha256()\nb=memoryview(bytearray(256))\n" +
        `with open(${quote(path)},'rb') as f:\n while 1:\n  n=f.readinto(b)\n  if not n:break\n  h.update(b[:n])\n` +
        "print(binascii.hexlify(h.digest()).decode())",
    );
    return output.trim();
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#board.exec(`import os\nos.mkdir(${quote(path)})`);
  }

  async removeDirectory(path: string): Promise<void> {
    await this.#board.exec(`import os\nos.rmdir(${quote(path)})`);
  }

  async remove(path: string): Promise<void> {
    await this.#board.exec(`import os\nos.remove(${quote(path)})`);
  }

  async touch(path: string): Promise<void> {
    await this.#board.exec(`f=open(${quote(path)},'a')\nf.close()`);
  }

  async mounts(): Promise<MountedFilesystem[]> {
    const output = await this.#board.exec(
      "import os,vfs,json\nfor v,p in vfs.mount():\n s=os.statvfs(p)\n" +
        " print(json.dumps([str(v),p,s[0]*s[2],s[0]*s[3]]))",
    );
    return lines(output).map((line) => {
      const [name, path, size, available] = JSON.parse(line) as [string, string, number, number];
      return { name, path, size, available };
    });
  }
}

/** A multiple of 3, so that only the last line of base64 has padding, whatever the file's length. */
const BASE64_READ_BYTES = 768;

function lines(output: string): string[] {
  return output.split(/\r?\n/).filter((line) => line !== "");
}
