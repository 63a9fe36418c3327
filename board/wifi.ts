/**
 * The Wi-Fi radio's station, as ports/esp32/network_wlan.c drives it. It takes no time of its own: every call
 * first does what has become due by the clock passed in, so the same calls at the same times always give the
 * same answers. Calls that can fail return an esp_err_t (see wifi-codes.ts), as ESP-IDF's do.
 */
import {
  type AccessPoint,
  DEFAULT_ACCESS_POINTS,
  DEFAULT_LEASE,
  type Ipv4Config,
  type JoinResult,
  joinAccessPoint,
  type StationConfig,
} from "./access-point.ts";
import { HOSTNAME_BYTES, SSID_BYTES, WIFI_KEY_BYTES } from "./limits.ts";
import * as codes from "./wifi-codes.ts";

/** One row of `WLAN.scan()`: (ssid, bssid, channel, RSSI, security, hidden). */
export type ScanRecord = readonly [
  ssid: string,
  bssid: Uint8Array,
  channel: number,
  rssi: number,
  security: number,
  hidden: boolean,
];

export interface WifiRadioOptions {
  /** The board's ticks, microseconds. */
  readonly now: () => number;
  /** Station MAC address, six bytes (see identity.ts). */
  readonly mac: Uint8Array;
  readonly accessPoints?: readonly AccessPoint[];
  /**
   * What DHCP hands out; undefined where its server has not answered yet, so that there is no address either. Asked
   * whenever the address is looked at.
   */
  readonly lease?: () => Ipv4Config | undefined;
  /** From connect() to the address, milliseconds, at least 1. A real board takes one to four seconds. */
  readonly joinMillis?: number;
  /** How long a scan takes, milliseconds. A real board takes about 2400. */
  readonly scanMillis?: number;
}

const DEFAULT_JOIN_MILLIS = 30;
const DEFAULT_SCAN_MILLIS = 30;

const NO_ADDRESS: Ipv4Config = { address: "0.0.0.0", netmask: "0.0.0.0", gateway: "0.0.0.0", dns: "0.0.0.0" };

/** Settings that only `WLAN.config` sees; what they are after esp_wifi_init. */
const DEFAULT_SETTINGS = {
  /** WIFI_PROTOCOL_DEFAULT of network_wlan.c: 11b, 11g and 11n. */
  protocol: 7,
  /** WIFI_PS_MIN_MODEM. */
  pm: 1,
  /** Quarters of a dBm: 20 dBm. */
  txpower: 80,
};

/** Power levels the ESP32 has, quarters of a dBm (esp_wifi_set_max_tx_power rounds down to one of them). */
const TX_POWERS = [8, 20, 28, 34, 44, 52, 56, 60, 66, 72, 80];
const TX_POWER_MAX = 84;

type Phase =
  | { readonly name: "idle" }
  | { readonly name: "joining"; readonly until: number }
  | { readonly name: "joined"; readonly accessPoint: AccessPoint; readonly addressAt: number };

export class WifiRadio {
  readonly #now: () => number;
  readonly #factoryMac: Uint8Array;
  readonly #lease: () => Ipv4Config | undefined;
  #accessPoints: readonly AccessPoint[];
  #joinMicros: number;
  #scanMicros: number;

  #active = false;
  #phase: Phase = { name: "idle" };
  #station: StationConfig = { ssid: "", key: "" };
  /** wifi_sta_connect_requested: whether a lost connection is sought again. */
  #connectRequested = false;
  /** A connect() while connected is accepted once and does nothing; seen on ESP-IDF 4 and 5. */
  #connectedAgain = false;
  /** wifi_sta_disconn_reason; 0 is none. Only getting an address clears it, as in network_wlan.c. */
  #disconnectReason = 0;
  /** conf_wifi_sta_reconnects: 0 is for ever, else one more than `reconnects`. */
  #maxAttempts = 0;
  #attempts = 0;
  #gotAddress = false;

  #mac: Uint8Array;
  #channel = 1;
  #settings = { ...DEFAULT_SETTINGS };
  #dhcp = true;
  #static: Ipv4Config = NO_ADDRESS;
  #dns = NO_ADDRESS.dns;
  #hostname = "mpy-esp32";

