/** `fs`: the commands on files, with mpremote's output (commands.py, do_filesystem). */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../user-error.ts";
import { type BoardClient, BoardException } from "./board-client.ts";
import { BoardFiles } from "./board-files.ts";
import type { CliIo } from "./cli-io.ts";
import type { FsCommand } from "./commands.ts";
import { errorText } from "./errno.ts";
import { ProgressBar } from "./progress.ts";

export async function runFsCommand(board: BoardClient, command: FsCommand, io: CliIo): Promise<void> {
  if (command.command === "cp") {
    await copyAll(new Copier(new BoardFiles(board), command, io), command, io);
    return;
  }
  const files = new BoardFiles(board);
  for (const given of command.paths) {
    const path = given.replace(/^:/, "");
    if (command.verbose) io.out(`${command.command} :${path}\n`);
    try {
      await runOn(files, command, path, io);
    } catch (error) {
      throw fsError(error, command.command, path);
    }
  }
}

async function runOn(files: BoardFiles, command: FsCommand, path: string, io: CliIo): Promise<void> {
  switch (command.command) {
    case "ls":
      for (const entry of await files.list(path)) {
        io.out(`${String(entry.size).padStart(12)} ${entry.name}${entry.isDirectory ? "/" : ""}\n`);
      }
      break;
    case "cat":
      await files.print(path, (bytes) => io.out(bytes));
      break;
    case "mkdir":
      await files.makeDirectory(path);
      break;
    case "rmdir":
      await files.removeDirectory(path);
      break;
    case "touch":
      await files.touch(path);
      break;
    case "sha256sum":
      io.out(`${await files.sha256(path)}\n`);
      break;
    case "rm":
      if (command.recursive) await removeTree(files, path, command.verbose, io);
      else await files.remove(path);
      break;
  }
}

/** mpremote's line, for an exception on the board; anything else as it is. */
function fsError(error: unknown, command: string, path: string): unknown {
  if (!(error instanceof BoardException) || error.errno === undefined) return error;
  return new UserError(`${command}: ${path}: ${errorText(error.errno)}.`, 1);
}

async function removeTree(files: BoardFiles, path: string, verbose: boolean, io: CliIo): Promise<void> {
  const say = (what: string) => {
    if (verbose) io.out(`${what}: '${path}'\n`);
  };
  if (!(await files.stat(path))?.isDirectory && path !== "") {
    await files.remove(path);
    say("removed");
    return;
  }
  for (const entry of await files.list(path)) {
    await removeTree(files, joinRemote(path, entry.name), verbose, io);
  }
  if (path === "") return;
  try {
    await files.removeDirectory(path);
    say("removed directory");
  } catch (error) {
    // A mount point cannot be removed, and stays.
    if (!(error instanceof BoardException && error.errno === "EINVAL")) throw error;
    if (verbose) io.out(`skipped: '${path}' (vfs mountpoint)\n`);
  }
}

async function copyAll(copier: Copier, command: FsCommand, io: CliIo): Promise<void> {
  const destination = command.paths.at(-1)!;
  const sources = command.paths.slice(0, -1);
  for (const source of sources) {
    if (command.verbose) io.out(`cp ${source} ${destination}\n`);
    try {
      await copier.copy(source, destination, sources.length > 1);
    } catch (error) {
      throw copyError(error, source, destination);
    }
  }
}

/** Of two paths an error is about the one on the side that raised it. */
function copyError(error: unknown, source: string, destination: string): unknown {
  const remote = source.startsWith(":") && !destination.startsWith(":") ? source : destination;
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof BoardException) {
    return fsError(error, "cp", (remote.startsWith(":") ? remote : source).replace(/^:/, ""));
  }
  if (!(error instanceof UserError) && code !== undefined) {
    const path = (error as NodeJS.ErrnoException).path ?? source;
    return new UserError(`cp: ${path}: ${errorText(code)}.`, 2);
  }
  return error;
}

