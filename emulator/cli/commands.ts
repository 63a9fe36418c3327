/**
 * The words after `connect ADDR`, read into commands before the first of them is run: mpremote's verbs, chained
 * with `+` where one would otherwise take the next as its argument.
 */
import { UserError } from "../user-error.ts";

export type FsVerb = "ls" | "cat" | "cp" | "rm" | "mkdir" | "rmdir" | "touch" | "sha256sum";

export interface FsCommand {
  readonly verb: "fs";
  readonly command: FsVerb;
  /** As they were given; a leading `:` means the board. */
  readonly paths: readonly string[];
  readonly recursive: boolean;
  readonly force: boolean;
  /** Whether each step is named; `cat` alone is quiet by default. */
  readonly verbose: boolean;
}

export type Command =
  | { readonly verb: "connect"; readonly address: string }
  | { readonly verb: "disconnect" | "resume" | "soft-reset" | "reset" | "df" | "repl" }
  | { readonly verb: "rtc"; readonly set: boolean; readonly local: boolean }
  | { readonly verb: "eval"; readonly expression: string }
  | { readonly verb: "exec"; readonly code: string; readonly follow: boolean }
  | { readonly verb: "run"; readonly path: string; readonly follow: boolean }
  | { readonly verb: "sleep"; readonly seconds: number }
  | FsCommand;

const FS_VERBS: readonly FsVerb[] = ["ls", "cat", "cp", "rm", "mkdir", "rmdir", "touch", "sha256sum"];

/** Verbs without arguments. */
const PLAIN_VERBS = ["disconnect", "resume", "soft-reset", "reset", "df", "repl"] as const;

/** Every word that begins a command for a board. `run` is one only after `connect`. */
export const BOARD_VERBS: readonly string[] = [
  "rtc",
  "exec",
  "eval",
  "fs",
  ...FS_VERBS,
  ...PLAIN_VERBS,
  "sleep",
  "devs",
];

/**
 * Reads a chain of commands.
 * @throws UserError where a word is no verb, or an argument is missing or wrong.
 */
export function parseCommands(words: readonly string[]): Command[] {
  const reader = new WordReader(words);
  const commands: Command[] = [];
  while (!reader.atEnd) {
    if (reader.peek() === "+") reader.next();
    else commands.push(parseCommand(reader));
  }
  return commands;
}

class WordReader {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get atEnd(): boolean {
    return this.#at >= this.#words.length;
  }

  peek(): string | undefined {
    return this.#words[this.#at];
  }

  next(): string {
    return this.#words[this.#at++]!;
  }

  /** The next word where it is an option of this command. `-` and negative numbers are no options. */
  option(verb: string, known: readonly string[]): string | undefined {
    const word = this.peek();
    if (word === undefined || !/^-{1,2}[a-zA-Z]/.test(word)) return undefined;
    if (!known.includes(word)) {
      throw new UserError(`${verb}: unknown option ${word}; it takes ${known.join(", ") || "none"}`);
    }
    return this.next();
  }

  argument(verb: string, what: string): string {
    const word = this.peek();
    if (word === undefined || word === "+") throw new UserError(`${verb}: ${what} is missing`);
    return this.next();
  }

  /** The words up to the next `+`. */
  rest(): string[] {
    const words: string[] = [];
    while (!this.atEnd && this.peek() !== "+") words.push(this.next());
    return words;
  }
}

function parseCommand(reader: WordReader): Command {
  const verb = reader.next();
  const plain = PLAIN_VERBS.find((name) => name === verb);
  if (plain) {
    reader.option(verb, []);
    return { verb: plain };
  }
  if (FS_VERBS.includes(verb as FsVerb)) return parseFs(verb, reader);
  switch (verb) {
    case "devs":
      return { verb: "connect", address: "list" };
    case "connect":
      return { verb, address: reader.argument(verb, "the board's address (or auto, or list)") };
    case "rtc":
      return parseRtc(reader);
    case "eval":
      return { verb, expression: reader.argument(verb, "the expression") };
    case "exec": {
      const follow = parseFollow(verb, reader);
      return { verb, follow, code: reader.argument(verb, "the code") };
    }
    case "run": {
      const follow = parseFollow(verb, reader);
      return { verb, follow, path: reader.argument(verb, "the file") };
    }
    case "sleep":
      return { verb, seconds: parseSeconds(reader.argument(verb, "the number of seconds")) };
    case "fs":
      return parseFs(reader.argument(verb, `the command (${FS_VERBS.join(", ")})`), reader);
  }
  throw new UserError(`"${verb}" is no command for a board; breadbox --help lists them`);
}

function parseRtc(reader: WordReader): Command {
  let set = false;
  let local = false;
  for (;;) {
    const option = reader.option("rtc", ["--set", "-s", "--local"]);
    if (option === undefined) break;
    if (option === "--local") local = true;
    else set = true;
  }
  if (local && !set) throw new UserError("rtc: --local goes with --set");
  return { verb: "rtc", set, local };
}

function parseFollow(verb: string, reader: WordReader): boolean {
  const option = reader.option(verb, ["--follow", "-f", "--no-follow"]);
  return option !== "--no-follow";
}

function parseSeconds(word: string): number {
  const seconds = Number(word);
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(word) || !Number.isFinite(seconds)) {
    throw new UserError(`sleep: "${word}" is no number of seconds`);
  }
  return seconds;
}

function parseFs(command: string, reader: WordReader): FsCommand {
  if (!FS_VERBS.includes(command as FsVerb)) {
    throw new UserError(`fs: "${command}" is no command; it has ${FS_VERBS.join(", ")}`);
  }
  const options = new Set<string>();
  const paths: string[] = [];
  const known = ["-r", "--recursive", "-f", "--force", "-v", "--verbose", "--no-verbose"];
  for (const word of reader.rest()) {
    if (!/^-{1,2}[a-zA-Z]/.test(word)) paths.push(word);
    else if (known.includes(word)) options.add(word);
    else throw new UserError(`fs ${command}: unknown option ${word}; it takes ${known.join(", ")}`);
  }
  if (paths.length === 0 && command !== "ls") throw new UserError(`fs ${command}: a path is missing`);
  if (paths.length < 2 && command === "cp") throw new UserError("fs cp: the destination is missing");
  const has = (...names: string[]) => names.some((name) => options.has(name));
  return {
    verb: "fs",
    command: command as FsVerb,
    paths: paths.length === 0 ? [""] : paths,
    recursive: has("-r", "--recursive"),
    force: has("-f", "--force"),
    verbose: has("-v", "--verbose") || (command !== "cat" && !has("--no-verbose")),
  };
}
