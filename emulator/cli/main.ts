#!/usr/bin/env node
/**
 * The program `breadbox`: reads its words and hands over. What a verb needs is imported when the verb is known,
 * so that `run` starts without waiting for the rest.
 */
import { UserError } from "../user-error.ts";

/** Runs the verb; returns the exit status. */
async function main(words: readonly string[]): Promise<number> {
  const [verb, ...rest] = words;
  switch (verb) {
    case undefined:
      return (await import("./serve.ts")).appCommand();
    case "run": {
      const { parseRunOptions } = await import("./options.ts");
      const options = parseRunOptions(rest);
      return (await import("./run.ts")).runCommand(options);
    }
    case "up": {
      const { parseUpOptions } = await import("./options.ts");
      const options = parseUpOptions(rest);
      return (await import("./up.ts")).upCommand(options);
    }
    case "serve": {
      const { parseServeOptions } = await import("./options.ts");
      const options = parseServeOptions(rest);
      return (await import("./serve.ts")).serveCommand(options);
    }
    case "ca":
      return (await import("./ca.ts")).caCommand(rest);
    case "lab-server": {
      const { parseLabServerOptions } = await import("./ca-options.ts");
      const options = parseLabServerOptions(rest);
      return (await import("./lab-server.ts")).labServerCommand(options);
    }
    case "help":
    case "-h":
    case "--help":
      process.stdout.write((await import("./usage.ts")).USAGE);
      return 0;
    case "version":
    case "--version":
      process.stdout.write(`breadbox ${(await import("../../package.json")).version}\n`);
      return 0;
    default:
      return boardVerbs(words);
  }
}

/** `connect` and its verbs; without `connect` they are for the board that is up. */
async function boardVerbs(words: readonly string[]): Promise<number> {
  const { BOARD_VERBS } = await import("./commands.ts");
  const verb = words[0]!;
  if (verb !== "connect" && !BOARD_VERBS.includes(verb)) {
    const kind = verb.startsWith("-") ? "option" : "verb";
    throw new UserError(`unknown ${kind} "${verb}"; breadbox --help lists them`);
  }
  return (await import("./connect.ts")).connectCommand(words);
}

// A reader that has had enough (`| head`) is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`breadbox: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
