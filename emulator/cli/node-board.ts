import { DEFAULT_ACCESS_POINTS } from "../../board/access-point.ts";
import { uniqueId } from "../../board/identity.ts";
import { WIFI_AUTH_OPEN, WIFI_AUTH_WPA2_PSK } from "../../board/wifi-codes.ts";
import type { Serving } from "../../firmware-shim/net/socket-table.ts";
import { loadFirmware } from "../firmware/firmware-file.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { Machine } from "../machine/machine.ts";
import { nodePlatform } from "../machine/node-platform.ts";
import { UserError } from "../user-error.ts";
import type { AccessPointOption, BoardOptions } from "./options.ts";
import { readTrace, watchBoard, watchOptions } from "./watch-board.ts";

/** What a board of the command line is besides its options. */
export interface NodeBoardSetup {
  readonly cooked: boolean;
  readonly program?: Uint8Array;
}

/** A board in this process, its gateway started when its radio is switched on. */
export interface NodeBoard {
  readonly machine: Machine;
  /** Rejects with a UserError when the gateway of the options refuses its token. */
  readonly refused: Promise<never>;
  /** Switches it on, with the clock as the options say. */
  powerOn(): void;
  close(): Promise<void>;
}

/** @throws UserError when the firmware package is missing or of another version */
export async function createNodeBoard(options: BoardOptions, setup: NodeBoardSetup): Promise<NodeBoard> {
  const { wasm, rom } = await loadFirmware((step) => process.stderr.write(`breadbox: firmware: ${step}\n`));
  const trace = readTrace(process.env.TRACE);
  let gateway: Promise<Gateway> | undefined;
  const machine = new Machine(
    {
      firmware: new WebAssembly.Module(wasm),
      rom,
      gateway: async () => {
        if (options.gateway) return options.gateway;
        gateway ??= import("../gateway/gateway.ts").then(({ startGateway }) => startGateway());
        return gateway;
      },
      uniqueId: uniqueId(process.pid & 0xff_ffff),
      accessPoints: [...DEFAULT_ACCESS_POINTS, ...options.accessPoints.map(accessPoint)],
      watch: watchOptions(options, trace),
      ...(options.heapBytes !== undefined && {
        heapBytes: options.heapBytes,
        systemHeapBytes: options.heapBytes,
      }),
      ...(options.tls13 && { tls13: true }),
      ...setup,
    },
    nodePlatform,
  );
  const stopWatching = watchBoard(machine, options, trace, (line) => process.stderr.write(`${line}\n`));
  machine.onServing((serving) => {
    const line = servingLine(serving, options.gateway !== undefined);
    if (line !== undefined) process.stderr.write(`breadbox: ${line}\n`);
  });
  const refused = new Promise<never>((_resolve, reject) => {
    machine.onNetwork((status) => {
      if (status.kind !== "disconnected" || !status.refused || !options.gateway) return;
      const { url } = options.gateway;
      reject(new UserError(`--token: the gateway at ${url} refuses it; breadbox serve prints the right one`));
    });
  });
  // It is for whoever waits; nobody need.
  refused.catch(() => undefined);
  return {
    machine,
    refused,
    powerOn: () => {
      const { rtc } = options;
      if (rtc === undefined) return machine.powerOn();
      machine.clock.powerOn();
      machine.clock.setRtcMicros(rtc === "now" ? Date.now() * 1000 : rtc, "host");
      machine.powerOnKeepingClock();
    },
    close: async () => {
      await machine.finish();
      stopWatching();
      await (await gateway)?.close();
    },
  };
}

/** Where a port of the board's is to be found: "port 80 of the board is at 127.0.0.1:8080". */
function servingLine({ transport, port, forwarded }: Serving, elsewhere: boolean): string | undefined {
  if (forwarded === undefined) return undefined;
  const name = transport === "udp" ? `UDP port ${port}` : `port ${port}`;
  const where = `${forwarded.address}:${forwarded.port}${elsewhere ? " on the gateway's machine" : ""}`;
  return `${name} of the board is at ${where}`;
}

function accessPoint({ ssid, key }: AccessPointOption, index: number) {
  return {
    ssid,
    bssid: Uint8Array.of(0x42, 0x13, 0x37, 0x55, 0xab, index),
    channel: 1,
    rssi: -55,
    authmode: key === undefined ? WIFI_AUTH_OPEN : WIFI_AUTH_WPA2_PSK,
    ...(key !== undefined && { key }),
  };
}
