/** What a directory entry or path is. */
export type FileType = "file" | "directory";

export interface FileStatus {
  readonly type: FileType;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Seconds since 2000-01-01 00:00:00, the ESP32's epoch. */
  readonly modified: number;
}

export interface OpenOptions {
  readonly read: boolean;
  readonly write: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly truncate: boolean;
}

export interface FileSystemStatus {
  /** Bytes a block, blocks in all, and blocks free. */
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksFree: number;
}

/** An open file. Positions and lengths are bytes; failures are negative errno values. */
export interface OpenFile {
  readonly size: number;
  read(position: number, into: Uint8Array): number;
  write(position: number, bytes: Uint8Array): number;
  sync(): number;
  close(): number;
}

/**
 * A file system below MicroPython's VfsPosix. Paths are absolute and normalised ("/", "/lib/x.py"). Calls
 * return a value or a negative errno and never throw.
 */
export interface FileSystem {
  open(path: string, options: OpenOptions): OpenFile | number;
  stat(path: string): FileStatus | number;
  list(path: string): string[] | number;
  mkdir(path: string): number;
  rmdir(path: string): number;
  remove(path: string): number;
  rename(from: string, to: string): number;
  status(): FileSystemStatus;
}
