/** What a board is made of: its firmware, its ROM and the programs of its workers, loaded beside the page. */
import type { WorkerPrograms } from "../emulator/machine/web-platform.ts";

export interface BoardParts {
  readonly firmware: WebAssembly.Module;
  readonly rom: Uint8Array;
  readonly workers: WorkerPrograms;
}

/**
 * Loads everything at once and for good: a reset starts a new worker, and is not to fail because the server has
 * gone or has another version by then.
 *
 * @param step - told what is being done, for a person
 * @throws Error with a message for a person
 */
export async function loadBoardParts(step: (text: string) => void): Promise<BoardParts> {
  step("Loading and compiling the board's firmware…");
  const [firmware, rom, board, bridge] = await Promise.all([
    // Compiled while it comes, and kept compiled by the browser for the next visit.
    WebAssembly.compileStreaming(load("firmware.wasm")),
    load("rom.bin").then((response) => response.arrayBuffer()),
    loadProgram("board-worker.js"),
    loadProgram("bridge-worker.js"),
  ]);
  return { firmware, rom: new Uint8Array(rom), workers: { board, bridge } };
}

/** A URL of the file's content, as long as the page is open. */
async function loadProgram(name: string): Promise<string> {
  const response = await load(name);
  return URL.createObjectURL(await response.blob());
}

async function load(name: string): Promise<Response> {
  const lost = `The board cannot be loaded (${name})`;
  const response = await fetch(name).catch(() => {
    throw new Error(`${lost}: the server does not answer. Start Breadbox again and reload this page.`);
  });
  if (!response.ok) throw new Error(`${lost}: the server answers ${response.status}. Build Breadbox again.`);
  return response;
}
