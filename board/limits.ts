/** Limits of the board's hardware models, in one place. */

/** RTC memory a program may use, bytes: MICROPY_HW_RTC_USER_MEM_MAX of ports/esp32/mpconfigport.h. */
export const RTC_MEMORY_BYTES = 2048;

/**
 * Changes of the clock that are kept. Also the number of changes that may happen while one reading is under
 * way before that reading has to start again, so it must not be small.
 */
export const CLOCK_HISTORY_ENTRIES = 64;

/** Fastest clock, board seconds a host second: about three years pass in a second. */
export const CLOCK_SPEED_MAX = 100_000_000;

/** Slowest clock, board seconds a host second. Slower would round waits of a microsecond up to seconds. */
export const CLOCK_SPEED_MIN = 0.000_001;

/** Largest RTC error, parts per million: half the frequency or one and a half times it. A bad crystal has 100. */
export const CLOCK_DRIFT_MAX_PPM = 500_000;

/**
 * How long a thread waits for another to finish changing the clock before it takes over, host microseconds.
 * A change takes about one microsecond; only a thread that was ended in the middle of one takes longer.
 */
export const CLOCK_LOCK_TAKEOVER_US = 50_000;

/** Longest SSID, bytes (IEEE 802.11, wifi_sta_config_t.ssid). */
export const SSID_BYTES = 32;

/** Longest WPA passphrase, bytes (wifi_sta_config_t.password). */
export const WIFI_KEY_BYTES = 64;

/** Longest host name, bytes: MICROPY_PY_NETWORK_HOSTNAME_MAX_LEN of extmod/modnetwork.h. */
export const HOSTNAME_BYTES = 32;
