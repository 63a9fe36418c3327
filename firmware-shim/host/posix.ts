import type { FileSystem, OpenFile } from "../files/file-system.ts";
import { EBADF, EINVAL, ENAMETOOLONG, ENOTDIR } from "./errno.ts";
import type { FirmwareMemory } from "./memory.ts";
import { TracebackFilter } from "./tracebacks.ts";

/**
 * The firmware's system calls, as Emscripten's libc makes them, over the board's console and file system.
 *
 * VfsPosix (extmod/vfs_posix.c) hands errno on to Python unchanged, so these calls fail with MicroPython's
 * numbers (py/mperrno.h) rather than with libc's: `OSError: [Errno 2] ENOENT`, as on the ESP32.
 */

/** Text gets a CR before each LF; cooked text has it already; binary is to stay as it is. */
export type OutputKind = "text" | "cooked" | "binary";

/** The console's end of descriptors 0 to 2 and of the binary streams below. */
export interface ConsoleStreams {
  /**
   * Reads at least one byte, waiting for it; text has CR turned into LF (shared/runtime/sys_stdio_mphal.c).
   * @returns bytes read, or {@link INTERRUPTED} when an exception is pending
   */
  read(into: Uint8Array, text: boolean): number;
  write(bytes: Uint8Array, kind: OutputKind): void;
  /** Whether a read would not wait. */
  readable(): boolean;
}

/** What {@link ConsoleStreams.read} returns when it was interrupted. */
export const INTERRUPTED = -1;

/**
 * Descriptors of Python's streams (_boot.py gives them these). What C code writes to 1 has its CR already, or wants
 * none (mp_hal_stdout_tx_strn); `sys.stdout` and `sys.stderr` have it added, and the binary streams have not.
 */
export const STDIN_BUFFER_FD = 100;
export const STDOUT_BUFFER_FD = 101;
export const STDOUT_TEXT_FD = 102;
const STDOUT_FD = 1;
const STDERR_FD = 2;
const FIRST_FILE_FD = 3;
const OUTPUT_KINDS: Readonly<Record<number, OutputKind>> = {
  [STDOUT_FD]: "cooked",
  [STDERR_FD]: "text",
  [STDOUT_TEXT_FD]: "text",
};

/** libc's EINTR (Emscripten numbers errno as WASI does): the only one that C code compares with. */
const LIBC_EINTR = 27;

/** Flags of open(), Linux's as musl has them. */
const O_ACCMODE = 3;
const O_WRONLY = 1;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_APPEND = 0o2000;
const O_DIRECTORY = 0o200000;

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const DT_DIR = 4;
const DT_REG = 8;
/** Bytes of a struct dirent of musl: ino u64, off i64, reclen u16, type u8, name 256. */
const DIRENT_BYTES = 280;
const POLLIN = 1;
const POLLOUT = 4;
const POLLNVAL = 32;
/** littlefs's limit on a name (LFS_NAME_MAX), and the ESP32's. */
const NAME_MAX = 255;

interface Descriptor {
  readonly file?: OpenFile;
  readonly append: boolean;
  position: number;
  /** Names still to be handed out by getdents64, for a directory. */
  readonly entries?: { readonly path: string; readonly names: string[]; next: number };
}

export class Posix {
  readonly #files: FileSystem;
  readonly #console: ConsoleStreams;
  readonly #memory: () => FirmwareMemory;
  /** Whether what is written to the console is thrown away. */
  muted = false;
  /** Sees what C code writes to the console; true takes it away. */
  intercept: ((bytes: Uint8Array) => boolean) | undefined;
  readonly #tracebacks = new TracebackFilter();
  #descriptors = new Map<number, Descriptor>();
  #cwd = "/";

  constructor(files: FileSystem, console: ConsoleStreams, memory: () => FirmwareMemory) {
    this.#files = files;
    this.#console = console;
    this.#memory = memory;
  }

  /** Writes to the console as C code does. */
  writeConsole(bytes: Uint8Array): void {
    if (!this.muted) this.#console.write(bytes, "cooked");
  }

