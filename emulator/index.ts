/** The emulator for programs in Node: tests, benches, tools. */
export { loadFirmware } from "./firmware/firmware-file.ts";
export { startGateway } from "./gateway/gateway.ts";
export { Machine } from "./machine/machine.ts";
export { nodePlatform } from "./machine/node-platform.ts";
export type { MachineOptions } from "./machine/options.ts";
