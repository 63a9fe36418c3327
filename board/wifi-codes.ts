/** Numbers of the ESP32's Wi-Fi that Python sees, by their names in MicroPython and ESP-IDF. */

// WLAN.status(), ports/esp32/modnetwork.h and modnetwork_globals.h.
export const STAT_IDLE = 1000;
export const STAT_CONNECTING = 1001;
export const STAT_GOT_IP = 1010;

// Reasons of a disconnection, wifi_err_reason_t in ESP-IDF's esp_wifi_types_generic.h.
export const WIFI_REASON_ASSOC_LEAVE = 8;
/** STAT_BEACON_TIMEOUT: the access point went away. */
export const WIFI_REASON_BEACON_TIMEOUT = 200;
/** STAT_NO_AP_FOUND. */
export const WIFI_REASON_NO_AP_FOUND = 201;
/** STAT_WRONG_PASSWORD. */
export const WIFI_REASON_AUTH_FAIL = 202;
/** STAT_CONNECT_FAIL. */
export const WIFI_REASON_ASSOC_FAIL = 203;
/** STAT_HANDSHAKE_TIMEOUT. */
export const WIFI_REASON_HANDSHAKE_TIMEOUT = 204;
/** STAT_NO_AP_FOUND_W_COMPATIBLE_SECURITY: a protected network, and no key given. */
export const WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY = 210;
/** STAT_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD: a key given, and the network is weaker than WPA2. */
export const WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD = 211;
/** STAT_NO_AP_FOUND_IN_RSSI_THRESHOLD. */
export const WIFI_REASON_NO_AP_FOUND_IN_RSSI_THRESHOLD = 212;

// wifi_auth_mode_t: the fifth item of a scan's tuple.
export const WIFI_AUTH_OPEN = 0;
export const WIFI_AUTH_WEP = 1;
export const WIFI_AUTH_WPA_PSK = 2;
export const WIFI_AUTH_WPA2_PSK = 3;
export const WIFI_AUTH_WPA_WPA2_PSK = 4;
export const WIFI_AUTH_WPA3_PSK = 6;
export const WIFI_AUTH_WPA2_WPA3_PSK = 7;

// esp_err_t: what the radio's calls return.
export const ESP_OK = 0;
export const ESP_ERR_INVALID_ARG = 0x102;
const ESP_ERR_WIFI_BASE = 0x3000;
export const ESP_ERR_WIFI_NOT_STARTED = ESP_ERR_WIFI_BASE + 2;
export const ESP_ERR_WIFI_CONN = ESP_ERR_WIFI_BASE + 7;
export const ESP_ERR_WIFI_MAC = ESP_ERR_WIFI_BASE + 9;
export const ESP_ERR_WIFI_SSID = ESP_ERR_WIFI_BASE + 10;
export const ESP_ERR_WIFI_NOT_CONNECT = ESP_ERR_WIFI_BASE + 15;

/**
 * Texts of the OSErrors that ports/esp32/network_common.c raises for these codes. A code that is not here is
 * RuntimeError("Wifi Unknown Error 0x%04x").
 */
export const WIFI_ERROR_TEXT: ReadonlyMap<number, string> = new Map([
  [ESP_ERR_WIFI_NOT_STARTED, "Wifi Not Started"],
  [ESP_ERR_WIFI_CONN, "Wifi Internal Error"],
  [ESP_ERR_WIFI_MAC, "Wifi Invalid MAC Address"],
  [ESP_ERR_WIFI_SSID, "Wifi SSID Invalid"],
  [ESP_ERR_WIFI_NOT_CONNECT, "Wifi Not Connected"],
]);
