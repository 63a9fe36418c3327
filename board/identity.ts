/** What tells one board from another, and how fast it says it runs. */

/**
 * Espressif's vendor prefix, so that tools which look it up see an ESP32. `machine.unique_id()` is the base MAC
 * address, and the station uses it as it is (esp_read_mac in ESP-IDF: station +0, access point +1).
 */
const ESPRESSIF_OUI = [0x24, 0x0a, 0xc4] as const;

/**
 * The base MAC address of board number `serial` (its low 24 bits), 6 bytes: `machine.unique_id()`.
 * Boards on one network need different numbers.
 */
export function uniqueId(serial: number): Uint8Array {
  return Uint8Array.of(...ESPRESSIF_OUI, (serial >>> 16) & 0xff, (serial >>> 8) & 0xff, serial & 0xff);
}

/** The soft access point's MAC address: the base address plus one in the last byte. */
export function accessPointMac(base: Uint8Array): Uint8Array {
  const mac = Uint8Array.from(base);
  mac[5] = (mac[5]! + 1) & 0xff;
  return mac;
}

/** Frequency at start, Hz: ESP-IDF's default for the ESP32, which the generic board's sdkconfig leaves alone. */
export const DEFAULT_CPU_FREQUENCY = 160_000_000;

const CPU_FREQUENCIES_MHZ: readonly number[] = [20, 40, 80, 160, 240];

/**
 * What `machine.freq(hertz)` sets: whole megahertz out of 20, 40, 80, 160 and 240, in Hz; undefined where the
 * real one raises ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz").
 */
export function cpuFrequency(hertz: number): number | undefined {
  const megahertz = Math.trunc(hertz / 1_000_000);
  return CPU_FREQUENCIES_MHZ.includes(megahertz) ? megahertz * 1_000_000 : undefined;
}
