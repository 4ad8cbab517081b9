# A bare yield gives the loop a turn; a coroutine may even consist of nothing else.
import asyncio

order = []


@asyncio.coroutine
def polite(name, turns):
    for turn in range(turns):
        order.append('%s%d' % (name, turn))
        yield
    return name


@asyncio.coroutine
def mixed():
    yield
    result = yield from polite('m', 2)
    yield None
    nothing = yield
    yield from asyncio.sleep(0)
    return result, nothing


def helper():
    yield
    return 'helper'


@asyncio.coroutine
def wrong():
    try:
        yield 'not a future'
    except RuntimeError as exc:
        return str(exc)


@asyncio.coroutine
def wrong_future():
    future = asyncio.Future()
    future.cancel()
    try:
        yield future
    except (RuntimeError, asyncio.CancelledError) as exc:
        return type(exc).__name__


loop = asyncio.get_event_loop()
tasks = [asyncio.async(polite(name, 3)) for name in 'ab']
loop.run_until_complete(asyncio.wait(tasks))
print(order, [t.result() for t in tasks])
print(loop.run_until_complete(mixed()))
print(loop.run_until_complete(asyncio.async(helper())))
print(loop.run_until_complete(wrong()))
print(loop.run_until_complete(wrong_future()))
loop.close()
