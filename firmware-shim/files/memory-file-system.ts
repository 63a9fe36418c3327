import { EBADF, EEXIST, EINVAL, EISDIR, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY } from "../host/errno.ts";
import type { FileStatus, FileSystem, FileSystemStatus, OpenFile, OpenOptions } from "./file-system.ts";

/** A change that has become durable, in the order it happened; {@link MemoryFileSystem.apply} repeats it. */
export type FileChange =
  | { readonly kind: "write"; readonly path: string; readonly bytes: Uint8Array; readonly modified: number }
  | { readonly kind: "mkdir"; readonly path: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly to: string };

interface FileNode {
  readonly type: "file";
  bytes: Uint8Array;
  size: number;
  modified: number;
}

interface DirectoryNode {
  readonly type: "directory";
  readonly entries: Map<string, Node>;
}

type Node = FileNode | DirectoryNode;

export interface MemoryFileSystemOptions {
  /** Seconds since 2000-01-01 on the board's clock, for file times. */
  readonly now: () => number;
  /** Told of a change once it is durable: a file at its close or flush, the rest at once. */
  readonly onChange?: (change: FileChange) => void;
}

/** The ESP32's flash erases 4096 bytes at a time; littlefs's blocks are that size. */
const BLOCK_BYTES = 4096;
/** The vfs partition of MicroPython's 4 MB layout: 0x200000 bytes (ports/esp32/partitions-4MiB.csv). */
const PARTITION_BYTES = 0x20_0000;

