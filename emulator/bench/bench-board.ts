import { uniqueId } from "../../board/identity.ts";
import { loadFirmware } from "../firmware/firmware-file.ts";
import { type Gateway, startGateway } from "../gateway/gateway.ts";
import { Machine } from "../machine/machine.ts";
import type { ProgramEnd } from "../machine/messages.ts";
import { nodePlatform } from "../machine/node-platform.ts";

const files = await loadFirmware(() => undefined);
const firmware = new WebAssembly.Module(files.wasm);
let gateway: Promise<Gateway> | undefined;
let boards = 0;

/** A board in this process; all of them share a gateway. */
export function createBenchBoard(program?: string): Machine {
  return new Machine(
    {
      firmware,
      rom: files.rom,
      gateway: () => {
        gateway ??= startGateway();
        return gateway;
      },
      uniqueId: uniqueId(++boards),
      joinMillis: 1,
      cooked: false,
      ...(program !== undefined && { program: new TextEncoder().encode(program) }),
    },
    nodePlatform,
  );
}

/** Runs a program on a fresh board and returns what it printed. */
export async function runOnBoard(program: string): Promise<string> {
  const machine = createBenchBoard(program);
  let output = "";
  const decoder = new TextDecoder();
  machine.onOutput((bytes) => {
    output += decoder.decode(bytes, { stream: true });
  });
  const end = await new Promise<ProgramEnd>((resolve) => {
    machine.onEnd(resolve);
    machine.powerOn();
  });
  machine.powerOff();
  if (!end.ok) throw new Error(`the benchmark's program failed:\n${output}${end.traceback}`);
  return output;
}
