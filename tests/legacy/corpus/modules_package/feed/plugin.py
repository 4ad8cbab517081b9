from asyncio import coroutine, sleep


@coroutine
def transform(item):
    yield from sleep(0)
    return item * 2
