# extmod/asyncio/event.py
import io
from . import core


class Event:
    def __init__(self):
        self.state = False
        self.waiting = core.TaskQueue()

    def is_set(self):
        return self.state

    # From tasks only: not from callbacks.
    def set(self):
        while self.waiting.peek():
            core._task_queue.push(self.waiting.pop())
        self.state = True

    def clear(self):
        self.state = False

    # To be awaited.
    def wait(self):
        if not self.state:
            self.waiting.push(core.cur_task)
            core.cur_task.data = self.waiting
            yield
        return True


# An event that a callback may set, and that a wait clears: a stream to the loop, readable while it is set. Nothing
# sets it but Python, and for that a wait of the board's ends: it need not be asked again and again.
class ThreadSafeFlag(io.IOBase):
    _h = True  # see select

    def __init__(self):
        self.state = 0

    def ioctl(self, request, flags):
        return self.state * flags if request == 3 else -1  # MP_STREAM_POLL

    def set(self):
        self.state = 1

    def clear(self):
        self.state = 0

    async def wait(self):
        if not self.state:
            yield core._io_queue.queue_read(self)
        self.state = 0
