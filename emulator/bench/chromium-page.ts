/** What runs in the page: the engine on noble, as boards in a page have it. */
import { createNobleCrypto } from "../../firmware-shim/tls/crypto/noble.ts";
import { type BenchAmounts, type BenchCertificates, measureSuite, type SuiteMeasurement } from "./engine.ts";

const noble = createNobleCrypto((length) => crypto.getRandomValues(new Uint8Array(length)));

Object.assign(globalThis, {
  measureInPage: (certificates: BenchCertificates, name: string, amounts: BenchAmounts): SuiteMeasurement =>
    measureSuite(noble, certificates, name, amounts),
});
