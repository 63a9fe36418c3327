/** `connect ADDR VERB … [+ VERB …]`: mpremote's verbs on a board that is up. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../user-error.ts";
import { type BoardAddress, parseAddress } from "./address.ts";
import { BoardClient, BoardException } from "./board-client.ts";
import { BoardFiles } from "./board-files.ts";
import { BoardStream } from "./board-stream.ts";
import { type CliIo, processIo } from "./cli-io.ts";
import { type Command, parseCommands } from "./commands.ts";
import { TransportError } from "./raw-repl.ts";
import { listBoards, type RegisteredBoard } from "./registry.ts";

export interface ConnectEnvironment {
  readonly io: CliIo;
  /** The boards that `auto` and names stand for. */
  readonly boards: () => readonly RegisteredBoard[];
}

/** The lines reset after this, milliseconds, so that the answer to the command is not cut off (mpremote's). */
const RESET_PROGRAM = "import time, machine; time.sleep_ms(100); machine.reset()";

/**
 * Runs a chain of commands; without any that acts it ends with `repl`, as mpremote does.
 * @returns the exit status: 0, or 1 where the user's program raised.
 * @throws UserError for bad input and for what the board refuses.
 */
export async function connectCommand(
  words: readonly string[],
  environment: ConnectEnvironment = { io: processIo, boards: () => listBoards() },
): Promise<number> {
  const commands = parseCommands(words);
  const acts = (command: Command) => !["connect", "disconnect", "resume"].includes(command.verb);
  const onlyLists = commands.some((command) => command.verb === "connect" && command.address === "list");
  if (!onlyLists && !commands.some(acts)) commands.push({ verb: "repl" });
  const session = new Session(environment);
  try {
    for (const command of commands) {
      const status = await session.run(command);
      if (status !== 0) return status;
    }
    return 0;
  } catch (error) {
    throw userError(error, environment.io);
  } finally {
    await session.disconnect();
  }
}

/** A board's exception becomes its traceback; a broken conversation, one line. Both exit with 1. */
function userError(error: unknown, io: CliIo): unknown {
  if (error instanceof BoardException) {
    io.err(error.traceback.replaceAll("\r\n", "\n"));
    return new UserError("the board raised an exception", 1);
  }
  return error instanceof TransportError ? new UserError(error.message, 1) : error;
}

class Session {
  readonly #io: CliIo;
  readonly #boards: () => readonly RegisteredBoard[];
  #address = "auto";
  #board: BoardClient | undefined;

  constructor(environment: ConnectEnvironment) {
    this.#io = environment.io;
    this.#boards = environment.boards;
  }

  async disconnect(): Promise<void> {
    const board = this.#board;
    this.#board = undefined;
    // The board may be gone already, and the commands are done.
    await board?.close().catch(() => {});
  }

  /** Runs one command; returns the exit status. */
  async run(command: Command): Promise<number> {
    switch (command.verb) {
      case "connect":
        await this.#connect(command.address);
        return 0;
      case "disconnect":
        await this.disconnect();
        return 0;
      case "sleep":
        await sleep(command.seconds * 1000);
        return 0;
      default:
        return this.#runOn(this.#board ?? (await this.#open()), command);
    }
  }

  async #runOn(board: BoardClient, command: Command): Promise<number> {
    switch (command.verb) {
      case "exec":
        return this.#execute(board, command.code, command.follow);
      case "eval":
        return this.#execute(board, `print(${command.expression})`, true);
      case "run":
        return this.#execute(board, await readProgram(command.path), command.follow);
      case "reset":
        return this.#execute(board, RESET_PROGRAM, false);
      case "soft-reset":
        await board.softReset();
        return 0;
      case "resume":
        board.resume();
        return 0;
      case "df":
        this.#io.out(formatMounts(await new BoardFiles(board).mounts()));
        return 0;
      case "rtc":
        await (await import("./rtc-command.ts")).runRtcCommand(board, command, this.#io);
        return 0;
      case "fs":
        await (await import("./fs-command.ts")).runFsCommand(board, command, this.#io);
        return 0;
      case "repl":
        await (await import("./repl-command.ts")).runReplCommand(board, this.#io);
        return 0;
      default:
        return 0;
    }
  }

  async #execute(board: BoardClient, program: string | Uint8Array, follow: boolean): Promise<number> {
    if (!follow) {
      await board.start(program);
      board.abandon();
      return 0;
    }
    const traceback = await board.follow(program, (bytes) => this.#io.out(bytes));
    if (traceback.length === 0) return 0;
    this.#io.err(new TextDecoder().decode(traceback).replaceAll("\r\n", "\n"));
    return 1;
  }

  async #connect(address: string): Promise<void> {
    await this.disconnect();
    this.#address = address;
    if (address !== "list") {
      await this.#open();
      return;
    }
    this.#address = "auto";
    for (const board of this.#boards()) this.#io.out(`${board.url} ${board.name} (process ${board.pid})\n`);
  }

  async #open(): Promise<BoardClient> {
    this.#board = new BoardClient(await BoardStream.open(this.#resolve()));
    return this.#board;
  }

  /** `auto` is the board that has been up longest; a name, the board of that name. */
  #resolve(): BoardAddress {
    const boards = this.#boards();
    const isAuto = this.#address === "auto";
    const board = isAuto ? boards[0] : boards.find(({ name }) => name === this.#address);
    if (board) return parseAddress(board.url);
    if (!isAuto) return parseAddress(this.#address);
    throw new UserError(
      "no board is up: start one with `breadbox up`, or name one with `breadbox connect rfc2217://HOST:PORT`",
    );
  }
}

async function readProgram(path: string): Promise<Uint8Array> {
  try {
    return Uint8Array.from(await readFile(path));
  } catch {
    throw new UserError(`could not read file '${path}'`);
  }
}

/** mpremote's table. */
function formatMounts(mounts: Awaited<ReturnType<BoardFiles["mounts"]>>): string {
  const row = (name: string, size: string, used: string, avail: string, use: string, path: string) =>
    `${name.padEnd(10)}${size.padStart(9)}${used.padStart(9)}${avail.padStart(9)}${use.padStart(5)} ${path}\n`;
  const rows = mounts
    .filter(({ size }) => size > 0)
    .map(({ name, path, size, available }) => {
      const used = size - available;
      const percent = Math.floor((100 * used) / size);
      return row(name, String(size), String(used), String(available), String(percent), path);
    });
  return row("filesystem", "size", "used", "avail", "use%", "mounted on") + rows.join("");
}