  /** Closes all files, as the finalisers do that a soft reset runs (gc_sweep_all in ports/esp32/main.c). */
  reset(): void {
    for (const { file } of this.#descriptors.values()) file?.close();
    this.#descriptors = new Map();
    this.#cwd = "/";
  }

  imports(): {
    env: Record<string, (...args: never[]) => number>;
    wasi: Record<string, (...args: never[]) => number>;
  } {
    const path = (address: number): string => this.#resolve(this.#memory().string(address));
    return {
      env: {
        __syscall_chdir: (p: number) => this.#chdir(path(p)),
        __syscall_getcwd: (buffer: number, _size: number) => this.#memory().setString(buffer, this.#cwd) + 1,
        __syscall_mkdirat: (_fd: number, p: number) => this.#named(path(p), (x) => this.#files.mkdir(x)),
        __syscall_rmdir: (p: number) => this.#files.rmdir(path(p)),
        __syscall_unlinkat: (_fd: number, p: number) => this.#files.remove(path(p)),
        __syscall_renameat: (_fd: number, from: number, _fd2: number, to: number) =>
          this.#named(path(to), (x) => this.#files.rename(path(from), x)),
        __syscall_openat: (_fd: number, p: number, flags: number) =>
          this.#named(path(p), (x) => this.#open(x, flags)),
        __syscall_stat64: (p: number, out: number) => this.#stat(path(p), out),
        __syscall_lstat64: (p: number, out: number) => this.#stat(path(p), out),
        __syscall_newfstatat: (_fd: number, p: number, out: number) => this.#stat(path(p), out),
        __syscall_fstat64: (fd: number, out: number) => this.#fstat(fd, out),
        __syscall_statfs64: (_p: number, _size: number, out: number) => this.#statfs(out),
        __syscall_getdents64: (fd: number, out: number, size: number) => this.#getdents(fd, out, size),
        __syscall_poll: (fds: number, count: number) => this.#poll(fds, count),
        __syscall_poll_nonblocking: (fds: number, count: number) => this.#poll(fds, count),
      },
      wasi: {
        fd_read: (fd: number, iov: number, count: number, out: number) =>
          this.#vector(fd, iov, count, out, "read"),
        fd_write: (fd: number, iov: number, count: number, out: number) =>
          this.#vector(fd, iov, count, out, "write"),
        fd_close: (fd: number) => this.#close(fd),
        fd_sync: (fd: number) => -(this.#descriptors.get(fd)?.file?.sync() ?? 0),
        fd_seek: (fd: number, offset: bigint, whence: number, out: number) =>
          this.#seek(fd, Number(offset), whence, out),
      },
    };
  }

  #resolve(path: string): string {
    const parts: string[] = [];
    for (const part of (path.startsWith("/") ? path : `${this.#cwd}/${path}`).split("/")) {
      if (part === "..") parts.pop();
      else if (part !== "" && part !== ".") parts.push(part);
    }
    return `/${parts.join("/")}`;
  }

  #named(path: string, use: (path: string) => number): number {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return name.length > NAME_MAX ? -ENAMETOOLONG : use(path);
  }