  constructor(options: WifiRadioOptions) {
    this.#now = options.now;
    this.#factoryMac = Uint8Array.from(options.mac);
    this.#mac = this.#factoryMac;
    this.#accessPoints = options.accessPoints ?? DEFAULT_ACCESS_POINTS;
    this.#lease = options.lease ?? (() => DEFAULT_LEASE);
    this.#joinMicros = Math.max(1, options.joinMillis ?? DEFAULT_JOIN_MILLIS) * 1000;
    this.#scanMicros = Math.max(0, options.scanMillis ?? DEFAULT_SCAN_MILLIS) * 1000;
  }

  /** A hard reset. A soft reset leaves the radio as it is and a connection stands through it, as on the ESP32. */
  reset(): void {
    this.#active = false;
    this.#phase = { name: "idle" };
    this.#station = { ssid: "", key: "" };
    this.#connectRequested = false;
    this.#connectedAgain = false;
    this.#disconnectReason = 0;
    this.#maxAttempts = 0;
    this.#attempts = 0;
    this.#gotAddress = false;
    this.#mac = this.#factoryMac;
    this.#channel = 1;
    this.#settings = { ...DEFAULT_SETTINGS };
    this.#dhcp = true;
    this.#static = NO_ADDRESS;
    this.#dns = NO_ADDRESS.dns;
    this.#hostname = "mpy-esp32";
  }

  get active(): boolean {
    return this.#active;
  }

