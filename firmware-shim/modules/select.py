# The select module (extmod/modselect.c): the stock build's, which asks objects for their readiness, with waits that
# wait for the board's events instead of asking again and again.
import sys
import uselect
import _board
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT


# Whether the board has an event for each change of the object's readiness. What is in Python has to be asked again.
def _has_events(obj):
    if obj is sys.stdin or obj is sys.stdin.buffer:
        return True
    for module, name in (("socket", "socket"), ("tls", "SSLSocket"), ("asyncio.event", "ThreadSafeFlag")):
        if module in sys.modules and type(obj) is getattr(sys.modules[module], name):
            return getattr(obj, "_h", None) is not None
    return False


# Calls ready() until it gives something or the milliseconds are over; for ever where they are negative.
def _wait(ready, milliseconds, ask_again):
    if milliseconds == 0:
        return ready()
    deadline = None if milliseconds < 0 else _board.deadline(milliseconds)
    while True:
        # Before the look: what comes in meanwhile ends the wait.
        since = _board.event_count()
        found = ready()
        if found or not _board.wait_event(since, deadline, ask_again):
            return found or ready()


class poll:
    def __init__(self):
        self._poll = uselect.poll()
        self._asked = set()

    def register(self, obj, eventmask=POLLIN | POLLOUT):
        self._poll.register(obj, eventmask)
        if not _has_events(obj):
            self._asked.add(id(obj))

    def unregister(self, obj):
        self._poll.unregister(obj)
        self._asked.discard(id(obj))

    def modify(self, obj, eventmask):
        self._poll.modify(obj, eventmask)

    def poll(self, timeout=-1):
        milliseconds = -1 if timeout is None else int(timeout)
        return _wait(lambda: self._poll.poll(0), milliseconds, bool(self._asked))

    # An iterator that gives one tuple again and again, as the stock build's does.
    def ipoll(self, timeout=-1, flags=0):
        self.poll(timeout)
        return self._poll.ipoll(0, flags)


def select(rlist, wlist, xlist, timeout=None):
    milliseconds = -1 if timeout is None or timeout < 0 else int(timeout * 1000)
    ask_again = not all(_has_events(obj) for objs in (rlist, wlist, xlist) for obj in objs)

    def ready():
        lists = uselect.select(rlist, wlist, xlist, 0)
        return lists if any(lists) else None

    return _wait(ready, milliseconds, ask_again) or ([], [], [])
