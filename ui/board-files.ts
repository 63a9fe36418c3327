/** What a board is made of: the firmware and its ROM, loaded beside the page. */

export interface BoardParts {
  readonly firmware: WebAssembly.Module;
  readonly rom: Uint8Array;
}

/**
 * @param step - told what is being done, for a person
 * @throws Error with a message for a person
 */
export async function loadBoardParts(step: (text: string) => void): Promise<BoardParts> {
  step("Loading and compiling the board's firmware…");
  const rom = load("rom.bin").then((response) => response.arrayBuffer());
  // Compiled while it comes, and kept compiled by the browser for the next visit.
  const firmware = WebAssembly.compileStreaming(load("firmware.wasm"));
  const parts = await Promise.all([firmware, rom]);
  return { firmware: parts[0], rom: new Uint8Array(parts[1]) };
}

async function load(name: string): Promise<Response> {
  const lost = `The board's firmware cannot be loaded (${name})`;
  const response = await fetch(name).catch(() => {
    throw new Error(`${lost}: the server does not answer. Start Breadbox again and reload this page.`);
  });
  if (!response.ok) throw new Error(`${lost}: the server answers ${response.status}. Build it again.`);
  return response;
}
