/** The virtual access points in the board's air, and whether a station's key opens one. */
import {
  WIFI_AUTH_OPEN,
  WIFI_AUTH_WPA2_PSK,
  WIFI_REASON_AUTH_FAIL,
  WIFI_REASON_NO_AP_FOUND,
  WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD,
  WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY,
} from "./wifi-codes.ts";

export interface AccessPoint {
  readonly ssid: string;
  /** Six bytes. */
  readonly bssid: Uint8Array;
  /** 1 to 13. */
  readonly channel: number;
  /** dBm, negative. */
  readonly rssi: number;
  /** wifi_auth_mode_t. */
  readonly authmode: number;
  /** The passphrase; absent where the network is open. */
  readonly key?: string;
}

/** IPv4 settings of an interface, dotted. */
export interface Ipv4Config {
  readonly address: string;
  readonly netmask: string;
  readonly gateway: string;
  readonly dns: string;
}

/**
 * What the access points' DHCP hands out. 10.10.0.0/24 meets neither the usual home networks (192.168.x.x), nor
 * the board's own soft access point (192.168.4.0/24), nor Docker's (172.17.0.0/16). The access point (.1) is
 * router, name server and, where there is no real network, time server.
 */
export const DEFAULT_LEASE: Ipv4Config = {
  address: "10.10.0.2",
  netmask: "255.255.255.0",
  gateway: "10.10.0.1",
  dns: "10.10.0.1",
};

/** An open network that projects written for Wokwi's simulator look for, and a WPA2 one to try keys on. */
export const DEFAULT_ACCESS_POINTS: readonly AccessPoint[] = [
  {
    ssid: "Wokwi-GUEST",
    bssid: Uint8Array.of(0x42, 0x13, 0x37, 0x55, 0xaa, 0x01),
    channel: 6,
    rssi: -48,
    authmode: WIFI_AUTH_OPEN,
  },
  {
    ssid: "Breadbox",
    bssid: Uint8Array.of(0x42, 0x13, 0x37, 0x55, 0xaa, 0x02),
    channel: 11,
    rssi: -61,
    authmode: WIFI_AUTH_WPA2_PSK,
    key: "breadbox",
  },
];

/** Shortest WPA passphrase (IEEE 802.11i): with one, ESP-IDF asks for at least WPA2. */
const WPA_KEY_MIN_BYTES = 8;

/** What a station asks for. */
export interface StationConfig {
  readonly ssid: string;
  readonly key: string;
  readonly bssid?: Uint8Array;
}

export type JoinResult = { readonly joined: AccessPoint } | { readonly reason: number };

/**
 * The strongest access point that the station may join, or why there is none, as a wifi_err_reason_t. The rule
 * for weak networks is that of wifi_scan_threshold_t.authmode in ESP-IDF's esp_wifi_types_generic.h.
 */
export function joinAccessPoint(accessPoints: readonly AccessPoint[], station: StationConfig): JoinResult {
  const named = accessPoints
    .filter((ap) => ap.ssid === station.ssid && (!station.bssid || sameBytes(ap.bssid, station.bssid)))
    .sort((a, b) => b.rssi - a.rssi);
  const best = named[0];
  if (!best) return { reason: WIFI_REASON_NO_AP_FOUND };
  if (best.authmode === WIFI_AUTH_OPEN) {
    return station.key.length < WPA_KEY_MIN_BYTES
      ? { joined: best }
      : { reason: WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD };
  }
  if (station.key === "") return { reason: WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY };
  return station.key === best.key ? { joined: best } : { reason: WIFI_REASON_AUTH_FAIL };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
