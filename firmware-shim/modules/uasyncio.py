# asyncio by its old name (extmod/asyncio/uasyncio.py).


def __getattr__(name):
    import asyncio

    return getattr(asyncio, name)
