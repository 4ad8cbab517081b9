import asyncio


@asyncio.coroutine
def count(n):
    for i in range(n):
        yield from asyncio.sleep(0)
    return 'counted %d' % n


@asyncio.coroutine
def setup(position):
    return (yield from count(position))
