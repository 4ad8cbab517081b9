import asyncio

__all__ = ['retry', 'flaky']
_tries = []


def retry(fn, times):
    for n in range(times):
        try:
            return (yield from fn())
        except OSError as exc:
            yield from asyncio.sleep(0.001)
    raise exc


@asyncio.coroutine
def flaky():
    _tries.append(1)
    yield from asyncio.sleep(0)
    if len(_tries) < 3:
        raise OSError(len(_tries))
    return 'tries: %d' % len(_tries)
