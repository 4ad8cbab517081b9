# "yield from" over things that wait for nothing, and functions that are generators by a line that never runs.
import asyncio


@asyncio.coroutine
def from_list():
    yield from []
    return 'list'


@asyncio.coroutine
def from_tuple():
    yield from ()
    return 'tuple'


@asyncio.coroutine
def from_nones():
    yield from [None, None]
    return 'nones'


@asyncio.coroutine
def from_iter():
    yield from iter(())
    yield from (None for _ in range(2))
    return 'iter'


@asyncio.coroutine
def never():
    return 'never'
    yield


@asyncio.coroutine
def if_false(value=1):
    if False:
        yield
    return value + 1


@asyncio.coroutine
def overridden():
    raise NotImplementedError('overridden')
    yield from asyncio.sleep(0)


@asyncio.coroutine
def nothing():
    yield from asyncio.sleep(0)


@asyncio.coroutine
def docstring_only():
    """Nothing but this."""


@asyncio.coroutine
def empty_return():
    yield
    return


@asyncio.coroutine
def main():
    for coro in (from_list, from_tuple, from_nones, from_iter, never, if_false, nothing, docstring_only, empty_return):
        print(coro.__name__, (yield from coro()))
    try:
        yield from overridden()
    except NotImplementedError as exc:
        print(exc)
    print((yield from asyncio.wait_for(from_list(), 1)), (yield from asyncio.async(from_nones())))


asyncio.get_event_loop().run_until_complete(main())
