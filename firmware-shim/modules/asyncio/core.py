# Tasks and the loop that runs them (extmod/asyncio/core.py). The firmware's Task and TaskQueue work on three names
# of this module: cur_task, _task_queue and CancelledError (extmod/modasyncio.c).
#
# A task's `state` is True while it runs, a TaskQueue of those that wait for it, or a callable that is called when it
# ends; then None, or False once somebody has taken note. Its `data` is what it waits in, an exception to be
# thrown into it, or in the end the exception that it ended with, StopIteration where it returned.
import sys, select
import _board
from _asyncio import Task, TaskQueue
from time import ticks_ms as ticks, ticks_add, ticks_diff

cur_task = None
_stop_task = None
_exc_context = {"message": "Task exception wasn't retrieved", "exception": None, "future": None}


class CancelledError(BaseException):
    pass


class TimeoutError(Exception):
    pass


# Tuples that an except clause would otherwise make each time.
_ENDS = (CancelledError, Exception)
_QUIET_ENDS = (CancelledError, StopIteration)


# The one awaitable of all sleeps, so that to sleep takes no heap: awaited at once, it is free again at once.
class _Sleep:
    def __init__(self):
        self.until = None
        self.over = StopIteration()

    def __iter__(self):
        return self

    def __next__(self):
        until = self.until
        if until is None:
            self.over.__traceback__ = None
            raise self.over
        self.until = None
        _task_queue.push(cur_task, until)


_sleep = _Sleep()


def sleep_ms(t):
    assert _sleep.until is None
    _sleep.until = ticks_add(ticks(), max(0, t))
    return _sleep


def sleep(t):
    return sleep_ms(int(t * 1000))


# Tasks that wait for streams: by the stream's id, the one that reads, the one that writes, and the stream.
class IOQueue:
    def __init__(self):
        self.poller = select.poll()
        self.map = {}

    def queue_read(self, s):
        self._wait(s, 0)

    def queue_write(self, s):
        self._wait(s, 1)

    def _wait(self, s, side):
        waiting = self.map.get(id(s))
        if waiting is None:
            self.map[id(s)] = waiting = [None, None, s]
        else:
            assert waiting[side] is None
        waiting[side] = cur_task
        self._watch(waiting)
        # Where a cancelled task is taken out of.
        cur_task.data = self

    # Has the poller look for what somebody waits for.
    def _watch(self, waiting):
        reader, writer, s = waiting
        events = (select.POLLIN if reader else 0) | (select.POLLOUT if writer else 0)
        if events:
            self.poller.register(s, events)
        else:
            del self.map[id(s)]
            self.poller.unregister(s)

    def remove(self, task):
        for waiting in list(self.map.values()):
            if task in waiting[:2]:
                waiting[waiting.index(task)] = None
                self._watch(waiting)

    # Waits for so many milliseconds, for ever where they are negative, and wakes the tasks that may go on.
    def wait_io_event(self, milliseconds):
        if not self.map:
            # With nothing to wait for, a callback may still make a task run: so not for long.
            _board.wait_ms(milliseconds if milliseconds >= 0 else 3)
            return
        for s, events in self.poller.poll(milliseconds):
            waiting = self.map[id(s)]
            # An error wakes both.
            for side, other in ((0, select.POLLOUT), (1, select.POLLIN)):
                if waiting[side] is not None and events & ~other:
                    _task_queue.push(waiting[side])
                    waiting[side] = None
            self._watch(waiting)


def _promote_to_task(aw):
    return aw if isinstance(aw, Task) else create_task(aw)


def create_task(coro):
    if not hasattr(coro, "send"):
        raise TypeError("coroutine expected")
    task = Task(coro, globals())
    _task_queue.push(task)
    return task


# Waits until a task is to run, and takes it; None where none is left and the main task is over.
def _next_task(main_task):
    global cur_task
    while True:
        task = _task_queue.peek()
        left = -1
        if task:
            left = max(0, ticks_diff(task.ph_key, ticks()))
        elif not _io_queue.map:
            cur_task = None
            if not main_task or not main_task.state:
                return None
        _io_queue.wait_io_event(left)
        if left == 0:
            return _task_queue.pop()


# A task has raised `er`, be it that it returned. Wakes those that wait for it.
def _task_ended(task, er, awaited):
    state = task.state
    if state is True:
        task.state = False if awaited else None
    elif callable(state):
        state(task, er)
        task.state = False
        awaited = True
    else:
        while state.peek():
            _task_queue.push(state.pop())
            awaited = True
        task.state = False
    # Once more in the queue: if nobody has taken note of the exception by then, the handler is called.
    if not awaited and not isinstance(er, _QUIET_ENDS):
        _task_queue.push(task)
    task.data = er


def run_until_complete(main_task=None):
    global cur_task
    while True:
        task = _next_task(main_task)
        if task is None:
            return
        cur_task = task
        try:
            exc = task.data
            if not exc:
                task.coro.send(None)
            else:
                # A task that is over, and whose exception nobody wanted, raises StopIteration here.
                task.data = None
                task.coro.throw(exc)
        except _ENDS as er:
            assert task.data is None
            is_main = task is main_task
            if is_main:
                cur_task = None
                if not isinstance(er, StopIteration):
                    task.state = False
                    raise er
                if task.state is None:
                    task.state = False
            if task.state:
                _task_ended(task, er, is_main)
            elif task.state is None:
                task.data = exc
                _exc_context["exception"] = exc
                _exc_context["future"] = task
                Loop.call_exception_handler(_exc_context)
            if is_main:
                return er.value


def run(coro):
    return run_until_complete(create_task(coro))


async def _stopper():
    pass


# There is one loop: the class itself.
class Loop:
    _exc_handler = None

    def create_task(coro):
        return create_task(coro)

    def run_forever():
        global _stop_task
        _stop_task = Task(_stopper(), globals())
        run_until_complete(_stop_task)

    def run_until_complete(aw):
        return run_until_complete(_promote_to_task(aw))

    def stop():
        global _stop_task
        if _stop_task is not None:
            _task_queue.push(_stop_task)
            _stop_task = None

    def close():
        pass

    def set_exception_handler(handler):
        Loop._exc_handler = handler

    def get_exception_handler():
        return Loop._exc_handler

    def default_exception_handler(loop, context):
        future = context["future"]
        print(context["message"], file=sys.stderr)
        print("future:", future, "coro=", future.coro, file=sys.stderr)
        sys.print_exception(context["exception"], sys.stderr)

    def call_exception_handler(context):
        (Loop._exc_handler or Loop.default_exception_handler)(Loop, context)


# The lengths are of queues that there once were.
def get_event_loop(runq_len=0, waitq_len=0):
    return Loop


def current_task():
    if cur_task is None:
        raise RuntimeError("no running event loop")
    return cur_task


# Forgets all tasks.
def new_event_loop():
    global _task_queue, _io_queue
    _task_queue = TaskQueue()
    _io_queue = IOQueue()
    return Loop


new_event_loop()
