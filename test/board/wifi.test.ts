import { describe, expect, it } from "vitest";
import { DEFAULT_ACCESS_POINTS } from "../../board/access-point.ts";
import { uniqueId } from "../../board/identity.ts";
import { WifiRadio, type WifiRadioOptions } from "../../board/wifi.ts";
import * as codes from "../../board/wifi-codes.ts";

const MS = 1000;

function makeRadio(options: Partial<WifiRadioOptions> = {}) {
  const time = { now: 0 };
  const radio = new WifiRadio({ now: () => time.now, mac: uniqueId(1), joinMillis: 30, ...options });
  return { radio, time };
}

/** An active radio that was told to join the WPA2 network with `key`. */
function joining(key: string, options: Partial<WifiRadioOptions> = {}) {
  const made = makeRadio(options);
  made.radio.setActive(true);
  expect(made.radio.connect({ ssid: "Breadbox", key })).toBe(codes.ESP_OK);
  return made;
}

describe("joining", () => {
  it("needs an active station", () => {
    const { radio } = makeRadio();
    expect(radio.connect({ ssid: "Breadbox", key: "breadbox" })).toBe(codes.ESP_ERR_WIFI_NOT_STARTED);
    expect(codes.WIFI_ERROR_TEXT.get(codes.ESP_ERR_WIFI_NOT_STARTED)).toBe("Wifi Not Started");
    radio.setActive(true);
    expect(radio.connect()).toBe(codes.ESP_ERR_WIFI_SSID);
    expect(radio.status()).toBe(codes.STAT_IDLE);
  });

  it("joins and gets an address when its time has passed", () => {
    const { radio, time } = joining("breadbox");
    expect(radio.status()).toBe(codes.STAT_CONNECTING);
    expect(radio.nextChange()).toBe(20 * MS);
    time.now = 20 * MS;
    expect(radio.isConnected()).toBe(false);
    expect(radio.rssi()).toBe(-61);
    expect(radio.nextChange()).toBe(30 * MS);
    expect(radio.ifconfig().address).toBe("0.0.0.0");
    time.now = 30 * MS;
    expect(radio.isConnected()).toBe(true);
    expect(radio.status()).toBe(codes.STAT_GOT_IP);
    expect(radio.channel).toBe(11);
    expect(radio.ssid).toBe("Breadbox");
    expect(radio.nextChange()).toBeUndefined();
    expect(radio.ifconfig()).toEqual({
      address: "10.10.0.2",
      netmask: "255.255.255.0",
      gateway: "10.10.0.1",
      dns: "10.10.0.1",
    });
  });

  it("joins the open network with an empty key, and not with a long one", () => {
    const { radio, time } = makeRadio();
    radio.setActive(true);
    radio.connect({ ssid: "Wokwi-GUEST", key: "" });
    time.now = 30 * MS;
    expect(radio.isConnected()).toBe(true);
    radio.disconnect();
    radio.connect({ ssid: "Wokwi-GUEST", key: "12345678" });
    time.now = 60 * MS;
    expect(radio.status()).toBe(codes.WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD);
  });

  it.each([
    ["Breadbox", "wrong password", codes.WIFI_REASON_AUTH_FAIL],
    ["Breadbox", "", codes.WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY],
    ["nowhere", "breadbox", codes.WIFI_REASON_NO_AP_FOUND],
  ])("tells %s with key %j why not", (ssid, key, status) => {
    const { radio, time } = makeRadio();
    radio.setActive(true);
    radio.connect({ ssid, key });
    expect(radio.status()).toBe(codes.STAT_CONNECTING);
    time.now = 20 * MS;
    expect(radio.status()).toBe(status);
    expect(radio.isConnected()).toBe(false);
  });

  it("seeks on for ever by default, however much time passes", () => {
    const { radio, time } = joining("wrong password");
    time.now = 3e15;
    expect(radio.status()).toBe(codes.WIFI_REASON_AUTH_FAIL);
    expect(radio.nextChange()).toBeGreaterThan(3e15);
    expect(radio.connect({ ssid: "Breadbox", key: "breadbox" })).toBe(codes.ESP_ERR_WIFI_CONN);
    radio.disconnect();
    expect(radio.status()).toBe(codes.STAT_IDLE);
    expect(radio.connect({ ssid: "Breadbox", key: "breadbox" })).toBe(codes.ESP_OK);
    time.now += 30 * MS;
    expect(radio.isConnected()).toBe(true);
  });

  it("gives up after its reconnects", () => {
    const { radio, time } = makeRadio();
    expect(radio.reconnects).toBe(-1);
    radio.setReconnects(2);
    expect(radio.reconnects).toBe(2);
    radio.setActive(true);
    radio.connect({ ssid: "Breadbox", key: "wrong password" });
    time.now = 59 * MS;
    expect(radio.nextChange()).toBe(60 * MS);
    time.now = 60 * MS;
    expect(radio.nextChange()).toBeUndefined();
    expect(radio.status()).toBe(codes.WIFI_REASON_AUTH_FAIL);
  });

  it("takes a bssid", () => {
    const { radio, time } = makeRadio();
    radio.setActive(true);
    radio.connect({ ssid: "Breadbox", key: "breadbox", bssid: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    time.now = 20 * MS;
    expect(radio.status()).toBe(codes.WIFI_REASON_NO_AP_FOUND);
    radio.disconnect();
    radio.connect({ ssid: "Breadbox", key: "breadbox", bssid: DEFAULT_ACCESS_POINTS[1]!.bssid });
    time.now = 50 * MS;
    expect(radio.isConnected()).toBe(true);
  });
});

describe("being connected", () => {
  it("accepts one connect() and then refuses, as ESP-IDF does", () => {
    const { radio, time } = joining("breadbox");
    time.now = 30 * MS;
    expect(radio.connect({ ssid: "Breadbox", key: "breadbox" })).toBe(codes.ESP_OK);
    expect(radio.isConnected()).toBe(true);
    expect(radio.connect({ ssid: "Breadbox", key: "breadbox" })).toBe(codes.ESP_ERR_WIFI_CONN);
    expect(codes.WIFI_ERROR_TEXT.get(codes.ESP_ERR_WIFI_CONN)).toBe("Wifi Internal Error");
  });

  it("loses the access point when it goes, and finds it again", () => {
    const { radio, time } = joining("breadbox");
    time.now = 30 * MS;
    radio.setAccessPoints([]);
    expect(radio.isConnected()).toBe(false);
    expect(radio.status()).toBe(codes.STAT_CONNECTING);
    time.now = 1000 * MS;
    expect(radio.status()).toBe(codes.WIFI_REASON_NO_AP_FOUND);
    radio.setAccessPoints(DEFAULT_ACCESS_POINTS);
    time.now = 1100 * MS;
    expect(radio.status()).toBe(codes.STAT_GOT_IP);
  });

  it("ends with disconnect and with active(False)", () => {
    const { radio, time } = joining("breadbox");
    time.now = 30 * MS;
    radio.disconnect();
    expect(radio.status()).toBe(codes.STAT_IDLE);
    expect(radio.ifconfig()).toMatchObject({ address: "0.0.0.0", dns: "10.10.0.1" });
    radio.connect();
    time.now = 60 * MS;
    expect(radio.isConnected()).toBe(true);
    radio.setActive(false);
    expect(radio.isConnected()).toBe(false);
    radio.setActive(true);
    time.now = 1000 * MS;
    expect(radio.isConnected()).toBe(false);
  });

  it("does not survive a hard reset", () => {
    const { radio, time } = joining("breadbox");
    time.now = 30 * MS;
    radio.reset();
    expect(radio.active).toBe(false);
    expect(radio.status()).toBe(codes.STAT_IDLE);
    expect(radio.ifconfig().dns).toBe("0.0.0.0");
  });
});

describe("addresses", () => {
  const fixed = { address: "192.168.1.9", netmask: "255.255.255.0", gateway: "192.168.1.1", dns: "9.9.9.9" };

  it("keeps a static one, without waiting for DHCP", () => {
    const { radio, time } = makeRadio();
    radio.setActive(true);
    radio.setStatic(fixed);
    expect(radio.dhcp).toBe(false);
    expect(radio.ifconfig()).toEqual(fixed);
    radio.connect({ ssid: "Breadbox", key: "breadbox" });
    time.now = 20 * MS;
    expect(radio.isConnected()).toBe(true);
    radio.setDhcp(true);
    expect(radio.isConnected()).toBe(false);
    time.now = 30 * MS;
    expect(radio.ifconfig().address).toBe("10.10.0.2");
  });

  it("has none with DHCP off and nothing set", () => {
    const { radio, time } = makeRadio();
    radio.setDhcp(false);
    radio.setActive(true);
    radio.connect({ ssid: "Breadbox", key: "breadbox" });
    time.now = 1000 * MS;
    expect(radio.isConnected()).toBe(false);
    expect(radio.nextChange()).toBeUndefined();
    expect(radio.status()).toBe(codes.STAT_CONNECTING);
    radio.setStatic(fixed);
    expect(radio.isConnected()).toBe(true);
  });
});

describe("scan and config", () => {
  it("lists the strongest first", () => {
    const { radio } = makeRadio();
    expect(radio.scan()).toBeUndefined();
    radio.setActive(true);
    expect(radio.scan()).toEqual([
      ["Wokwi-GUEST", Uint8Array.of(0x42, 0x13, 0x37, 0x55, 0xaa, 1), 6, -48, 0, false],
      ["Breadbox", Uint8Array.of(0x42, 0x13, 0x37, 0x55, 0xaa, 2), 11, -61, 3, false],
    ]);
    expect(radio.scanMicros).toBe(30 * MS);
  });

  it("keeps what config sets", () => {
    const { radio } = makeRadio();
    expect(radio.mac).toEqual(uniqueId(1));
    expect(radio.setMac(Uint8Array.of(1, 2, 3, 4, 5, 6))).toBe(codes.ESP_ERR_WIFI_MAC);
    expect(radio.setMac(Uint8Array.of(2, 2, 3, 4, 5, 6))).toBe(codes.ESP_OK);
    expect(radio.mac).toEqual(Uint8Array.of(2, 2, 3, 4, 5, 6));
    expect(radio.hostname).toBe("mpy-esp32");
    expect(radio.setHostname("a".repeat(33))).toBe(false);
    expect(radio.setHostname("board")).toBe(true);
    expect(radio.setTxpower(10)).toBe(codes.ESP_ERR_WIFI_NOT_STARTED);
    radio.setActive(true);
    expect(radio.txpower).toBe(20);
    expect(radio.setTxpower(10)).toBe(codes.ESP_OK);
    expect(radio.txpower).toBe(8.5);
    expect(radio.setTxpower(22)).toBe(codes.ESP_ERR_INVALID_ARG);
    expect(radio.setChannel(14)).toBe(codes.ESP_ERR_INVALID_ARG);
    expect(radio.setChannel(3)).toBe(codes.ESP_OK);
    expect(radio.channel).toBe(3);
    expect(radio.setPm(3)).toBe(codes.ESP_ERR_INVALID_ARG);
    expect(radio.setProtocol(15)).toBe(codes.ESP_OK);
    expect([radio.pm, radio.protocol, radio.rssi()]).toEqual([1, 15, undefined]);
  });
});
