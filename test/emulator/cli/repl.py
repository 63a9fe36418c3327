"""Runs a command in a terminal of its own; types a line, Ctrl-D and Ctrl-]; prints what the terminal showed."""

import os, pty, select, sys, termios, time

pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b""


def wait_for(text):
    global shown
    end = time.monotonic() + 15
    while text not in shown:
        if time.monotonic() > end:
            sys.exit("no %r in %r" % (text, shown))
        if select.select([fd], [], [], 1)[0]:
            try:
                shown += os.read(fd, 1024)
            except OSError:
                sys.exit("ended without %r: %r" % (text, shown))


wait_for(b"exit this shell")
cooked = termios.tcgetattr(fd)[3] & termios.ICANON
os.write(fd, b"1+1\r")
wait_for(b">>> ")
os.write(fd, b"\x04")
wait_for(b"soft reboot")
os.write(fd, b"\x1d")
_, status = os.waitpid(pid, 0)
print("raw" if not cooked else "cooked", os.waitstatus_to_exitcode(status))
