"""The host calls: all that the board's Python modules can ask of the board (firmware-shim/host/calls/).

What crosses is None, bool, int (32 bits, signed), float, str, and handles, which Python can only keep and hand back;
when the last reference to one is collected, the board lets go of what it stands for. Buffers cross as an address
(uctypes.addressof) and a length in bytes; the caller keeps them alive during the call.

A call returns a value or a negative errno (`Errno`, newlib's numbers) and raises nothing. One that waits returns
-EINTR, or what is left of the wait, when Python has an exception or a callback to see to first: the caller's loop
makes the VM look for it, and then calls again.
"""

from typing import Optional, Union

class Socket: ...
class TlsContext: ...
class TlsConnection: ...
class Hash: ...
class Aes: ...

Errno = int
Address = int
# Ticks in microseconds since power-on, on the board's clock; None is for ever.
Deadline = Optional[float]
# mbedTLS's negative error number, or 0.
MbedtlsError = int
# 0 or an esp_err_t above 0 (see wifi_error), or a negative errno.
EspError = int

# --- boot.ts: for _boot.py only, refused with -EPERM afterwards

def poke(address: Address, value: int) -> Errno:
    """Writes a 32-bit word into an object that Python cannot assign to."""

def use_esp32_errno(module: Address, errorcode: Address) -> Errno:
    """Renumbers the errno module and its dict errorcode, given by id()."""

# --- time.ts

def ticks_ms() -> int:
    """Milliseconds since power-on, modulo 2**30."""

def ticks_us() -> int:
    """Microseconds since power-on, modulo 2**30."""

def ticks_cpu() -> int:
    """Cycles of the processor at its frequency, modulo 2**30."""

def rtc_seconds() -> Union[int, float]:
    """The RTC: whole seconds since 2000-01-01 00:00:00."""

def rtc_micros() -> Union[int, float]:
    """The RTC: whole microseconds since 2000-01-01 00:00:00."""

def deadline(ms: Union[int, float]) -> float:
    """The deadline so many milliseconds from now."""

def sleep_us(us: Union[int, float]) -> Union[int, float]:
    """Waits; the microseconds still to wait, 0 when it is over."""

def event_count() -> int:
    """Changes when anything happens."""

def wait_event(since: int, deadline: Deadline, ask_again: bool) -> bool:
    """Waits for anything to happen since that event_count(), at most a millisecond where `ask_again`; False when the
    deadline has passed."""

def wait_ms(ms: int) -> None:
    """Waits so long or until anything happens; takes no heap."""

def idle() -> None:
    """Sees to what has come in, without waiting."""

# --- machine.ts

def reset() -> None:
    """Resets the board; does not return."""

def reset_cause() -> int:
    """As machine.reset_cause()."""

def unique_id(address: Address) -> None:
    """Fills a buffer of 6 bytes."""

def frequency() -> int:
    """The processor's frequency, Hz."""

def set_frequency(hertz: int) -> Errno:
    """-EINVAL where it has no such frequency."""

def irq(state: int) -> int:
    """Sets the interrupt state; the one before."""

def rtc_get(address: Address) -> None:
    """Fills an array of eight 32-bit integers: year, month, day, weekday, hour, minute, second, microsecond."""

def rtc_set(address: Address, init: bool) -> Errno:
    """Sets the RTC from eight 32-bit integers, in the order of RTC.init() or of RTC.datetime(); -EINVAL for no date."""

def rtc_memory(address: Address) -> int:
    """Copies the RTC's user memory to a buffer of 2048 bytes; its length."""

def set_rtc_memory(address: Address, length: int) -> Errno:
    """-EINVAL where it is too long."""

def random(address: Address, length: int) -> None:
    """Fills a buffer with random bytes."""

# --- console.ts

def read_line(prompt: Optional[str]) -> Union[str, int, None]:
    """Reads a line for input(): a prompt starts it, None goes on. The line, -1 at Ctrl-D, or None to be called again."""

# --- network.ts

def wifi_error(code: EspError) -> Optional[str]:
    """The text of the OSError for an esp_err_t, None where it has none."""

def wlan_active() -> bool: ...
def wlan_set_active(active: bool) -> None: ...
def wlan_scan_micros() -> int:
    """How long a scan takes."""

def wlan_scan() -> str:
    """A line an access point: ssid and bssid in hexadecimal, channel, RSSI, security, 1 where it is hidden."""