  /** `WLAN.active(bool)`. Switching off drops the connection; switching on does not seek it again. */
  setActive(active: boolean): void {
    this.#advance();
    if (active === this.#active) return;
    this.#active = active;
    if (active) this.#attempts = 0;
    else this.#leave();
  }

  /**
   * The networks in the air, the strongest first; undefined where the station is not active
   * (OSError("STA must be active")). The caller lets {@link scanMicros} pass on the board's clock.
   */
  scan(): ScanRecord[] | undefined {
    if (!this.#active) return undefined;
    return [...this.#accessPoints]
      .sort((a, b) => b.rssi - a.rssi)
      .map((ap) => [ap.ssid, ap.bssid, ap.channel, ap.rssi, ap.authmode, false]);
  }

  get scanMicros(): number {
    return this.#scanMicros;
  }

  /**
   * `WLAN.connect(ssid, key, bssid=)`; without a station's settings it takes those of last time. SSID and key
   * are cut to 32 and 64 bytes (they are counted as characters here).
   */
  connect(station?: StationConfig): number {
    this.#advance();
    if (!this.#active) return codes.ESP_ERR_WIFI_NOT_STARTED;
    // While joining, set_config is logged as refused ("sta is connecting") and connect returns an error.
    if (this.#phase.name === "joining") return codes.ESP_ERR_WIFI_CONN;
    if (station) {
      this.#station = {
        ...station,
        ssid: station.ssid.slice(0, SSID_BYTES),
        key: station.key.slice(0, WIFI_KEY_BYTES),
      };
    }
    if (this.#station.ssid === "") return codes.ESP_ERR_WIFI_SSID;
    this.#attempts = 0;
    if (this.#phase.name === "joined") {
      if (this.#connectedAgain) return codes.ESP_ERR_WIFI_CONN;
      this.#connectedAgain = true;
    } else {
      this.#phase = { name: "joining", until: this.#now() + this.#associationMicros() };
    }
    this.#connectRequested = true;
    return codes.ESP_OK;
  }

  /** `WLAN.disconnect()`. */
  disconnect(): number {
    this.#advance();
    this.#connectRequested = false;
    if (!this.#active) return codes.ESP_ERR_WIFI_NOT_STARTED;
    this.#leave();
    return codes.ESP_OK;
  }

  /** `WLAN.isconnected()`: joined, and has an address. */
  isConnected(): boolean {
    this.#advance();
    return this.#gotAddress;
  }

  /** `WLAN.status()`: network_wlan_status. */
  status(): number {
    this.#advance();
    const reason = this.#disconnectReason;
    if (this.#gotAddress) return codes.STAT_GOT_IP;
    switch (reason) {
      case codes.WIFI_REASON_NO_AP_FOUND:
      case codes.WIFI_REASON_NO_AP_FOUND_IN_RSSI_THRESHOLD:
      case codes.WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD:
      case codes.WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY:
      case codes.WIFI_REASON_AUTH_FAIL:
        return reason;
      case codes.WIFI_REASON_ASSOC_LEAVE:
        return codes.STAT_IDLE;
    }
    if (this.#connectRequested && (this.#maxAttempts === 0 || this.#attempts < this.#maxAttempts)) {
      return codes.STAT_CONNECTING;
    }
    return reason === 0 ? codes.STAT_IDLE : reason;
  }

  /** The access point it has joined. */
  accessPoint(): AccessPoint | undefined {
    this.#advance();
    return this.#phase.name === "joined" ? this.#phase.accessPoint : undefined;
  }

  /** `WLAN.status('rssi')`: dBm, or undefined where it has joined none (ESP_ERR_WIFI_NOT_CONNECT). */
  rssi(): number | undefined {
    return this.accessPoint()?.rssi;
  }

  /** Ticks at which something will change by itself; undefined where nothing will. For waits without polling. */
  nextChange(): number | undefined {
    this.#advance();
    if (this.#phase.name === "joining") return this.#phase.until;
    if (this.#phase.name === "joined" && !this.#gotAddress && this.#hasAddressSource()) {
      return this.#phase.addressAt;
    }
    return undefined;
  }

  // Addresses: network_common.c.

  /** `WLAN.ifconfig()`. All zero before there is an address; the name server stays when the address goes. */
  ifconfig(): Ipv4Config {
    this.#advance();
    if (!this.#dhcp) return { ...this.#static, dns: this.#dns };
    return { ...((this.#gotAddress && this.#lease()) || NO_ADDRESS), dns: this.#dns };
  }

  /** `WLAN.ifconfig((...))` and `ipconfig(addr4=, gw4=)`: fixed settings, and DHCP off. All valid addresses. */
  setStatic(config: Ipv4Config): void {
    this.#advance();
    this.#dhcp = false;
    this.#static = config;
    this.#dns = config.dns;
    this.#advance();
  }

  /** `ipconfig('dhcp4')`. */
  get dhcp(): boolean {
    return this.#dhcp;
  }

  /** `ifconfig('dhcp')` and `ipconfig(dhcp4=)`. Switching on asks the access point again. */
  setDhcp(on: boolean): void {
    this.#advance();
    if (on === this.#dhcp) return;
    if (!on) this.#static = this.ifconfig();
    this.#dhcp = on;
    if (on && this.#phase.name === "joined") {
      this.#gotAddress = false;
      this.#phase = { ...this.#phase, addressAt: this.#now() + this.#dhcpMicros() };
    }
  }

  /** `network.ipconfig(dns=)`. */
  setDns(address: string): void {
    this.#advance();
    this.#dns = address;
  }

  // WLAN.config

  get mac(): Uint8Array {
    return Uint8Array.from(this.#mac);
  }

  /** `config(mac=)`, six bytes; a group address is refused. */
  setMac(mac: Uint8Array): number {
    if (mac.length !== 6) return codes.ESP_ERR_INVALID_ARG;
    if ((mac[0]! & 1) !== 0) return codes.ESP_ERR_WIFI_MAC;
    this.#mac = Uint8Array.from(mac);
    return codes.ESP_OK;
  }

  /** `config('ssid')`: what connect() asked for last, joined or not. */
  get ssid(): string {
    return this.#station.ssid;
  }

  get hostname(): string {
    return this.#hostname;
  }

  /** `network.hostname(name)`. False where it has more than 32 characters (ValueError). */
  setHostname(name: string): boolean {
    if (name.length > HOSTNAME_BYTES) return false;
    this.#hostname = name;
    return true;
  }

  /** `config('channel')`: the access point's, or the one set. */
  get channel(): number {
    return this.accessPoint()?.channel ?? this.#channel;
  }

  setChannel(channel: number): number {
    if (!this.#active) return codes.ESP_ERR_WIFI_NOT_STARTED;
    if (!(Number.isInteger(channel) && channel >= 1 && channel <= 13)) return codes.ESP_ERR_INVALID_ARG;
    this.#channel = channel;
    return codes.ESP_OK;
  }

  /** `config('reconnects')`: -1 is for ever. */
  get reconnects(): number {
    return this.#maxAttempts - 1;
  }

  /** `config(reconnects=)`. network_wlan.c keeps it in a byte. */
  setReconnects(reconnects: number): void {
    this.#advance();
    this.#maxAttempts = reconnects === -1 ? 0 : (reconnects + 1) & 0xff;
  }

  /** `config('txpower')`, dBm. */
  get txpower(): number {
    return this.#settings.txpower / 4;
  }

  /** `config(txpower=)`, dBm; 2 to 21, rounded down to a level the ESP32 has. */
  setTxpower(dBm: number): number {
    if (!this.#active) return codes.ESP_ERR_WIFI_NOT_STARTED;
    const quarters = Math.trunc(dBm * 4);
    if (!(quarters >= TX_POWERS[0]! && quarters <= TX_POWER_MAX)) return codes.ESP_ERR_INVALID_ARG;
    this.#settings.txpower = TX_POWERS.findLast((level) => level <= quarters)!;
    return codes.ESP_OK;
  }

  /** `config('pm')`: WIFI_PS_NONE 0, WIFI_PS_MIN_MODEM 1, WIFI_PS_MAX_MODEM 2. */
  get pm(): number {
    return this.#settings.pm;
  }

  setPm(mode: number): number {
    if (![0, 1, 2].includes(mode)) return codes.ESP_ERR_INVALID_ARG;
    this.#settings.pm = mode;
    return codes.ESP_OK;
  }

  /** `config('protocol')`: bits 11b 1, 11g 2, 11n 4, LR 8. */
  get protocol(): number {
    return this.#settings.protocol;
  }

  setProtocol(bits: number): number {
    if (!(Number.isInteger(bits) && bits >= 1 && bits <= 15)) return codes.ESP_ERR_INVALID_ARG;
    this.#settings.protocol = bits;
    return codes.ESP_OK;
  }

  // The air, from outside the board.

  get accessPoints(): readonly AccessPoint[] {
    return this.#accessPoints;
  }

  /** Changes what is in the air. A station whose access point has gone, or got another key, loses it. */
  setAccessPoints(accessPoints: readonly AccessPoint[]): void {
    this.#advance();
    this.#accessPoints = accessPoints;
    if (this.#phase.name !== "joined") return;
    const { ssid, bssid } = this.#phase.accessPoint;
    const again = joinAccessPoint(accessPoints, { ...this.#station, ssid, bssid });
    if ("joined" in again) this.#phase = { ...this.#phase, accessPoint: again.joined };
    else this.#disconnected(codes.WIFI_REASON_BEACON_TIMEOUT, this.#now());
  }

  /** Time to join, milliseconds, from the next attempt on. */
  setJoinMillis(millis: number): void {
    this.#advance();
    this.#joinMicros = Math.max(1, millis) * 1000;
  }

  /** Two thirds of joining is the radio's, one third DHCP's. */
  #associationMicros(): number {
    return Math.ceil((this.#joinMicros * 2) / 3);
  }

  #dhcpMicros(): number {
    return this.#joinMicros - this.#associationMicros();
  }

  #hasAddressSource(): boolean {
    return this.#dhcp || this.#static.address !== NO_ADDRESS.address;
  }

  /** Does what has become due. */
  #advance(): void {
    const now = this.#now();
    while (this.#phase.name === "joining" && now >= this.#phase.until) {
      const at = this.#phase.until;
      const result = joinAccessPoint(this.#accessPoints, this.#station);
      if ("joined" in result) this.#associated(result.joined, at);
      else this.#attemptFailed(result, at, now);
    }
    if (this.#phase.name === "joined" && !this.#gotAddress && this.#hasAddressSource()) {
      const lease = this.#lease();
      if (this.#dhcp && (now < this.#phase.addressAt || lease === undefined)) return;
      this.#gotAddress = true;
      this.#disconnectReason = 0;
      if (this.#dhcp && lease !== undefined) this.#dns = lease.dns;
    }
  }

  #associated(accessPoint: AccessPoint, at: number): void {
    this.#phase = { name: "joined", accessPoint, addressAt: at + this.#dhcpMicros() };
    this.#connectedAgain = false;
  }

  /** An attempt that failed fails again the same way: skip to the last of those that lie in the past. */
  #attemptFailed(result: JoinResult & { reason: number }, at: number, now: number): void {
    const period = this.#associationMicros();
    const skipped = this.#maxAttempts === 0 ? Math.floor((now - at) / period) : 0;
    this.#disconnected(result.reason, at + skipped * period);
  }

  /** The WIFI_EVENT_STA_DISCONNECTED of network_wlan_wifi_event_handler. */
  #disconnected(reason: number, at: number): void {
    this.#phase = { name: "idle" };
    this.#gotAddress = false;
    this.#disconnectReason = reason;
    if (!this.#connectRequested || !this.#active) return;
    if (this.#maxAttempts !== 0 && ++this.#attempts >= this.#maxAttempts) return;
    this.#phase = { name: "joining", until: at + this.#associationMicros() };
  }

  /** Leaves an access point, or gives up seeking one, without trying again. */
  #leave(): void {
    if (this.#phase.name === "idle") return;
    this.#phase = { name: "idle" };
    this.#gotAddress = false;
    this.#disconnectReason = codes.WIFI_REASON_ASSOC_LEAVE;
  }
}
