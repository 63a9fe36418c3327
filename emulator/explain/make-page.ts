/**
 * `npm run explain`: meets every fault with a board, and writes README.md of this folder from what that gave: the
 * exact error and the explanation beside it. All dates are chosen, so that the page is the same each time.
 */

import { createNodeBoard } from "../cli/node-board.ts";
import { type FaultServer, startLabServer } from "../lab/lab-server.ts";
import { labProgram } from "../lab/program.ts";
import type { TlsFailure } from "../watch/reports.ts";
import { explain } from "./explain.ts";
import { PAGE_CASES, type PageCase } from "./page-cases.ts";

/** 2026-09-01 12:00:00 UTC, in seconds since 1970. */
const NOW = 1_788_264_000;

/** New York in summer, minutes ahead of UTC. */
const LOCAL_OFFSET = -240;

const HOST = "host.breadbox";

interface Run {
  readonly traceback: string;
  readonly explanation: readonly string[];
}

const INTRODUCTION = `# Why TLS fails

MicroPython on an ESP32 says what mbedTLS says, and that is short. \`breadbox run\` prints beside it what the board cannot
know: why, and what mends it. \`explain.ts\` is a pure function from a failure (the handshake's messages, the chain as it
was judged, the board's clock and this machine's) to sentences; \`verification.ts\` has those on certificates, and
\`clock.ts\` tells a wrong clock from one that is set to local time. The program's own output is never touched: the
sentences go to stderr, after the traceback, and \`breadbox up\` prints them on its own stderr as failures happen.

This page is made by \`npm run explain\` from real runs: a real server with each fault, and a board that runs the program
below. Most of the servers are those of \`breadbox lab-server\`. A test keeps the page true.
`;

async function main(): Promise<void> {
  const faults = PAGE_CASES.map(({ fault }) => fault);
  const names = [HOST];
  const lab = await startLabServer({ port: 0, host: "127.0.0.1", names, now: NOW, faults });
  const sections: string[] = [];
  try {
    for (const [index, item] of PAGE_CASES.entries()) {
      const server = lab.servers[index]!;
      sections.push(section(item, await meet(item, server, lab.lab.ca.certificate)));
    }
  } finally {
    await lab.close();
  }
  const program = labProgram({ host: HOST, port: 0, ca: "…" })
    .replace("\\\n…\n", "…")
    .replace(", 0)", ", PORT)");
  process.stdout.write(`${INTRODUCTION}\n${fenced("python", program)}\n${sections.join("\n")}`);
}

async function meet(item: PageCase, { port }: FaultServer, ca: string): Promise<Run> {
  const program = (item.program ?? labProgram)({ host: HOST, port, ca: item.loadsCa ? ca : undefined });
  const board = await createNodeBoard(boardOptions(item), {
    cooked: false,
    program: new TextEncoder().encode(program),
  });
  const failures: TlsFailure[] = [];
  board.machine.onTlsFailure((failure) => failures.push(failure));
  const traceback = await new Promise<string>((resolve) => {
    board.machine.onEnd((end) => resolve(end.traceback));
    board.powerOn();
  });
  await board.close();
  const [failure] = failures;
  if (!failure) throw new Error(`${item.fault.id}: no TLS connection has failed:\n${traceback}`);
  const offset = item.clock === "local" ? LOCAL_OFFSET : 0;
  return {
    traceback,
    explanation: explain({ failure: atTheMinute(failure), hostNow: NOW, hostOffset: offset }),
  };
}

/** How many seconds a board has run when it fails depends on the machine that it runs on. */
function atTheMinute(failure: TlsFailure): TlsFailure {
  const history = failure.history.map((event) =>
    event.kind === "verification" ? { ...event, now: event.now - (event.now % 60) } : event,
  );
  return { ...failure, history };
}

function boardOptions({ clock }: PageCase) {
  const seconds = clock === "local" ? NOW + LOCAL_OFFSET * 60 : NOW;
  return { accessPoints: [], ...(clock !== undefined && { rtc: seconds * 1e6 }) };
}

function section({ fault }: PageCase, { traceback, explanation }: Run): string {
  if (fault.error === undefined || !traceback.includes(fault.error)) {
    throw new Error(`${fault.id}: not the error that it should have:\n${traceback}`);
  }
  const sentences = explanation.map((sentence) => `breadbox: ${sentence}`).join("\n");
  return `## ${fault.title}\n\n${fault.what}\n\n${fenced("text", `${lastOf(traceback)}\n${sentences}\n`)}`;
}

/** The exception, without the lines of where it was raised, which are the modules' own. */
function lastOf(traceback: string): string {
  const lines = traceback.trimEnd().split("\n");
  const start = lines.findIndex((line) => /^\w+(Error|Exception)\b/.test(line));
  return lines.slice(start).join("\n");
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

await main();
