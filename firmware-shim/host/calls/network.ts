import type { Ipv4Config } from "../../../board/access-point.ts";
import { ESP_OK, WIFI_ERROR_TEXT } from "../../../board/wifi-codes.ts";
import type { Board, MemoryOf } from "../board.ts";
import { EINVAL } from "../errno.ts";
import type { HostCall } from "../proxies.ts";
import { encodeUtf8 } from "../text.ts";

const MAC_BYTES = 6;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const addresses = (c: Ipv4Config): string => [c.address, c.netmask, c.gateway, c.dns].join(" ");

/**
 * Host calls of the `network` module (ports/esp32/network_wlan.c, network_common.c). Those that can fail return
 * the esp_err_t, above 0. Lists come as text, a line a record, with byte strings in hexadecimal.
 */
export function networkCalls(board: Board, memory: MemoryOf): Record<string, HostCall> {
  const { radio } = board;
  /** `WLAN.config(name)` by its name. */
  const getters: Record<string, () => string | number> = {
    mac: () => hex(radio.mac),
    ssid: () => radio.ssid,
    channel: () => radio.channel,
    hostname: () => radio.hostname,
    reconnects: () => radio.reconnects,
    txpower: () => radio.txpower,
    pm: () => radio.pm,
    protocol: () => radio.protocol,
  };
  const setters: Record<string, (value: number) => number> = {
    channel: (value) => radio.setChannel(value),
    reconnects: (value) => {
      radio.setReconnects(value);
      return ESP_OK;
    },
    txpower: (value) => radio.setTxpower(value),
    pm: (value) => radio.setPm(value),
    protocol: (value) => radio.setProtocol(value),
  };
  return {
    /** The text that an esp_err_t raises, or None for one that has none. */
    wifi_error: (code: number) => WIFI_ERROR_TEXT.get(code) ?? null,
    wlan_active: () => radio.active,
    wlan_set_active: (active: boolean) => {
      radio.setActive(active);
      if (active) board.networkStarts();
    },
    /** Records of ssid, bssid, channel, rssi, security, hidden. */
    wlan_scan: () =>
      (radio.scan() ?? [])
        .map(([ssid, bssid, channel, rssi, security, hidden]) =>
          [hex(encodeUtf8(ssid)), hex(bssid), channel, rssi, security, hidden ? 1 : 0].join(" "),
        )
        .join("\n"),
    wlan_scan_micros: () => radio.scanMicros,
    /** `bssid` is the address of six bytes, or 0. */
    wlan_connect: (ssid: string, key: string, bssid: number) =>
      radio.connect(
        bssid === 0 ? { ssid, key } : { ssid, key, bssid: memory().bytes.slice(bssid, bssid + MAC_BYTES) },
      ),
    wlan_reconnect: () => radio.connect(),
    wlan_disconnect: () => radio.disconnect(),
    wlan_isconnected: () => radio.isConnected(),
    wlan_status: () => radio.status(),
    wlan_rssi: () => radio.rssi() ?? null,
    /** Address, netmask, gateway and name server. */
    wlan_ifconfig: () => addresses(radio.ifconfig()),
    wlan_set_ifconfig: (address: string, netmask: string, gateway: string, dns: string) => {
      radio.setStatic({ address, netmask, gateway, dns });
    },
    wlan_dhcp: () => radio.dhcp,
    wlan_set_dhcp: (on: boolean) => {
      radio.setDhcp(on);
    },
    network_set_dns: (address: string) => {
      radio.setDns(address);
    },
    network_hostname: () => radio.hostname,
    network_set_hostname: (name: string) => (radio.setHostname(name) ? ESP_OK : -EINVAL),
    /** A setting, or None where there is no such one. */
    wlan_config: (name: string) => getters[name]?.() ?? null,
    wlan_set_config: (name: string, value: number) => setters[name]?.(value) ?? -EINVAL,
    wlan_set_mac: (address: number) => radio.setMac(memory().bytes.slice(address, address + MAC_BYTES)),
  };
}