def wlan_connect(ssid: str, key: str, bssid: Address) -> EspError:
    """Starts to join; `bssid` is a buffer of 6 bytes, or 0 for any."""

def wlan_reconnect() -> EspError:
    """Starts to join the access point of before."""

def wlan_disconnect() -> EspError: ...
def wlan_isconnected() -> bool: ...
def wlan_status() -> int:
    """As WLAN.status()."""

def wlan_rssi() -> Optional[int]:
    """dBm, or None where there is no connection."""

def wlan_ifconfig() -> str:
    """Address, netmask, gateway and name server, with spaces between."""

def wlan_set_ifconfig(address: str, netmask: str, gateway: str, dns: str) -> None: ...
def wlan_dhcp() -> bool: ...
def wlan_set_dhcp(on: bool) -> None: ...
def wlan_config(name: str) -> Union[int, str, None]:
    """A setting of WLAN.config(), the MAC in hexadecimal; None where there is no such one."""

def wlan_set_config(name: str, value: int) -> EspError:
    """-EINVAL where there is no such setting."""

def wlan_set_mac(address: Address) -> EspError:
    """Six bytes."""

def network_set_dns(address: str) -> None: ...
def network_hostname() -> str: ...
def network_set_hostname(name: str) -> Errno:
    """-EINVAL where it is too long."""

# --- crypto.ts

def hash_new(name: str) -> Hash:
    """"md5" or "sha1"."""

def hash_update(hash: Hash, address: Address, length: int) -> None: ...
def hash_digest(hash: Hash, address: Address) -> int:
    """Writes the digest there, 20 bytes at most; its length."""

def aes_new(key: Address, key_length: int, iv: Address) -> Aes:
    """A key of 16 or 32 bytes; CBC with an initial vector's address, ECB with 0."""

def aes_crypt(aes: Aes, encrypts: bool, source: Address, length: int, target: Address) -> Errno:
    """Whole blocks; source and target may be the same."""

# --- socket.ts

def socket_open(type: int) -> Union[Socket, Errno]: ...
def socket_close(handle: Socket) -> None: ...
def socket_fileno(handle: Socket) -> int:
    """-1 once it is closed."""

def socket_connect(handle: Socket, address: str, port: int) -> Errno:
    """Starts to connect: 0 for UDP, else -EINPROGRESS or an error."""

def socket_bind(handle: Socket, address: str, port: int) -> Errno:
    """Port 0 is any."""

def socket_listen(handle: Socket, backlog: int) -> Errno: ...
def socket_accept(handle: Socket) -> Union[Socket, Errno]:
    """A connection that has come in, or -EAGAIN."""

def socket_reuse_address(handle: Socket, on: bool) -> Errno:
    """SO_REUSEADDR."""

def socket_connect_status(handle: Socket) -> Errno:
    """0 once it is connected."""

def socket_send(handle: Socket, address: Address, length: int) -> Union[int, Errno]:
    """Bytes taken, or -EAGAIN."""

def socket_sendto(handle: Socket, address: Address, length: int, peer: str, port: int) -> Union[int, Errno]: ...
def socket_recv(handle: Socket, address: Address, length: int) -> Union[int, Errno]:
    """Bytes received, 0 at the end, or -EAGAIN."""

def socket_peek(handle: Socket, address: Address, length: int) -> Union[int, Errno]:
    """As socket_recv, leaving them there."""

def socket_recvfrom(handle: Socket, address: Address, length: int) -> Union[int, Errno]:
    """Receives a datagram."""

def socket_peekfrom(handle: Socket, address: Address, length: int) -> Union[int, Errno]:
    """As socket_recvfrom, leaving it there."""

def socket_sender() -> Union[str, Errno]:
    """"address:port" of the datagram received last, or of the connection accepted last."""

def socket_poll(handle: Socket) -> int:
    """Readiness now: MP_STREAM_POLL_* bits."""

def socket_wait(handle: Socket, events: int, deadline: Deadline) -> Union[int, Errno]:
    """Waits for any of the bits (errors always count): the bits, 0 when time is up, or -EINTR."""

def resolve_start(name: str) -> Union[int, Errno]:
    """Starts a look-up: its number."""

def resolve_wait(request: int) -> Union[str, Errno]:
    """Waits for a look-up: addresses with spaces between, an error, or -EINTR."""

def resolve_cancel(request: int) -> None: ...

