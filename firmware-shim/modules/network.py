# The network module of the ESP32 (ports/esp32/modnetwork.c, network_common.c, network_wlan.c): the station.
import _board
from binascii import unhexlify
from uctypes import addressof

STA_IF = 0
AP_IF = 1

STAT_IDLE = 1000
STAT_CONNECTING = 1001
STAT_GOT_IP = 1010
STAT_NO_AP_FOUND = 201
STAT_NO_AP_FOUND_IN_RSSI_THRESHOLD = 212
STAT_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD = 211
STAT_NO_AP_FOUND_W_COMPATIBLE_SECURITY = 210
STAT_WRONG_PASSWORD = 202
STAT_BEACON_TIMEOUT = 200
STAT_ASSOC_FAIL = 203
STAT_CONNECT_FAIL = 203
STAT_HANDSHAKE_TIMEOUT = 204

AUTH_OPEN = 0
AUTH_WEP = 1
AUTH_WPA_PSK = 2
AUTH_WPA2_PSK = 3
AUTH_WPA_WPA2_PSK = 4
AUTH_WPA2_ENTERPRISE = 5
AUTH_WPA3_PSK = 6
AUTH_WPA2_WPA3_PSK = 7

MODE_11B = 1
MODE_11G = 2
MODE_11N = 4
MODE_LR = 8

_country = "XX"


def _check(code):
    if code:
        text = _board.wifi_error(code)
        if text is None:
            raise RuntimeError("Wifi Unknown Error 0x%04x" % code)
        raise OSError(text)


# netutils_parse_ipv4_addr (shared/netutils/netutils.c): four numbers of one to three digits.
def _ipv4(text):
    parts = text.split(".")
    if len(parts) != 4:
        raise ValueError("invalid arguments")
    for part in parts:
        if not part.isdigit() or int(part) > 255:
            raise ValueError("invalid arguments")
    return text


