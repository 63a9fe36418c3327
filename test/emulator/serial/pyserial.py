"""A real RFC 2217 client against our server: opens, talks, sends all byte values, resets, closes."""

import sys
import serial

url = sys.argv[1]
port = serial.serial_for_url(url, baudrate=115200, timeout=5)
assert port.cts and port.dsr and port.cd, "modem state"

everything = bytes(range(256)) * 8
port.write(everything)
echoed = port.read(len(everything))
assert echoed == everything, "echo differs"

port.baudrate = 460800
port.reset_input_buffer()
port.reset_output_buffer()
port.break_condition = True
port.break_condition = False

port.dtr = False  # esptool's reset: RTS is on here
port.rts = False
port.dtr = True

port.rts = False  # as mpremote closes
port.dtr = False
port.close()
print("ok")
