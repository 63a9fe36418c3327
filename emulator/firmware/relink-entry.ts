/** The relinker as a file of its own: it is loaded, Binaryen with it, only when the cache has no firmware. */
export { relink, UnknownFirmwareError } from "../../firmware-shim/link/relink.ts";
