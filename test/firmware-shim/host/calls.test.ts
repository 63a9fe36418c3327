/** The stub file, the TypeScript tables and the Python modules name the same host calls. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Board } from "../../../firmware-shim/host/board.ts";
import { bootCalls } from "../../../firmware-shim/host/calls/boot.ts";
import { consoleCalls } from "../../../firmware-shim/host/calls/console.ts";
import { cryptoCalls } from "../../../firmware-shim/host/calls/crypto.ts";
import { machineCalls } from "../../../firmware-shim/host/calls/machine.ts";
import { networkCalls } from "../../../firmware-shim/host/calls/network.ts";
import { socketCalls } from "../../../firmware-shim/host/calls/socket.ts";
import { timeCalls } from "../../../firmware-shim/host/calls/time.ts";
import { tlsCalls } from "../../../firmware-shim/host/calls/tls.ts";
import type { FirmwareMemory } from "../../../firmware-shim/host/memory.ts";
import type { HostCall } from "../../../firmware-shim/host/proxies.ts";

const modules = join(fileURLToPath(import.meta.url), "../../../../firmware-shim/modules");

// The tables are made without a board's being used.
const board = { clock: {}, radio: {}, sockets: {} } as unknown as Board;
const memory = (): FirmwareMemory => {
  throw new Error("no call is made");
};
const calls: Record<string, HostCall> = {
  ...bootCalls(memory).calls,
  ...timeCalls(board),
  ...machineCalls(board, memory),
  ...networkCalls(board, memory),
  ...socketCalls(board, memory),
  ...cryptoCalls(board, memory),
  ...tlsCalls(board, memory),
  ...consoleCalls(board),
};

/** Numbers of parameters by name, as the stub file has them. */
function stubs(): Map<string, number> {
  const text = readFileSync(join(modules, "_board.pyi"), "utf8");
  const found = text.matchAll(/^def (\w+)\(([^)]*)\)/gm);
  return new Map([...found].map((match) => [match[1]!, (match[2]!.match(/\w+\s*:/g) ?? []).length]));
}

it("describes every host call, with its parameters, and no other", () => {
  const described = [...stubs()].sort();
  const offered = Object.entries(calls).map(([name, call]): [string, number] => [name, call.length]);
  expect(described).toEqual(offered.sort());
});

it("offers every host call that the modules use, and no other", () => {
  const used = new Set<string>();
  for (const name of readdirSync(modules, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".py")) continue;
    for (const match of readFileSync(join(modules, name), "utf8").matchAll(/\b_board\.(\w+)/g)) {
      used.add(match[1]!);
    }
  }
  expect([...used].sort()).toEqual(Object.keys(calls).sort());
});
