# Cancelling: caught, refused, cleaned up, too late, and through a chain of coroutines.
import asyncio


@asyncio.coroutine
def catches():
    try:
        yield from asyncio.sleep(10)
    except asyncio.CancelledError:
        print('catches: told to stop')
        return 'caught'


@asyncio.coroutine
def refuses():
    for attempt in range(2):
        try:
            yield from asyncio.sleep(0.05)
        except asyncio.CancelledError:
            print('refuses: not now')
    return 'refused'


@asyncio.coroutine
def cleans_up():
    try:
        yield from asyncio.sleep(10)
    finally:
        print('cleans up: begin')
        yield from asyncio.sleep(0.01)
        print('cleans up: end')


def inner():
    try:
        yield from asyncio.sleep(10)
    except asyncio.CancelledError:
        print('inner: passing on')
        raise


@asyncio.coroutine
def outer():
    try:
        yield from inner()
    except asyncio.CancelledError:
        print('outer: passing on')
        raise


@asyncio.coroutine
def never_started():
    print('not printed')
    yield from asyncio.sleep(0)


@asyncio.coroutine
def stop(coro, at_once=False):
    task = asyncio.async(coro)
    if not at_once:
        yield from asyncio.sleep(0.01)
    print('cancel() gave', task.cancel())
    try:
        result = yield from task
        print('result:', result)
    except asyncio.CancelledError:
        print('CancelledError')
    print('cancelled:', task.cancelled(), 'again:', task.cancel())


loop = asyncio.get_event_loop()
for coro in [catches(), refuses(), cleans_up(), outer()]:
    loop.run_until_complete(stop(coro))
loop.run_until_complete(stop(never_started(), at_once=True))
loop.close()
