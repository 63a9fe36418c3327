import type { SecretEvent } from "../../firmware-shim/tls/events.ts";

/** A line of a key log as NSS writes it, its line feed included: label, client random and secret in hexadecimal. */
export function keyLogLine({ label, clientRandom, secret }: SecretEvent): string {
  return `${label} ${hex(clientRandom)} ${hex(secret)}\n`;
}

/** Bytes in hexadecimal, two digits each. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
