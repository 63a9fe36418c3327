# extmod/asyncio/lock.py
from . import core


class Lock:
    def __init__(self):
        # 0 free, 1 held, or the task that has been woken to take it
        self.state = 0
        self.waiting = core.TaskQueue()

    def locked(self):
        return self.state == 1

    def release(self):
        if self.state != 1:
            raise RuntimeError("Lock not acquired")
        self.state = 0
        if self.waiting.peek():
            self.state = self.waiting.pop()
            core._task_queue.push(self.state)

    # To be awaited.
    def acquire(self):
        if self.state != 0:
            task = core.cur_task
            self.waiting.push(task)
            task.data = self.waiting
            try:
                yield
            except core.CancelledError:
                # Woken and cancelled at once: the next one's turn.
                if self.state == task:
                    self.state = 1
                    self.release()
                raise
        self.state = 1
        return True

    async def __aenter__(self):
        return await self.acquire()

    async def __aexit__(self, exc_type, exc, tb):
        return self.release()
