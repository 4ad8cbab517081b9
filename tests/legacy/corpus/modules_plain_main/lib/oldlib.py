import asyncio


@asyncio.coroutine
def fetch(name):
    yield from asyncio.sleep(0.001)
    return '<%s>' % name


def version():
    return '0.1'