  #chdir(path: string): number {
    const status = this.#files.stat(path);
    if (typeof status === "number") return status;
    if (status.type !== "directory") return -ENOTDIR;
    this.#cwd = path;
    return 0;
  }

  #open(path: string, flags: number): number {
    const status = this.#files.stat(path);
    let descriptor: Descriptor;
    if (typeof status !== "number" && status.type === "directory" && (flags & O_DIRECTORY) !== 0) {
      const names = this.#files.list(path);
      if (typeof names === "number") return names;
      descriptor = { append: false, position: 0, entries: { path, names, next: 0 } };
    } else if ((flags & O_DIRECTORY) !== 0) {
      return typeof status === "number" ? status : -ENOTDIR;
    } else {
      const mode = flags & O_ACCMODE;
      const file = this.#files.open(path, {
        read: mode !== O_WRONLY,
        write: mode === O_WRONLY || mode === O_RDWR,
        create: (flags & O_CREAT) !== 0,
        exclusive: (flags & O_EXCL) !== 0,
        truncate: (flags & O_TRUNC) !== 0,
      });
      if (typeof file === "number") return file;
      descriptor = { file, append: (flags & O_APPEND) !== 0, position: 0 };
    }
    let fd = FIRST_FILE_FD;
    while (this.#descriptors.has(fd) || isConsole(fd)) fd++;
    this.#descriptors.set(fd, descriptor);
    return fd;
  }

  #close(fd: number): number {
    const descriptor = this.#descriptors.get(fd);
    if (!descriptor) return isConsole(fd) ? 0 : EBADF;
    this.#descriptors.delete(fd);
    return -(descriptor.file?.close() ?? 0);
  }

  #seek(fd: number, offset: number, whence: number, out: number): number {
    const descriptor = this.#descriptors.get(fd);
    if (!descriptor?.file) return EINVAL;
    const base = whence === 0 ? 0 : whence === 1 ? descriptor.position : descriptor.file.size;
    if (base + offset < 0) return EINVAL;
    descriptor.position = base + offset;
    this.#memory().view.setBigInt64(out, BigInt(descriptor.position), true);
    return 0;
  }

  /** readv and writev (WASI's fd_read and fd_write): vectors of u32 address, u32 length. */
  #vector(fd: number, iov: number, count: number, out: number, direction: "read" | "write"): number {
    let total = 0;
    for (let i = 0; i < count; i++) {
      const memory = this.#memory();
      const address = memory.u32(iov + i * 8);
      const length = memory.u32(iov + i * 8 + 4);
      if (length === 0) continue;
      const moved = this.#transfer(fd, memory.bytes.subarray(address, address + length), direction);
      if (moved < 0) return -moved;
      total += moved;
      if (moved < length) break;
    }
    this.#memory().setU32(out, total);
    return 0;
  }

  #transfer(fd: number, bytes: Uint8Array, direction: "read" | "write"): number {
    if (isConsole(fd)) {
      if (direction === "write") {
        this.#writeConsole(fd, bytes);
        return bytes.length;
      }
      const read = this.#console.read(bytes, fd !== STDIN_BUFFER_FD);
      return read === INTERRUPTED ? -LIBC_EINTR : read;
    }
    const descriptor = this.#descriptors.get(fd);
    if (!descriptor?.file) return -EBADF;
    if (descriptor.append && direction === "write") descriptor.position = descriptor.file.size;
    const moved =
      direction === "read"
        ? descriptor.file.read(descriptor.position, bytes)
        : descriptor.file.write(descriptor.position, bytes);
    if (moved > 0) descriptor.position += moved;
    return moved;
  }

  #writeConsole(fd: number, bytes: Uint8Array): void {
    const kind = OUTPUT_KINDS[fd] ?? "binary";
    const shown = kind === "binary" ? bytes : this.#tracebacks.filter(bytes);
    if (shown.length === 0 || (fd === STDOUT_FD && this.intercept?.(shown))) return;
    if (!this.muted) this.#console.write(shown, kind);
  }

  #stat(path: string, out: number): number {
    const status = this.#files.stat(path);
    if (typeof status === "number") return status;
    return this.#writeStat(out, status.type === "directory", status.size, status.modified);
  }

  #fstat(fd: number, out: number): number {
    const file = this.#descriptors.get(fd)?.file;
    return file ? this.#writeStat(out, false, file.size, 0) : -EBADF;
  }

  /** Emscripten's struct stat (its SYSCALLS.writeStat). Times are what Python is to see. */
  #writeStat(out: number, directory: boolean, size: number, modified: number): number {
    const { bytes, view } = this.#memory();
    bytes.fill(0, out, out + 96);
    view.setUint32(out + 4, directory ? S_IFDIR : S_IFREG, true);
    view.setBigInt64(out + 24, BigInt(size), true);
    for (const time of [40, 56, 72]) view.setBigInt64(out + time, BigInt(Math.floor(modified)), true);
    return 0;
  }

  /** Emscripten's struct statfs (its SYSCALLS.writeStatFs). */
  #statfs(out: number): number {
    const status = this.#files.status();
    const { bytes, view } = this.#memory();
    bytes.fill(0, out, out + 68);
    view.setUint32(out + 4, status.blockSize, true);
    view.setUint32(out + 60, status.blockSize, true);
    view.setBigInt64(out + 8, BigInt(status.blocks), true);
    view.setBigInt64(out + 16, BigInt(status.blocksFree), true);
    view.setBigInt64(out + 24, BigInt(status.blocksFree), true);
    view.setUint32(out + 56, NAME_MAX, true);
    return 0;
  }

  #getdents(fd: number, out: number, size: number): number {
    const entries = this.#descriptors.get(fd)?.entries;
    if (!entries) return -EBADF;
    let written = 0;
    while (entries.next < entries.names.length && written + DIRENT_BYTES <= size) {
      const name = entries.names[entries.next] as string;
      const status = this.#files.stat(this.#resolve(`${entries.path}/${name}`));
      entries.next++;
      if (typeof status === "number") continue;
      const { bytes, view } = this.#memory();
      const at = out + written;
      bytes.fill(0, at, at + DIRENT_BYTES);
      view.setBigInt64(at, BigInt(entries.next), true);
      view.setBigInt64(at + 8, BigInt(entries.next * DIRENT_BYTES), true);
      view.setUint16(at + 16, DIRENT_BYTES, true);
      view.setUint8(at + 18, status.type === "directory" ? DT_DIR : DT_REG);
      this.#memory().setString(at + 19, name);
      written += DIRENT_BYTES;
    }
    return written;
  }

  /** Readiness now; Python's select waits by itself (extmod/modselect.c polls in its own loop). */
  #poll(fds: number, count: number): number {
    const { view } = this.#memory();
    let ready = 0;
    for (let i = 0; i < count; i++) {
      const at = fds + i * 8;
      const fd = view.getInt32(at, true);
      const input = fd === 0 || fd === STDIN_BUFFER_FD ? this.#console.readable() : true;
      const all = (input ? POLLIN : 0) | POLLOUT;
      const events =
        isConsole(fd) || this.#descriptors.has(fd) ? all & view.getInt16(at + 4, true) : POLLNVAL;
      view.setInt16(at + 6, events, true);
      if (events !== 0) ready++;
    }
    return ready;
  }
}

function isConsole(fd: number): boolean {
  return fd < FIRST_FILE_FD || (fd >= STDIN_BUFFER_FD && fd <= STDOUT_TEXT_FD);
}