# --- tls.ts. Where a call returns -1000, tls_error tells the exception to raise; where it returns -1002, a callback of
# the context's has been called: tls_question tells with what, and after tls_answer_... the call is made again.

def tls_context(protocol: int) -> TlsContext: ...
def tls_set_verify_mode(handle: TlsContext, mode: int) -> None: ...
def tls_load_ca(handle: TlsContext, address: Address, length: int) -> MbedtlsError: ...
def tls_set_ciphers(handle: TlsContext, names: str) -> MbedtlsError:
    """Names with line ends between."""

def tls_load_cert_chain(
    handle: TlsContext, address: Address, length: int, key: Address, key_length: int
) -> MbedtlsError: ...
def tls_set_verify_callback(handle: TlsContext, on: bool) -> None:
    """Whether to ask about certificates."""

def tls_set_psk(
    handle: TlsContext, identity: Address, length: int, key: Address, key_length: int
) -> MbedtlsError: ...
def tls_ask_for_psk(handle: TlsContext) -> None:
    """From now on asks for the keys of clients."""

def tls_question_length(handle: TlsContext) -> int:
    """Bytes of what is asked about."""

def tls_question(handle: TlsContext, address: Address) -> int:
    """Copies a certificate, DER, and gives its depth; or a client's identity, and gives -1."""

def tls_answer_verify(handle: TlsConnection, code: int) -> None:
    """0 goes on, anything else ends the handshake."""

def tls_answer_psk(handle: TlsConnection, address: Address, length: int) -> None:
    """The key; none rejects the client."""

def tls_ciphers() -> str:
    """Names of all cipher suites, with spaces between."""

def tls_open(
    handle: TlsContext, hostname: Optional[str], ample: bool, id_address: Address, id_length: int
) -> Union[TlsConnection, Errno]:
    """-ENOMEM where the heap beside Python's has no room for a connection, or (ample) none for its handshake.

    id_length is -1 where there is no client_id for a DTLS server.
    """

def tls_close(handle: TlsConnection) -> None: ...
def tls_handshake(
    handle: TlsConnection, socket: Socket, _address: Address, _length: int, deadline: Union[Deadline, int]
) -> Union[int, Errno]:
    """Over a socket of the board's. The deadline 0 does not wait, and gives -EAGAIN."""

def tls_read(
    handle: TlsConnection, socket: Socket, address: Address, length: int, deadline: Union[Deadline, int]
) -> Union[int, Errno]: ...
def tls_write(
    handle: TlsConnection, socket: Socket, address: Address, length: int, deadline: Union[Deadline, int]
) -> Union[int, Errno]: ...
def tls_pending(handle: TlsConnection) -> int:
    """Whether a read would find something without its socket: 0, 1, or -1 where only the error is left."""

def tls_step_handshake(handle: TlsConnection) -> Union[int, Errno]:
    """Over any other stream: does what it can with what it has, or -EAGAIN for more."""

def tls_step_read(handle: TlsConnection, address: Address, length: int) -> Union[int, Errno]: ...
def tls_step_write(handle: TlsConnection, address: Address, length: int) -> Union[int, Errno]: ...
def tls_output_length(handle: TlsConnection) -> int:
    """Bytes of ciphertext to send."""

def tls_output(handle: TlsConnection, address: Address, length: int) -> None:
    """Copies ciphertext to send; it stays until tls_sent."""

def tls_sent(handle: TlsConnection, length: int) -> None: ...
def tls_wanted(handle: TlsConnection) -> int:
    """Bytes of ciphertext to ask for."""

def tls_put(handle: TlsConnection, address: Address, length: int) -> None:
    """Hands in ciphertext; none means that the stream has ended."""

def tls_fail(handle: TlsConnection, errno: int) -> int:
    """The stream failed: -1000."""

def tls_error(handle: TlsConnection) -> str:
    """Type, number and text of the exception to raise, with line ends between."""

def tls_code_error(code: MbedtlsError) -> str:
    """The same of an mbedTLS error number."""

def tls_cipher(handle: TlsConnection) -> Optional[str]:
    """Suite and version, with a space between; None before the handshake's end."""

def tls_certificate_length(handle: TlsConnection) -> int:
    """Bytes of the peer's certificate, 0 where it sent none."""

def tls_certificate(handle: TlsConnection, address: Address) -> None:
    """Copies the peer's certificate, DER."""