def _netmask(bits):
    mask = (0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF
    return "%d.%d.%d.%d" % (mask >> 24, mask >> 16 & 255, mask >> 8 & 255, mask & 255)


def hostname(name=None):
    if name is None:
        return _board.network_hostname()
    if _board.network_set_hostname(name) < 0:
        raise ValueError


def country(code=None):
    global _country
    if code is None:
        return _country
    if len(code) != 2:
        raise ValueError
    _country = code


def phy_mode(mode=None):
    if mode is None:
        return _board.wlan_config("protocol")
    _check(_board.wlan_set_config("protocol", mode))


def ipconfig(*args, **kwargs):
    if kwargs:
        if args:
            raise TypeError("can't specify pos and kw args")
        for key, value in kwargs.items():
            if key != "dns":
                raise ValueError("unexpected key")
            _board.network_set_dns(_ipv4(value))
    else:
        if len(args) != 1:
            raise TypeError("must query one param")
        if args[0] != "dns":
            raise ValueError("unexpected key")
        return _board.wlan_ifconfig().split(" ")[3]


class WLAN:
    IF_STA = 0
    IF_AP = 1
    SEC_OPEN = 0
    SEC_WEP = 1
    SEC_WPA = 2
    SEC_WPA2 = 3
    SEC_WPA_WPA2 = 4
    SEC_WPA2_ENT = 5
    SEC_WPA3 = 6
    SEC_WPA2_WPA3 = 7
    PROTOCOL_DEFAULT = 7
    PROTOCOL_LR = 8
    PM_NONE = 0
    PM_PERFORMANCE = 1
    PM_POWERSAVE = 2

    # There is one object for the station.
    def __new__(cls, interface=0):
        if interface == AP_IF:
            return _access_point
        if interface != STA_IF:
            raise ValueError("invalid WLAN interface identifier")
        return _station

    def active(self, value=None):
        if value is not None:
            _board.wlan_set_active(bool(value))
        return _board.wlan_active()

    def connect(self, ssid=None, key=None, *, bssid=None):
        if ssid is None and key is None and bssid is None:
            _check(_board.wlan_reconnect())
            return
        if bssid is not None and len(bssid) != 6:
            raise ValueError
        ssid = "" if ssid is None else ssid
        key = "" if key is None else key
        if not isinstance(ssid, str):
            ssid = str(ssid, "utf-8")
        if not isinstance(key, str):
            key = str(key, "utf-8")
        _check(_board.wlan_connect(ssid, key, 0 if bssid is None else addressof(bssid)))

    def disconnect(self):
        _check(_board.wlan_disconnect())

    def isconnected(self):
        return _board.wlan_isconnected()

    def status(self, param=None):
        if param is None:
            return _board.wlan_status()
        if param == "rssi":
            rssi = _board.wlan_rssi()
            if rssi is None:
                raise OSError("Wifi Not Connected")
            return rssi
        if param == "stations":
            raise OSError("AP required")
        raise ValueError("unknown status param")

    def scan(self):
        if not _board.wlan_active():
            raise OSError("STA must be active")
        left = _board.wlan_scan_micros()
        while left > 0:
            left = _board.sleep_us(left)
        found = []
        for line in _board.wlan_scan().split("\n"):
            if line:
                ssid, bssid, channel, rssi, security, hidden = line.split(" ")
                found.append(
                    (unhexlify(ssid), unhexlify(bssid), int(channel), int(rssi), int(security), hidden == "1")
                )
        return found

    def ifconfig(self, config=None):
        if config is None:
            return tuple(_board.wlan_ifconfig().split(" "))
        if isinstance(config, (tuple, list)):
            address, netmask, gateway, dns = config
            if isinstance(netmask, int):
                netmask = _netmask(netmask)
            _board.wlan_set_ifconfig(_ipv4(address), _ipv4(netmask), _ipv4(gateway), _ipv4(dns))
        elif config == "dhcp":
            _board.wlan_set_dhcp(True)
        else:
            raise ValueError("invalid arguments")

    def ipconfig(self, *args, **kwargs):
        if not kwargs:
            if len(args) != 1:
                raise TypeError("must query one param")
            address, netmask, gateway, dns = _board.wlan_ifconfig().split(" ")
            if args[0] == "dhcp4":
                return _board.wlan_dhcp()
            if args[0] == "addr4":
                return (address, netmask)
            if args[0] == "gw4":
                return gateway
            raise ValueError("unexpected key")
        if args:
            raise TypeError("can't specify pos and kw args")
        address, netmask, gateway, dns = _board.wlan_ifconfig().split(" ")
        touched = False
        for key, value in kwargs.items():
            if key == "dhcp4":
                _board.wlan_set_dhcp(bool(value))
                continue
            if key == "addr4":
                if isinstance(value, str):
                    address, _, bits = value.partition("/")
                    if bits:
                        netmask = _netmask(int(bits))
                elif value is not None:
                    address, netmask = value
            elif key == "gw4":
                gateway = value
            else:
                raise ValueError("unexpected key")
            touched = True
        if touched:
            _board.wlan_set_ifconfig(_ipv4(address), _ipv4(netmask), _ipv4(gateway), dns)

    def config(self, *args, **kwargs):
        if args and kwargs:
            raise TypeError("either pos and kw args are allowed")
        if kwargs:
            for key, value in kwargs.items():
                self._set(key, value)
            return
        if len(args) != 1:
            raise TypeError("can query only one param")
        key = args[0]
        if key == "essid":
            key = "ssid"
        elif key == "dhcp_hostname":
            key = "hostname"
        elif key in ("hidden", "security", "authmode", "max_clients"):
            raise OSError("AP required")
        value = _board.wlan_config(key)
        if value is None:
            raise ValueError("unknown config param")
        return unhexlify(value) if key == "mac" else value

    def _set(self, key, value):
        if key in ("hostname", "dhcp_hostname"):
            hostname(value)
        elif key == "mac":
            if len(value) != 6:
                raise ValueError("invalid buffer length")
            _check(_board.wlan_set_mac(addressof(value)))
        elif key in ("ssid", "essid", "hidden", "security", "authmode", "key", "password", "max_clients"):
            raise OSError("AP required")
        elif key in ("channel", "reconnects", "txpower", "pm", "protocol"):
            code = _board.wlan_set_config(key, value)
            if code < 0:
                raise ValueError("unknown config param")
            _check(code)
        else:
            raise ValueError("unknown config param")


def _no_access_point(*args, **kwargs):
    raise OSError("this board has no access point of its own yet")


# The access point: off, as at power-on, and it stays off. Programs often switch it off to be sure.
class _AccessPoint(WLAN):
    def active(self, value=None):
        if value:
            _no_access_point()
        return False

    def isconnected(self):
        return False

    connect = disconnect = status = scan = ifconfig = ipconfig = config = _no_access_point


_station = object.__new__(WLAN)
_access_point = object.__new__(_AccessPoint)
