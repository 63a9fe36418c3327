/**
 * The boards that are up on this machine, so that `connect` finds them: one small file a board, in a directory
 * that belongs to the user, written by `up` and removed when it ends. A file whose process has gone is removed
 * by whoever sees it next.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../user-error.ts";

export interface RegisteredBoard {
  readonly name: string;
  /** Where `connect` reaches it: `rfc2217://HOST:PORT`. */
  readonly url: string;
  readonly pid: number;
  /** When it was started, milliseconds since 1970. */
  readonly startedAt: number;
}

/** Only the user may write here: an entry of somebody else's would send programs to their board. */
const DIRECTORY_MODE = 0o700;

/** `$XDG_RUNTIME_DIR/breadbox`, or `breadbox-<uid>` in the directory for temporary files. */
export function registryDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const runtime = env.XDG_RUNTIME_DIR;
  return runtime ? join(runtime, "breadbox") : join(tmpdir(), `breadbox-${process.getuid?.() ?? "user"}`);
}

/** Adds a board. Returns the function that removes it; call it when the board ends. */
export function registerBoard(board: RegisteredBoard, directory = registryDirectory()): () => void {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
  if (!isOurs(directory)) {
    throw new UserError(
      `${directory} belongs to another user: set XDG_RUNTIME_DIR to a directory of your own`,
    );
  }
  const file = join(directory, `${board.pid}-${new URL(board.url).port}.json`);
  writeFileSync(file, JSON.stringify(board), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The boards that are up, the oldest first. */
export function listBoards(directory = registryDirectory()): RegisteredBoard[] {
  const boards: RegisteredBoard[] = [];
  for (const name of entries(directory)) {
    const file = join(directory, name);
    const board = readEntry(file);
    if (board && isAlive(board.pid)) boards.push(board);
    else rmSync(file, { force: true });
  }
  return boards.sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid);
}

function entries(directory: string): string[] {
  try {
    return isOurs(directory) ? readdirSync(directory).filter((name) => /^\d+-\d+\.json$/.test(name)) : [];
  } catch {
    return [];
  }
}

function isOurs(directory: string): boolean {
  return process.getuid === undefined || statSync(directory).uid === process.getuid();
}

function readEntry(file: string): RegisteredBoard | undefined {
  try {
    const entry = JSON.parse(readFileSync(file, "utf8")) as Partial<RegisteredBoard>;
    const { name, url, pid, startedAt } = entry;
    const isWhole =
      typeof name === "string" &&
      typeof url === "string" &&
      Number.isInteger(pid) &&
      typeof startedAt === "number";
    return isWhole ? { name, url, pid: pid!, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive too, though it cannot be signalled.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
