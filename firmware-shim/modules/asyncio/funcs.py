# extmod/asyncio/funcs.py
from . import core


# Awaits for wait_for, and ends its sleep by a CancelledError with how that went: True and the result, or the exception.
async def _report(waiter, aw):
    result = None
    try:
        result = await aw
        status = True
    except BaseException as er:
        status = er
    if waiter.data is None and waiter.cancel():
        waiter.data = core.CancelledError(status, result)


async def wait_for(aw, timeout, sleep=core.sleep):
    aw = core._promote_to_task(aw)
    if timeout is None:
        return await aw
    reporter = core.create_task(_report(core.cur_task, aw))
    try:
        await sleep(timeout)
    except core.CancelledError as er:
        status = er.value
        if status is True:
            return er.args[1]
        if status is not None:
            raise status
        # Somebody has cancelled the wait, and so what it waits for.
        reporter.cancel()
        raise er
    reporter.cancel()
    await reporter
    raise core.TimeoutError


def wait_for_ms(aw, timeout):
    return wait_for(aw, timeout, core.sleep_ms)


# What a task waits in that is in gather: nothing that it could be taken out of.
class _InGather:
    @staticmethod
    def remove(task):
        pass


# To be awaited.
def gather(*aws, return_exceptions=False):
    gatherer = core.cur_task
    # How many are still awaited; or an exception, or a negative number where one has failed before it began.
    state = 0

    def ended(task, er):
        nonlocal state
        if gatherer.data is not _InGather:
            return  # it goes on already
        if return_exceptions or isinstance(er, StopIteration):
            state -= 1
            if state:
                return
        else:
            state = er
        core._task_queue.push(gatherer)

    tasks = [core._promote_to_task(aw) for aw in aws]
    for task in tasks:
        if task.state is True:
            task.state = ended
            state += 1
        elif task.state:
            raise RuntimeError("can't gather")
        elif not return_exceptions and not isinstance(task.data, StopIteration):
            state = -len(tasks)

    cancelled = False
    if state > 0:
        gatherer.data = _InGather
        try:
            yield
        except core.CancelledError as er:
            cancelled = True
            state = er

    results = []
    for task in tasks:
        result = task
        if task.state is ended:
            # It goes on, on its own, unless all of it was cancelled.
            task.state = True
            if cancelled:
                task.cancel()
        elif isinstance(task.data, StopIteration):
            result = task.data.value
        elif return_exceptions:
            result = task.data
        elif isinstance(state, int):
            state = task.data
        results.append(result)
    if state:
        raise state
    return results
