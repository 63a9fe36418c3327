import { describe, expect, it } from "vitest";
import { type FileChange, MemoryFileSystem } from "../../../firmware-shim/files/memory-file-system.ts";
import { EEXIST, EISDIR, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY } from "../../../firmware-shim/host/errno.ts";

const WRITE = { read: false, write: true, create: true, exclusive: false, truncate: true };
const READ = { read: true, write: false, create: false, exclusive: false, truncate: false };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);

/** A file system, and another that repeats what the first one tells of, as a board's host does. */
function pair() {
  const replica = new MemoryFileSystem({ now: () => 0 });
  const changes: FileChange[] = [];
  const files = new MemoryFileSystem({
    now: () => 7,
    onChange: (change) => {
      changes.push(change);
      replica.apply(change);
    },
  });
  return { files, replica, changes };
}

function write(files: MemoryFileSystem, path: string, content: string): number {
  const file = files.open(path, WRITE);
  if (typeof file === "number") return file;
  const written = file.write(0, bytes(content));
  file.close();
  return written;
}

function read(files: MemoryFileSystem, path: string): string | number {
  const file = files.open(path, READ);
  if (typeof file === "number") return file;
  const into = new Uint8Array(file.size);
  file.read(0, into);
  return text(into);
}

describe("MemoryFileSystem", () => {
  it("keeps what is closed, and tells of it so that a replica has it too", () => {
    const { files, replica } = pair();
    expect(files.mkdir("/lib")).toBe(0);
    expect(write(files, "/lib/a.py", "print(1)")).toBe(8);
    expect([read(files, "/lib/a.py"), read(replica, "/lib/a.py")]).toEqual(["print(1)", "print(1)"]);
    expect(replica.stat("/lib/a.py")).toEqual({ type: "file", size: 8, modified: 7 });
    expect(replica.contents()).toEqual(files.contents());
  });

  it("does not tell of what was neither flushed nor closed", () => {
    const { files, replica } = pair();
    const file = files.open("/a", WRITE);
    if (typeof file === "number") throw new Error(String(file));
    file.write(0, bytes("lost"));
    expect(read(replica, "/a")).toBe(-ENOENT);
    file.sync();
    expect(read(replica, "/a")).toBe("lost");
  });

  it("keeps a file that is renamed while it is open, under its new name", () => {
    const { files, replica } = pair();
    files.mkdir("/d");
    const file = files.open("/a", WRITE);
    if (typeof file === "number") throw new Error(String(file));
    file.write(0, bytes("kept"));
    file.sync();
    expect(files.rename("/a", "/d/b")).toBe(0);
    file.write(4, bytes("!"));
    file.close();
    expect([read(files, "/d/b"), read(replica, "/d/b"), read(replica, "/a")]).toEqual([
      "kept!",
      "kept!",
      -ENOENT,
    ]);
  });

  it("tells nothing of a file that is removed while it is open", () => {
    const { files, replica } = pair();
    const file = files.open("/a", WRITE);
    if (typeof file === "number") throw new Error(String(file));
    file.sync();
    files.remove("/a");
    file.write(0, bytes("gone"));
    file.close();
    expect(replica.list("/")).toEqual([]);
  });

  it("has littlefs's errors", () => {
    const { files } = pair();
    write(files, "/f", "x");
    files.mkdir("/d");
    write(files, "/d/g", "y");
    expect(read(files, "/none")).toBe(-ENOENT);
    expect(read(files, "/f/x")).toBe(-ENOTDIR);
    expect(files.open("/d", READ)).toBe(-EISDIR);
    expect(files.open("/f", { ...WRITE, exclusive: true })).toBe(-EEXIST);
    expect(files.mkdir("/d")).toBe(-EEXIST);
    expect(files.rmdir("/d")).toBe(-ENOTEMPTY);
    expect(files.rename("/f", "/d")).toBe(-EISDIR);
    expect(files.list("/f")).toBe(-ENOTDIR);
    expect(files.list("/")).toEqual(["d", "f"]);
  });

  it("is as large as the ESP32's partition, and leaves a file as it was when it is full", () => {
    const { files } = pair();
    const free = files.status().blocksFree;
    const file = files.open("/big", WRITE);
    if (typeof file === "number") throw new Error(String(file));
    const all = new Uint8Array(free * 4096);
    expect(file.write(0, all)).toBe(all.length);
    expect(files.status().blocksFree).toBe(0);
    expect(file.write(all.length, bytes("x"))).toBe(-ENOSPC);
    expect(file.size).toBe(all.length);
    expect(files.mkdir("/d")).toBe(-ENOSPC);
    file.close();
    files.remove("/big");
    expect(files.status().blocksFree).toBe(free);
  });
});