const isRemote = (path: string) => path.startsWith(":");

/** Copies files between this machine and the board, either way, or on the board. */
class Copier {
  readonly #files: BoardFiles;
  readonly #command: FsCommand;
  readonly #io: CliIo;

  constructor(files: BoardFiles, command: FsCommand, io: CliIo) {
    this.#files = files;
    this.#command = command;
    this.#io = io;
  }

  async copy(source: string, destination: string, several: boolean): Promise<void> {
    const trimmed = withoutSlash(destination);
    const target = await this.#stat(trimmed);
    const mustBeDirectory = several || (trimmed !== destination && !this.#command.recursive);
    if (several && !target) throw new UserError("cp: destination does not exist", 1);
    if (mustBeDirectory && !target?.isDirectory) throw new UserError("cp: destination is not a directory", 1);
    const from = withoutSlash(source);
    const isDirectory = (await this.#stat(from))?.isDirectory ?? false;
    if (isDirectory && !this.#command.recursive) {
      throw new UserError("cp: -r not specified; omitting directory", 1);
    }
    // Into a directory that is there, else under the name given.
    const to = target?.isDirectory ? joinPath(trimmed, nameOf(from)) : trimmed;
    if (isDirectory) await this.#copyTree(from, to);
    else await this.#copyFile(from, to);
  }

  async #copyTree(source: string, destination: string): Promise<void> {
    await this.#makeDirectory(destination);
    for (const name of await this.#list(source)) {
      const from = joinPath(source, name);
      const to = joinPath(destination, name);
      if ((await this.#stat(from))?.isDirectory) await this.#copyTree(from, to);
      else await this.#copyFile(from, to);
    }
  }

  async #copyFile(source: string, destination: string): Promise<void> {
    const bar = new ProgressBar(this.#io);
    const progress = (done: number, total: number) => bar.show(done, total);
    try {
      const data = isRemote(source)
        ? await this.#files.read(source.slice(1), progress)
        : Uint8Array.from(await readFile(source));
      if (!isRemote(destination)) await writeFile(destination, data);
      else if (!this.#command.force && (await this.#isSame(destination.slice(1), data))) {
        this.#io.out(`Up to date: ${destination.slice(1)}\n`);
      } else await this.#files.write(destination.slice(1), data, progress);
    } finally {
      bar.clear();
    }
  }

  async #isSame(path: string, data: Uint8Array): Promise<boolean> {
    const remote = await this.#files.stat(path);
    if (!remote || remote.isDirectory || remote.size !== data.length) return false;
    return (await this.#files.sha256(path)) === createHash("sha256").update(data).digest("hex");
  }

  async #stat(path: string): Promise<{ isDirectory: boolean } | undefined> {
    if (isRemote(path)) return path === ":" ? { isDirectory: true } : this.#files.stat(path.slice(1));
    const found = await stat(path).catch(() => undefined);
    return found && { isDirectory: found.isDirectory() };
  }

  async #list(path: string): Promise<string[]> {
    const names = isRemote(path)
      ? (await this.#files.list(path.slice(1))).map((entry) => entry.name)
      : await readdir(path);
    return names.sort();
  }

  async #makeDirectory(path: string): Promise<void> {
    if ((await this.#stat(path))?.isDirectory) return;
    if (isRemote(path)) await this.#files.makeDirectory(path.slice(1));
    else await mkdir(path);
  }
}

/** Trailing slashes off, but not the one that is all of a path. */
function withoutSlash(path: string): string {
  return path.replace(/(?<=[^:/])\/+$/, "");
}

function nameOf(path: string): string {
  return isRemote(path) ? path.slice(1).replace(/^.*\//, "") : basename(path);
}

function joinPath(directory: string, name: string): string {
  return isRemote(directory) ? `:${joinRemote(directory.slice(1), name)}` : join(directory, name);
}

function joinRemote(directory: string, name: string): string {
  return directory === "" ? name : `${directory.replace(/\/+$/, "")}/${name}`;
}
