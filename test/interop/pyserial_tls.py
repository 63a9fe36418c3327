"""What a person with pyserial does: tries TLS, sets the board's clock, tries again. Arguments: URL, program."""

import datetime
import sys

import serial

url, program = sys.argv[1:]
port = serial.serial_for_url(url, baudrate=115200, timeout=10)


def until(wanted):
    got = b""
    while not got.endswith(wanted):
        byte = port.read(1)
        assert byte, "waited for %r, got %r" % (wanted, got)
        got += byte
    return got[: -len(wanted)].decode()


def run(source):
    port.write(source.encode() + b"\x04")
    until(b"OK")
    return until(b"\x04"), until(b"\x04>")


port.write(b"\r\x03")
port.write(b"\r\x01")
until(b"raw REPL; CTRL-B to exit\r\n>")
with open(program) as file:
    source = file.read()

print(run("import time; print(time.localtime()[0])"))
print(run(source))
now = datetime.datetime.now(datetime.timezone.utc)
fields = (now.year, now.month, now.day, now.weekday(), now.hour, now.minute, now.second, 0)
print(run("import machine; machine.RTC().datetime(%r)" % (fields,)))
print(run(source))
port.write(b"\x02")
until(b">>> ")
port.close()