/**
 * The board's files, in memory: the size of an ESP32's vfs partition, counted in its blocks, with littlefs's
 * error numbers. What a program wrote but neither flushed nor closed is lost at a reset, as it is there.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #options: MemoryFileSystemOptions;
  readonly #root: DirectoryNode = { type: "directory", entries: new Map() };
  #blocksUsed = 2;

  constructor(options: MemoryFileSystemOptions) {
    this.#options = options;
  }

  open(path: string, options: OpenOptions): OpenFile | number {
    const found = this.#find(path);
    if (found?.type === "directory") return -EISDIR;
    if (found && options.create && options.exclusive) return -EEXIST;
    let node = found;
    let dirty = false;
    if (!node) {
      if (!options.create) return this.#missing(path);
      const parent = this.#parent(path);
      if (typeof parent === "number") return parent;
      if (!this.#resizeBlocks(0, 1)) return -ENOSPC;
      node = { type: "file", bytes: new Uint8Array(0), size: 0, modified: this.#options.now() };
      parent.directory.entries.set(parent.name, node);
      dirty = true;
    } else if (options.truncate && options.write && node.size > 0) {
      this.#resizeBlocks(blocksOf(node.size), 1);
      node.bytes = new Uint8Array(0);
      node.size = 0;
      dirty = true;
    }
    return this.#openFile(path, node, options, dirty);
  }

  #openFile(path: string, node: FileNode, options: OpenOptions, dirtyAtOpen: boolean): OpenFile {
    let dirty = dirtyAtOpen;
    const flush = (): number => {
      // It may have been renamed or removed since it was opened.
      const place = dirty ? (this.#find(path) === node ? path : this.#pathOf(node)) : undefined;
      if (place !== undefined) {
        node.modified = this.#options.now();
        const bytes = node.bytes.slice(0, node.size);
        this.#options.onChange?.({ kind: "write", path: place, bytes, modified: node.modified });
      }
      dirty = false;
      return 0;
    };
    return {
      get size() {
        return node.size;
      },
      read: (position, into) => {
        if (!options.read) return -EBADF;
        const part = node.bytes.subarray(position, Math.min(node.size, position + into.length));
        into.set(part);
        return part.length;
      },
      write: (position, bytes) => {
        if (!options.write) return -EBADF;
        const end = position + bytes.length;
        if (end > node.size && !this.#resizeBlocks(blocksOf(node.size), blocksOf(end))) return -ENOSPC;
        if (end > node.bytes.length) {
          const grown = new Uint8Array(Math.max(end, node.bytes.length * 2, 256));
          grown.set(node.bytes.subarray(0, node.size));
          node.bytes = grown;
        }
        node.bytes.set(bytes, position);
        node.size = Math.max(node.size, end);
        dirty = true;
        return bytes.length;
      },
      sync: flush,
      close: flush,
    };
  }

  stat(path: string): FileStatus | number {
    const node = this.#find(path);
    if (!node) return this.#missing(path);
    if (node.type === "directory") return { type: "directory", size: 0, modified: 0 };
    return { type: "file", size: node.size, modified: node.modified };
  }

  list(path: string): string[] | number {
    const node = this.#find(path);
    if (!node) return this.#missing(path);
    // littlefs keeps a directory's entries in the order of their names.
    return node.type === "directory" ? [...node.entries.keys()].sort() : -ENOTDIR;
  }

  mkdir(path: string): number {
    if (this.#find(path)) return -EEXIST;
    const parent = this.#parent(path);
    if (typeof parent === "number") return parent;
    // A directory is a metadata pair: two blocks (littlefs's SPEC.md).
    if (!this.#resizeBlocks(0, 2)) return -ENOSPC;
    parent.directory.entries.set(parent.name, { type: "directory", entries: new Map() });
    this.#options.onChange?.({ kind: "mkdir", path });
    return 0;
  }

  rmdir(path: string): number {
    // lfs_remove serves both, and MicroPython's VfsLfs2 calls it for both.
    return this.remove(path);
  }

  remove(path: string): number {
    const node = this.#find(path);
    if (!node) return this.#missing(path);
    if (node.type === "directory" && node.entries.size > 0) return -ENOTEMPTY;
    const parent = this.#parent(path);
    if (typeof parent === "number") return parent;
    parent.directory.entries.delete(parent.name);
    this.#resizeBlocks(node.type === "directory" ? 2 : blocksOf(node.size), 0);
    this.#options.onChange?.({ kind: "remove", path });
    return 0;
  }

  rename(from: string, to: string): number {
    const node = this.#find(from);
    if (!node) return this.#missing(from);
    const target = this.#find(to);
    const source = this.#parent(from);
    const destination = this.#parent(to);
    if (typeof source === "number") return source;
    if (typeof destination === "number") return destination;
    if (target === node) return 0;
    if (to.startsWith(`${from}/`)) return -EINVAL;
    if (target && target.type !== node.type) return node.type === "directory" ? -ENOTDIR : -EISDIR;
    if (target?.type === "directory" && target.entries.size > 0) return -ENOTEMPTY;
    if (target) this.#resizeBlocks(target.type === "directory" ? 2 : blocksOf(target.size), 0);
    source.directory.entries.delete(source.name);
    destination.directory.entries.set(destination.name, node);
    this.#options.onChange?.({ kind: "rename", path: from, to });
    return 0;
  }

  status(): FileSystemStatus {
    const blocks = PARTITION_BYTES / BLOCK_BYTES;
    return { blockSize: BLOCK_BYTES, blocks, blocksFree: blocks - this.#blocksUsed };
  }

  /** Repeats a change that another instance told of. */
  apply(change: FileChange): void {
    if (change.kind === "mkdir") this.mkdir(change.path);
    else if (change.kind === "remove") this.remove(change.path);
    else if (change.kind === "rename") this.rename(change.path, change.to);
    else {
      const options = { read: false, write: true, create: true, exclusive: false, truncate: true };
      const file = this.open(change.path, options);
      if (typeof file === "number") return;
      file.write(0, change.bytes);
      file.close();
      const node = this.#find(change.path);
      if (node?.type === "file") node.modified = change.modified;
    }
  }

  /** The changes that make an empty file system equal to this one. */
  contents(): FileChange[] {
    const changes: FileChange[] = [];
    const visit = (directory: DirectoryNode, path: string): void => {
      for (const [name, node] of directory.entries) {
        const child = `${path}/${name}`;
        if (node.type === "directory") {
          changes.push({ kind: "mkdir", path: child });
          visit(node, child);
        } else {
          const bytes = node.bytes.slice(0, node.size);
          changes.push({ kind: "write", path: child, bytes, modified: node.modified });
        }
      }
    };
    visit(this.#root, "");
    return changes;
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of path.split("/")) {
      if (name === "") continue;
      if (node?.type !== "directory") return undefined;
      node = node.entries.get(name);
    }
    return node;
  }

  /** Where a file is now, or undefined where it has been removed. */
  #pathOf(wanted: FileNode, directory = this.#root, path = ""): string | undefined {
    for (const [name, node] of directory.entries) {
      if (node === wanted) return `${path}/${name}`;
      if (node.type === "directory") {
        const found = this.#pathOf(wanted, node, `${path}/${name}`);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #parent(path: string): { directory: DirectoryNode; name: string } | number {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    if (name === "") return -EINVAL;
    const directory = this.#find(path.slice(0, slash));
    if (!directory) return -ENOENT;
    return directory.type === "directory" ? { directory, name } : -ENOTDIR;
  }

  /** ENOTDIR where a file stands in the way of the path, else ENOENT. */
  #missing(path: string): number {
    for (let slash = path.indexOf("/", 1); slash > 0; slash = path.indexOf("/", slash + 1)) {
      const node = this.#find(path.slice(0, slash));
      if (node?.type === "file") return -ENOTDIR;
    }
    return -ENOENT;
  }

  #resizeBlocks(before: number, after: number): boolean {
    const used = this.#blocksUsed - before + after;
    if (used > PARTITION_BYTES / BLOCK_BYTES && after > before) return false;
    this.#blocksUsed = used;
    return true;
  }
}

const blocksOf = (size: number): number => Math.max(1, Math.ceil(size / BLOCK_BYTES));
